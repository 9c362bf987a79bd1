//! The store on SQLite: one writer with group commit, four readers, a watcher for other writers.
mod apply;
mod auth;
mod flags;
mod list;
#[cfg(test)]
mod plans;
mod read;
mod row;
mod watch;
mod write;
mod writer;

use super::{
    Change, Changed, CommandRecord, CommandWrite, Heads, ListPage, ListQuery, Login, NewSession,
    Record, Store, View,
};
use crate::error::Failed;
use async_trait::async_trait;
use domain::flag::Flag;
use domain::id::{ClientId, SessionId};
use domain::snapshot::ThreadPage;
use domain::thread::Entry;
use domain::time::Timestamp;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, SqlitePool};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use writer::Writer;

/// Oldest engine without the bug that corrupts write-ahead logs.
const MIN_ENGINE: (u32, u32, u32) = (3, 51, 3);
/// How long a statement waits for another process's transaction.
const BUSY: Duration = Duration::from_secs(5);

/// Why the database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file is damaged.
    #[error("the database {0} is damaged ({1}); restore a backup, it was left as it is")]
    Damaged(String, String),
    /// A newer console wrote it.
    #[error("the database {0} was written by a newer console; run that one")]
    Newer(String),
    /// The engine has a known bug.
    #[error("SQLite {0} is too old; 3.51.3 or newer is needed")]
    Engine(String),
    /// It cannot be opened.
    #[error("the database {0} cannot be opened: {1}")]
    Unusable(String, String),
}

/// The store on SQLite.
#[derive(Debug)]
pub struct SqliteStore {
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
            .map_err(OpenError::Engine)?;
        check_file(&mut writer, &name).await?;
        migrate(&mut writer, &name).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(4)
            .acquire_timeout(BUSY)
            .connect_with(options.clone().pragma("query_only", "ON"))
            .await
            .map_err(unusable)?;
        let heads = Arc::new(Heads::default());
        watch::load(&readers, &heads).await.map_err(unusable)?;
        let watcher = options
            .pragma("query_only", "ON")
            .connect()
            .await
            .map_err(unusable)?;
        watch::start(watcher, Arc::downgrade(&heads));
        Ok(Self {
            readers,
            writer: Writer::start(writer, heads.clone()),
            heads,
        })
    }
}

fn damaged(name: &str, cause: &sqlx::Error) -> OpenError {
    let text = cause.to_string();
    if text.contains("malformed") || text.contains("not a database") {
        OpenError::Damaged(name.to_owned(), text)
    } else {
        OpenError::Unusable(name.to_owned(), text)
    }
}

async fn check_engine(
    connection: &mut sqlx::SqliteConnection,
) -> Result<Result<(), String>, sqlx::Error> {
    let version: String = sqlx::query_scalar("SELECT sqlite_version()")
        .fetch_one(connection)
        .await?;
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    let found = (next(), next(), next());
    Ok(if found >= MIN_ENGINE {
        Ok(())
    } else {
        Err(version)
    })
}

async fn check_file(connection: &mut sqlx::SqliteConnection, name: &str) -> Result<(), OpenError> {
    let verdict: String = sqlx::query_scalar("PRAGMA quick_check(1)")
        .fetch_one(connection)
        .await
        .map_err(|cause| damaged(name, &cause))?;
    if verdict == "ok" {
        Ok(())
    } else {
        Err(OpenError::Damaged(name.to_owned(), verdict))
    }
}

async fn migrate(connection: &mut sqlx::SqliteConnection, name: &str) -> Result<(), OpenError> {
    use sqlx::migrate::MigrateError;
    sqlx::migrate!("./migrations")
        .run(connection)
        .await
        .map_err(|cause| match cause {
            MigrateError::VersionMissing(_) | MigrateError::VersionTooNew(..) => {
                OpenError::Newer(name.to_owned())
            }
            other => OpenError::Unusable(name.to_owned(), other.to_string()),
        })
}

#[async_trait]
impl Store for SqliteStore {
    fn heads(&self) -> &Heads {
        &self.heads
    }

