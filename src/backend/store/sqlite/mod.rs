//! The store on SQLite: one writer with group commit, four readers, a watcher for other writers.
mod link;
mod open;
#[cfg(test)]
mod plans;
mod watch;
mod writer;

use super::Heads;
use super::sql::SqlStore;
use super::sql::engine::{Boxed, Engine, Need, Written};
use super::sql::heads;
use super::sql::open::{OpenError, migrate};
use crate::error::Failed;
use open::{check_engine, check_file, damaged};
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Sqlite, SqliteConnection, SqlitePool, Transaction};
use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use writer::Writer;

/// How long a statement waits for another process's transaction.
const BUSY: Duration = Duration::from_secs(5);

/// The store on SQLite.
pub type SqliteStore = SqlStore<SqliteEngine>;

/// A file of SQLite and its connections.
#[derive(Debug)]
pub struct SqliteEngine {
    readers: SqlitePool,
    writer: Writer,
    heads: Arc<Heads>,
}

impl SqliteStore {
    /// Opens or makes the database, checks it and brings it up to date.
    ///
    /// # Errors
    /// [`OpenError`], with the file left as it is.
    pub async fn open(path: &Path) -> Result<Self, OpenError> {
        let name = path.display().to_string();
        let unusable = |cause: sqlx::Error| OpenError::Unusable(name.clone(), cause.to_string());
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY)
            .foreign_keys(true);
        let mut writer = options
            .connect()
            .await
            .map_err(|cause| damaged(&name, &cause))?;
        check_engine(&mut writer)
            .await
            .map_err(unusable)?
            .map_err(|found| OpenError::Engine(format!("SQLite {found}"), "3.51.3"))?;
        check_file(&mut writer, &name).await?;
        let migrator = sqlx::migrate!("./migrations/sqlite");
        migrate(&migrator, &mut writer, &name).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(4)
            .acquire_timeout(BUSY)
            .connect_with(options.clone().pragma("query_only", "ON"))
            .await
            .map_err(unusable)?;
        let heads = Arc::new(Heads::default());
        let mut first = readers.acquire().await.map_err(unusable)?;
        heads::load(&mut *first, &heads).await.map_err(unusable)?;
        drop(first);
        let watcher = options
            .pragma("query_only", "ON")
            .connect()
            .await
            .map_err(unusable)?;
        watch::start(watcher, Arc::downgrade(&heads));
        let engine = SqliteEngine {
            readers,
            writer: Writer::start(writer, heads.clone()),
            heads,
        };
        Ok(Self { engine })
    }
}

impl SqliteStore {
    /// A connection that sees the store as it is now, to walk through all of it.
    pub(super) async fn walker(&self) -> Result<Transaction<'static, Sqlite>, sqlx::Error> {
        self.engine.readers.begin().await
    }
}

/// A connection that is held for a read, in a transaction where all statements see one state.
pub enum Reader {
    /// For one statement.
    Plain(PoolConnection<Sqlite>),
    /// For several.
    Whole(Transaction<'static, Sqlite>),
}

impl Deref for Reader {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        match self {
            Self::Plain(connection) => connection,
            Self::Whole(transaction) => transaction,
        }
    }
}

impl DerefMut for Reader {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        match self {
            Self::Plain(connection) => connection,
            Self::Whole(transaction) => transaction,
        }
    }
}

impl Engine for SqliteEngine {
    type Link = SqliteConnection;
    type Reader = Reader;

    fn heads(&self) -> &Heads {
        &self.heads
    }

    async fn reader(&self, _: Need<'_>) -> Result<Reader, Failed> {
        Ok(Reader::Plain(self.readers.acquire().await?))
    }

    async fn snapshot(&self, _: Need<'_>) -> Result<Reader, Failed> {
        Ok(Reader::Whole(self.readers.begin().await?))
    }

    async fn write<R, F>(&self, job: F) -> Result<R::Out, Failed>
    where
        R: Written + Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> Boxed<'c, Result<R, Failed>>
            + Send
            + 'static,
    {
        self.writer.run(job).await
    }
}
