//! What tabs read for each other: a page that is told of a change first waits for the tab that asks.
use super::hub;
use crate::browser::timer::TimerSlot;
use domain::id::SessionId;
use domain::push::{Output, PATIENCE_MS, Peers, Reading, Turn, Verdict, Wants};
use std::cell::RefCell;

/// Longest answer that is given to other tabs, in bytes.
const LONGEST: usize = 256 * 1024;

type Call = Box<dyn FnOnce(Option<String>)>;

thread_local! {
    /// A page shows few sessions, so a list will do.
    static SHARED: RefCell<Vec<Shared>> = RefCell::default();
}

struct Shared {
    id: SessionId,
    peers: Peers<String>,
    /// Who waits, and the revision that it holds.
    waiting: Option<(u64, Call)>,
    timer: TimerSlot,
}

impl Shared {
    fn new(id: &SessionId) -> Self {
        Self {
            id: id.clone(),
            peers: Peers::default(),
            waiting: None,
            timer: TimerSlot::default(),
        }
    }

    /// What to call now, and with what.
    fn release(&mut self) -> Option<(Call, Option<String>)> {
        let (held, call) = self.waiting.take()?;
        let heard = match self.peers.turn(held) {
            Turn::Wait => {
                self.waiting = Some((held, call));
                return None;
            }
            Turn::Own => None,
            Turn::Known(body) => Some(body),
        };
        self.timer.clear();
        Some((call, heard))
    }
}

/// Changes what is known of a session, and calls whoever need not wait any more.
fn with(id: &SessionId, act: impl FnOnce(&mut Shared)) {
    let released = SHARED.with(|all| {
        let mut all = all.try_borrow_mut().ok()?;
        let shared = all.iter_mut().find(|shared| shared.id == *id)?;
        act(shared);
        shared.release()
    });
    if let Some((call, heard)) = released {
        call(heard);
    }
}

fn is_shown(id: &SessionId) -> bool {
    SHARED.with(|all| all.borrow().iter().any(|shared| shared.id == *id))
}

/// Calls with what another tab read of a session since the revision that the page holds; with
/// none, at once or later, if the page has to ask for itself.
pub(in crate::feeds) fn ask_first(
    id: &SessionId,
    held: u64,
    call: impl FnOnce(Option<String>) + 'static,
) {
    if !is_shown(id) {
        return call(None);
    }
    let late = id.clone();
    with(id, |shared| {
        shared.waiting = Some((held, Box::new(call)));
        let give_up = move || with(&late, |shared| shared.peers.ask_alone());
        shared.timer.set(PATIENCE_MS, give_up);
    });
}

/// Gives the other tabs changes that this one read.
pub(in crate::feeds) fn tell_read(id: &SessionId, reading: Reading, body: &str) {
    if is_shown(id) && body.len() <= LONGEST {
        hub::share_read(id, reading, body);
    }
}

/// Another tab read changes.
pub(super) fn hear(id: &SessionId, reading: Reading, body: String) {
    with(id, |shared| shared.peers.hear(reading, body));
}

/// Takes what the tab decided: who asks for what.
pub(super) fn follow(output: &Output) {
    match output {
        Output::Updated { update, is_asker } => {
            with(&update.session_id, |shared| {
                shared.peers.updated(update.revision, *is_asker);
            });
        }
        Output::Opened(Verdict::Gap, _) => ask_alone(),
        Output::Lost => ask_alone(),
        _ => {}
    }
}

fn ask_alone() {
    let ids = |all: &RefCell<Vec<Shared>>| {
        let all = all.borrow();
        all.iter().map(|shared| shared.id.clone()).collect()
    };
    let all: Vec<SessionId> = SHARED.with(ids);
    for id in all {
        with(&id, |shared| shared.peers.ask_alone());
    }
}

/// Shares what is read of the sessions that this tab shows, and of no others.
pub(super) fn show(wants: &Wants) {
    for id in wants.sessions.iter().filter(|id| !is_shown(id)) {
        SHARED.with(|all| all.borrow_mut().push(Shared::new(id)));
    }
    let is_left = |shared: &mut Shared| !wants.sessions.contains(&shared.id);
    let left: Vec<_> = SHARED.with(|all| all.borrow_mut().extract_if(.., is_left).collect());
    for (_, call) in left.into_iter().filter_map(|shared| shared.waiting) {
        call(None);
    }
}
