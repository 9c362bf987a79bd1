//! A connection of SQLite, as the shared store speaks to it.
use crate::store::sql::link::{Link, Value, arguments};
use crate::store::sql::{list, nodes, read, scan};
use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use sqlx::sqlite::SqliteRow;
use sqlx::{Executor as _, Sqlite, SqliteConnection};

impl Link for SqliteConnection {
    type Row = SqliteRow;
    // There is one writer, so nothing needs to be held.
    const HELD: &'static str = read::RECORD;
    const LIST: &'static str = list::rows_sql!("LIKE");
    const SEARCH: &'static str = scan::search_sql!("LIKE");
    const NOW: &'static str =
        "SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) AS now";
    const LAPSED: &'static str = nodes::lapsed_sql!("");
    const UNBEGUN: &'static str = nodes::unbegun_sql!("");

    async fn all(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<Vec<SqliteRow>, sqlx::Error> {
        let query = sqlx::query_with(sql, arguments::<Sqlite>(values)?);
        query.fetch_all(self).await
    }

    fn each<'c>(
        &'c mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> BoxStream<'c, Result<SqliteRow, sqlx::Error>> {
        match arguments::<Sqlite>(values) {
            Ok(arguments) => self.fetch(sqlx::query_with(sql, arguments)),
            Err(error) => stream::iter([Err(error)]).boxed(),
        }
    }

    async fn run(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<u64, sqlx::Error> {
        let query = sqlx::query_with(sql, arguments::<Sqlite>(values)?);
        Ok(query.execute(self).await?.rows_affected())
    }
}
