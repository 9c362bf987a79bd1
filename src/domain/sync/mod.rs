//! The sync core: when a page asks for fresh data, what it accepts, and what it tells the reader.
//!
//! Pure and deterministic: [`Core::step`] takes a point in time and an [`Event`] and answers with
//! [`Effect`]s. It holds no data of the page, only versions: the driver holds the data and applies
//! an answer when it is told to [`Effect::Accept`] it. There is one [`Effect::WakeAt`], so that two
//! timers cannot exist.
mod answers;
mod cadence;
mod event;
mod flight;
mod ops;
mod step;
#[cfg(test)]
mod tests;
mod view;

pub use cadence::{Config, IDLE_TTL_MS, RETRY_MS};
pub use event::{Effect, Event, Incident, Seed};
pub use ops::{OpId, OpState};
pub use view::{Health, SyncView};

use crate::session::Phase;
use ops::PendingOp;

/// Milliseconds on the monotonic clock: orders and schedules, nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
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

/// A request; numbers grow and are never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReqId(pub u32);

/// Why a request is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// The page opened without data, or with data that is too old.
    Mount,
    /// The interval passed.
    Poll,
    /// A failed request is tried again.
    Retry,
    /// A person asked.
    Refresh,
    /// The page came into view.
    Visible,
    /// The network came back.
    Online,
    /// The machine woke up.
    Resumed,
    /// The server said that something changed.
    Push,
    /// An action of this page was answered.
    Action,
    /// Too long without a validation.
    Stale,
    /// An answer could not be applied.
    Resync,
}

/// Why a request failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrKind {
    /// No answer.
    Network,
    /// No answer in time.
    Timeout,
    /// The server failed.
    Server,
    /// The answer is not what was asked for, such as a proxy's page.
    Undecodable,
    /// Too many requests.
    RateLimited,
    /// Not logged in.
    Auth,
    /// Not allowed.
    Forbidden,
    /// No such session.
    NotFound,
    /// The session was deleted.
    Gone,
    /// The request has a wrong shape.
    Invalid,
}

impl ErrKind {
    /// Whether trying again may help.
    #[must_use]
    pub const fn is_retryable(self) -> bool {
        match self {
            Self::Network
            | Self::Timeout
            | Self::Server
            | Self::Undecodable
            | Self::RateLimited => true,
            Self::Auth | Self::Forbidden | Self::NotFound | Self::Gone | Self::Invalid => false,
        }
    }
}

/// The one request that may be under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fetch {
    Idle,
    InFlight {
        id: ReqId,
        started: Mono,
        attempt: u8,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wanted {
    version: Option<u64>,
    /// Requests below this number started too early.
    from: ReqId,
    cause: Cause,
}

/// Counts for the telemetry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Requests made.
    pub starts: u32,
    /// Answers with data.
    pub ok: u32,
    /// Answers without change.
    pub not_modified: u32,
    /// Failed requests.
    pub failed: u32,
    /// Requests given up.
    pub aborted: u32,
    /// Answers older than what is held.
    pub regressed: u32,
    /// Episodes of staleness.
    pub stale: u32,
}

/// The state of one page's synchronisation.
#[derive(Debug, Clone, PartialEq)]
pub struct Core {
    config: Config,
    is_mounted: bool,
    is_visible: bool,
    is_online: bool,
    is_enabled: bool,
    push_healthy: bool,
    phase: Phase,
    /// Place on the idle ramp.
    step: u8,
    /// Whether polling goes on slowly until one success.
    is_slow: bool,
    version: Option<u64>,
    /// Answers below this version are from before an own action.
    floor: u64,
    validated: Option<Mono>,
    /// Start of the time that counts towards staleness.
    fresh_from: Mono,
    settled: Mono,
    is_stale: bool,
    is_resync: bool,
    fetch: Fetch,
    wanted: Option<Wanted>,
    ops: Vec<PendingOp>,
    next_request: u32,
    armed: Option<Mono>,
    counts: Counts,
}
