//! The list of sessions, kept fresh by one request per poll for all of them.
use super::driver::Driver;
use super::kept;
use super::push::{Signal, Topic, join};
use super::slot::Slot;
use super::source::{Local, OpAnswer, Source, first_view, set_if_new};
use crate::api::error::ApiError;
use crate::api::sessions::{ListSessions, list_sessions};
use domain::session::{Phase, Row};
use domain::snapshot::{SessionList, SyncSettings};
use domain::sync::{Config, Core, Event, Incident, OpId, Origin, Seed, SyncView};
use domain::time::Timestamp;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// Least distance of two requests that changes cause, in milliseconds.
const PUSH_GAP_MS: u64 = 1000;

/// The one fetch of the list's page.
///
/// # Errors
/// 401.
pub async fn first_list() -> Result<SessionList, ApiError> {
    list_sessions(None, None, None).await
}

/// The list as signals: a row that changes wakes only what shows it.
#[derive(Debug, Clone, Copy)]
pub struct ListFeed {
    etag: StoredValue<String>,
    server_now: StoredValue<Timestamp>,
    config: StoredValue<Config>,
    revision: StoredValue<u64>,
    driver: Slot<ListSource>,
    is_pushed: RwSignal<bool>,
    /// The rows in the order to show.
    pub rows: RwSignal<Vec<Row>>,
    /// How fresh they are.
    pub sync: RwSignal<SyncView>,
}

/// A list is as active as its most active session.
fn phase(list: &SessionList) -> Phase {
    let is_active = list
        .rows
        .iter()
        .any(|row| row.status.phase() == Phase::Active);
    if is_active {
        Phase::Active
    } else {
        Phase::Idle
    }
}

/// Many sessions that change together are asked for together.
fn config(sync: &SyncSettings) -> Config {
    Config {
        push_gap_ms: PUSH_GAP_MS,
        ..Config::from(sync)
    }
}

impl ListFeed {
    /// The list of a first answer.
    #[must_use]
    pub fn new(list: SessionList) -> Self {
        let config = config(&list.sync);
        let view = first_view(config, list.revision, phase(&list));
        Self {
            etag: StoredValue::new(list.etag),
            server_now: StoredValue::new(list.server_now),
            config: StoredValue::new(config),
            revision: StoredValue::new(list.revision),
            driver: Slot::new(),
            is_pushed: RwSignal::new(config.is_pushed),
            rows: RwSignal::new(list.rows),
            sync: RwSignal::new(view),
        }
    }

    /// Keeps the list fresh while the page is open. Call from an effect.
    pub fn drive(self) {
        kept::learn(&self.etag.get_value(), self.server_now.get_value());
        let seed = Seed {
            version: self.revision.get_value(),
            phase: self.sync.with_untracked(|view| view.phase),
            origin: Origin::Server,
        };
        let core = Core::new(self.config.get_value());
        let driver = Driver::start(core, ListSource { feed: self }, Event::Mount(Some(seed)));
        self.driver.set(driver);
        Effect::new(move |_| {
            // Lives as long as the effect, on the browser's thread.
            let _told = StoredValue::new_local(
                self.is_pushed
                    .get()
                    .then(|| join(Topic::List, move |signal| self.hear(&signal))),
            );
        });
    }

    /// The counter of all changes is not told: whatever is newer than its row is asked for.
    fn hear(self, signal: &Signal) {
        let event = match signal {
            Signal::Updated(update) => {
                let is_known =
                    |row: &Row| row.id == update.session_id && row.revision >= update.revision;
                let rows = self
                    .rows
                    .try_with_untracked(|rows| rows.iter().any(is_known));
                (rows == Some(false)).then_some(Event::PushOpened { is_gap: true })
            }
            Signal::Opened { .. } | Signal::Lost | Signal::Changes(_) | Signal::Rows(_) => {
                signal.event()
            }
        };
        if let Some(event) = event {
            self.driver.dispatch(event);
        }
    }

    /// Asks for fresh rows now.
    pub fn refresh(self) {
        self.driver.dispatch(Event::Refresh);
    }

    /// Ends the keeping fresh.
    pub fn stop(self) {
        self.driver.stop();
    }
}

struct ListSource {
    feed: ListFeed,
}

impl Source for ListSource {
    type Answer = SessionList;

    fn url(&self, _is_conditional: bool) -> String {
        <ListSessions as ServerFn>::PATH.to_owned()
    }

    fn etag(&self) -> Option<String> {
        Some(self.feed.etag.get_value())
    }

    fn version(answer: &SessionList) -> (u64, Phase) {
        (answer.revision, phase(answer))
    }

    fn config(answer: &SessionList) -> Config {
        config(&answer.sync)
    }

    fn fits(&self, _answer: &SessionList) -> bool {
        true
    }

    fn apply(&self, answer: SessionList) {
        kept::learn(&answer.etag, answer.server_now);
        self.feed.etag.set_value(answer.etag);
        self.feed.revision.set_value(answer.revision);
        set_if_new(self.feed.is_pushed, config(&answer.sync).is_pushed);
        set_if_new(self.feed.rows, answer.rows);
    }

    fn confirm(&self, answer: SessionList) {
        set_if_new(self.feed.is_pushed, config(&answer.sync).is_pushed);
        self.feed.etag.set_value(answer.etag);
    }

    fn show(&self, view: SyncView) {
        let _ = self.feed.sync.try_set(view);
    }

    fn note(&self, _error: ApiError) {}

    fn report(&self, _incident: Incident) {}

    fn send(&self, _op: OpId) -> Local<OpAnswer> {
        Box::pin(async { Ok((0, None)) })
    }

    fn settled(&self, _op: OpId) {}

    fn rolled_back(&self, _op: OpId, _reason: Option<ApiError>) {}
}
