//! How often: the numbers of the ticket's polling strategy, each once.
use super::Core;
use crate::session::Phase;
use crate::snapshot::SyncSettings;

/// Waits before the second, third and fourth attempt. Source: ticket, "Initial Fetch Failure".
pub const RETRY_MS: [u64; 3] = [1000, 2000, 4000];
/// How long data counts as fresh on coming back, before jitter. Source: ticket, "TTL".
pub const IDLE_TTL_MS: u64 = 10_000;
/// Longest delay that a browser's timer keeps.
const TIMER_MAX_MS: u64 = i32::MAX as u64;

/// Settings of the core. Intervals count from the end of an answer to the next start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    /// How long data counts as fresh on coming back, jitter included.
    pub ttl_ms: u64,
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
            ttl_ms: IDLE_TTL_MS,
        }
    }
}

impl Config {
    /// The idle interval after `step` unchanged answers.
    #[must_use]
    pub fn idle_ms(&self, step: u8) -> u64 {
        let grow = |ms: u64, _| ms * self.factor_percent / 100;
        (0..step.min(40))
            .fold(self.base_ms, grow)
            .min(self.cap_ms.max(self.base_ms))
    }
}

impl Core {
    /// The interval in force; none where polling is switched off.
    #[must_use]
    pub fn interval_ms(&self) -> Option<u64> {
        if self.config.base_ms == 0 {
            return None;
        }
        if self.is_slow {
            return Some(self.config.cap_ms);
        }
        if self.push_healthy {
            return Some(self.config.check_ms);
        }
        Some(match self.phase {
            Phase::Active => self.config.base_ms,
            Phase::Idle => self.config.idle_ms(self.step),
            Phase::Terminal => self.config.check_ms,
        })
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
