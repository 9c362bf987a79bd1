//! The sync core: when a page asks for fresh data, what it accepts, and what it tells the reader.
//!
//! Pure and deterministic: [`Core::step`] takes a point in time, an [`Event`] and a source of
//! chance, and answers with [`Effect`]s. It holds no data of the page, only versions: the driver
//! holds the data and applies an answer when it is told to [`Effect::Accept`] it. There is one
//! [`Effect::WakeAt`], so that two timers cannot exist. What happened can be recorded ([`Log`])
//! and played again.
mod answers;
mod cadence;
mod copy;
mod counts;
mod event;
mod flight;
mod gates;
mod log;
mod mount;
mod ops;
mod rng;
mod shelf;
mod stale;
mod step;
#[cfg(test)]
mod tests;
mod view;
mod words;

pub use cadence::{Config, PUSH_GAP_MS, RETRY_MS, TTL_JITTER_PERCENT, TTL_MS};
pub use copy::{COPY_MAX_AGE_MS, COPY_WRITE_MS};
pub use counts::{CacheCounts, Counts, INTERVAL_BOUNDS_MS};
pub use event::{Effect, Event, Incident, Kept, Origin, Seed};
pub use log::{LOG_EVENTS, Log, Machine};
pub use ops::{OpId, OpState};
pub use rng::{Rng, SplitMix64};
pub use shelf::{SHELF_ENTRIES, SHELF_MS, Shelf};
pub use view::{Health, SyncView};
pub use words::{Cause, ErrKind};

use crate::session::Phase;
use ops::PendingOp;
use serde::{Deserialize, Serialize};

/// Milliseconds on the monotonic clock: orders and schedules, nothing else.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct Mono(pub u64);

impl Mono {
    /// This plus a duration in milliseconds.
    #[must_use]
    pub const fn plus(self, ms: u64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds since `earlier`, never negative.
    #[must_use]
    pub const fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// Milliseconds since 1970 as the browser believes: the age of stored copies and the stamps of a
/// log, nothing else.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct Wall(pub i64);

/// A request; numbers grow and are never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ReqId(pub u32);

impl ReqId {
    /// Stands for what came without a request.
    pub const STREAM: Self = Self(0);
}

/// The one request that may be under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(crate) enum Fetch {
    Idle,
    InFlight {
        id: ReqId,
        started: Mono,
        attempt: u8,
        is_conditional: bool,
    },
    Backoff {
        attempt: u8,
        due: Mono,
        kind: ErrKind,
    },
    Failed {
        attempts: u8,
        kind: ErrKind,
    },
}

/// A need for a validation that starts after it, or that brings a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Wanted {
    version: Option<u64>,
    /// Requests below this number started too early.
    from: ReqId,
    cause: Cause,
}

/// A start that is put off a little, so that many pages do not start together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Smear {
    due: Mono,
    cause: Cause,
}

/// The state of one page's synchronisation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Core {
    config: Config,
    /// Those who show the page's data; it is open while there is one.
    mounts: u32,
    is_visible: bool,
    is_online: bool,
    is_enabled: bool,
    push_healthy: bool,
    /// Whether pushes arrived once and do no more.
    is_push_lost: bool,
    phase: Phase,
    /// Place on the idle ramp.
    step: u8,
    /// Whether polling goes on slowly until one success.
    is_slow: bool,
    version: Option<u64>,
    /// Answers below this version are from before an own action.
    floor: u64,
    validated: Option<Mono>,
    /// How long what was validated counts as fresh on coming back.
    ttl_ms: u64,
    mounted: Mono,
    /// Age of the stored copy that the page opened with.
    copy_age_ms: u64,
    /// Start of the time that counts towards staleness.
    fresh_from: Mono,
    /// Whether the page comes from a time in which it could not ask.
    is_catching_up: bool,
    settled: Mono,
    /// What the interval in force is stretched to, in thousandths.
    pace_permille: u64,
    /// No poll before this: the server asked for it.
    not_before: Mono,
    is_stale: bool,
    is_resync: bool,
    fetch: Fetch,
    wanted: Option<Wanted>,
    /// The request under way that changes of the stream came before; its answer may be older.
    #[serde(default)]
    overtaken: Option<ReqId>,
    /// When what pushes may start is whole again; each start moves it on by their distance.
    #[serde(default)]
    push_spent: Option<Mono>,
    /// When the next one may start, if it had to wait.
    #[serde(default)]
    push_due: Option<Mono>,
    smear: Option<Smear>,
    ops: Vec<PendingOp>,
    /// Whether the stored copy lacks what was accepted.
    is_unsaved: bool,
    saved: Mono,
    next_request: u32,
    armed: Option<Mono>,
    armed_poll: Option<(Mono, u64)>,
    counts: Counts,
}

/// One step: when it happens, and what comes of it.
struct Moment<'a> {
    now: Mono,
    wall: Wall,
    rng: &'a mut dyn Rng,
    effects: Vec<Effect>,
}
