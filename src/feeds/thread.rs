//! The thread as signals: an entry that changes wakes only what shows it.
use super::request::Requests;
use super::source::set_if_new;
use domain::id::SessionId;
use domain::snapshot::{ThreadMode, ThreadPart};
use domain::thread::Entry;
use domain::window::MOST;
use leptos::prelude::*;

/// A thread: its entries by place, each with a signal of its own. What is loaded is one part of the
/// thread without gaps: its end as a rule, or what is around an entry that was gone to.
#[derive(Debug, Clone, Copy)]
pub struct ThreadFeed {
    pub(super) id: StoredValue<SessionId>,
    pub(super) requests: Requests,
    /// By ascending place.
    pub entries: RwSignal<Vec<(u64, RwSignal<Entry>)>>,
    /// Grows with each change of entries.
    pub changes: RwSignal<u64>,
    /// Whether there are older ones on the server.
    pub has_older: RwSignal<bool>,
    /// Whether there are newer ones on the server: then what polls bring beyond the last is not shown.
    pub has_newer: RwSignal<bool>,
    /// Whether the end of the thread, or the part that was gone to, is loaded.
    pub is_loaded: RwSignal<bool>,
    /// Entries of the thread in all, as the last answer told.
    pub(super) total: StoredValue<u64>,
    /// Counts loads of other parts; only the newest one counts.
    pub(super) load: StoredValue<u32>,
    /// What polls brought for places that are being loaded; none while nothing is.
    pub(super) late: StoredValue<Option<Vec<Entry>>>,
    /// Whether the last load failed and no answer came since: then nothing is loaded by itself.
    pub(super) is_failing: StoredValue<bool>,
}

impl ThreadFeed {
    /// The thread of a first answer.
    pub(super) fn new(id: SessionId, part: ThreadPart, is_loaded: bool) -> Self {
        let has_older = part.entries.first().is_some_and(|oldest| oldest.seq > 1);
        let newest = part.entries.last().map(|newest| newest.seq);
        let has_newer = newest.is_some_and(|newest| newest < part.total);
        let entries = part
            .entries
            .into_iter()
            .map(|entry| (entry.seq, RwSignal::new(entry)));
        Self {
            id: StoredValue::new(id),
            requests: Requests::new(),
            entries: RwSignal::new(entries.collect()),
            changes: RwSignal::new(0),
            has_older: RwSignal::new(has_older),
            has_newer: RwSignal::new(has_newer),
            is_loaded: RwSignal::new(is_loaded),
            total: StoredValue::new(part.total),
            load: StoredValue::new(0),
            late: StoredValue::new(None),
            is_failing: StoredValue::new(false),
        }
    }

    /// What is held, as a part of an answer.
    pub(super) fn part(&self) -> ThreadPart {
        let entries = self.entries.get_untracked().into_iter();
        let entries: Vec<Entry> = entries.map(|(_, entry)| entry.get_untracked()).collect();
        ThreadPart {
            mode: ThreadMode::Tail,
            from: None,
            total: self.total.get_value().max(self.newest()),
            entries,
        }
    }

    /// Place of the last loaded entry; 0 without any.
    pub(super) fn newest(&self) -> u64 {
        let last = |known: &Vec<(u64, RwSignal<Entry>)>| known.last().map_or(0, |(seq, _)| *seq);
        self.entries.with_untracked(last)
    }

    /// Place of the first loaded entry; 0 without any.
    pub(super) fn oldest(&self) -> u64 {
        let first = |known: &Vec<(u64, RwSignal<Entry>)>| known.first().map_or(0, |(seq, _)| *seq);
        self.entries.with_untracked(first)
    }

    /// Takes an answer over: changes into their places, a tail in place of everything. While the
    /// reader is elsewhere in the thread, what is beyond is left out.
    pub(super) fn apply(&self, mut part: ThreadPart) {
        self.total.set_value(part.total);
        self.is_failing.set_value(false);
        let first = part.entries.first().map_or(0, |entry| entry.seq);
        let newest = self.newest();
        let is_elsewhere = self.has_newer.get_untracked();
        match part.mode {
            ThreadMode::Changes if is_elsewhere => self.take_within(part.entries, newest),
            ThreadMode::Changes => self.merge(part.entries, false),
            ThreadMode::Tail if is_elsewhere && first > newest + 1 => {
                self.take_within(part.entries, newest);
            }
            ThreadMode::Tail if is_elsewhere => {
                self.merge(part.entries, true);
                set_if_new(self.has_newer, false);
            }
            ThreadMode::Tail => {
                part.keep_last(MOST);
                self.replace(part.entries);
            }
        }
        set_if_new(self.is_loaded, true);
    }

    /// Takes over what belongs to loaded places; the rest is kept only for a load under way.
    fn take_within(&self, entries: Vec<Entry>, newest: u64) {
        let (within, beyond): (Vec<_>, Vec<_>) =
            entries.into_iter().partition(|entry| entry.seq <= newest);
        self.late.update_value(|late| {
            if let Some(late) = late {
                late.extend(beyond);
            }
        });
        self.merge(within, false);
    }

    /// Puts entries in place of everything; what stays keeps its signal.
    pub(super) fn replace(&self, entries: Vec<Entry>) {
        let oldest = entries.first().map_or(0, |entry| entry.seq);
        let newest = entries.last().map_or(0, |entry| entry.seq);
        set_if_new(self.has_older, oldest > 1);
        let is_left = |seq: u64| (oldest..=newest).contains(&seq);
        let all_stay = self
            .entries
            .with_untracked(|known| known.iter().all(|(seq, _)| is_left(*seq)));
        if !all_stay {
            self.entries
                .update(|known| known.retain(|(seq, _)| is_left(*seq)));
        }
        self.merge(entries, true);
    }

    /// Upserts by place; entries older than the oldest loaded one are dropped unless wanted. What
    /// is known in a newer state, or in the same state and whole, stays.
    pub(super) fn merge(&self, entries: Vec<Entry>, takes_older: bool) {
        let oldest = self.oldest();
        let mut new = Vec::new();
        for entry in entries {
            if entry.seq < oldest && !takes_older {
                continue;
            }
            match self.signal(entry.seq) {
                Some(signal) if signal.with_untracked(|known| is_better(known, &entry)) => {}
                Some(signal) => set_if_new(signal, entry),
                None => new.push((entry.seq, RwSignal::new(entry))),
            }
        }
        if !new.is_empty() {
            self.entries.update(|known| {
                known.extend(new);
                known.sort_by_key(|(seq, _)| *seq);
            });
        }
        self.changes.update(|changes| *changes += 1);
    }

    /// The signal of an entry.
    pub(super) fn signal(&self, seq: u64) -> Option<RwSignal<Entry>> {
        self.entries.with_untracked(|known| {
            let place = known.binary_search_by_key(&seq, |(seq, _)| *seq).ok()?;
            Some(known[place].1)
        })
    }

    /// Shows an entry whole that was cut.
    pub(super) fn show_whole(&self, entry: Entry) {
        if let Some(signal) = self.signal(entry.seq) {
            signal.set(entry);
            self.changes.update(|changes| *changes += 1);
        }
    }
}

fn is_better(known: &Entry, other: &Entry) -> bool {
    let is_whole = known.cut.is_none() && other.cut.is_some();
    known.revision > other.revision || (known.revision == other.revision && is_whole)
}
