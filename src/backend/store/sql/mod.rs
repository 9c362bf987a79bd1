//! The store in SQL, whatever database is behind it: statements, rows and what they mean.
mod apply;
mod asks;
mod attachments;
pub(super) mod auth;
pub(super) mod engine;
pub(super) mod flags;
pub(super) mod heads;
pub(super) mod link;
pub(super) mod list;
mod members;
pub(super) mod nodes;
pub(super) mod open;
pub(super) mod read;
mod row;
pub(super) mod scan;
mod write;

#[cfg(test)]
pub(super) use attachments::FIND as ATTACHMENT;

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
use engine::Engine;
use engine::Need::{Latest, Session, Sessions};

/// The store on a database.
#[derive(Debug)]
pub struct SqlStore<E> {
    pub(super) engine: E,
}

#[async_trait]
impl<E: Engine> Store for SqlStore<E> {
    fn heads(&self) -> &Heads {
        self.engine.heads()
    }

    async fn create(&self, new: NewSession, command: CommandWrite) -> Result<Changed, Failed> {
        self.engine
            .write(move |link| Box::pin(write::create(link, new, command)))
            .await
    }

    async fn change(&self, id: &SessionId, change: Change) -> Result<Changed, Failed> {
        let id = id.clone();
        self.engine
            .write(move |link| Box::pin(write::change(link, id, change)))
            .await
    }

    async fn record(&self, id: &SessionId) -> Result<Record, Failed> {
        let mut link = self.engine.reader(Latest).await?;
        read::record(&mut *link, id).await
    }

    async fn view(&self, id: &SessionId, since: Option<u64>) -> Result<View, Failed> {
        let need = Session(id, since.unwrap_or(0));
        let mut link = self.engine.snapshot(need).await?;
        read::view(&mut *link, id, since).await
    }

    async fn older(&self, id: &SessionId, before: u64, limit: u64) -> Result<ThreadPage, Failed> {
        let mut link = self.engine.reader(Session(id, 0)).await?;
        read::older(&mut *link, id, before, limit).await
    }

    async fn entry(&self, id: &SessionId, seq: u64) -> Result<Entry, Failed> {
        let mut link = self.engine.reader(Session(id, 0)).await?;
        read::entry(&mut *link, id, seq).await
    }

    async fn key(&self, id: &SessionId, seq: u64) -> Result<String, Failed> {
        let mut link = self.engine.reader(Session(id, 0)).await?;
        scan::key(&mut *link, id, seq).await
    }

    async fn whole(&self, id: &SessionId, after: u64) -> Result<Vec<Entry>, Failed> {
        let mut link = self.engine.snapshot(Session(id, 0)).await?;
        scan::whole(&mut *link, id, after).await
    }

    async fn search(&self, id: &SessionId, wanted: SearchQuery) -> Result<SearchPage, Failed> {
        let mut link = self.engine.snapshot(Session(id, 0)).await?;
        scan::search(&mut *link, id, wanted).await
    }

    async fn thread(&self, id: &SessionId) -> Result<Vec<(String, Entry)>, Failed> {
        let mut link = self.engine.reader(Latest).await?;
        read::thread(&mut *link, id).await
    }

    async fn list(&self, query: ListQuery) -> Result<ListPage, Failed> {
        let mut link = self.engine.snapshot(Sessions).await?;
        list::page(&mut *link, &query).await
    }

    async fn alive(&self) -> Result<Vec<Record>, Failed> {
        let mut link = self.engine.reader(Latest).await?;
        read::alive(&mut *link).await
    }

    async fn attachment(&self, owner: &str, id: &str) -> Result<Option<Attachment>, Failed> {
        let mut link = self.engine.reader(Latest).await?;
        attachments::find(&mut *link, owner, id).await
    }

    async fn add_attachment(
        &self,
        owner: &str,
        attachment: Attachment,
        command: CommandWrite,
        now: Timestamp,
    ) -> Result<(), Failed> {
        let kept = (owner.to_owned(), attachment);
        self.engine
            .write(move |link| Box::pin(attachments::add(link, kept, command, now)))
            .await
    }

    async fn add_shown(
        &self,
        owner: &str,
        attachment: Attachment,
        now: Timestamp,
    ) -> Result<(), Failed> {
        let kept = (owner.to_owned(), attachment);
        self.engine
            .write(move |link| Box::pin(attachments::add_shown(link, kept, now)))
            .await
    }

    async fn sweep_attachments(&self, before: Timestamp) -> Result<Vec<String>, Failed> {
        self.engine
            .write(move |link| Box::pin(attachments::sweep(link, before)))
            .await
    }

    async fn command(&self, id: &ClientId) -> Result<Option<CommandRecord>, Failed> {
        let mut link = self.engine.reader(Latest).await?;
        auth::command(&mut *link, id).await
    }

    async fn remember(
        &self,
        command: CommandWrite,
        answer: &str,
        now: Timestamp,
    ) -> Result<(), Failed> {
        let answer = answer.to_owned();
        self.engine
            .write(move |link| {
                Box::pin(async move { write::remember(link, None, &command, &answer, now).await })
            })
            .await
    }

    async fn settle(&self, settings: String) -> Result<(), Failed> {
        self.engine
            .write(move |link| Box::pin(flags::settle(link, settings)))
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
        self.engine
            .write(move |link| Box::pin(flags::set(link, flag, command)))
            .await
    }

    async fn add_login_token(&self, hash: &str, expires: Timestamp) -> Result<(), Failed> {
        let hash = hash.to_owned();
        self.engine
            .write(move |link| Box::pin(auth::add_token(link, hash, expires)))
            .await
    }

    async fn spend_login_token(&self, hash: &str, now: Timestamp) -> Result<bool, Failed> {
        let hash = hash.to_owned();
        self.engine
            .write(move |link| Box::pin(auth::spend_token(link, hash, now)))
            .await
    }

    async fn add_login(&self, hash: &str, login: Login) -> Result<(), Failed> {
        let hash = hash.to_owned();
        self.engine
            .write(move |link| Box::pin(auth::add_login(link, hash, login)))
            .await
    }

    async fn login(&self, hash: &str) -> Result<Option<Login>, Failed> {
        let mut link = self.engine.reader(Latest).await?;
        auth::login(&mut *link, hash).await
    }

    async fn touch_login(&self, hash: &str, seen: Option<Timestamp>) -> Result<(), Failed> {
        let hash = hash.to_owned();
        self.engine
            .write(move |link| Box::pin(auth::touch(link, hash, seen)))
            .await
    }
}
