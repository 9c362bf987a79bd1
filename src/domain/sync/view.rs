//! What the reader is told about freshness.
use super::{Core, ErrKind, Fetch};
use crate::session::Phase;

/// How well the page keeps up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// Nothing to show yet.
    Loading,
    /// Fresh.
    Ready,
    /// The last request failed; the data stays and it is tried again.
    Degraded,
    /// Too long without a validation.
    Stale,
    /// The browser has no network.
    Offline,
    /// Given up.
    Failed(ErrKind),
}

/// What the page shows of its synchronisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SyncView {
    /// How well the page keeps up.
    pub health: Health,
    /// How fresh such a session must be.
    pub phase: Phase,
    /// The interval in force, in milliseconds.
    pub interval_ms: Option<u64>,
    /// Version of the data.
    pub version: Option<u64>,
    /// Failed attempts of the ladder under way.
    pub attempts: u8,
}

impl Core {
    /// What the page shows of its synchronisation.
    #[must_use]
    pub fn view(&self) -> SyncView {
        let attempts = match self.fetch {
            Fetch::Backoff { attempt, .. } | Fetch::InFlight { attempt, .. } => attempt,
            Fetch::Failed { attempts, .. } => attempts,
            Fetch::Idle => 0,
        };
        SyncView {
            health: self.health(attempts),
            phase: self.phase,
            interval_ms: self.interval_ms(),
            version: self.version,
            attempts,
        }
    }

    fn health(&self, attempts: u8) -> Health {
        match self.fetch {
            Fetch::Failed { kind, .. } => Health::Failed(kind),
            _ if !self.is_online => Health::Offline,
            _ if self.version.is_none() => Health::Loading,
            _ if self.is_stale && self.phase != Phase::Terminal => Health::Stale,
            _ if attempts > 0 || self.is_slow => Health::Degraded,
            Fetch::Idle | Fetch::InFlight { .. } | Fetch::Backoff { .. } => Health::Ready,
        }
    }
}
