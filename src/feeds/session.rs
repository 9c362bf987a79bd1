//! One session, kept fresh: one fetch per page, then the sync core.
use super::driver::Driver;
use super::git::GitFeed;
use super::kept::{self, Source};
use super::legacy;
use super::ops::{Deed, Op, Refusal, new_client_id};
use super::page_seed::PageSeed;
use super::push;
use super::request::Requests;
use super::session_source::SessionSource;
use super::slot::Slot;
use super::source::{first_view, set_if_new};
use super::thread::ThreadFeed;
use crate::api::error::ApiError;
use crate::browser::page::save;
use domain::flag::Arm;
use domain::id::SessionId;
use domain::session::{Phase, Session};
use domain::snapshot::{AgentState, Metadata, Snapshot, SyncSettings};
use domain::sync::{Config, Core, Event, Health, Kept, OpId, Origin, Seed, SyncView};
use domain::time::Timestamp;
use leptos::prelude::*;
use std::rc::Rc;

/// A session as signals.
#[derive(Debug, Clone, Copy)]
pub struct SessionFeed {
    pub(super) id: StoredValue<SessionId>,
    pub(super) requests: Requests,
    pub(super) base: RwSignal<Session>,
    pub(super) etag: StoredValue<String>,
    source: StoredValue<Source>,
    server_now: StoredValue<Timestamp>,
    /// How the page is to keep fresh.
    pub settings: RwSignal<SyncSettings>,
    /// Drawings of the panels in the old way; see `legacy`.
    pub drawings: RwSignal<u64>,
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
    /// The session that the page opens with.
    #[must_use]
    pub fn new(snapshot: Snapshot, source: Source) -> Self {
        let view = first_view(
            Config::from(&snapshot.sync),
            snapshot.revision,
            snapshot.session.status.phase(),
        );
        let is_whole = !matches!(source, Source::Browser(_));
        let base = RwSignal::new(snapshot.session.clone());
        let ops = RwSignal::new(Vec::<(OpId, Op)>::new());
        let session = Memo::new(move |_| {
            let mut session = base.get();
            ops.with(|ops| ops.iter().for_each(|(_, op)| op.apply(&mut session)));
            session
        });
        Self {
            id: StoredValue::new(snapshot.session.id.clone()),
            requests: Requests::new(),
            base,
            etag: StoredValue::new(snapshot.etag),
            source: StoredValue::new(source),
            server_now: StoredValue::new(snapshot.server_now),
            settings: RwSignal::new(snapshot.sync),
            drawings: RwSignal::new(0),
            ops,
            next_op: StoredValue::new(1),
            driver: Slot::new(),
            session,
            metadata: RwSignal::new(snapshot.metadata),
            agent_state: RwSignal::new(snapshot.agent_state.unwrap_or_default()),
            thread: ThreadFeed::new(snapshot.session.id.clone(), snapshot.thread, is_whole),
            sync: RwSignal::new(view),
            refusal: RwSignal::new(None),
            error: RwSignal::new(None),
        }
    }

    /// Keeps the session fresh while the page is open. Call from an effect.
    pub fn drive(self) {
        let config = Config::from(&self.settings.get_untracked());
        if self.source.get_value() == Source::Server {
            kept::learn(&self.etag.get_value(), self.server_now.get_value());
        }
        let origin = match self.source.get_value() {
            Source::Server => Origin::Server,
            Source::Tab(Kept {
                validated, ttl_ms, ..
            }) => Origin::Memory { validated, ttl_ms },
            Source::Browser(saved) => Origin::Storage { saved },
        };
        let seed = self.base.with_untracked(|session| Seed {
            version: session.revision,
            phase: session.status.phase(),
            origin,
        });
        let source = SessionSource { feed: self };
        let driver = Driver::start(Core::new(config), source, Event::Mount(Some(seed)));
        self.driver.set(driver);
        self.follow_arm();
    }

    /// Changes between the ways of keeping fresh as the server's flag says.
    fn follow_arm(self) {
        let arm = Memo::new(move |_| self.settings.with(|settings| settings.arm.clone()));
        Effect::new(move |_| {
            let is_legacy = arm.with(|arm| arm == Arm::Legacy.as_str());
            // Told by the old way, maybe, of which the core sees nothing.
            let config = Config::from(&self.settings.get_untracked());
            self.dispatch(Event::Configure(config));
            self.dispatch(Event::Enable(!is_legacy));
            // Lives as long as the effect, on the browser's thread.
            let _polls = StoredValue::new_local(is_legacy.then(|| legacy::start(self)));
        });
        // A session that is gone is not listened to: the stream would not open for it.
        let is_told = Memo::new(move |_| {
            let is_pushed = arm.with(|arm| arm == Arm::Push.as_str());
            let health = self.sync.with(|view| view.health);
            let is_over = matches!(health, Health::Failed(kind) if !kind.is_retryable());
            is_pushed && !is_over
        });
        Effect::new(move |_| {
            let _told = StoredValue::new_local(is_told.get().then(|| self.listen()));
        });
    }

    /// Is told of changes until what is returned is dropped.
    fn listen(self) -> push::Joined {
        let base = self.base;
        let held = move || base.try_with_untracked(|session| session.revision);
        let held = Rc::new(move || held().unwrap_or(0));
        let topic = push::Topic::Session(self.id.get_value(), held);
        push::join(topic, move |signal| match &signal {
            push::Signal::Changes(body) => self.driver.take_streamed(body),
            _ => {
                if let Some(event) = signal.event() {
                    self.dispatch(event);
                }
            }
        })
    }

    /// Ends the keeping fresh; the tab remembers the page for a while.
    pub fn leave(self, git: GitFeed) {
        let kept = self.driver.kept();
        self.driver.stop();
        let files = git.files.get_untracked().and_then(Result::ok);
        if let Some(kept) = kept {
            let seed = PageSeed {
                snapshot: self.snapshot(),
                files,
                status: git.status.get_untracked(),
                source: Source::Server,
            };
            kept::put(seed, kept);
        }
    }

    /// What is held, as an answer of the server.
    pub(super) fn snapshot(self) -> Snapshot {
        let session = self.base.get_untracked();
        Snapshot {
            v: 1,
            etag: self.etag.get_value(),
            revision: session.revision,
            updated_at: session.updated_at,
            server_now: kept::server_now(),
            sync: self.settings.get_untracked(),
            metadata: self.metadata.get_untracked(),
            agent_state: Some(self.agent_state.get_untracked()),
            thread: self.thread.part(),
            session,
        }
    }

    /// Takes an answer over; only what differs wakes what shows it.
    pub(super) fn take(self, answer: Snapshot) {
        self.confirm(answer.etag, (answer.sync, answer.server_now));
        self.thread.apply(answer.thread);
        set_if_new(self.metadata, answer.metadata);
        if let Some(state) = answer.agent_state {
            set_if_new(self.agent_state, state);
        }
        set_if_new(self.base, answer.session);
    }

    /// Takes over what may differ although the session is the same.
    pub(super) fn confirm(self, etag: String, settings: (SyncSettings, Timestamp)) {
        let (settings, server_now) = settings;
        kept::learn(&etag, server_now);
        self.etag.set_value(etag);
        self.error.set(None);
        set_if_new(self.settings, settings);
    }

    /// Saves what the sync core saw and decided as a file that can be replayed.
    pub fn save_log(self) {
        if let Some(log) = self.driver.log() {
            save("heddle-sync-log.json", &log);
        }
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
}
