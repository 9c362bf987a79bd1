//! What pages report about themselves: incidents and counts, without content.
use crate::id::SessionId;
use crate::sync::{Cause, INTERVAL_BOUNDS_MS};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A day: no page waits longer for anything.
const DAY_MS: u64 = 86_400_000;
/// Shortest distance of two requests of one page, on the average.
const REQUEST_MS: u64 = 50;
/// Things that a page may do at once, whatever its window.
const AT_ONCE: u64 = 100;
/// Effect runs of a page in a millisecond, and at once when it is opened.
const RENDERS_PER_MS: u64 = 10;
const RENDERS_AT_ONCE: u64 = 10_000;
/// Bytes that one report can account for.
const PAYLOAD: u64 = 1 << 30;

/// Parts of a page whose effect runs are counted.
pub const COMPONENTS: [&str; 6] = [
    "thread_sidebar",
    "git_section",
    "session_header",
    "transcript",
    "composer",
    "session_row",
];

/// How the program of a page ends: by a trap, or before the page is interactive since it did not
/// load or the browser cannot run it.
pub const ENDINGS: [&str; 4] = ["early", "ended", "load", "no_wasm"];

/// Why the copy of a session that a browser keeps is not drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dropped {
    /// Not the JSON of a session.
    Unreadable,
    /// Not as it was written.
    Tampered,
    /// Written for somebody else, or for other rights.
    OtherUser,
    /// Written by another version.
    OtherSchema,
    /// Older than a day, or from the future.
    TooOld,
}

impl Dropped {
    /// Every cause.
    pub const ALL: [Self; 5] = [
        Self::Unreadable,
        Self::Tampered,
        Self::OtherUser,
        Self::OtherSchema,
        Self::TooOld,
    ];

    /// The word that reports use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Tampered => "tampered",
            Self::OtherUser => "other_user",
            Self::OtherSchema => "other_schema",
            Self::TooOld => "too_old",
        }
    }
}

/// An incident of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum PageIncident {
    /// No validation for too long.
    Stale {
        /// Milliseconds since the last one.
        age_ms: u64,
        /// The interval in force.
        interval_ms: u64,
    },
    /// Every attempt failed before there was any data.
    Failed {
        /// Attempts made.
        attempts: u8,
        /// The class of the last failure.
        cause: String,
        /// What the page tells the person to name, so that this line is found.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        number: Option<String>,
    },
    /// The page's program ended, or never made the page interactive.
    Ended {
        /// How: a word of [`ENDINGS`].
        cause: String,
    },
    /// A copy that the browser kept was dropped.
    Copy {
        /// Why: a word of [`Dropped`].
        cause: String,
    },
}

/// What `client/report` takes: an incident, counts, or both.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PageReport {
    /// The session of the page; none for the list.
    pub session: Option<SessionId>,
    /// Something that went wrong.
    pub incident: Option<PageIncident>,
    /// What the page did since its last report.
    pub counts: Option<PageCounts>,
}

/// What a page did within a window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PageCounts {
    /// Length of the window, in milliseconds.
    pub window_ms: u64,
    /// Requests started, by cause.
    pub starts: BTreeMap<String, u64>,
    /// Answers with news.
    pub ok: u64,
    /// Answers without.
    pub not_modified: u64,
    /// Wishes that joined a request under way.
    pub joined: u64,
    /// Requests given up.
    pub aborted: u64,
    /// Answers that were older than what is shown.
    pub regressed: u64,
    /// Requests that failed.
    pub failed: u64,
    /// Episodes without a validation for too long.
    pub stale: u64,
    /// Bytes of answers.
    pub payload_bytes: u64,
    /// Intervals that were waited, by [`INTERVAL_BOUNDS_MS`]; ten buckets.
    pub intervals: Vec<u64>,
    /// Openings from a local copy that was still valid.
    pub cache_hit: u64,
    /// Openings from a local copy that had to be validated.
    pub cache_stale: u64,
    /// Openings without a local copy.
    pub cache_miss: u64,
    /// Effect runs, by component.
    pub renders: BTreeMap<String, u64>,
}

