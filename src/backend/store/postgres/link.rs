//! A connection of PostgreSQL: every statement ends in time, and what is half done is thrown away.
use super::limits::STATEMENT;
use crate::store::sql::link::{Link, Value, arguments};
use crate::store::sql::{list, nodes, scan};
use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::{AssertSqlSafe, PgConnection, PgPool, Postgres};
use std::time::Duration;

/// How long an answer is waited for; the server gives up a second earlier.
const PATIENCE: Duration = STATEMENT.saturating_add(Duration::from_secs(1));
/// Takes the next rows of a walk: some, since each may be large.
const NEXT: &str = "FETCH 32 FROM walk";

/// A connection that is held, maybe in a transaction.
#[derive(Debug)]
pub(in crate::store) struct PgLink {
    connection: Option<PoolConnection<Postgres>>,
    /// Whether a transaction is open.
    is_open: bool,
    /// Whether an answer is not read to its end.
    is_busy: bool,
}

impl PgLink {
    /// A connection for single statements.
    pub(super) async fn take(pool: &PgPool) -> Result<Self, sqlx::Error> {
        Ok(Self {
            connection: Some(pool.acquire().await?),
            is_open: false,
            is_busy: false,
        })
    }

    /// A connection in a transaction, which is rolled back unless it is committed.
    pub(super) async fn begin(pool: &PgPool, begin: &'static str) -> Result<Self, sqlx::Error> {
        let mut link = Self::take(pool).await?;
        link.is_open = true;
        link.control(begin).await?;
        Ok(link)
    }

    /// Ends the transaction.
    pub(super) async fn end(mut self, how: &'static str) -> Result<(), sqlx::Error> {
        self.control(how).await?;
        self.is_open = false;
        Ok(())
    }

    async fn control(&mut self, sql: &'static str) -> Result<(), sqlx::Error> {
        self.is_busy = true;
        let outcome = in_time(sqlx::raw_sql(sql).execute(self.connection()?)).await;
        self.settle(outcome).map(|_| ())
    }

    fn connection(&mut self) -> Result<&mut PgConnection, sqlx::Error> {
        let held = self.connection.as_deref_mut();
        held.ok_or(sqlx::Error::PoolClosed)
    }

    /// Notes whether the connection can be used further.
    fn settle<T>(&mut self, outcome: Result<T, sqlx::Error>) -> Result<T, sqlx::Error> {
        self.is_busy = !matches!(outcome, Ok(_) | Err(sqlx::Error::Database(_)));
        outcome
    }

    async fn declare(
        &mut self,
        sql: &'static str,
        arguments: PgArguments,
    ) -> Result<(), sqlx::Error> {
        self.is_busy = true;
        let sql = AssertSqlSafe(format!("DECLARE walk NO SCROLL CURSOR FOR {sql}"));
        let query = sqlx::query_with(sql, arguments);
        let outcome = in_time(query.execute(self.connection()?)).await;
        self.settle(outcome).map(|_| ())
    }

    async fn next(&mut self) -> Result<Vec<PgRow>, sqlx::Error> {
        self.is_busy = true;
        // Not kept, since its columns are those of the walk.
        let query = sqlx::query(NEXT).persistent(false);
        let outcome = in_time(query.fetch_all(self.connection()?)).await;
        self.settle(outcome)
    }
}

impl Drop for PgLink {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else {
            return;
        };
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) if self.is_open && !self.is_busy => {
                runtime.spawn(async move {
                    let rolled_back = sqlx::raw_sql("ROLLBACK").execute(&mut *connection);
                    if in_time(rolled_back).await.is_err() {
                        drop(connection.detach());
                    }
                });
            }
            Ok(_) if !self.is_busy => drop(connection),
            // The server ends what was begun when the connection closes.
            _ => drop(connection.detach()),
        }
    }
}

async fn in_time<T>(work: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, sqlx::Error> {
    let late = || sqlx::Error::Io(std::io::ErrorKind::TimedOut.into());
    let answer = tokio::time::timeout(PATIENCE, work).await;
    answer.unwrap_or_else(|_| Err(late()))
}

/// The values as the server takes them: its texts hold no NUL.
fn told(values: &[Value<'_>]) -> Result<PgArguments, sqlx::Error> {
    let has_nul =
        |value: &Value<'_>| matches!(value, Value::Text(Some(text)) if text.contains('\0'));
    if !values.iter().any(has_nul) {
        return arguments::<Postgres>(values);
    }
    let without = |value: &Value<'_>| match value {
        Value::Text(Some(text)) => Some(text.replace('\0', "\u{fffd}")),
        _ => None,
    };
    let texts: Vec<_> = values.iter().map(without).collect();
    let pairs = values.iter().zip(&texts);
    let values: Vec<_> = pairs
        .map(|(value, text)| text.as_ref().map_or(*value, Value::from))
        .collect();
    arguments::<Postgres>(&values)
}

/// Rows that are fetched some at a time.
struct Walk<'c> {
    link: &'c mut PgLink,
    begin: Option<(&'static str, Result<PgArguments, sqlx::Error>)>,
    rows: std::vec::IntoIter<PgRow>,
}

async fn step(mut walk: Walk<'_>) -> Result<Option<(PgRow, Walk<'_>)>, sqlx::Error> {
    if let Some((sql, arguments)) = walk.begin.take() {
        walk.link.declare(sql, arguments?).await?;
    }
    if walk.rows.as_slice().is_empty() {
        walk.rows = walk.link.next().await?.into_iter();
    }
    Ok(walk.rows.next().map(|row| (row, walk)))
}

impl Link for PgLink {
    type Row = PgRow;
    const HELD: &'static str = "SELECT * FROM sessions WHERE id = $1 FOR UPDATE";
    const LIST: &'static str = list::rows_sql!("ILIKE");
    const SEARCH: &'static str = scan::search_sql!("ILIKE");
    const NOW: &'static str = "SELECT now_ms() AS now";
    // What another node deals with at this moment is passed over.
    const LAPSED: &'static str = nodes::lapsed_sql!(" FOR UPDATE OF s SKIP LOCKED");
    const UNBEGUN: &'static str = nodes::unbegun_sql!(" FOR UPDATE OF s SKIP LOCKED");

    async fn all(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<Vec<PgRow>, sqlx::Error> {
        let query = sqlx::query_with(sql, told(values)?);
        self.is_busy = true;
        let outcome = in_time(query.fetch_all(self.connection()?)).await;
        self.settle(outcome)
    }

    fn each<'c>(
        &'c mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> BoxStream<'c, Result<PgRow, sqlx::Error>> {
        let walk = Walk {
            link: self,
            begin: Some((sql, told(values))),
            rows: Vec::new().into_iter(),
        };
        stream::try_unfold(walk, step).boxed()
    }

    async fn run(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<u64, sqlx::Error> {
        let query = sqlx::query_with(sql, told(values)?);
        self.is_busy = true;
        let outcome = in_time(query.execute(self.connection()?)).await;
        Ok(self.settle(outcome)?.rows_affected())
    }
}
