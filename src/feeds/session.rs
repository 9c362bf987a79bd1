//! One session, kept fresh: one fetch per page, then the sync core.
use super::driver::Driver;
use super::ops::{Deed, Op, PendingMessage, Refusal, new_client_id};
use super::session_source::SessionSource;
use super::slot::Slot;
use super::thread::ThreadFeed;
use crate::api::error::ApiError;
use crate::api::sessions::{get_entry, get_session_with_metadata, get_thread};
use domain::git::{ChangedFiles, GitStatus};
use domain::id::SessionId;
use domain::session::{Phase, Session};
use domain::snapshot::{AgentState, Metadata, Snapshot, SyncSettings};
use domain::sync::{Config, Core, Event, OpId, Seed, SyncView};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};

/// What the session page opens with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageSeed {
    /// The session.
    pub snapshot: Snapshot,
    /// Its changed files, if the worktree is there.
    pub files: Option<ChangedFiles>,
    /// What is not committed, if the worktree is there.
    pub status: Option<GitStatus>,
}

/// The one fetch of the session page.
///
/// # Errors
/// As [`get_session_with_metadata`].
pub async fn page_seed(id: SessionId) -> Result<PageSeed, ApiError> {
    let snapshot = get_session_with_metadata(id.clone(), None).await?;
    if snapshot.session.worktree_revision == 0 {
        return Ok(PageSeed {
            snapshot,
            files: None,
            status: None,
        });
    }
    let files = crate::api::git::get_changed_files(id.clone()).await.ok();
    let status = crate::api::git::get_git_status(id, None).await.ok();
    Ok(PageSeed {
        snapshot,
        files,
        status,
    })
}

/// A session as signals.
#[derive(Debug, Clone, Copy)]
pub struct SessionFeed {
    pub(super) id: StoredValue<SessionId>,
    pub(super) base: RwSignal<Session>,
    pub(super) etag: StoredValue<String>,
    pub(super) settings: StoredValue<SyncSettings>,
    pub(super) ops: RwSignal<Vec<(OpId, Op)>>,
    pub(super) next_op: StoredValue<u32>,
    pub(super) driver: Slot<SessionSource>,
    /// The session with the effect of own deeds.
    pub session: Memo<Session>,
    /// Its counts.
    pub metadata: RwSignal<Metadata>,
    /// What the agent offers.
    pub agent_state: RwSignal<AgentState>,
    /// Its thread.
    pub thread: ThreadFeed,
    /// How fresh all this is.
    pub sync: RwSignal<SyncView>,
    /// A deed that was taken back, until it is put away.
    pub refusal: RwSignal<Option<Refusal>>,
    /// The last error that an answer carried.
    pub error: RwSignal<Option<ApiError>>,
}

impl SessionFeed {
    /// The session of a first answer.
    #[must_use]
    pub fn new(snapshot: Snapshot) -> Self {
        let view = first_view(&snapshot);
        let base = RwSignal::new(snapshot.session.clone());
        let ops = RwSignal::new(Vec::<(OpId, Op)>::new());
        let session = Memo::new(move |_| {
            let mut session = base.get();
            ops.with(|ops| ops.iter().for_each(|(_, op)| op.apply(&mut session)));
            session
        });
        Self {
            id: StoredValue::new(snapshot.session.id.clone()),
            base,
            etag: StoredValue::new(snapshot.etag),
            settings: StoredValue::new(snapshot.sync),
            ops,
            next_op: StoredValue::new(1),
            driver: Slot::new(),
            session,
            metadata: RwSignal::new(snapshot.metadata),
            agent_state: RwSignal::new(snapshot.agent_state.unwrap_or_default()),
            thread: ThreadFeed::new(snapshot.thread),
            sync: RwSignal::new(view),
            refusal: RwSignal::new(None),
            error: RwSignal::new(None),
        }
    }

