//! What the charts of the statistics show, minute by minute and bucket by bucket.
use super::{PAYLOAD_BOUNDS, Stats, Tally};
use crate::amount;
use crate::sync::INTERVAL_BOUNDS_MS;

/// Minutes that are kept and shown.
pub const HOUR: usize = 60;
/// Functions and statuses that get a row of their own.
const SHOWN: usize = 5;
const MINUTE_MS: i64 = 60_000;

/// Values of one name, one for each column of a chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// What is counted.
    pub name: String,
    /// By column.
    pub values: Vec<u64>,
}

/// The figures on top.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// Calls in the last hour.
    pub calls: u64,
    /// Bytes of their answers.
    pub bytes: u64,
    /// Calls that were answered 304, in percent.
    pub unchanged: u64,
    /// Openings of pages from a local copy, in percent; none without openings.
    pub cached: Option<u64>,
    /// Incidents of stale pages.
    pub stale: u64,
}

impl Series {
    fn new(name: &str, values: Vec<u64>) -> Self {
        let name = name.to_owned();
        Self { name, values }
    }
}

impl Stats {
    /// All of the last hour together.
    #[must_use]
    pub fn hour(&self) -> Tally {
        let mut hour = Tally::default();
        self.minutes
            .iter()
            .for_each(|minute| hour.add(&minute.tally));
        hour
    }

    /// The figures on top.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let hour = self.hour();
        let pages = &hour.pages;
        let openings = pages.cache_hit + pages.cache_stale + pages.cache_miss;
        Summary {
            calls: hour.count(),
            bytes: hour.bytes(),
            unchanged: amount::percent(hour.with_status(304), hour.count()),
            cached: (openings > 0)
                .then(|| amount::percent(pages.cache_hit + pages.cache_stale, openings)),
            stale: hour.stale_incidents,
        }
    }

    /// Names of the minutes, oldest first: `59 min ago` to `now`.
    #[must_use]
    pub fn minute_names() -> Vec<String> {
        let name = |ago: usize| match ago {
            0 => "now".to_owned(),
            _ => format!("{ago} min ago"),
        };
        (0..HOUR).rev().map(name).collect()
    }

    /// Calls by minute: the most frequent functions and statuses, and the rest.
    #[must_use]
    pub fn calls_by_minute(&self) -> Vec<Series> {
        let mut all = self.hour().calls;
        all.sort_by_key(|calls| std::cmp::Reverse(calls.count));
        let shown = &all[..all.len().min(SHOWN)];
        let of = |tally: &Tally, function: &str, status: u16| {
            let found = tally
                .calls
                .iter()
                .find(|calls| calls.function == function && calls.status == status);
            found.map_or(0, |calls| calls.count)
        };
        let mut series: Vec<Series> = shown
            .iter()
            .map(|calls| {
                let name = format!("{} {}", calls.function, calls.status);
                let value = |tally: &Tally| of(tally, &calls.function, calls.status);
                Series::new(&name, self.by_minute(value))
            })
            .collect();
        if all.len() > SHOWN {
            let rest = |tally: &Tally| {
                let known = shown
                    .iter()
                    .map(|calls| of(tally, &calls.function, calls.status));
                tally.count() - known.sum::<u64>()
            };
            series.push(Series::new("all others", self.by_minute(rest)));
        }
        series
    }

    /// Calls that were answered 304, in percent of each minute's.
    #[must_use]
    pub fn unchanged_by_minute(&self) -> Vec<Series> {
        let share = |tally: &Tally| amount::percent(tally.with_status(304), tally.count());
        vec![Series::new("answered 304", self.by_minute(share))]
    }

    /// Bytes by minute.
    #[must_use]
    pub fn bytes_by_minute(&self) -> Vec<Series> {
        vec![Series::new("sent", self.by_minute(Tally::bytes))]
    }

    /// Incidents of stale pages by minute.
    #[must_use]
    pub fn stale_by_minute(&self) -> Vec<Series> {
        let stale = |tally: &Tally| tally.stale_incidents;
        vec![Series::new("stale pages", self.by_minute(stale))]
    }

    /// One value for each of the last [`HOUR`] minutes.
    fn by_minute(&self, value: impl Fn(&Tally) -> u64) -> Vec<u64> {
        let mut values = vec![0; HOUR];
        let now = self.server_now.0.div_euclid(MINUTE_MS);
        for minute in &self.minutes {
            let ago = now - minute.at.0.div_euclid(MINUTE_MS);
            let place = usize::try_from(ago)
                .ok()
                .and_then(|ago| HOUR.checked_sub(ago + 1));
            if let Some(place) = place {
                values[place] += value(&minute.tally);
            }
        }
        values
    }
}

impl Tally {
    /// Names and counts of the payload buckets.
    #[must_use]
    pub fn payload_buckets(&self) -> (Vec<String>, Vec<Series>) {
        let mut values = self.payloads.clone();
        values.resize(PAYLOAD_BOUNDS.len() + 1, 0);
        let series = vec![Series::new("answers", values)];
        (bucket_names(&PAYLOAD_BOUNDS, amount::bytes), series)
    }

    /// Names and counts of the interval buckets.
    #[must_use]
    pub fn interval_buckets(&self) -> (Vec<String>, Vec<Series>) {
        let series = vec![Series::new("waits", self.pages.intervals.clone())];
        (bucket_names(&INTERVAL_BOUNDS_MS, seconds), series)
    }

    /// How pages were opened.
    #[must_use]
    pub fn openings(&self) -> Vec<(String, u64)> {
        let pages = &self.pages;
        named([
            ("from a valid copy", pages.cache_hit),
            ("from a copy to be checked", pages.cache_stale),
            ("without a copy", pages.cache_miss),
        ])
    }

