//! Going to other parts of a thread: around an entry, on from there, and back to the end.
use super::held::put;
use super::session::SessionFeed;
use super::source::set_if_new;
use super::thread::ThreadFeed;
use crate::api::error::ApiError;
use crate::api::sessions::{get_entry, get_thread};
use domain::thread::Entry;
use domain::window::{BATCH, End, PAGE};
use leptos::prelude::*;

/// Entries loaded before one that is gone to.
const BEFORE: u64 = 100;
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

    /// Loads entries on from an end; what is read stays where it is, and the other end is let go
    /// of if too many are held then.
    ///
    /// # Errors
    /// When the server does not give the entries.
    pub async fn load_on(self, end: End) -> Result<(), ApiError> {
        let has_more = match end {
            End::Older => self.has_older,
            End::Newer => self.has_newer,
        };
        if !has_more.get_untracked() || self.is_loading() {
            return Ok(());
        }
        let load = self.begin();
        let loaded = match end {
            End::Older => self.before(self.oldest()).await,
            End::Newer => self.after(self.newest(), PAGE).await,
        };
        let loaded = match loaded {
            Ok(entries) => {
                put(self, batches(&entries, end), load).await;
                Ok(Vec::new())
            }
            Err(error) => Err(error),
        };
        self.finish(load, loaded, |thread, entries| thread.merge(entries, false))
    }

    /// Whether no other load began since this one.
    pub(super) fn is_under_way(self, load: u32) -> bool {
        self.load.try_get_value() == Some(load)
    }

    /// Whether another part is on its way.
    #[must_use]
    pub fn is_loading(self) -> bool {
        self.late.try_with_value(Option::is_some).unwrap_or(true)
    }

    /// Whether loading failed, and nothing was heard of the server since.
    #[must_use]
    pub fn is_failing(self) -> bool {
        self.is_failing.try_get_value().unwrap_or(true)
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
        if !self.is_under_way(load) {
            return Ok(());
        }
        let late = self.late.try_update_value(Option::take).flatten();
        self.is_failing.set_value(loaded.is_err());
        let entries = loaded?;
        take(&self, entries);
        let newest = self.newest();
        let late = late.unwrap_or_default().into_iter();
        self.merge(late.filter(|entry| entry.seq <= newest).collect(), false);
        self.tell_ends();
        Ok(())
    }

    /// Says whether there is more at either end.
    pub(super) fn tell_ends(self) {
        set_if_new(self.has_older, self.oldest() > 1);
        set_if_new(self.has_newer, self.newest() < self.total.get_value());
    }

    async fn before(self, seq: u64) -> Result<Vec<Entry>, ApiError> {
        let page = get_thread(self.id.get_value(), seq, Some(PAGE)).await?;
        Ok(page.entries)
    }

    async fn around(self, seq: u64) -> Result<Vec<Entry>, ApiError> {
        let page = get_thread(self.id.get_value(), seq + 1, Some(BEFORE)).await?;
        let mut entries = page.entries;
        let newest = entries.last().map_or(0, |entry| entry.seq);
        entries.extend(self.after(newest, PAGE).await?);
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

/// Entries in batches, the one next to what is held last.
fn batches(entries: &[Entry], end: End) -> Vec<Vec<Entry>> {
    match end {
        End::Older => entries.chunks(BATCH).map(<[_]>::to_vec).collect(),
        End::Newer => entries.chunks(BATCH).rev().map(<[_]>::to_vec).collect(),
    }
}

impl SessionFeed {
    /// Brings an entry into the loaded part of the thread; calls `done` when it is there.
    pub fn open_entry(self, seq: u64, done: impl FnOnce() + 'static) {
        self.requests
            .spawn(async move { self.moved(self.thread.open_at(seq).await, done) });
    }

    /// Loads the end of the thread, if it is not; calls `done` when it is there.
    pub fn open_end(self, done: impl FnOnce() + 'static) {
        if self.thread.has_newer.get_untracked() {
            self.requests
                .spawn(async move { self.moved(self.thread.open_end().await, done) });
        } else {
            done();
        }
    }

    /// Loads entries on from an end; calls `done` afterwards.
    pub fn load_on(self, end: End, done: impl FnOnce() + 'static) {
        self.requests
            .spawn(async move { self.moved(self.thread.load_on(end).await, done) });
    }

    fn moved(self, answer: Result<(), ApiError>, done: impl FnOnce()) {
        match answer {
            Ok(()) => done(),
            Err(error) => self.error.set(Some(error)),
        }
    }

    /// Loads an entry whole that was cut.
    pub fn load_whole(self, seq: u64) {
        let id = self.id.get_value();
        self.requests
            .run(get_entry(id, seq), move |answer| match answer {
                Ok(entry) => self.thread.show_whole(entry),
                Err(error) => self.error.set(Some(error)),
            });
    }
}
