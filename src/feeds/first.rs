//! The first load when it failed once: three more attempts, then a person decides.
use super::driver::Driver;
use super::kept::{self, Source as Origin};
use super::page_seed::PageSeed;
use super::session_source::report;
use super::slot::Slot;
use super::source::{Local, OpAnswer, Source};
use crate::api::error::{ApiError, Code};
use crate::api::sessions::GetSessionWithMetadata;
use crate::browser::page::random;
use domain::id::SessionId;
use domain::session::Phase;
use domain::snapshot::Snapshot;
use domain::sync::{Config, Core, ErrKind, Event, Health, Incident, OpId, SyncView};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// A page without data yet.
#[derive(Debug, Clone, Copy)]
pub struct FirstLoad {
    id: StoredValue<SessionId>,
    driver: Slot<FirstSource>,
    /// The data, once it is there.
    pub seed: RwSignal<Option<PageSeed>>,
    /// How the attempts go.
    pub sync: RwSignal<SyncView>,
    /// The last error that an answer carried.
    pub error: RwSignal<Option<ApiError>>,
}

impl FirstLoad {
    /// A load whose first attempt failed with this error.
    #[must_use]
    pub fn new(id: SessionId, error: ApiError) -> Self {
        let view = SyncView {
            health: Health::Loading,
            phase: Phase::Active,
            interval_ms: None,
            version: None,
            attempts: 1,
        };
        Self {
            id: StoredValue::new(id),
            driver: Slot::new(),
            seed: RwSignal::new(None),
            sync: RwSignal::new(view),
            error: RwSignal::new(Some(error)),
        }
    }

    /// Goes on trying while the page is open. Call from an effect.
    pub fn drive(self) {
        let kind = match self
            .error
            .with_untracked(|error| error.as_ref().map(|error| error.error))
        {
            Some(Code::Unreachable) | None => ErrKind::Network,
            Some(_) => ErrKind::Server,
        };
        let source = FirstSource { load: self };
        let core = Core::new(Config::default());
        self.driver
            .set(Driver::start(core, source, Event::MountFailed(kind)));
    }

    /// What a person may name: the server's number of the failure, else one of the page's own.
    fn number(self) -> String {
        let told = self
            .error
            .with_untracked(|error| error.as_ref().and_then(|error| error.incident.clone()));
        told.unwrap_or_else(|| {
            let number = format!("{:08x}", random() % (1 << 32));
            self.error.update(|error| {
                let unnamed = || ApiError::new(Code::Unreachable, "the console cannot be reached");
                error.get_or_insert_with(unnamed).incident = Some(number.clone());
            });
            number
        })
    }

    /// Tries again now.
    pub fn retry(self) {
        self.driver.dispatch(Event::Refresh);
    }

    /// Ends the attempts.
    pub fn stop(self) {
        self.driver.stop();
    }
}

struct FirstSource {
    load: FirstLoad,
}

impl Source for FirstSource {
    type Answer = Snapshot;

    fn url(&self, _is_conditional: bool) -> String {
        format!(
            "{}?id={}",
            <GetSessionWithMetadata as ServerFn>::PATH,
            self.load.id.get_value()
        )
    }

    fn etag(&self) -> Option<String> {
        None
    }

    fn version(answer: &Snapshot) -> (u64, Phase) {
        (answer.revision, answer.session.status.phase())
    }

    fn config(answer: &Snapshot) -> Config {
        Config::from(&answer.sync)
    }

    fn fits(&self, _answer: &Snapshot) -> bool {
        true
    }

    fn apply(&self, snapshot: Snapshot) {
        if self.load.seed.with_untracked(Option::is_none) {
            self.load.seed.set(Some(PageSeed {
                snapshot,
                files: None,
                status: None,
                source: Origin::Server,
            }));
        }
    }

    fn confirm(&self, snapshot: Snapshot) {
        self.apply(snapshot);
    }

    fn session(&self) -> Option<SessionId> {
        Some(self.load.id.get_value())
    }

    fn forget(&self) {
        kept::forget(&self.load.id.get_value());
    }

    fn show(&self, view: SyncView) {
        let _ = self.load.sync.try_set(view);
    }

    fn note(&self, error: ApiError) {
        let _ = self.load.error.try_set(Some(error));
    }

    fn report(&self, incident: Incident) {
        let number = self.load.number();
        report(&self.load.id.get_value(), incident, Some(number));
    }

    fn send(&self, _op: OpId) -> Local<OpAnswer> {
        Box::pin(async { Ok((0, None)) })
    }

    fn settled(&self, _op: OpId) {}

    fn rolled_back(&self, _op: OpId, _reason: Option<ApiError>) {}
}
