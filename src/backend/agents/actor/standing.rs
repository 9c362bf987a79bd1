//! A session among several nodes: only its owner writes, and what was another node's goes on here.
use super::Actor;
use crate::agents::journal::Journal;
use crate::agents::talk::Stage;
use crate::error::Failed;
use crate::store::{Change, Changed, Fence};
use std::path::Path;
use tokio::time::Instant;

impl Actor {
    /// Writes a change, unless another node has the session by now.
    pub(super) async fn write(&mut self, mut change: Change) -> Result<Changed, Failed> {
        if self.shared.standing.is_clustered() {
            change.fence = Some(Fence {
                node: self.shared.standing.name().to_owned(),
                epoch: self.record.epoch,
            });
        }
        let written = self.shared.store.change(&self.id, change).await;
        self.is_ousted |= matches!(written, Err(Failed::Moved(_)));
        written
    }

    /// Sees whether the session is still this node's.
    pub(super) async fn verify(&mut self) -> Result<(), Failed> {
        let record = self.shared.store.record(&self.id).await?;
        let owner = record.session.node_id;
        if owner == self.shared.standing.name() && record.epoch == self.record.epoch {
            return Ok(());
        }
        self.is_ousted = true;
        Err(Failed::Moved(owner))
    }

    /// Lets go of a session that another node has: its process here is ended.
    pub(super) fn leave(&mut self) {
        tracing::warn!(session.id = %self.id, "session {} is another node's by now", self.id);
        self.stop_waiting();
        self.stop_process();
    }

    /// Tells the shim that a server with a lease is here.
    pub(super) fn ping(&mut self) {
        let Some(lease) = self.shared.standing.lease() else {
            return;
        };
        let Some(link) = &self.link else { return };
        if self.shared.standing.holds() && link.ping().is_err() {
            tracing::debug!(session.id = %self.id, "the shim of session {} is gone", self.id);
        }
        self.timers.ping = Some(Instant::now() + lease / 6);
    }

    /// Whether another node gave up the run whose lines were heard, and its end was not.
    pub(super) fn was_given_up(&self) -> bool {
        let is_over = matches!(self.talk.stage(), Stage::NotStarted | Stage::Ended);
        self.shared.standing.is_clustered() && self.record.run.is_none() && !is_over
    }

    /// How long an agent outlives the last word of a node with a lease, in milliseconds.
    pub(super) fn orphan_ms(&self) -> Option<u64> {
        let is_clustered = self.shared.standing.is_clustered();
        is_clustered.then_some(self.shared.limits.node_orphan_ms)
    }

    /// Whether another node made the worktree that the session names.
    pub(super) fn was_elsewhere(&self) -> bool {
        let own = self.shared.data_dir.join("worktrees");
        let path = Path::new(&self.record.session.worktree.path);
        self.shared.standing.is_clustered() && !path.starts_with(own)
    }

    /// Makes a worktree of this node from the session's branch.
    pub(super) async fn restore_worktree(&mut self) -> Result<(), Failed> {
        let own = self.shared.data_dir.join("worktrees");
        let mut worktree = self.record.session.worktree.clone();
        worktree.path = own.join(self.id.as_str()).display().to_string();
        let change = Change {
            worktree: Some(worktree),
            worktree_touched: true,
            ..Change::at(self.shared.clock.now())
        };
        self.commit(change).await?;
        self.git().await?.restore().await
    }

    /// Begins the journal of a session whose first lines another node has.
    pub(super) async fn begin_journal(&self) -> Result<(), Failed> {
        let folder = self.session_dir();
        let path = folder.join("journal.jsonl");
        let after = self.record.applied_n;
        if !self.shared.standing.is_clustered() || after == 0 || path.exists() {
            return Ok(());
        }
        let newest = self.shared.store.older(&self.id, u64::MAX, 1).await?;
        let turn = newest.entries.last().map_or(0, |entry| entry.turn);
        let at = self.shared.clock.now();
        tokio::fs::create_dir_all(&folder).await?;
        let begun = Journal::take_over(&path, at, after, turn);
        begun.map_err(|error| Failed::internal(&error))
    }
}
