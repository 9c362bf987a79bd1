//! What a core counts for the telemetry: numbers only, taken in batches.
use super::{Cause, Core};
use serde::{Deserialize, Serialize};

/// Upper bounds of the interval histogram, in milliseconds; one more bucket holds what is longer.
/// Source: the idle ramp of the ticket, and the distance of checks.
pub const INTERVAL_BOUNDS_MS: [u64; 9] = [
    2000, 3000, 4500, 6750, 10_125, 15_187, 22_780, 30_000, 60_000,
];

/// What openings of the page found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CacheCounts {
    /// Data within its time to live: no request.
    pub hit: u32,
    /// Data that was drawn and asked for anew: one request.
    pub stale: u32,
    /// Nothing.
    pub miss: u32,
}

/// Counts since they were taken last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Counts {
    /// Requests made, by cause in the order of [`Cause::ALL`].
    pub starts: [u32; Cause::ALL.len()],
    /// Answers with data.
    pub ok: u32,
    /// Answers without change.
    pub not_modified: u32,
    /// Needs that a request under way served.
    pub joined: u32,
    /// Requests given up.
    pub aborted: u32,
    /// Answers older than what is held.
    pub regressed: u32,
    /// Answers of requests that no longer counted.
    pub dropped: u32,
    /// Failed requests.
    pub failed: u32,
    /// Episodes of staleness.
    pub stale: u32,
    /// Bytes of answers with data, those that were thrown away included.
    pub payload_bytes: u64,
    /// What openings found; one with the server's own data is none of them.
    pub cache: CacheCounts,
    /// Intervals that were armed, by the bounds of [`INTERVAL_BOUNDS_MS`].
    pub intervals: [u32; INTERVAL_BOUNDS_MS.len() + 1],
}

impl Counts {
    /// Requests made for a cause.
    #[must_use]
    pub const fn starts_by(&self, cause: Cause) -> u32 {
        self.starts[cause as usize]
    }

    /// Requests made.
    #[must_use]
    pub fn all_starts(&self) -> u32 {
        self.starts.iter().sum()
    }

    /// Notes an interval that was armed, in milliseconds.
    pub(super) fn note_interval(&mut self, ms: u64) {
        let bucket = INTERVAL_BOUNDS_MS.partition_point(|bound| *bound < ms);
        self.intervals[bucket] += 1;
    }
}

impl Core {
    /// Counts since they were taken last.
    #[must_use]
    pub const fn counts(&self) -> Counts {
        self.counts
    }

    /// Takes the counts for a report; they begin anew.
    pub fn take_counts(&mut self) -> Counts {
        std::mem::take(&mut self.counts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_falls_into_the_first_bucket_that_holds_it() {
        let mut counts = Counts::default();
        for ms in [0, 2000, 2001, 60_000, 60_001] {
            counts.note_interval(ms);
        }
        assert_eq!(counts.intervals, [2, 1, 0, 0, 0, 0, 0, 0, 1, 1]);
    }
}
