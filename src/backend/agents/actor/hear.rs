//! From the journal to the store: what a line means is collected and written in one transaction.
use super::Actor;
use crate::agents::behind::heard;
use crate::agents::journal::JournalLine;
use crate::agents::talk::{Outcome, SessionFact, Stage};
use crate::store::{Change, EntryWrite};
use domain::thread::Image;
use std::time::Duration;
use tokio::time::Instant;

/// How long news waits after a rest for what belongs to it: agents end a tool call and begin the
/// next one in the same moment.
const TOGETHER: Duration = Duration::from_millis(8);

impl Actor {
    /// Takes a line from the shim.
    pub(super) async fn take_line(&mut self, journal: JournalLine) {
        if journal.n <= self.heard {
            return;
        }
        let outcomes = self.talk.hear(heard(&journal));
        self.heard = journal.n;
        self.follow(outcomes).await;
        self.wait_for_rest();
        self.advance().await;
    }

    /// Sets the time at which a turn that nobody asked for is over.
    pub(super) fn wait_for_rest(&mut self) {
        let now = self.shared.clock.now();
        self.timers.rest = self.talk.rests_at().map(|at| {
            let wait = Duration::from_millis(at.since(now));
            Instant::now() + wait
        });
    }

    /// A turn that nobody asked for is over if it is quiet; a message on its way takes its place.
    pub(super) async fn rest(&mut self) {
        if self.record.outbox.is_some() {
            return;
        }
        let outcomes = self.talk.rest(self.shared.clock.now());
        self.follow(outcomes).await;
        self.wait_for_rest();
        self.advance().await;
    }

    /// Does what follows from a line.
    pub(super) async fn follow(&mut self, outcomes: Vec<Outcome>) {
        for outcome in outcomes {
            match outcome {
                Outcome::Entry { key } => self.touch(key),
                Outcome::Image { image, content } => self.keep_image(image, content).await,
                Outcome::Send { key, raw } => self.send(&key, &raw),
                Outcome::Session(fact) => self.facts.push(fact),
                Outcome::Metadata => self.metadata_changed = true,
                Outcome::AgentState => self.state_changed = true,
                Outcome::WorktreeTouched => self.worktree_touched = true,
                Outcome::Noise => {}
            }
        }
        if !self.facts.is_empty() {
            self.flush().await;
        } else if (self.has_news() || self.worktree_touched) && self.timers.flush.is_none() {
            self.timers.flush = Some(self.next_write());
        }
    }

    /// When what is new is written: soon after a rest, else at the distance of writes.
    fn next_write(&self) -> Instant {
        let soon = Instant::now() + TOGETHER;
        let gap = Duration::from_millis(self.shared.limits.stream_write_ms);
        self.wrote.map_or(soon, |wrote| soon.max(wrote + gap))
    }

    /// Keeps an image of the agent; without it the entry only names what it would be.
    async fn keep_image(&self, image: Image, content: Vec<u8>) {
        let owner = &self.record.session.owner_id;
        if let Err(error) = self
            .shared
            .attachments
            .keep_shown(owner, image, content)
            .await
        {
            tracing::error!(session.id = %self.id, error = %error, "an image of session {} was not kept", self.id);
        }
    }

    fn touch(&mut self, key: String) {
        if !self.touched.contains(&key) {
            self.touched.push(key);
        }
    }

    fn has_news(&self) -> bool {
        !self.touched.is_empty() || self.metadata_changed || self.state_changed
    }

    /// Sends a line to the agent, if one is attached; the shim never sends a key twice.
    pub(super) fn send(&self, key: &str, raw: &str) {
        if let Some(link) = &self.link
            && let Err(error) = link.send(key, raw)
        {
            tracing::warn!(session.id = %self.id, error = %error, "a line for session {} was not sent", self.id);
        }
    }

    /// Writes all that changed since the last write, and what the facts lead to.
    pub(super) async fn flush(&mut self) {
        self.timers.flush = None;
        self.wrote = Some(Instant::now());
        if std::mem::take(&mut self.worktree_touched) {
            self.look_soon();
        }
        let facts = std::mem::take(&mut self.facts);
        let mut change = Change::at(self.shared.clock.now());
        change.is_activity = !self.touched.is_empty() || !facts.is_empty();
        change.entries = self
            .touched
            .iter()
            .filter_map(|key| self.write_of(key))
            .collect();
        change.applied_n = Some(self.heard);
        if self.state_changed {
            change.agent_state = Some(self.talk.agent_state());
        }
        if self.has_news() || !facts.is_empty() {
            change.metadata = Some(self.talk.metadata());
        }
        for fact in &facts {
            self.fact(fact, &mut change);
        }
        self.derive_status(&facts, &mut change);
        match self.commit(change).await {
            Ok(_) => self.written(&facts),
            Err(error) => {
                self.facts = facts;
                self.not_written(&error);
            }
        }
    }

    fn written(&mut self, facts: &[SessionFact]) {
        self.touched.clear();
        (self.metadata_changed, self.state_changed) = (false, false);
        for fact in facts {
            self.after(fact);
        }
    }

    fn write_of(&self, key: &str) -> Option<EntryWrite> {
        let said = self.talk.entry(key)?;
        Some(EntryWrite {
            key: key.to_owned(),
            turn: said.turn,
            at: said.at,
            body: said.body,
        })
    }

    /// Whether the agent works on a turn.
    pub(super) fn is_in_turn(&self) -> bool {
        self.talk.stage() == Stage::InTurn
    }
}
