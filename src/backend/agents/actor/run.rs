//! The loop of a session's task: commands, lines of the journal, timers, a slot for a process.
use super::look::Looks;
use super::{Actor, Ask, Timers, due};
use crate::agents::journal::JournalLine;
use crate::agents::link::LineStream;
use crate::agents::talk::{Stage, Talk};
use crate::attachments::Attachments;
use crate::clock::Clock;
use crate::config::{AgentEntry, Limits};
use crate::error::Failed;
use crate::git::{Repo, WorktreeGit};
use crate::nodes::{NodeSetup, Standing};
use crate::store::{Change, Changed, Record, Store};
use domain::session::{Phase, Worktree};
use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::time::Instant;

/// How long a task without anything to do stays.
const LINGER: Duration = Duration::from_secs(30);
/// How long a failed write waits before it is tried again.
const WRITE_AGAIN: Duration = Duration::from_secs(1);

/// What all sessions' tasks share.
pub struct Shared {
    pub(super) store: Arc<dyn Store>,
    pub(super) clock: Clock,
    pub(super) limits: Limits,
    pub(super) agents: Vec<AgentEntry>,
    pub(super) data_dir: PathBuf,
    pub(super) attachments: Attachments,
    /// The console's own program, which is also the shim.
    pub(super) program: PathBuf,
    pub(super) slots: Arc<Semaphore>,
    /// This node among others.
    pub(super) standing: Arc<Standing>,
    pub(super) hungry: AtomicUsize,
    pub(super) hunger: Notify,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared")
            .field("data_dir", &self.data_dir)
            .finish_non_exhaustive()
    }
}

impl Shared {
    /// Takes what the tasks need; `program` is the console's own binary.
    #[must_use]
    pub fn new(
        store: Arc<dyn Store>,
        clock: Clock,
        limits: Limits,
        agents: Vec<AgentEntry>,
        places: (PathBuf, PathBuf),
    ) -> Self {
        let (data_dir, program) = places;
        let lease = Duration::from_millis(limits.node_lease_ms);
        let standing = Arc::new(Standing::new(&NodeSetup::default(), lease));
        let slots = Arc::new(Semaphore::new(limits.max_live_agents.max(1)));
        let attachments = Attachments::new(store.clone(), clock.clone(), &data_dir);
        let (hungry, hunger) = (AtomicUsize::new(0), Notify::new());
        Self {
            store,
            clock,
            limits,
            agents,
            data_dir,
            attachments,
            program,
            slots,
            standing,
            hungry,
            hunger,
        }
    }

    /// The same for one of several nodes.
    #[must_use]
    pub fn with_standing(mut self, standing: Arc<Standing>) -> Self {
        self.standing = standing;
        self
    }

    pub(super) fn live(&self) -> usize {
        self.limits
            .max_live_agents
            .max(1)
            .saturating_sub(self.slots.available_permits())
    }
}

impl Actor {
    pub(super) fn new(shared: Arc<Shared>, record: Record) -> Self {
        let talk = Talk::new(&record.session.worktree.path);
        Self {
            shared,
            id: record.session.id.clone(),
            record,
            talk,
            heard: 0,
            link: None,
            lines: None,
            slot: None,
            wants_slot: false,
            is_resuming: false,
            is_ousted: false,
            is_stopping: false,
            needs_recap: false,
            touched: Vec::new(),
            facts: Vec::new(),
            metadata_changed: false,
            state_changed: false,
            worktree_touched: false,
            looks: Looks::default(),
            wrote: None,
            last_id: 0,
            sent: BTreeSet::new(),
            answered: HashSet::new(),
            timers: Timers::default(),
        }
    }

    pub(super) async fn run(mut self, mut asks: mpsc::Receiver<Ask>) {
        if let Err(error) = self.recover().await {
            tracing::error!(session.id = %self.id, error = %error, "session {} could not be recovered", self.id);
        }
        while !asks.is_closed() && !self.is_ousted {
            self.wait_to_send();
            let wake = self
                .timers
                .next()
                .unwrap_or_else(|| Instant::now() + LINGER);
            tokio::select! {
                ask = asks.recv() => match ask {
                    Some(ask) => self.answer(ask).await,
                    None => return,
                },
                line = next_line(&mut self.lines) => match line {
                    Some(line) => self.take_line(line).await,
                    None => self.lost_link().await,
                },
                state = self.looks.next() => self.looked(state).await,
                slot = slot(&self.shared.slots), if self.wants_slot => self.got_slot(slot).await,
                () = self.shared.hunger.notified(), if self.is_spare() => self.make_room().await,
                () = tokio::time::sleep_until(wake) => {
                    if self.timers.next().is_none() && self.has_nothing_to_do() {
                        asks.close();
                    }
                    self.timer().await;
                }
            }
        }
        if self.is_ousted {
            return self.leave();
        }
        while let Some(ask) = asks.recv().await {
            self.answer(ask).await;
        }
    }

