//! Reads of callers: sessions, threads, lists, agents.
use super::Console;
use super::input::Caller;
use crate::error::Failed;
use crate::relay::Shown;
use crate::store::ListQuery;
use domain::id::SessionId;
use domain::session::{Session, SessionStatus};
use domain::snapshot::{SCHEMA, SessionList, Snapshot, ThreadPage};
use domain::thread::Entry;
use std::collections::BTreeMap;

/// Rows of a list page.
const PAGE: u64 = 200;
/// Entries of a page of older ones.
const OLDER: u64 = 100;

impl Console {
    /// The validator of a session at its revision, for this caller.
    ///
    /// # Errors
    /// [`Failed::NotFound`], [`Failed::Deleted`].
    pub fn etag(&self, caller: &Caller, id: &SessionId) -> Result<String, Failed> {
        let revision = self.head(caller, id)?.revision;
        Ok(self.etag_at(caller, revision))
    }

    /// The validator of this caller's list.
    #[must_use]
    pub fn list_etag(&self, caller: &Caller) -> String {
        self.etag_at(caller, self.store.heads().change())
    }

    fn etag_at(&self, caller: &Caller, revision: u64) -> String {
        let config = self.store.heads().config();
        format!("W/\"1.{SCHEMA}.{}.{config}.{revision}\"", caller.scope())
    }

    /// The session without its thread.
    ///
    /// # Errors
    /// [`Failed::NotFound`], [`Failed::Deleted`].
    pub async fn session(&self, caller: &Caller, id: &SessionId) -> Result<Session, Failed> {
        self.head(caller, id)?;
        Ok(self.store.record(id).await?.session)
    }

    /// All that the session page shows: changes after `since`, else the tail of the thread. Who
    /// asks for the same at the same time shares one read.
    ///
    /// # Errors
    /// [`Failed::NotFound`], [`Failed::Deleted`].
    pub async fn snapshot(
        &self,
        caller: &Caller,
        id: &SessionId,
        since: Option<u64>,
    ) -> Result<Snapshot, Failed> {
        let known = self.head(caller, id)?.revision;
        let read = || self.shown(id, since, known);
        let shown = self.views.share((id.clone(), since, known), read).await?;
        let is_news = since.is_none_or(|since| shown.agent_state_revision > since);
        let is_told = shown.thread.from.is_none() || is_news;
        Ok(Snapshot {
            v: 1,
            etag: self.etag_at(caller, shown.session.revision),
            revision: shown.session.revision,
            updated_at: shown.session.updated_at,
            server_now: self.setup.clock.now(),
            sync: self.sync(caller),
            metadata: shown.metadata,
            agent_state: is_told.then_some(shown.agent_state),
            thread: shown.thread,
            session: shown.session,
        })
    }

    /// Whole pages are shared with other nodes; changes are short and come from the store.
    async fn shown(&self, id: &SessionId, since: Option<u64>, known: u64) -> Result<Shown, Failed> {
        match (&self.relay, since) {
            (Some(relay), None) => relay.pages().tail(id, known).await,
            _ => Ok(self.store.view(id, since).await?.into()),
        }
    }

    /// Entries before a place.
    ///
    /// # Errors
    /// [`Failed::NotFound`], [`Failed::Deleted`].
    pub async fn older(
        &self,
        caller: &Caller,
        id: &SessionId,
        before: u64,
        limit: Option<u64>,
    ) -> Result<ThreadPage, Failed> {
        self.head(caller, id)?;
        self.store.older(id, before, limit.unwrap_or(OLDER)).await
    }

    /// One entry, uncut.
    ///
    /// # Errors
    /// [`Failed::NotFound`], [`Failed::Deleted`].
    pub async fn entry(&self, caller: &Caller, id: &SessionId, seq: u64) -> Result<Entry, Failed> {
        self.head(caller, id)?;
        self.store.entry(id, seq).await
    }

    /// The caller's sessions, those that wait for a person first.
    ///
    /// # Errors
    /// [`Failed::Malformed`] for an unknown status or cursor.
    pub async fn list(
        &self,
        caller: &Caller,
        filter: Option<&str>,
        query: Option<String>,
        cursor: Option<&str>,
    ) -> Result<SessionList, Failed> {
        let malformed = |what: &str| Failed::Malformed(format!("{what} is malformed"));
        let filter = filter.filter(|filter| !filter.is_empty());
        let filter = filter
            .map(|word| SessionStatus::parse(word).ok_or_else(|| malformed("filter")))
            .transpose()?;
        let offset = cursor
            .map_or(Ok(0), str::parse)
            .map_err(|_| malformed("cursor"))?;
        let change = self.store.heads().change();
        let owner = caller.user().to_owned();
        let wanted = ListQuery {
            owner,
            filter,
            query,
            offset,
            limit: PAGE,
        };
        let key = (wanted.clone(), change);
        let page = self.lists.share(key, || self.store.list(wanted)).await?;
        Ok(SessionList {
            v: 1,
            etag: self.etag_at(caller, change),
            revision: change,
            server_now: self.setup.clock.now(),
            sync: self.sync(caller),
            next: page
                .more
                .then(|| (offset + page.rows.len() as u64).to_string()),
            rows: page.rows,
            counts: page.counts,
        })
    }

    /// Sessions by status, of all users.
    ///
    /// # Errors
    /// [`Failed`] if the store cannot be read.
    pub async fn counts(&self) -> Result<BTreeMap<String, u64>, Failed> {
        let owner = super::login::OWNER.to_owned();
        Ok(self
            .store
            .list(ListQuery {
                owner,
                ..ListQuery::default()
            })
            .await?
            .counts)
    }
}
