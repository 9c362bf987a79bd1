//! What was counted: calls, bytes, payloads and reports of pages, by minute and since the start.
mod series;

pub use series::{HOUR, Series, Summary};

use crate::id::SessionId;
use crate::report::PageCounts;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Upper bounds of the payload buckets, in bytes; the tenth bucket has none.
pub const PAYLOAD_BOUNDS: [u64; 9] = [
    1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000,
];

/// The function whose answers are the payloads.
pub const SNAPSHOT_FUNCTION: &str = "agent/get_session_with_metadata";

/// The answer of `stats`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stats {
    /// Version of the shape.
    pub v: u32,
    /// The server's clock.
    pub server_now: Timestamp,
    /// Since when the totals count.
    pub started_at: Timestamp,
    /// The session that this is about; none for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Counted>,
    /// Sessions that were counted within the last hour, most calls first; empty for one session.
    pub sessions: Vec<Counted>,
    /// Minutes of the last hour in which something was counted, oldest first.
    pub minutes: Vec<Minute>,
    /// Since the start, or since the session was first counted.
    pub total: Tally,
}

/// A session that was counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// Its id.
    pub id: SessionId,
    /// Its name for people.
    pub title: String,
    /// Calls about it in the last hour.
    pub calls: u64,
    /// Bytes of their answers.
    pub bytes: u64,
}

/// What was counted in one minute.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Minute {
    /// When it began.
    pub at: Timestamp,
    /// What was counted.
    pub tally: Tally,
}

/// Calls of one function with one status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calls {
    /// Path without `/api/`.
    pub function: String,
    /// Status of the answers.
    pub status: u16,
    /// How many.
    pub count: u64,
    /// Bytes of the answers as they were sent.
    pub bytes: u64,
}

/// Counts that add up.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Tally {
    /// By function and status.
    pub calls: Vec<Calls>,
    /// Whole or changed sessions that were sent, by [`PAYLOAD_BOUNDS`]; empty if there were none.
    pub payloads: Vec<u64>,
    /// Their bytes.
    pub payload_bytes: u64,
    /// Incidents of stale pages.
    pub stale_incidents: u64,
    /// What pages reported.
    pub pages: PageCounts,
}

impl Tally {
    /// Counts one answer.
    pub fn add_call(&mut self, function: &str, status: u16, bytes: u64) {
        self.add_calls(function, status, (1, bytes));
        if function == SNAPSHOT_FUNCTION && status == 200 {
            let place = PAYLOAD_BOUNDS.iter().position(|bound| bytes <= *bound);
            self.payloads.resize(PAYLOAD_BOUNDS.len() + 1, 0);
            self.payloads[place.unwrap_or(PAYLOAD_BOUNDS.len())] += 1;
            self.payload_bytes += bytes;
        }
    }

    /// Takes over what another one counted.
    pub fn add(&mut self, other: &Self) {
        for calls in &other.calls {
            self.add_calls(&calls.function, calls.status, (calls.count, calls.bytes));
        }
        if !other.payloads.is_empty() {
            self.payloads.resize(PAYLOAD_BOUNDS.len() + 1, 0);
        }
        for (count, more) in self.payloads.iter_mut().zip(&other.payloads) {
            *count += more;
        }
        self.payload_bytes += other.payload_bytes;
        self.stale_incidents += other.stale_incidents;
        self.pages.add(&other.pages);
    }

    /// Calls in all.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.calls.iter().map(|calls| calls.count).sum()
    }

    /// Bytes of answers in all.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.calls.iter().map(|calls| calls.bytes).sum()
    }

    /// Calls of a status.
    #[must_use]
    pub fn with_status(&self, status: u16) -> u64 {
        let of = self.calls.iter().filter(|calls| calls.status == status);
        of.map(|calls| calls.count).sum()
    }

    fn add_calls(&mut self, function: &str, status: u16, (count, bytes): (u64, u64)) {
        let wanted = (function, status);
        let order = |calls: &Calls| (calls.function.as_str(), calls.status).cmp(&wanted);
        match self.calls.binary_search_by(order) {
            Ok(place) => {
                self.calls[place].count += count;
                self.calls[place].bytes += bytes;
            }
            Err(place) => {
                let function = function.to_owned();
                let calls = Calls {
                    function,
                    status,
                    count,
                    bytes,
                };
                self.calls.insert(place, calls);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_counted_by_function_and_status() {
        let mut tally = Tally::default();
        tally.add_call("git/status", 200, 10);
        tally.add_call("agent/list", 304, 0);
        tally.add_call("agent/list", 200, 90);
        tally.add_call("agent/list", 200, 10);
        let names: Vec<_> = tally
            .calls
            .iter()
            .map(|calls| (calls.function.as_str(), calls.status, calls.count))
            .collect();
        let wanted = [
            ("agent/list", 200, 2),
            ("agent/list", 304, 1),
            ("git/status", 200, 1),
        ];
        assert_eq!(names, wanted);
        assert_eq!(
            (tally.count(), tally.bytes(), tally.with_status(304)),
            (4, 110, 1)
        );
        assert!(tally.payloads.is_empty(), "no session was sent");
    }

    #[test]
    fn only_sessions_that_were_sent_are_payloads_and_a_bound_belongs_to_its_bucket() {
        let mut tally = Tally::default();
        for (status, bytes) in [
            (200, 1_000),
            (200, 1_001),
            (200, 9_000_000),
            (304, 0),
            (404, 70),
        ] {
            tally.add_call(SNAPSHOT_FUNCTION, status, bytes);
        }
        assert_eq!(tally.payloads, [1, 1, 0, 0, 0, 0, 0, 0, 0, 1]);
        assert_eq!(tally.payload_bytes, 9_002_001);
    }

    #[test]
    fn tallies_add_up() {
        let mut all = Tally::default();
        let mut one = Tally {
            stale_incidents: 1,
            ..Tally::default()
        };
        one.add_call(SNAPSHOT_FUNCTION, 200, 500);
        one.pages.cache_hit = 3;
        all.add(&Tally::default());
        assert_eq!(all, Tally::default());
        all.add(&one);
        all.add(&one);
        assert_eq!(
            (all.count(), all.payloads[0], all.payload_bytes),
            (2, 2, 1_000)
        );
        assert_eq!((all.stale_incidents, all.pages.cache_hit), (2, 6));
    }
}
