//! When a working agent counts as quiet: told to the person, and never a failure.
use crate::session::SessionStatus;
use crate::time::Timestamp;

/// Without activity for so long, the page says so, in milliseconds. Source: issue 4, "Agents", 15 s.
const QUIET_MS: u64 = 15_000;

/// Whole seconds without activity, if they are to be told: only while a turn is at work.
#[must_use]
pub fn quiet_s(status: SessionStatus, last_activity: Timestamp, now: Timestamp) -> Option<u64> {
    let ms = now.since(last_activity);
    (status == SessionStatus::Working && ms >= QUIET_MS).then_some(ms / 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_turn_at_work_is_quiet_and_only_after_15_seconds() {
        let told = |status, ms: i64| quiet_s(status, Timestamp(1000), Timestamp(1000 + ms));
        assert_eq!(told(SessionStatus::Working, 14_999), None);
        assert_eq!(told(SessionStatus::Working, 15_000), Some(15));
        assert_eq!(told(SessionStatus::Working, 92_900), Some(92));
        assert_eq!(told(SessionStatus::Working, -5), None);
        for status in SessionStatus::ALL {
            let is_working = status == SessionStatus::Working;
            assert_eq!(told(status, 60_000).is_some(), is_working);
        }
    }
}
