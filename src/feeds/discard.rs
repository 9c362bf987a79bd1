//! Throwing away changes of chosen files, and bringing them back.
use super::git::GitFeed;
use super::ops::new_client_id;
use super::request::Requests;
use crate::api::error::ApiError;
use crate::api::git::{discard_changes, undo_discard};
use leptos::prelude::*;

/// What became of it.
#[derive(Debug, Clone, PartialEq)]
pub enum DiscardOutcome {
    /// So many files were thrown away; the name brings them back.
    Gone(u64, String),
    /// So many files were brought back.
    Back(u64),
    /// Nothing was done.
    Failed(ApiError),
}

/// Throwing away, on its way.
#[derive(Debug, Clone, Copy)]
pub struct DiscardFeed {
    git: GitFeed,
    requests: Requests,
    /// Whether something is under way.
    pub is_busy: RwSignal<bool>,
    /// What became of the last one.
    pub outcome: RwSignal<Option<DiscardOutcome>>,
}

impl DiscardFeed {
    /// For the changes of a session.
    #[must_use]
    pub fn new(git: GitFeed) -> Self {
        Self {
            git,
            requests: Requests::new(),
            is_busy: RwSignal::new(false),
            outcome: RwSignal::new(None),
        }
    }

    /// Throws the changes of files away; what was looked at must still be so.
    pub fn discard(self, paths: Vec<String>) {
        let (id, count) = (self.git.id.get_value(), paths.len() as u64);
        let shown = self.git.shown_of(&paths);
        self.act(async move {
            let paths = Some(paths);
            let answer = discard_changes(new_client_id(), id, paths, None, Some(shown)).await;
            answer.map(|discarded| DiscardOutcome::Gone(count, discarded.undo))
        });
    }

    /// Brings back what was thrown away last.
    pub fn undo(self) {
        let Some(DiscardOutcome::Gone(count, undo)) = self.outcome.get_untracked() else {
            return;
        };
        let id = self.git.id.get_value();
        self.act(async move {
            let answer = undo_discard(new_client_id(), id, undo).await;
            answer.map(|_| DiscardOutcome::Back(count))
        });
    }

    fn act(self, deed: impl Future<Output = Result<DiscardOutcome, ApiError>> + 'static) {
        if self.is_busy.get_untracked() {
            return;
        }
        self.is_busy.set(true);
        self.requests.run(deed, move |answer| {
            self.is_busy.set(false);
            let outcome = answer.unwrap_or_else(DiscardOutcome::Failed);
            self.outcome.set(Some(outcome));
            self.git.read();
        });
    }
}
