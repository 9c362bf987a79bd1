//! What the console counts about itself: since its start, and by minute for the last hour.
mod ring;
mod text;

pub use text::{Gauges, RelayGauges};

use crate::clock::Clock;
use domain::id::SessionId;
use domain::report::PageCounts;
use domain::stats::{Minute, Tally};
use domain::time::Timestamp;
use ring::Kept;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Sessions that are counted by themselves; the one that was counted longest ago makes room.
const SESSIONS: usize = 500;
/// Reports of a user that are taken in one minute.
const REPORTS: u64 = 120;
const MINUTE_MS: i64 = 60_000;

/// An answer that was sent.
#[derive(Debug, Clone)]
pub struct Call {
    /// Path without `/api/`, or one word for all that are no functions.
    pub function: &'static str,
    /// Its status.
    pub status: u16,
    /// Bytes of its body as they were sent.
    pub bytes: u64,
    /// The session that it is about, if it is one of the console's.
    pub session: Option<SessionId>,
}

/// The counts of a console.
#[derive(Debug)]
pub struct Telemetry {
    clock: Clock,
    started_at: Timestamp,
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    all: Kept,
    by_session: HashMap<SessionId, Kept>,
    /// Grows with every count; tells which session was counted last.
    turn: u64,
    /// The minute in which reports are counted, and how many of each user.
    reports: (i64, HashMap<String, u64>),
}

