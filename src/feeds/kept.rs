//! Sessions that were looked at: whole in this tab for a while, their facts on this browser.
use super::local_copy::{self, COPIES, COPY_PREFIX, LocalCopy, WhenFull};
use super::page_seed::PageSeed;
use super::telemetry::report_incident;
use crate::browser::{clock, storage};
use domain::id::SessionId;
use domain::report::PageIncident;
use domain::session::Session;
use domain::snapshot::{Metadata, Snapshot, SyncSettings, ThreadMode, ThreadPart};
use domain::sync::{Kept, Mono, Shelf, Wall};
use domain::time::Timestamp;
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

/// Where the data of a page comes from, if not from the server just now.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Source {
    /// Just now, from the server.
    #[default]
    Server,
    /// From this tab, which left the page a while ago.
    Tab(Kept),
    /// From this browser: facts without the thread, as of this time by its clock.
    Browser(Wall),
}

thread_local! {
    static SHELF: RefCell<Shelf<SessionId, (PageSeed, Kept)>> = RefCell::new(Shelf::new());
    /// Whose data it is: the viewer part of the last validator.
    static VIEWER: RefCell<Option<String>> = const { RefCell::new(None) };
    /// The server's time minus the page's own clock, in milliseconds.
    static AHEAD: Cell<Option<i64>> = const { Cell::new(None) };
    /// Whether this browser keeps nothing more.
    static IS_OFF: Cell<bool> = const { Cell::new(false) };
    /// Whether the login of this page has ended.
    static IS_LEFT: Cell<bool> = const { Cell::new(false) };
    /// Sessions that were deleted here.
    static GONE: RefCell<BTreeSet<SessionId>> = const { RefCell::new(BTreeSet::new()) };
}

/// Learns from an answer whose data this page shows, and the server's time.
pub(super) fn learn(etag: &str, server_now: Timestamp) {
    if let Some(viewer) = local_copy::viewer_of(etag) {
        VIEWER.with(|held| *held.borrow_mut() = Some(viewer.to_owned()));
    }
    AHEAD.with(|ahead| ahead.set(Some(server_now.0 - mono())));
}

fn mono() -> i64 {
    i64::try_from(clock::mono_ms()).unwrap_or(i64::MAX)
}

/// The server's time, as far as it told; else that of the machine.
pub(super) fn server_now() -> Timestamp {
    let ahead = AHEAD.with(Cell::get);
    Timestamp(ahead.map_or_else(|| wall().0, |ahead| mono() + ahead))
}

pub(super) fn wall() -> Wall {
    Wall(i64::try_from(clock::wall_ms()).unwrap_or(i64::MAX))
}

/// Puts a page away that is being left.
pub(super) fn put(seed: PageSeed, kept: Kept) {
    let id = seed.snapshot.session.id.clone();
    if is_gone(&id) {
        return;
    }
    SHELF.with(|shelf| {
        let now = Mono(clock::mono_ms());
        shelf.borrow_mut().put(id, (seed, kept), now);
    });
}

/// What is known of a session before the server is asked. Only for navigation inside the app.
pub(super) fn open(id: &SessionId) -> Option<PageSeed> {
    let now = Mono(clock::mono_ms());
    if let Some((seed, kept)) = SHELF.with(|shelf| shelf.borrow_mut().take(id, now)) {
        let mut seed = PageSeed {
            source: Source::Tab(kept),
            ..seed
        };
        seed.snapshot.server_now = server_now();
        return Some(seed);
    }
    let name = local_copy::name(id);
    let text = storage::get(&name)?;
    let viewer = VIEWER.with(|viewer| viewer.borrow().clone())?;
    match local_copy::read(&text, id, &viewer, wall()) {
        Ok(copy) => Some(seed_of(copy)),
        Err(dropped) => {
            storage::remove(&name);
            let cause = dropped.as_str().to_owned();
            report_incident(id, PageIncident::Copy { cause });
            None
        }
    }
}

fn seed_of(copy: LocalCopy) -> PageSeed {
    let saved = copy.saved;
    PageSeed {
        source: Source::Browser(saved),
        files: None,
        status: None,
        snapshot: Snapshot {
            v: 1,
            etag: copy.etag,
            revision: copy.session.revision,
            updated_at: copy.session.updated_at,
            server_now: server_now(),
            sync: SyncSettings::default(),
            session: copy.session,
            metadata: copy.metadata,
            agent_state: None,
            thread: ThreadPart {
                mode: ThreadMode::Tail,
                from: None,
                total: 0,
                entries: Vec::new(),
            },
        },
    }
}

/// Keeps a session's facts on this browser; makes room if it is full, else keeps nothing more.
pub(super) fn keep(session: &Session, metadata: &Metadata, etag: &str) {
    if IS_OFF.with(Cell::get) || is_gone(&session.id) {
        return;
    }
    let Some(text) = local_copy::write(session, metadata, etag, wall()) else {
        return forget(&session.id);
    };
    let name = local_copy::name(&session.id);
    while !storage::try_set(&name, &text) {
        match local_copy::when_full(&copies(), &name) {
            WhenFull::Remove(name) => storage::remove(&name),
            WhenFull::SwitchOff => return IS_OFF.with(|is_off| is_off.set(true)),
        }
    }
    if storage::names(COPY_PREFIX).len() > COPIES {
        for name in local_copy::surplus(&copies(), COPIES) {
            storage::remove(&name);
        }
    }
}

/// The copies with when they were written.
fn copies() -> Vec<(String, Wall)> {
    let dated = |name: String| {
        let saved = storage::get(&name).and_then(|text| local_copy::saved_at(&text));
        (name, saved.unwrap_or(Wall(0)))
    };
    let names = storage::names(COPY_PREFIX).into_iter();
    names.map(dated).collect()
}

/// Whether a session was deleted here.
pub(super) fn is_gone(id: &SessionId) -> bool {
    GONE.with(|gone| gone.borrow().contains(id))
}

/// Whether nothing more is kept.
pub(super) fn is_off() -> bool {
    IS_OFF.with(Cell::get)
}

/// Whether the login of this page has ended.
pub(super) fn is_left() -> bool {
    IS_LEFT.with(Cell::get)
}

/// Keeps nothing more, drafts included, until the page is loaded anew.
pub(super) fn leave_login() {
    IS_LEFT.with(|is_left| is_left.set(true));
    IS_OFF.with(|is_off| is_off.set(true));
    SHELF.with(|shelf| shelf.borrow_mut().clear());
}

/// Forgets a session that was deleted.
pub(super) fn bury(id: &SessionId) {
    GONE.with(|gone| gone.borrow_mut().insert(id.clone()));
    forget(id);
}

/// Forgets a session's facts.
pub(super) fn forget(id: &SessionId) {
    storage::remove(&local_copy::name(id));
}