impl Default for PageCounts {
    fn default() -> Self {
        Self {
            window_ms: 0,
            starts: BTreeMap::new(),
            ok: 0,
            not_modified: 0,
            joined: 0,
            aborted: 0,
            regressed: 0,
            failed: 0,
            stale: 0,
            payload_bytes: 0,
            intervals: vec![0; INTERVAL_BOUNDS_MS.len() + 1],
            cache_hit: 0,
            cache_stale: 0,
            cache_miss: 0,
            renders: BTreeMap::new(),
        }
    }
}

impl PageIncident {
    /// Whether a page can have made these numbers.
    #[must_use]
    pub fn is_plausible(&self) -> bool {
        match self {
            Self::Stale {
                age_ms,
                interval_ms,
            } => *age_ms <= DAY_MS && *interval_ms <= DAY_MS,
            Self::Failed { cause, number, .. } => {
                let is_word =
                    |text: &String| text.len() <= 32 && text.chars().all(char::is_alphanumeric);
                is_word(cause) && number.as_ref().is_none_or(is_word)
            }
            Self::Ended { cause } => ENDINGS.contains(&cause.as_str()),
            Self::Copy { cause } => Dropped::ALL.iter().any(|known| known.as_str() == cause),
        }
    }
}

impl PageReport {
    /// Whether a page can have made all of it; a report is taken whole or not at all.
    #[must_use]
    pub fn is_plausible(&self) -> bool {
        self.incident
            .as_ref()
            .is_none_or(PageIncident::is_plausible)
            && self.counts.as_ref().is_none_or(PageCounts::is_plausible)
    }
}

impl PageCounts {
    /// Whether a page can have done this within its window.
    #[must_use]
    pub fn is_plausible(&self) -> bool {
        let requests = self.window_ms / REQUEST_MS + AT_ONCE;
        let renders = self.window_ms.saturating_mul(RENDERS_PER_MS);
        let renders = renders.saturating_add(RENDERS_AT_ONCE);
        let single = [
            self.ok,
            self.not_modified,
            self.joined,
            self.aborted,
            self.regressed,
            self.failed,
            self.stale,
        ];
        let cache = [self.cache_hit, self.cache_stale, self.cache_miss];
        self.window_ms <= DAY_MS
            && self.payload_bytes <= PAYLOAD
            && self.intervals.len() == INTERVAL_BOUNDS_MS.len() + 1
            && known(&self.starts, &Cause::ALL.map(Cause::as_str))
            && known(&self.renders, &COMPONENTS)
            && sum(self.starts.values()) <= requests
            && sum(&self.intervals) <= requests
            && sum(&cache) <= requests
            && single.iter().all(|count| *count <= requests)
            && sum(self.renders.values()) <= renders
    }

    /// Takes over what another window counted.
    pub fn add(&mut self, other: &Self) {
        let numbers = [
            (&mut self.window_ms, other.window_ms),
            (&mut self.ok, other.ok),
            (&mut self.not_modified, other.not_modified),
            (&mut self.joined, other.joined),
            (&mut self.aborted, other.aborted),
            (&mut self.regressed, other.regressed),
            (&mut self.failed, other.failed),
            (&mut self.stale, other.stale),
            (&mut self.payload_bytes, other.payload_bytes),
            (&mut self.cache_hit, other.cache_hit),
            (&mut self.cache_stale, other.cache_stale),
            (&mut self.cache_miss, other.cache_miss),
        ];
        for (count, more) in numbers {
            *count = count.saturating_add(more);
        }
        for (count, more) in self.intervals.iter_mut().zip(&other.intervals) {
            *count = count.saturating_add(*more);
        }
        merge(&mut self.starts, &other.starts);
        merge(&mut self.renders, &other.renders);
    }
}

fn known(counts: &BTreeMap<String, u64>, names: &[&str]) -> bool {
    counts.keys().all(|name| names.contains(&name.as_str()))
}

fn sum<'a>(counts: impl IntoIterator<Item = &'a u64>) -> u64 {
    counts
        .into_iter()
        .fold(0, |sum, count| sum.saturating_add(*count))
}

