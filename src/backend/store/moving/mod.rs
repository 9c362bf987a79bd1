//! Moves a store from SQLite to PostgreSQL: table by table, weighed on both sides.
mod tables;
#[cfg(test)]
mod tests;

pub use tables::Weight;

use super::address::Address;
use super::postgres::Target;
use super::sql::OpenError;
use super::sql::link::Link;
use super::sqlite::SqliteStore;
use futures::TryStreamExt as _;
use sqlx::{PgConnection, SqliteConnection};
use std::path::Path;
use tables::{TABLES, Table};

/// Bytes that are sent at once.
const SENT: usize = 256 * 1024;

/// Why a store was not moved; the source is as it was.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    /// Other kinds of databases.
    #[error("stores are moved from sqlite://PATH to postgres://...")]
    Kinds,
    /// There is no source.
    #[error("there is no database {0}")]
    Missing(String),
    /// One of them cannot be opened.
    #[error("{0}")]
    Open(#[from] OpenError),
    /// The target is somebody's.
    #[error("the database {0} is not empty: it has rows in {1}; use an empty one")]
    Foreign(String, &'static str),
    /// The target is being filled from elsewhere.
    #[error("the database {0} holds what was moved from {1}; use an empty one")]
    Other(String, String),
    /// What was moved was used since.
    #[error("the table {0} is no longer what was moved; the target is in use, nothing was done")]
    Used(&'static str),
    /// What arrived is not what was sent.
    #[error("the table {0} arrived with {1} rows of {2} or with other content; run it again")]
    Differs(&'static str, u64, u64),
    /// The source was written meanwhile.
    #[error("the source was written during the move; stop its console and run it again")]
    Written,
    /// A statement failed.
    #[error("{0} could not be moved: {1}; run it again")]
    Failed(&'static str, String),
}

/// Moves everything, table by table, and says of each what it weighs; what an interrupted move
/// brought already is not sent again.
///
/// # Errors
/// [`MoveError`]; the same call goes on where it stopped.
pub async fn migrate(
    from: &Address,
    to: &Address,
    mut tell: impl FnMut(&'static str, Weight),
) -> Result<(), MoveError> {
    let (Address::Sqlite(path), Address::Postgres { primary, .. }) = (from, to) else {
        return Err(MoveError::Kinds);
    };
    let name = path.display().to_string();
    let path = path.canonicalize().map_err(|_| MoveError::Missing(name))?;
    let store = SqliteStore::open(&path).await?;
    let target = Target::open(primary).await?;
    let mut source = store
        .walker()
        .await
        .map_err(|cause| failed("source", &cause))?;
    let is_done = begin(&target, &path).await?;
    for table in &TABLES {
        let sent = weigh_source(&mut source, table).await?;
        let mut arrived = weigh(&target, table).await?;
        if is_done && arrived != sent {
            return Err(MoveError::Used(table.name));
        }
        if arrived != sent {
            send(&mut source, &target, table).await?;
            arrived = weigh(&target, table).await?;
        }
        if arrived != sent {
            return Err(MoveError::Differs(table.name, arrived.rows, sent.rows));
        }
        tell(table.name, sent);
    }
    drop(source);
    let mut again = store
        .walker()
        .await
        .map_err(|cause| failed("source", &cause))?;
    for table in TABLES.iter().filter(|table| table.is_never_empty()) {
        if weigh_source(&mut again, table).await? != weigh(&target, table).await? {
            return Err(MoveError::Written);
        }
    }
    let done = "UPDATE moved SET is_done = TRUE";
    run(&mut connect(&target).await?, "moved", done).await
}

fn failed(what: &'static str, cause: &sqlx::Error) -> MoveError {
    MoveError::Failed(what, cause.to_string())
}

/// Claims the target for this source; whether all of it was there before.
async fn begin(target: &Target, path: &Path) -> Result<bool, MoveError> {
    let source = path.display().to_string();
    let mut connection = connect(target).await?;
    let claimed: Option<(String, bool)> = sqlx::query_as("SELECT source, is_done FROM moved")
        .fetch_optional(&mut connection)
        .await
        .map_err(|cause| failed("moved", &cause))?;
    match claimed {
        Some((from, is_done)) if from == source => return Ok(is_done),
        Some((from, _)) => return Err(MoveError::Other(target.name().to_owned(), from)),
        None => {}
    }
    for table in TABLES.iter().filter(|table| !table.is_never_empty()) {
        if weigh(target, table).await?.rows > 0 {
            return Err(MoveError::Foreign(target.name().to_owned(), table.name));
        }
    }
    sqlx::query("INSERT INTO moved (id, source, is_done) VALUES (1, $1, FALSE)")
        .bind(source)
        .execute(&mut connection)
        .await
        .map_err(|cause| failed("moved", &cause))?;
    Ok(false)
}

async fn connect(target: &Target) -> Result<PgConnection, MoveError> {
    Ok(target.connect().await?)
}

async fn run(
    connection: &mut PgConnection,
    what: &'static str,
    sql: &'static str,
) -> Result<(), MoveError> {
    let done = sqlx::raw_sql(sql).execute(connection).await;
    done.map(|_| ()).map_err(|cause| failed(what, &cause))
}

async fn weigh_link(link: &mut impl Link, table: &Table) -> Result<Weight, sqlx::Error> {
    let mut weight = Weight::default();
    let mut rows = link.each(table.select, &[]);
    while let Some(row) = rows.try_next().await? {
        weight.add(&table.line(&row)?);
    }
    Ok(weight)
}

async fn weigh_source(source: &mut SqliteConnection, table: &Table) -> Result<Weight, MoveError> {
    let weight = weigh_link(source, table).await;
    weight.map_err(|cause| failed(table.name, &cause))
}

async fn weigh(target: &Target, table: &Table) -> Result<Weight, MoveError> {
    let weigh = async { weigh_link(&mut target.walker().await?, table).await };
    weigh.await.map_err(|cause| failed(table.name, &cause))
}

/// Sends a table in one transaction, in place of what is there.
async fn send(
    source: &mut SqliteConnection,
    target: &Target,
    table: &Table,
) -> Result<(), MoveError> {
    let mut connection = connect(target).await?;
    // What is moved is not a change.
    run(
        &mut connection,
        table.name,
        "BEGIN; SET LOCAL heddle.moving = 'on'",
    )
    .await?;
    run(&mut connection, table.name, table.clear).await?;
    let copied = copy(source, &mut connection, table).await;
    copied.map_err(|cause| failed(table.name, &cause))?;
    run(&mut connection, table.name, "COMMIT").await
}

async fn copy(
    source: &mut SqliteConnection,
    connection: &mut PgConnection,
    table: &Table,
) -> Result<(), sqlx::Error> {
    let mut sink = connection.copy_in_raw(table.copy).await?;
    let mut rows = source.each(table.select, &[]);
    let mut lines = String::new();
    while let Some(row) = rows.try_next().await? {
        lines.push_str(&table.line(&row)?);
        if lines.len() >= SENT {
            sink.send(std::mem::take(&mut lines).into_bytes()).await?;
        }
    }
    sink.send(lines.into_bytes()).await?;
    sink.finish().await?;
    Ok(())
}
