//! Going to other parts of a thread: around an entry, on from there, and back to the end.
use super::session::SessionFeed;
use super::source::set_if_new;
use super::thread::ThreadFeed;
use crate::api::error::ApiError;
use crate::api::sessions::{get_entry, get_thread};
use domain::thread::Entry;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Entries loaded before one that is gone to.
const BEFORE: u64 = 100;
/// Entries loaded after it, and with every step on.
const AFTER: u64 = 60;
/// Greater than every place.
const END: u64 = (1 << 53) - 1;
/// Entries of the end.
const TAIL: u64 = 200;

impl ThreadFeed {
    /// Brings an entry into what is loaded: if it is not there, a part around it takes the place of
    /// everything, with [`ThreadFeed::has_newer`] set if the end is not in it. The one way to get to
    /// a place.
    ///
    /// # Errors
    /// When the server does not give the entries; what was loaded stays.
    pub async fn open_at(self, seq: u64) -> Result<(), ApiError> {
        if self.signal(seq).is_some() {
            return Ok(());
        }
        let load = self.begin();
        let loaded = self.around(seq.max(1)).await;
        self.finish(load, loaded, Self::replace)
    }

    /// Loads the end of the thread in place of everything.
    ///
    /// # Errors
    /// When the server does not give the entries; what was loaded stays.
    pub async fn open_end(self) -> Result<(), ApiError> {
        let load = self.begin();
        let page = get_thread(self.id.get_value(), END, Some(TAIL)).await;
        self.finish(load, page.map(|page| page.entries), Self::replace)
    }

    /// Loads entries after the last loaded one.
    ///
    /// # Errors
    /// When the server does not give the entries.
    pub async fn load_newer(self) -> Result<(), ApiError> {
        if !self.has_newer.get_untracked() || self.is_loading() {
            return Ok(());
        }
        let load = self.begin();
        let loaded = self.after(self.newest(), AFTER).await;
        self.finish(load, loaded, |thread, entries| thread.merge(entries, false))
    }

    /// Whether another part is on its way.
    #[must_use]
    pub fn is_loading(self) -> bool {
        self.late.with_value(Option::is_some)
    }

    fn begin(self) -> u32 {
        self.late.update_value(|late| {
            late.get_or_insert_default();
        });
        self.load.update_value(|load| *load += 1);
        self.load.get_value()
    }

    /// Takes loaded entries over, unless another load began since; what polls brought meanwhile
    /// comes on top.
    fn finish(
        self,
        load: u32,
        loaded: Result<Vec<Entry>, ApiError>,
        take: fn(&Self, Vec<Entry>),
    ) -> Result<(), ApiError> {
        if self.load.try_get_value() != Some(load) {
            return Ok(());
        }
        let late = self.late.try_update_value(Option::take).flatten();
        let entries = loaded?;
        take(&self, entries);
        let newest = self.newest();
        let late = late.unwrap_or_default().into_iter();
        self.merge(late.filter(|entry| entry.seq <= newest).collect(), false);
        set_if_new(self.has_newer, newest < self.total.get_value());
        Ok(())
    }

    async fn around(self, seq: u64) -> Result<Vec<Entry>, ApiError> {
        let page = get_thread(self.id.get_value(), seq + 1, Some(BEFORE)).await?;
        let mut entries = page.entries;
        let newest = entries.last().map_or(0, |entry| entry.seq);
        entries.extend(self.after(newest, AFTER).await?);
        Ok(entries)
    }

    /// Entries right after a place. An answer has its newest ones if it would be too large, so that
    /// fewer are asked for until there is no gap.
    async fn after(self, seq: u64, most: u64) -> Result<Vec<Entry>, ApiError> {
        let mut count = most.min(self.total.get_value().saturating_sub(seq));
        while count > 0 {
            let id = self.id.get_value();
            let page = get_thread(id, seq + count + 1, Some(count)).await?;
            let first = page.entries.first().map(|entry| entry.seq);
            if first.is_none_or(|first| first == seq + 1) {
                return Ok(page.entries);
            }
            count /= 2;
        }
        Ok(Vec::new())
    }
}

impl SessionFeed {
    /// Brings an entry into the loaded part of the thread; calls `done` when it is there.
    pub fn open_entry(self, seq: u64, done: impl FnOnce() + 'static) {
        spawn_local(async move { self.moved(self.thread.open_at(seq).await, done) });
    }

    /// Loads the end of the thread, if it is not; calls `done` when it is there.
    pub fn open_end(self, done: impl FnOnce() + 'static) {
        if self.thread.has_newer.get_untracked() {
            spawn_local(async move { self.moved(self.thread.open_end().await, done) });
        } else {
            done();
        }
    }

    /// Loads entries after the last loaded one; calls `done` afterwards.
    pub fn load_newer(self, done: impl FnOnce() + 'static) {
        spawn_local(async move { self.moved(self.thread.load_newer().await, done) });
    }

    fn moved(self, answer: Result<(), ApiError>, done: impl FnOnce()) {
        match answer {
            Ok(()) => done(),
            Err(error) => {
                let _ = self.error.try_set(Some(error));
            }
        }
    }

    /// Loads entries before the oldest loaded one; calls `done` afterwards.
    pub fn load_older(self, done: impl FnOnce() + 'static) {
        let oldest = self
            .thread
            .entries
            .with_untracked(|entries| entries.first().map(|(seq, _)| *seq));
        let (Some(before), id) = (oldest, self.id.get_value()) else {
            return;
        };
        spawn_local(async move {
            match get_thread(id, before, None).await {
                Ok(page) => self.thread.prepend(page.entries, page.has_older),
                Err(error) => self.error.set(Some(error)),
            }
            done();
        });
    }

    /// Loads an entry whole that was cut.
    pub fn load_whole(self, seq: u64) {
        let id = self.id.get_value();
        spawn_local(async move {
            match get_entry(id, seq).await {
                Ok(entry) => self.thread.show_whole(entry),
                Err(error) => self.error.set(Some(error)),
            }
        });
    }
}