    /// How the requests of pages ended.
    #[must_use]
    pub fn outcomes(&self) -> Vec<(String, u64)> {
        let pages = &self.pages;
        named([
            ("news", pages.ok),
            ("unchanged", pages.not_modified),
            ("joined another", pages.joined),
            ("given up", pages.aborted),
            ("older than shown", pages.regressed),
            ("failed", pages.failed),
        ])
    }

    /// Effect runs by component, most first.
    #[must_use]
    pub fn renders(&self) -> Vec<(String, u64)> {
        most_first(&self.pages.renders)
    }

    /// Requests of pages by cause, most first.
    #[must_use]
    pub fn causes(&self) -> Vec<(String, u64)> {
        most_first(&self.pages.starts)
    }
}

fn named<const N: usize>(rows: [(&str, u64); N]) -> Vec<(String, u64)> {
    let rows = rows.into_iter().filter(|(_, count)| *count > 0);
    rows.map(|(name, count)| (name.to_owned(), count)).collect()
}

fn most_first(counts: &std::collections::BTreeMap<String, u64>) -> Vec<(String, u64)> {
    let mut rows: Vec<_> = counts
        .iter()
        .map(|(name, count)| (name.replace('_', " "), *count))
        .collect();
    rows.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    rows
}

fn bucket_names(bounds: &[u64], name: impl Fn(u64) -> String) -> Vec<String> {
    let mut names: Vec<_> = bounds.iter().map(|bound| name(*bound)).collect();
    names.push("more".to_owned());
    names
}

/// Milliseconds as seconds, below ten with a decimal: `2 s`, `6.8 s`, `23 s`.
fn seconds(ms: u64) -> String {
    let tenths = (ms + 50) / 100;
    match tenths % 10 {
        rest if rest > 0 && tenths < 100 => format!("{}.{rest} s", tenths / 10),
        _ => format!("{} s", (ms + 500) / 1000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::Minute;
    use crate::time::Timestamp;

    fn minute(n: i64, calls: &[(&str, u16, u64)]) -> Minute {
        let mut tally = Tally::default();
        for (function, status, count) in calls {
            for _ in 0..*count {
                tally.add_call(function, *status, 100);
            }
        }
        let at = Timestamp(n * MINUTE_MS);
        Minute { at, tally }
    }

    fn stats(minutes: Vec<Minute>) -> Stats {
        Stats {
            v: 1,
            server_now: Timestamp(100 * MINUTE_MS + 1),
            started_at: Timestamp(0),
            session: None,
            sessions: Vec::new(),
            minutes,
            total: Tally::default(),
        }
    }

    #[test]
    fn minutes_stand_in_their_place_and_those_without_calls_are_zero() {
        let calls = [("agent/list", 200, 3), ("agent/list", 304, 1)];
        let stats = stats(vec![
            minute(40, &calls),
            minute(41, &calls),
            minute(100, &calls),
        ]);
        let [bytes] = &stats.bytes_by_minute()[..] else {
            panic!("one series");
        };
        assert_eq!(bytes.values.len(), HOUR);
        assert_eq!(
            (bytes.values[0], bytes.values[1], bytes.values[59]),
            (400, 0, 400)
        );
        assert_eq!(stats.unchanged_by_minute()[0].values[59], 25);
        let names = Stats::minute_names();
        assert_eq!(
            (names[0].as_str(), names[59].as_str()),
            ("59 min ago", "now")
        );
    }

    #[test]
    fn the_most_frequent_calls_have_names_and_the_rest_is_one() {
        let calls: Vec<(String, u64)> = (1..=8).map(|n| (format!("f/{n}"), n)).collect();
        let calls: Vec<_> = calls
            .iter()
            .map(|(name, n)| (name.as_str(), 200, *n))
            .collect();
        let series = stats(vec![minute(100, &calls)]).calls_by_minute();
        let last: Vec<_> = series
            .iter()
            .map(|series| (series.name.as_str(), series.values[59]))
            .collect();
        let wanted = [
            ("f/8 200", 8),
            ("f/7 200", 7),
            ("f/6 200", 6),
            ("f/5 200", 5),
            ("f/4 200", 4),
            ("all others", 6),
        ];
        assert_eq!(last, wanted);
    }

    #[test]
    fn a_summary_of_nothing_claims_nothing() {
        let none = stats(Vec::new()).summary();
        assert_eq!((none.calls, none.unchanged, none.cached), (0, 0, None));
        let mut some = stats(vec![minute(
            100,
            &[("agent/list", 304, 3), ("agent/list", 200, 1)],
        )]);
        some.minutes[0].tally.pages.cache_hit = 1;
        some.minutes[0].tally.pages.cache_miss = 3;
        let some = some.summary();
        assert_eq!(
            (some.calls, some.bytes, some.unchanged, some.cached),
            (4, 400, 75, Some(25))
        );
    }

    #[test]
    fn buckets_are_named_by_their_bounds() {
        let tally = Tally::default();
        let (names, series) = tally.interval_buckets();
        let wanted = [
            "2 s", "3 s", "4.5 s", "6.8 s", "10 s", "15 s", "23 s", "30 s", "60 s", "more",
        ];
        assert_eq!(
            (names.as_slice(), series[0].values.len()),
            (wanted.map(String::from).as_slice(), 10)
        );
        let (names, series) = tally.payload_buckets();
        assert_eq!(
            (names[0].as_str(), names.len(), series[0].values.len()),
            ("1 kB", 10, 10)
        );
    }
}
