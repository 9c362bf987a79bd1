//! The tally of one subject: by minute for an hour, and in all.
use super::MINUTE_MS;
use domain::stats::{HOUR, Minute, Tally};
use domain::time::Timestamp;
use std::collections::VecDeque;

/// Counts of all, or of one session.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// Since the start.
    pub(super) total: Tally,
    /// When it was counted last.
    pub(super) turn: u64,
    /// Minutes since 1970 in which something was counted, oldest first.
    minutes: VecDeque<(i64, Tally)>,
}

impl Kept {
    /// Counts something in a minute.
    pub(super) fn count(&mut self, minute: i64, turn: u64, change: impl Fn(&mut Tally)) {
        self.turn = turn;
        change(&mut self.total);
        // A clock that was set back counts on in the minute that is there.
        let newest = self.minutes.back().map(|(at, _)| *at);
        if newest.is_none_or(|newest| newest < minute) {
            self.minutes.push_back((minute, Tally::default()));
        }
        if self.minutes.len() > HOUR {
            self.minutes.pop_front();
        }
        if let Some((_, tally)) = self.minutes.back_mut() {
            change(tally);
        }
    }

    /// The minutes of the hour that ends with this one.
    pub(super) fn hour(&self, now: i64) -> Vec<Minute> {
        let first = now - HOUR as i64;
        let minutes = self.minutes.iter().filter(|(at, _)| *at > first);
        let minutes = minutes.map(|(at, tally)| Minute {
            at: Timestamp(at * MINUTE_MS),
            tally: tally.clone(),
        });
        minutes.collect()
    }
}
