//! What lies behind a thread as signals: lines of the journal, and standard error; read when opened.
use super::request::Requests;
use crate::api::reading::{get_lines, get_stderr};
use domain::id::SessionId;
use domain::journal::RawLine;
use leptos::prelude::*;

/// The lines behind one entry at a time.
#[derive(Debug, Clone, Copy)]
pub struct RawFeed {
    id: StoredValue<SessionId>,
    requests: Requests,
    /// The entry that is looked at.
    pub seq: RwSignal<Option<u64>>,
    /// Its lines so far.
    pub lines: RwSignal<Option<Vec<RawLine>>>,
    /// Whether there are more.
    pub has_more: RwSignal<bool>,
    /// Why they cannot be read.
    pub error: RwSignal<Option<String>>,
}

impl RawFeed {
    /// Nothing yet, for a session.
    #[must_use]
    pub fn new(id: SessionId) -> Self {
        Self {
            id: StoredValue::new(id),
            requests: Requests::new(),
            seq: RwSignal::new(None),
            lines: RwSignal::new(None),
            has_more: RwSignal::new(false),
            error: RwSignal::new(None),
        }
    }

    /// Opens the lines of an entry.
    pub fn open(self, seq: u64) {
        self.lines.set(None);
        self.has_more.set(false);
        self.error.set(None);
        self.seq.set(Some(seq));
        self.read(seq, None);
    }

    /// Puts them away.
    pub fn close(self) {
        self.seq.set(None);
    }

    /// Reads more lines of the entry.
    pub fn more(self) {
        let last = |lines: &Option<Vec<RawLine>>| lines.as_ref()?.last().map(|line| line.n);
        let after = self.lines.with_untracked(last);
        if let Some(seq) = self.seq.get_untracked() {
            self.has_more.set(false);
            self.read(seq, after);
        }
    }

    fn read(self, seq: u64, after: Option<u64>) {
        let id = self.id.get_value();
        self.requests.spawn(async move {
            let answer = get_lines(id, seq, after).await;
            if self.seq.get_untracked() != Some(seq) {
                return;
            }
            match answer {
                Ok(read) => {
                    self.has_more.set(read.more);
                    self.lines.update(|lines| {
                        let lines = lines.get_or_insert_default();
                        let last = lines.last().map_or(0, |line| line.n);
                        lines.extend(read.lines.into_iter().filter(|line| line.n > last));
                    });
                }
                Err(error) => self.error.set(Some(error.message)),
            }
        });
    }
}

/// The last lines of standard error, as they were when somebody looked.
#[derive(Debug, Clone, Copy)]
pub struct StderrFeed {
    id: StoredValue<SessionId>,
    requests: Requests,
    /// The lines, or why they cannot be read.
    pub lines: RwSignal<Option<Result<Vec<String>, String>>>,
}

impl StderrFeed {
    /// Nothing yet, for a session.
    #[must_use]
    pub fn new(id: SessionId) -> Self {
        Self {
            id: StoredValue::new(id),
            requests: Requests::new(),
            lines: RwSignal::new(None),
        }
    }

    /// Reads them now.
    pub fn read(self) {
        let id = self.id.get_value();
        self.requests.spawn(async move {
            let answer = get_stderr(id).await;
            let lines = answer.map(|read| read.lines).map_err(|error| error.message);
            self.lines.set(Some(lines));
        });
    }
}
