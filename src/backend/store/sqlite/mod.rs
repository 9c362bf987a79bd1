//! The store on SQLite: one writer with group commit, four readers, a watcher for other writers.
mod apply;
mod attachments;
mod auth;
mod flags;
mod list;
mod open;
#[cfg(test)]
mod plans;
mod read;
mod row;
mod scan;
mod watch;
mod write;
mod writer;

pub use open::OpenError;

use super::{
    Change, Changed, CommandRecord, CommandWrite, Heads, ListPage, ListQuery, Login, NewSession,
    Record, SearchQuery, Store, View,
};
use crate::error::Failed;
use async_trait::async_trait;
use domain::attachment::Attachment;
use domain::flag::Flag;
use domain::id::{ClientId, SessionId};
use domain::search::SearchPage;
use domain::snapshot::ThreadPage;
use domain::thread::Entry;
use domain::time::Timestamp;
use open::{check_engine, check_file, damaged, migrate};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, SqlitePool};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use writer::Writer;

/// How long a statement waits for another process's transaction.
const BUSY: Duration = Duration::from_secs(5);

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

    async fn key(&self, id: &SessionId, seq: u64) -> Result<String, Failed> {
        let mut connection = self.readers.acquire().await?;
        scan::key(&mut connection, id, seq).await
    }

    async fn whole(&self, id: &SessionId, after: u64) -> Result<Vec<Entry>, Failed> {
        let mut connection = self.readers.acquire().await?;
        scan::whole(&mut connection, id, after).await
    }

    async fn search(&self, id: &SessionId, wanted: SearchQuery) -> Result<SearchPage, Failed> {
        let mut connection = self.readers.acquire().await?;
        scan::search(&mut connection, id, wanted).await
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

    async fn attachment(&self, owner: &str, id: &str) -> Result<Option<Attachment>, Failed> {
        let mut connection = self.readers.acquire().await?;
        attachments::find(&mut connection, owner, id).await
    }

    async fn add_attachment(
        &self,
        owner: &str,
        attachment: Attachment,
        command: CommandWrite,
        now: Timestamp,
    ) -> Result<(), Failed> {
        let kept = (owner.to_owned(), attachment);
        self.writer
            .run(move |connection| Box::pin(attachments::add(connection, kept, command, now)))
            .await
    }

    async fn add_shown(
        &self,
        owner: &str,
        attachment: Attachment,
        now: Timestamp,
    ) -> Result<(), Failed> {
        let kept = (owner.to_owned(), attachment);
        self.writer
            .run(move |connection| Box::pin(attachments::add_shown(connection, kept, now)))
            .await
    }

    async fn sweep_attachments(&self, before: Timestamp) -> Result<Vec<String>, Failed> {
        self.writer
            .run(move |connection| Box::pin(attachments::sweep(connection, before)))
            .await
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
