//! Looks at the worktree after activity, beside the session's task, and says so if it differs.
use super::Actor;
use crate::error::Failed;
use crate::git::WorktreeState;
use crate::store::Change;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// How long after activity the worktree is looked at.
const AFTER: Duration = Duration::from_millis(300);
/// Least distance of two looks.
const GAP: Duration = Duration::from_secs(1);

/// The looks at one worktree.
#[derive(Debug, Default)]
pub(super) struct Looks {
    began: Option<Instant>,
    /// What the last one found.
    found: Option<WorktreeState>,
    under_way: Option<JoinHandle<Result<WorktreeState, Failed>>>,
}

impl Looks {
    pub(super) fn is_under_way(&self) -> bool {
        self.under_way.is_some()
    }

    /// What the look under way finds; none if it failed.
    pub(super) async fn next(&mut self) -> Option<WorktreeState> {
        let Some(look) = &mut self.under_way else {
            return std::future::pending().await;
        };
        let found = look.await;
        self.under_way = None;
        found.ok().and_then(Result::ok)
    }
}

impl Actor {
    /// Sets the time of the next look, unless one is planned.
    pub(super) fn look_soon(&mut self) {
        let soon = Instant::now() + AFTER;
        let due = self.looks.began.map_or(soon, |began| soon.max(began + GAP));
        self.timers.files.get_or_insert(due);
    }

    /// Begins a look; one that is under way comes first.
    pub(super) fn look(&mut self) {
        if self.looks.is_under_way() {
            self.timers.files = Some(Instant::now() + AFTER);
            return;
        }
        self.looks.began = Some(Instant::now());
        let (repo, worktree) = self.place();
        self.looks.under_way = Some(tokio::spawn(async move {
            let git = Self::git_of(&repo, worktree).await?;
            git.state().await
        }));
    }

    /// Takes what a look found.
    pub(super) async fn looked(&mut self, found: Option<WorktreeState>) {
        let Some(state) = found else { return };
        let is_same = match &self.looks.found {
            Some(known) => *known == state,
            None => state.is_untouched && self.record.changed_files == 0,
        };
        if !is_same {
            let change = Change {
                worktree_touched: true,
                changed_files: Some(state.files),
                ..Change::at(self.shared.clock.now())
            };
            if let Err(error) = self.commit(change).await {
                return self.not_written(&error);
            }
        }
        self.looks.found = Some(state);
    }
}