    fn has_nothing_to_do(&self) -> bool {
        let is_active = self.record.session.status.phase() == Phase::Active;
        let is_busy = self.wants_slot || self.looks.is_under_way();
        self.link.is_none() && !is_busy && !is_active && self.record.outbox.is_none()
    }

    /// Whether the process lives only to be ready.
    fn is_spare(&self) -> bool {
        let waits = self.record.outbox.is_none() && !self.is_resuming;
        let is_up = self.link.is_some() && !self.is_stopping;
        is_up && waits && self.talk.stage() == Stage::Ready
    }

    async fn timer(&mut self) {
        let now = Instant::now();
        if due(&mut self.timers.flush, now) {
            self.flush().await;
        }
        if due(&mut self.timers.answer, now) {
            self.start_took_too_long().await;
        }
        if due(&mut self.timers.stop, now) {
            self.stop_process();
        } else if due(&mut self.timers.idle, now) && self.is_spare() {
            let others_wait = self.shared.hungry.load(Ordering::SeqCst) > 0;
            self.stop_spare(others_wait).await;
        }
        if due(&mut self.timers.send, now) {
            self.send_due().await;
        }
        if due(&mut self.timers.rest, now) {
            self.rest().await;
        }
        if due(&mut self.timers.ping, now) {
            self.ping();
        }
        if due(&mut self.timers.files, now) {
            self.look();
        }
    }

    /// Commits a change and keeps the session as it is then.
    pub(super) async fn commit(&mut self, change: Change) -> Result<Changed, Failed> {
        let changed = self.write(change).await?;
        self.record = changed.record.clone();
        Ok(changed)
    }

    /// Notes a failed write in the log; what is not written is tried again soon.
    pub(super) fn not_written(&mut self, error: &Failed) {
        tracing::error!(session.id = %self.id, error = %error, "session {} could not be written", self.id);
        self.timers.flush = Some(Instant::now() + WRITE_AGAIN);
    }

    pub(super) fn entry(&self) -> Option<&AgentEntry> {
        self.shared
            .agents
            .iter()
            .find(|entry| entry.id == self.record.session.agent)
    }

    pub(super) fn session_dir(&self) -> PathBuf {
        self.shared.data_dir.join("sessions").join(self.id.as_str())
    }

    pub(super) fn socket(&self) -> PathBuf {
        self.shared
            .data_dir
            .join("run")
            .join(format!("{}.sock", self.id.short()))
    }

    pub(super) async fn git(&self) -> Result<WorktreeGit, Failed> {
        let (repo, worktree) = self.place();
        Self::git_of(&repo, worktree).await
    }

    /// Where its repository and worktree are.
    pub(super) fn place(&self) -> (String, Worktree) {
        let session = &self.record.session;
        (session.repo.clone(), session.worktree.clone())
    }

    pub(super) async fn git_of(repo: &str, worktree: Worktree) -> Result<WorktreeGit, Failed> {
        let repo = Repo::known(Path::new(repo)).await?;
        Ok(WorktreeGit::new(repo, worktree))
    }

    pub(super) fn be_hungry(&mut self) {
        self.wants_slot = true;
        self.shared.hungry.fetch_add(1, Ordering::SeqCst);
        self.shared.hunger.notify_one();
        self.shared.standing.say();
    }

    async fn got_slot(&mut self, slot: OwnedSemaphorePermit) {
        self.wants_slot = false;
        self.shared.hungry.fetch_sub(1, Ordering::SeqCst);
        self.slot = Some(slot);
        self.advance().await;
    }
}

async fn next_line(lines: &mut Option<LineStream>) -> Option<JournalLine> {
    match lines {
        Some(lines) => lines.next().await,
        None => std::future::pending().await,
    }
}

async fn slot(slots: &Arc<Semaphore>) -> OwnedSemaphorePermit {
    match slots.clone().acquire_owned().await {
        Ok(slot) => slot,
        Err(_) => std::future::pending().await,
    }
}