    async fn create(&self, new: NewSession, command: CommandWrite) -> Result<Changed, Failed> {
        self.writer
            .run(move |connection| Box::pin(write::create(connection, new, command)))
            .await
    }

    async fn change(&self, id: &SessionId, change: Change) -> Result<Changed, Failed> {
        let id = id.clone();
        self.writer
            .run(move |connection| Box::pin(write::change(connection, id, change)))
            .await
    }

    async fn record(&self, id: &SessionId) -> Result<Record, Failed> {
        let mut connection = self.readers.acquire().await?;
        read::record(&mut connection, id).await
    }

    async fn view(&self, id: &SessionId, since: Option<u64>) -> Result<View, Failed> {
        let mut transaction = self.readers.begin().await?;
        read::view(&mut transaction, id, since).await
    }

    async fn older(&self, id: &SessionId, before: u64, limit: u64) -> Result<ThreadPage, Failed> {
        let mut connection = self.readers.acquire().await?;
        read::older(&mut connection, id, before, limit).await
    }

    async fn entry(&self, id: &SessionId, seq: u64) -> Result<Entry, Failed> {
        let mut connection = self.readers.acquire().await?;
        read::entry(&mut connection, id, seq).await
    }

    async fn thread(&self, id: &SessionId) -> Result<Vec<(String, Entry)>, Failed> {
        let mut connection = self.readers.acquire().await?;
        read::thread(&mut connection, id).await
    }

    async fn list(&self, query: ListQuery) -> Result<ListPage, Failed> {
        let mut transaction = self.readers.begin().await?;
        list::page(&mut transaction, &query).await
    }

    async fn alive(&self) -> Result<Vec<Record>, Failed> {
        let mut connection = self.readers.acquire().await?;
        read::alive(&mut connection).await
    }

    async fn command(&self, id: &ClientId) -> Result<Option<CommandRecord>, Failed> {
        let mut connection = self.readers.acquire().await?;
        auth::command(&mut connection, id).await
    }

    async fn remember(
        &self,
        command: CommandWrite,
        answer: &str,
        now: Timestamp,
    ) -> Result<(), Failed> {
        let answer = answer.to_owned();
        self.writer
            .run(move |connection| {
                Box::pin(
                    async move { write::remember(connection, None, &command, &answer, now).await },
                )
            })
            .await
    }

    async fn settle(&self, settings: String) -> Result<(), Failed> {
        self.writer
            .run(move |connection| Box::pin(flags::settle(connection, settings)))
            .await
    }

    async fn set_flag(
        &self,
        flag: Flag,
        command: CommandWrite,
        answer: &str,
        now: Timestamp,
    ) -> Result<(), Failed> {
        let command = (command, answer.to_owned(), now);
        self.writer
            .run(move |connection| Box::pin(flags::set(connection, flag, command)))
            .await
    }

    async fn add_login_token(&self, hash: &str, expires: Timestamp) -> Result<(), Failed> {
        let hash = hash.to_owned();
        self.writer
            .run(move |connection| Box::pin(auth::add_token(connection, hash, expires)))
            .await
    }

    async fn spend_login_token(&self, hash: &str, now: Timestamp) -> Result<bool, Failed> {
        let hash = hash.to_owned();
        self.writer
            .run(move |connection| Box::pin(auth::spend_token(connection, hash, now)))
            .await
    }

    async fn add_login(&self, hash: &str, login: Login) -> Result<(), Failed> {
        let hash = hash.to_owned();
        self.writer
            .run(move |connection| Box::pin(auth::add_login(connection, hash, login)))
            .await
    }

    async fn login(&self, hash: &str) -> Result<Option<Login>, Failed> {
        let mut connection = self.readers.acquire().await?;
        auth::login(&mut connection, hash).await
    }

    async fn touch_login(&self, hash: &str, seen: Option<Timestamp>) -> Result<(), Failed> {
        let hash = hash.to_owned();
        self.writer
            .run(move |connection| Box::pin(auth::touch(connection, hash, seen)))
            .await
    }
}
