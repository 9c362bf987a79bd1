//! A connection of any database: statements with numbered places, rows with named columns.
use domain::id::{ClientId, SessionId};
use domain::time::Timestamp;
use futures::stream::BoxStream;
use sqlx::{Arguments as _, ColumnIndex, Database, Decode, Encode, Type};
use std::future::Future;

/// What is put into a place of a statement.
#[derive(Debug, Clone, Copy)]
pub(in crate::store) enum Value<'a> {
    /// A text.
    Text(Option<&'a str>),
    /// A number, or a time in milliseconds.
    Number(Option<i64>),
    /// A yes or no.
    Flag(bool),
}

/// Values for the places of a statement.
macro_rules! values {
    ($($value:expr),* $(,)?) => { &[$($crate::store::sql::link::Value::from($value)),*] };
}
pub(in crate::store) use values;

/// A connection.
pub(in crate::store) trait Link: Send {
    /// Its rows.
    type Row: Columns + Send + Sync;
    /// A session that is about to be changed, held against other writers.
    const HELD: &'static str;
    /// Rows of the list.
    const LIST: &'static str;
    /// Entries that may fit a search, newest first.
    const SEARCH: &'static str;
    /// The time in milliseconds.
    const NOW: &'static str;
    /// Sessions with something under way whose node is gone, held where that is needed.
    const LAPSED: &'static str;
    /// Sessions that another node may begin, held where that is needed.
    const UNBEGUN: &'static str;

    /// All rows of a statement.
    fn all(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> impl Future<Output = Result<Vec<Self::Row>, sqlx::Error>> + Send;

    /// Rows one after the other, never all at once; in a transaction.
    fn each<'c>(
        &'c mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> BoxStream<'c, Result<Self::Row, sqlx::Error>>;

    /// Runs a statement; how many rows it touched.
    fn run(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> impl Future<Output = Result<u64, sqlx::Error>> + Send;

    /// The first row of a statement, if there is one.
    fn maybe(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> impl Future<Output = Result<Option<Self::Row>, sqlx::Error>> + Send {
        async move { Ok(self.all(sql, values).await?.into_iter().next()) }
    }

    /// The first row of a statement.
    fn one(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> impl Future<Output = Result<Self::Row, sqlx::Error>> + Send {
        async move {
            let row = self.maybe(sql, values).await?;
            row.ok_or(sqlx::Error::RowNotFound)
        }
    }
}

/// A row whose columns are read by name.
pub(in crate::store) trait Columns {
    /// A text that is there.
    fn text(&self, column: &str) -> Result<&str, sqlx::Error>;
    /// A text that may be absent.
    fn maybe_text(&self, column: &str) -> Result<Option<&str>, sqlx::Error>;
    /// A number that is there.
    fn number(&self, column: &str) -> Result<i64, sqlx::Error>;
    /// A number that may be absent.
    fn maybe_number(&self, column: &str) -> Result<Option<i64>, sqlx::Error>;
    /// A yes or no.
    fn flag(&self, column: &str) -> Result<bool, sqlx::Error>;

    /// An unsigned count, which databases keep signed.
    fn count(&self, column: &str) -> Result<u64, sqlx::Error> {
        Ok(u64::try_from(self.number(column)?).unwrap_or(0))
    }
}

impl<R: sqlx::Row> Columns for R
where
    for<'c> &'c str: ColumnIndex<R>,
    for<'r> &'r str: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> i64: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> bool: Decode<'r, R::Database> + Type<R::Database>,
{
    fn text(&self, column: &str) -> Result<&str, sqlx::Error> {
        self.try_get(column)
    }

    fn maybe_text(&self, column: &str) -> Result<Option<&str>, sqlx::Error> {
        self.try_get(column)
    }

    fn number(&self, column: &str) -> Result<i64, sqlx::Error> {
        self.try_get(column)
    }

    fn maybe_number(&self, column: &str) -> Result<Option<i64>, sqlx::Error> {
        self.try_get(column)
    }

    fn flag(&self, column: &str) -> Result<bool, sqlx::Error> {
        self.try_get(column)
    }
}

/// The values as the driver takes them.
pub(in crate::store) fn arguments<D: Database>(
    values: &[Value<'_>],
) -> Result<D::Arguments, sqlx::Error>
where
    for<'q> Option<&'q str>: Encode<'q, D> + Type<D>,
    for<'q> Option<i64>: Encode<'q, D> + Type<D>,
    for<'q> bool: Encode<'q, D> + Type<D>,
    D::Arguments: sqlx::Arguments<Database = D>,
{
    let mut arguments = D::Arguments::default();
    for value in values {
        let added = match *value {
            Value::Text(text) => arguments.add(text),
            Value::Number(number) => arguments.add(number),
            Value::Flag(flag) => arguments.add(flag),
        };
        added.map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}

/// A count for a database.
fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Some(text))
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(Some(text))
    }
}

impl<'a> From<Option<&'a str>> for Value<'a> {
    fn from(text: Option<&'a str>) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a Option<String>> for Value<'a> {
    fn from(text: &'a Option<String>) -> Self {
        Self::Text(text.as_deref())
    }
}

impl<'a> From<&'a SessionId> for Value<'a> {
    fn from(id: &'a SessionId) -> Self {
        Self::Text(Some(id.as_str()))
    }
}

impl<'a> From<&'a ClientId> for Value<'a> {
    fn from(id: &'a ClientId) -> Self {
        Self::Text(Some(id.as_str()))
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Self::Number(Some(number))
    }
}

impl From<u64> for Value<'_> {
    fn from(count: u64) -> Self {
        Self::Number(Some(signed(count)))
    }
}

impl From<Timestamp> for Value<'_> {
    fn from(time: Timestamp) -> Self {
        Self::Number(Some(time.0))
    }
}

impl From<Option<Timestamp>> for Value<'_> {
    fn from(time: Option<Timestamp>) -> Self {
        Self::Number(time.map(|time| time.0))
    }
}

impl From<bool> for Value<'_> {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}
