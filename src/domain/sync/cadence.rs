//! How often: the numbers of the ticket's polling strategy, each once.
use super::rng::around;
use super::{Core, Rng};
use crate::flag::Arm;
use crate::session::Phase;
use crate::snapshot::SyncSettings;
use serde::{Deserialize, Serialize};

/// Waits before the second, third and fourth attempt. Source: ticket, "Initial Fetch Failure".
pub const RETRY_MS: [u64; 3] = [1000, 2000, 4000];
/// How long data counts as fresh on coming back, before jitter. Source: ticket, "TTL".
pub const TTL_MS: u64 = 10_000;
/// How far a time to live may be off, either way. Source: ticket, "TTL".
pub const TTL_JITTER_PERCENT: u64 = 10;
/// Least distance of starts that pushes cause, but for two in a row: of a hundred pushes in a
/// second come five requests at most, the first two at once and one for the last push.
pub const PUSH_GAP_MS: u64 = 340;
/// Longest delay that a browser's timer keeps.
pub(super) const TIMER_MAX_MS: u64 = i32::MAX as u64;

/// Settings of the core. Intervals count from the end of an answer to the next start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Config {
    /// Interval of an active session; 0 switches polling off.
    pub base_ms: u64,
    /// Growth of the idle interval per unchanged answer, in percent.
    pub factor_percent: u64,
    /// Longest idle interval, and the interval after a failed ladder.
    pub cap_ms: u64,
    /// Stale after this many intervals without a validation.
    pub stale_factor: u64,
    /// Distance of checks where polling is off.
    pub check_ms: u64,
    /// Longest wait for an answer.
    pub deadline_ms: u64,
    /// Jitter of intervals, in percent either way.
    pub jitter_percent: u64,
    /// How long data counts as fresh on coming back, before jitter.
    pub ttl_ms: u64,
    /// Jitter of that, in percent either way.
    pub ttl_jitter_percent: u64,
    /// Whether pushes are relied on while they arrive.
    #[serde(default)]
    pub is_pushed: bool,
    /// Least distance of starts that pushes cause; after a rest two may follow each other.
    #[serde(default)]
    pub push_gap_ms: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self::from(&SyncSettings::default())
    }
}

impl From<&SyncSettings> for Config {
    fn from(settings: &SyncSettings) -> Self {
        Self {
            base_ms: settings.base_ms.min(TIMER_MAX_MS),
            factor_percent: settings.factor_percent.clamp(100, 1000),
            cap_ms: settings.cap_ms.min(TIMER_MAX_MS),
            stale_factor: settings.stale_factor.max(1),
            check_ms: settings.terminal_check_ms.min(TIMER_MAX_MS),
            deadline_ms: 10_000,
            jitter_percent: settings.jitter_percent.min(50),
            ttl_ms: TTL_MS,
            ttl_jitter_percent: TTL_JITTER_PERCENT,
            is_pushed: settings.arm == Arm::Push.as_str(),
            push_gap_ms: PUSH_GAP_MS,
        }
    }
}

impl Config {
    /// The idle interval after `step` unchanged answers.
    #[must_use]
    pub fn idle_ms(&self, step: u8) -> u64 {
        let cap = self.cap_ms.max(self.base_ms);
        let grow = |ms: u64, _| (ms.saturating_mul(self.factor_percent) / 100).min(cap);
        (0..step).fold(self.base_ms, grow)
    }

    /// How long a value that is validated now counts as fresh on coming back.
    pub(super) fn sample_ttl(&self, rng: &mut dyn Rng) -> u64 {
        let spread = self.ttl_ms.saturating_mul(self.ttl_jitter_percent) / 100;
        around(self.ttl_ms, spread, rng)
    }
}

impl Core {
    /// The interval in force, before jitter; none where polling is switched off.
    #[must_use]
    pub fn interval_ms(&self) -> Option<u64> {
        let config = &self.config;
        if config.base_ms == 0 {
            return None;
        }
        let ms = match self.phase {
            Phase::Terminal if self.is_told() && !self.is_slow => 0,
            Phase::Terminal => config.check_ms,
            Phase::Active | Phase::Idle if self.is_slow => config.cap_ms.max(config.base_ms),
            Phase::Active | Phase::Idle if self.is_told() => config.check_ms,
            Phase::Active => config.base_ms,
            Phase::Idle => config.idle_ms(self.step),
        };
        (ms > 0).then_some(ms)
    }

    /// The interval in force with the jitter that was drawn when it was armed.
    pub(super) fn armed_interval_ms(&self) -> Option<u64> {
        let ms = self.interval_ms()?;
        Some((ms.saturating_mul(self.pace_permille) / 1000).clamp(1, TIMER_MAX_MS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_idle_ramp_is_the_tickets() {
        let ramp: Vec<u64> = (0..9).map(|step| Config::default().idle_ms(step)).collect();
        assert_eq!(
            ramp,
            [
                2000, 3000, 4500, 6750, 10_125, 15_187, 22_780, 30_000, 30_000
            ]
        );
    }
}
