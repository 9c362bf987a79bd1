//! One task per session: it holds the shim, reads the journal, writes the store, takes commands.
mod ask;
mod hear;
mod look;
mod open;
mod outcome;
mod people;
mod prompt;
mod questions;
mod queue;
mod recap;
mod recover;
mod remove;
mod run;
mod standing;
mod start;
mod stop;

pub use ask::{Ask, Reply};
pub use questions::PersonAnswer;
pub use run::Shared;

use crate::agents::link::{LineStream, Link};
use crate::agents::talk::{SessionFact, Talk};
use crate::store::Record;
use domain::id::SessionId;
use look::Looks;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex};
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::time::Instant;

/// All sessions that are being looked after, by id.
#[derive(Clone)]
pub struct Actors {
    shared: Arc<Shared>,
    asks: Arc<Mutex<HashMap<SessionId, mpsc::Sender<Ask>>>>,
}

impl std::fmt::Debug for Actors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Actors").finish_non_exhaustive()
    }
}

/// What one session's task holds.
struct Actor {
    shared: Arc<Shared>,
    id: SessionId,
    /// The session as committed last.
    record: Record,
    talk: Talk,
    /// The last line of the journal that was heard.
    heard: u64,
    link: Option<Link>,
    lines: Option<LineStream>,
    slot: Option<OwnedSemaphorePermit>,
    /// Whether a slot for a process is waited for.
    wants_slot: bool,
    /// Whether the agent is to be started without a message.
    is_resuming: bool,
    /// Whether another node has the session by now.
    is_ousted: bool,
    /// Whether the process is being ended; what waits is delivered to the next one.
    is_stopping: bool,
    /// Whether the conversation before is unknown to the agent.
    needs_recap: bool,
    /// Keys of entries that changed and are not written.
    touched: Vec<String>,
    /// What happened and is not written.
    facts: Vec<SessionFact>,
    metadata_changed: bool,
    state_changed: bool,
    worktree_touched: bool,
    looks: Looks,
    /// When news was written last.
    wrote: Option<Instant>,
    /// The last number of a request that was given out in this run.
    last_id: u64,
    /// What was sent in this run, by the key that it has in the journal.
    sent: BTreeSet<String>,
    /// Approvals that were answered here and whose answer is not heard back yet.
    answered: HashSet<String>,
    timers: Timers,
}

/// Points in time at which something is due.
#[derive(Debug, Default, Clone, Copy)]
struct Timers {
    /// Write what has grown.
    flush: Option<Instant>,
    /// The agent must have answered the start.
    answer: Option<Instant>,
    /// A stopped turn must have ended.
    stop: Option<Instant>,
    /// An idle agent is stopped.
    idle: Option<Instant>,
    /// A turn that nobody asked for is over.
    rest: Option<Instant>,
    /// A queued message's time has come.
    send: Option<Instant>,
    /// Look at the worktree.
    files: Option<Instant>,
    /// Tell the shim that a server with a lease is here.
    ping: Option<Instant>,
}

impl Timers {
    fn next(&self) -> Option<Instant> {
        let all = [
            self.flush,
            self.answer,
            self.stop,
            self.idle,
            self.rest,
            self.send,
            self.files,
            self.ping,
        ];
        all.into_iter().flatten().min()
    }
}

/// Takes a timer that is due.
fn due(timer: &mut Option<Instant>, now: Instant) -> bool {
    let is_due = timer.is_some_and(|at| at <= now);
    if is_due {
        *timer = None;
    }
    is_due
}