impl Telemetry {
    /// Counts from now on.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self {
            started_at: clock.now(),
            clock,
            counts: Mutex::default(),
        }
    }

    /// Since when it counts.
    #[must_use]
    pub fn started_at(&self) -> Timestamp {
        self.started_at
    }

    /// Counts an answer.
    pub fn call(&self, call: &Call) {
        self.count(call.session.as_ref(), |tally| {
            tally.add_call(call.function, call.status, call.bytes);
        });
    }

    /// Counts what a page did.
    pub fn page(&self, session: Option<&SessionId>, counts: &PageCounts) {
        self.count(session, |tally| tally.pages.add(counts));
    }

    /// Counts a stale page.
    pub fn stale(&self, session: Option<&SessionId>) {
        self.count(session, |tally| tally.stale_incidents += 1);
    }

    /// Whether another report of this user is taken in this minute.
    pub fn may_report(&self, user: &str) -> bool {
        let minute = self.minute();
        let mut counts = self.lock();
        if counts.reports.0 != minute {
            counts.reports = (minute, HashMap::new());
        }
        let taken = counts.reports.1.entry(user.to_owned()).or_default();
        *taken += 1;
        *taken <= REPORTS
    }

    /// What was counted of a session, or of all: the last hour by minute, and in all.
    #[must_use]
    pub fn counted(&self, session: Option<&SessionId>) -> (Vec<Minute>, Tally) {
        let minute = self.minute();
        let counts = self.lock();
        let kept = match session {
            None => Some(&counts.all),
            Some(session) => counts.by_session.get(session),
        };
        kept.map_or_else(Default::default, |kept| {
            (kept.hour(minute), kept.total.clone())
        })
    }

    /// Sessions that were called within the last hour: how often, and bytes of the answers.
    #[must_use]
    pub fn sessions(&self) -> Vec<(SessionId, u64, u64)> {
        let minute = self.minute();
        let counts = self.lock();
        let sums = counts.by_session.iter().map(|(id, kept)| {
            let hour = kept.hour(minute);
            let calls = hour.iter().map(|minute| minute.tally.count()).sum();
            let bytes = hour.iter().map(|minute| minute.tally.bytes()).sum();
            (id.clone(), calls, bytes)
        });
        let mut sums: Vec<_> = sums.filter(|(_, calls, _)| *calls > 0).collect();
        sums.sort_by(|a, b| (b.1, &a.0).cmp(&(a.1, &b.0)));
        sums
    }

    fn count(&self, session: Option<&SessionId>, change: impl Fn(&mut Tally)) {
        let minute = self.minute();
        let mut counts = self.lock();
        counts.turn += 1;
        let turn = counts.turn;
        counts.all.count(minute, turn, &change);
        let Some(session) = session else { return };
        if counts.by_session.len() >= SESSIONS && !counts.by_session.contains_key(session) {
            let oldest = counts.by_session.iter().min_by_key(|(_, kept)| kept.turn);
            if let Some(oldest) = oldest.map(|(id, _)| id.clone()) {
                counts.by_session.remove(&oldest);
            }
        }
        let kept = counts.by_session.entry(session.clone()).or_default();
        kept.count(minute, turn, &change);
    }

    fn minute(&self) -> i64 {
        self.clock.now().0.div_euclid(MINUTE_MS)
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(n: u64) -> SessionId {
        format!("0199f0a0-1111-7222-8333-{n:012x}").parse().unwrap()
    }

    fn call(status: u16, session: Option<SessionId>) -> Call {
        Call {
            function: "agent/get",
            status,
            bytes: 10,
            session,
        }
    }

    fn bench() -> (Telemetry, Clock) {
        let clock = Clock::manual(90 * MINUTE_MS);
        (Telemetry::new(clock.clone()), clock)
    }

    #[test]
    fn calls_are_counted_for_all_and_for_their_session() {
        let (telemetry, _) = bench();
        telemetry.call(&call(200, Some(session(1))));
        telemetry.call(&call(304, Some(session(2))));
        telemetry.call(&call(304, Some(session(2))));
        telemetry.call(&call(200, None));
        assert_eq!(telemetry.counted(None).1.count(), 4);
        assert_eq!(telemetry.counted(Some(&session(2))).1.with_status(304), 2);
        assert_eq!(telemetry.counted(Some(&session(3))), Default::default());
        let sessions = telemetry.sessions();
        assert_eq!(sessions, [(session(2), 2, 20), (session(1), 1, 10)]);
    }

    #[test]
    fn minutes_are_forgotten_after_an_hour_and_totals_are_not() {
        let (telemetry, clock) = bench();
        telemetry.call(&call(200, Some(session(1))));
        clock.advance(59 * MINUTE_MS);
        telemetry.call(&call(200, None));
        let (minutes, _) = telemetry.counted(None);
        let at: Vec<_> = minutes
            .iter()
            .map(|minute| minute.at.0 / MINUTE_MS)
            .collect();
        assert_eq!(at, [90, 149]);
        clock.advance(MINUTE_MS);
        let (minutes, total) = telemetry.counted(None);
        assert_eq!((minutes.len(), total.count()), (1, 2));
        assert_eq!(telemetry.sessions(), []);
        assert_eq!(telemetry.counted(Some(&session(1))).1.count(), 1);
    }

    #[test]
    fn of_too_many_sessions_the_one_counted_longest_ago_makes_room() {
        let (telemetry, _) = bench();
        for n in 0..SESSIONS as u64 {
            telemetry.call(&call(200, Some(session(n))));
        }
        telemetry.call(&call(200, Some(session(0))));
        telemetry.call(&call(200, Some(session(9_999))));
        assert_eq!(telemetry.sessions().len(), SESSIONS);
        assert_eq!(telemetry.counted(Some(&session(0))).1.count(), 2);
        assert_eq!(telemetry.counted(Some(&session(1))).1.count(), 0);
        assert_eq!(telemetry.counted(None).1.count(), SESSIONS as u64 + 2);
    }

    #[test]
    fn a_user_may_report_so_often_in_a_minute_and_again_in_the_next() {
        let (telemetry, clock) = bench();
        for _ in 0..REPORTS {
            assert!(telemetry.may_report("ann"));
        }
        assert!(!telemetry.may_report("ann"));
        assert!(telemetry.may_report("bob"));
        clock.advance(MINUTE_MS);
        assert!(telemetry.may_report("ann"));
    }
}