    /// Keeps the session fresh while the page is open. Call from an effect.
    pub fn drive(self) {
        let config = Config::from(&self.settings.get_value());
        let seed = self.base.with_untracked(|session| Seed {
            version: session.revision,
            phase: session.status.phase(),
            age_ms: Some(0),
        });
        let source = SessionSource { feed: self };
        let driver = Driver::start(Core::new(config), source, Event::Mount(Some(seed)));
        self.driver.set(driver);
    }

    /// Ends the keeping fresh.
    pub fn stop(self) {
        self.driver.stop();
    }

    fn dispatch(self, event: Event) {
        self.driver.dispatch(event);
    }

    /// Asks for fresh data now.
    pub fn refresh(self) {
        self.dispatch(Event::Refresh);
    }

    /// Does a deed: it shows at once and is taken back if the server refuses.
    pub fn act(self, deed: Deed) {
        let id = OpId(self.next_op.get_value());
        self.next_op.set_value(id.0 + 1);
        let is_busy = self
            .session
            .with_untracked(|session| session.status.phase() == Phase::Active);
        self.refusal.set(None);
        self.ops.update(|ops| {
            ops.push((
                id,
                Op {
                    deed,
                    client_id: new_client_id(),
                    is_busy,
                },
            ))
        });
        self.dispatch(Event::OpStart(id));
    }

    /// Messages that are on their way, until the thread holds them.
    #[must_use]
    pub fn pending_messages(self) -> Vec<PendingMessage> {
        let known = |op: &Op| {
            self.thread.entries.with(|entries| {
                entries.iter().rev().take(20).any(|(_, entry)| {
                    entry.with(|entry| matches!(&entry.body, domain::thread::Body::User { client_id, .. } if *client_id == op.client_id))
                })
            })
        };
        let message = |(_, op): &(OpId, Op)| match &op.deed {
            Deed::Send(text) if !op.is_busy && !known(op) => Some(PendingMessage {
                client_id: op.client_id.clone(),
                text: text.clone(),
            }),
            _ => None,
        };
        self.ops
            .with(|ops| ops.iter().filter_map(message).collect())
    }

    /// The approval whose answer is on its way.
    #[must_use]
    pub fn answering(self) -> Option<String> {
        let request = |(_, op): &(OpId, Op)| match &op.deed {
            Deed::Approve(request, ..) => Some(request.clone()),
            _ => None,
        };
        self.ops.with(|ops| ops.iter().find_map(request))
    }

    /// Whether a deed of the header is on its way.
    #[must_use]
    pub fn is_acting(self) -> bool {
        let is_slow =
            |(_, op): &(OpId, Op)| matches!(op.deed, Deed::Complete | Deed::Cancel | Deed::Resume);
        self.ops.with(|ops| ops.iter().any(is_slow))
    }

    /// Loads entries before the oldest loaded one; calls `done` afterwards.
    pub fn load_older(self, done: impl FnOnce() + 'static) {
        let oldest = self
            .thread
            .entries
            .with_untracked(|entries| entries.first().map(|(seq, _)| *seq));
        let (Some(before), id) = (oldest, self.id.get_value()) else {
            return;
        };
        spawn_local(async move {
            match get_thread(id, before, None).await {
                Ok(page) => self.thread.prepend(page.entries, page.has_older),
                Err(error) => self.error.set(Some(error)),
            }
            done();
        });
    }

    /// Loads an entry whole that was cut.
    pub fn load_whole(self, seq: u64) {
        let id = self.id.get_value();
        spawn_local(async move {
            match get_entry(id, seq).await {
                Ok(entry) => self.thread.show_whole(entry),
                Err(error) => self.error.set(Some(error)),
            }
        });
    }
}

fn first_view(snapshot: &Snapshot) -> SyncView {
    let mut core = Core::new(Config::from(&snapshot.sync));
    let seed = Seed {
        version: snapshot.revision,
        phase: snapshot.session.status.phase(),
        age_ms: Some(0),
    };
    core.step(domain::sync::Mono(0), Event::Mount(Some(seed)));
    core.view()
}
