//! The thread as signals: an entry that changes wakes only what shows it.
use super::source::set_if_new;
use domain::snapshot::{ThreadMode, ThreadPart};
use domain::thread::Entry;
use leptos::prelude::*;

/// A thread: its entries by place, each with a signal of its own.
#[derive(Debug, Clone, Copy)]
pub struct ThreadFeed {
    /// By ascending place.
    pub entries: RwSignal<Vec<(u64, RwSignal<Entry>)>>,
    /// Whether there are older ones on the server.
    pub has_older: RwSignal<bool>,
    /// Whether the end of the thread is loaded.
    pub is_loaded: RwSignal<bool>,
}

impl ThreadFeed {
    /// The thread of a first answer.
    pub(super) fn new(part: ThreadPart, is_loaded: bool) -> Self {
        let has_older = part.entries.first().is_some_and(|oldest| oldest.seq > 1);
        let entries = part
            .entries
            .into_iter()
            .map(|entry| (entry.seq, RwSignal::new(entry)));
        Self {
            entries: RwSignal::new(entries.collect()),
            has_older: RwSignal::new(has_older),
            is_loaded: RwSignal::new(is_loaded),
        }
    }

    /// What is held, as a part of an answer.
    pub(super) fn part(&self) -> ThreadPart {
        let entries = self.entries.get_untracked().into_iter();
        let entries: Vec<Entry> = entries.map(|(_, entry)| entry.get_untracked()).collect();
        ThreadPart {
            mode: ThreadMode::Tail,
            from: None,
            total: entries.last().map_or(0, |entry| entry.seq),
            entries,
        }
    }

    /// Takes an answer over: changes into their places, a tail in place of everything.
    pub(super) fn apply(&self, part: ThreadPart) {
        match part.mode {
            ThreadMode::Changes => self.merge(part.entries, false),
            ThreadMode::Tail => self.replace(part.entries),
        }
        set_if_new(self.is_loaded, true);
    }

    fn replace(&self, entries: Vec<Entry>) {
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

    /// Puts older entries in front.
    pub(super) fn prepend(&self, entries: Vec<Entry>, has_older: bool) {
        set_if_new(self.has_older, has_older);
        self.merge(entries, true);
    }

    /// Upserts by place; entries older than the oldest loaded one are dropped unless wanted.
    fn merge(&self, entries: Vec<Entry>, takes_older: bool) {
        let oldest = self
            .entries
            .with_untracked(|known| known.first().map_or(0, |(seq, _)| *seq));
        let mut new = Vec::new();
        for entry in entries {
            if entry.seq < oldest && !takes_older {
                continue;
            }
            match self.signal(entry.seq) {
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
    }

    /// The signal of an entry.
    fn signal(&self, seq: u64) -> Option<RwSignal<Entry>> {
        self.entries.with_untracked(|known| {
            let place = known.binary_search_by_key(&seq, |(seq, _)| *seq).ok()?;
            Some(known[place].1)
        })
    }

    /// Shows an entry whole that was cut.
    pub(super) fn show_whole(&self, entry: Entry) {
        if let Some(signal) = self.signal(entry.seq) {
            signal.set(entry);
        }
    }
}