fn merge(counts: &mut BTreeMap<String, u64>, more: &BTreeMap<String, u64>) {
    for (name, more) in more {
        let count = counts.entry(name.clone()).or_default();
        *count = count.saturating_add(*more);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wild_numbers_are_not_believed() {
        assert!(
            PageIncident::Stale {
                age_ms: 5000,
                interval_ms: 2000
            }
            .is_plausible()
        );
        assert!(
            !PageIncident::Stale {
                age_ms: u64::MAX,
                interval_ms: 2000
            }
            .is_plausible()
        );
        assert!(
            !PageIncident::Failed {
                attempts: 4,
                cause: "a\nb".into(),
                number: None
            }
            .is_plausible()
        );
    }

    #[test]
    fn a_dropped_copy_has_one_of_the_known_causes() {
        let dropped = |cause: &str| PageIncident::Copy {
            cause: cause.to_owned(),
        };
        for known in Dropped::ALL {
            assert!(dropped(known.as_str()).is_plausible());
        }
        assert!(!dropped("Tampered").is_plausible());
        assert!(!dropped("").is_plausible());
        let json = serde_json::to_value(dropped("too_old")).unwrap();
        assert_eq!(
            json,
            serde_json::json!({"kind": "copy", "cause": "too_old"})
        );
    }

    fn minute() -> PageCounts {
        let count = |name: &str, count: u64| (name.to_owned(), count);
        PageCounts {
            window_ms: 60_000,
            starts: BTreeMap::from([count("poll", 29), count("mount", 1)]),
            ok: 10,
            not_modified: 20,
            intervals: vec![25, 4, 0, 0, 0, 0, 0, 0, 0, 0],
            cache_hit: 1,
            payload_bytes: 12_345,
            renders: BTreeMap::from([count("transcript", 40)]),
            ..PageCounts::default()
        }
    }

    #[track_caller]
    fn check(is_plausible: bool, wreck: impl FnOnce(&mut PageCounts)) {
        let mut counts = minute();
        wreck(&mut counts);
        assert_eq!(counts.is_plausible(), is_plausible, "{counts:?}");
    }

    #[test]
    fn counts_that_fit_their_window_are_believed_and_no_others() {
        let name = |name: &str, count: u64| BTreeMap::from([(name.to_owned(), count)]);
        check(true, |_| {});
        check(true, |counts| *counts = PageCounts::default());
        check(true, |counts| counts.starts = name("poll", 1_300));
        check(false, |counts| counts.starts = name("poll", 1_301));
        check(false, |counts| counts.starts = name("pool", 1));
        check(false, |counts| {
            counts.starts = Cause::ALL
                .map(|cause| (cause.as_str().to_owned(), u64::MAX))
                .into()
        });
        check(true, |counts| counts.renders = name("session_row", 610_000));
        check(false, |counts| {
            counts.renders = name("session_row", 610_001)
        });
        check(false, |counts| counts.renders = name("<script>", 1));
        check(true, |counts| counts.window_ms = DAY_MS);
        check(false, |counts| counts.window_ms = DAY_MS + 1);
        check(false, |counts| counts.window_ms = u64::MAX);
        check(true, |counts| counts.payload_bytes = PAYLOAD);
        check(false, |counts| counts.payload_bytes = PAYLOAD + 1);
        check(false, |counts| counts.intervals.push(0));
        check(false, |counts| counts.intervals.clear());
        check(false, |counts| counts.intervals[9] = u64::MAX);
        check(false, |counts| counts.cache_miss = 2_000);
        check(false, |counts| counts.stale = 1_301);
        check(false, |counts| counts.not_modified = u64::MAX);
    }

    #[test]
    fn fields_of_a_report_may_be_absent() {
        let read = |text: &str| serde_json::from_str::<PageReport>(text).unwrap();
        assert_eq!(read("{}"), PageReport::default());
        assert_eq!(
            read(r#"{"counts":{},"more":1}"#).counts,
            Some(PageCounts::default())
        );
        let counts = read(r#"{"counts":{"windowMs":5,"cacheHit":2}}"#)
            .counts
            .unwrap();
        assert_eq!(
            (counts.window_ms, counts.cache_hit, counts.intervals.len()),
            (5, 2, 10)
        );
        let old = r#"{"session":"0199f0a0-1111-7222-8333-444455556666","incident":{"kind":"stale","ageMs":5000,"intervalMs":2000}}"#;
        assert!(read(old).incident.is_some() && read(old).is_plausible());
    }

    #[test]
    fn windows_add_up() {
        let mut all = minute();
        all.add(&minute());
        assert_eq!((all.window_ms, all.ok, all.cache_hit), (120_000, 20, 2));
        assert_eq!((all.starts["poll"], all.renders["transcript"]), (58, 80));
        assert_eq!(all.intervals[..2], [50, 8]);
    }
}
