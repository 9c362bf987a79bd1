//! Reads that go deep: search in a thread, the lines behind an entry, what a whole thread says.
use super::Console;
use super::far::Far;
use super::input::Caller;
use crate::agents::behind::{last_stderr, lines_behind};
use crate::error::Failed;
use crate::store::{Record, SearchQuery};
use domain::id::SessionId;
use domain::journal::{RawLines, StderrLines};
use domain::search::{QUERY, SearchPage, folded};
use domain::thread::{Body, Entry};
use std::path::PathBuf;

impl Console {
    /// Entries that hold a text, newest first; `kinds` is a list with commas, empty for all.
    ///
    /// # Errors
    /// [`Failed::Malformed`] for an empty or too long query or an unknown kind; as every read.
    pub async fn search_thread(
        &self,
        caller: &Caller,
        id: &SessionId,
        (query, kinds): (&str, &str),
        before: Option<u64>,
    ) -> Result<SearchPage, Failed> {
        let malformed = |text: String| Err(Failed::Malformed(text));
        if query.is_empty() || query.chars().count() > QUERY {
            return malformed(format!("query has 1 to {QUERY} characters"));
        }
        let words = kinds.split(',').filter(|word| !word.is_empty());
        let known = |word: &str| Body::KINDS.into_iter().find(|kind| *kind == word);
        let kinds = words.map(known).collect::<Option<Vec<_>>>();
        let Some(kinds) = kinds else {
            return malformed(format!("kinds are some of {}", Body::KINDS.join(",")));
        };
        self.head(caller, id)?;
        let folded = folded(query);
        let wanted = SearchQuery {
            folded,
            kinds,
            before,
        };
        self.store.search(id, wanted).await
    }

    /// The lines of the journal that an entry came from, those above `after`.
    ///
    /// # Errors
    /// [`Failed::NotFound`] for an entry that there is not; as every read.
    pub async fn lines(
        &self,
        caller: &Caller,
        id: &SessionId,
        (seq, after): (u64, u64),
    ) -> Result<RawLines, Failed> {
        self.head(caller, id)?;
        let far = || Far::Lines { seq, after };
        if let Some(answer) = self.far(caller, id, far).await? {
            return Ok(answer);
        }
        let key = self.store.key(id, seq).await?;
        let worktree = self.store.record(id).await?.session.worktree.path;
        let path = self.journal(id);
        let right = self.replays.acquire().await;
        let _right = right.map_err(|error| Failed::internal(&error))?;
        let read = move || lines_behind(&path, &worktree, (&key, after));
        let found = tokio::task::spawn_blocking(read).await;
        let found = found.map_err(|error| Failed::internal(&error))?;
        found.map_err(|error| Failed::internal(&error))
    }

    /// The last lines that the agent wrote to standard error.
    ///
    /// # Errors
    /// As every read.
    pub async fn stderr(&self, caller: &Caller, id: &SessionId) -> Result<StderrLines, Failed> {
        self.head(caller, id)?;
        if let Some(answer) = self.far(caller, id, || Far::Stderr).await? {
            return Ok(answer);
        }
        let path = self.journal(id);
        let lines = tokio::task::spawn_blocking(move || last_stderr(&path)).await;
        let lines = lines.map_err(|error| Failed::internal(&error))??;
        Ok(StderrLines { lines })
    }

    /// The session with its counts, for who writes it out.
    ///
    /// # Errors
    /// As every read.
    pub async fn whole_session(&self, caller: &Caller, id: &SessionId) -> Result<Record, Failed> {
        self.head(caller, id)?;
        self.store.record(id).await
    }

    /// Some entries after a place, uncut; none at the end. Asks for the right each time: a session
    /// may be deleted in between.
    ///
    /// # Errors
    /// As every read.
    pub async fn whole_entries(
        &self,
        caller: &Caller,
        id: &SessionId,
        after: u64,
    ) -> Result<Vec<Entry>, Failed> {
        self.head(caller, id)?;
        self.store.whole(id, after).await
    }

    fn journal(&self, id: &SessionId) -> PathBuf {
        let sessions = self.setup.data_dir.join("sessions");
        sessions.join(id.as_str()).join("journal.jsonl")
    }
}
