//! Search in a thread as signals: asks a moment after the last letter, and only the newest answer counts.
use super::request::Requests;
use crate::api::reading::search_thread;
use crate::browser::timer::TimerSlot;
use domain::id::SessionId;
use domain::search::SearchHit;
use leptos::prelude::*;
use std::collections::BTreeSet;

/// How long nobody must have written before it is asked.
const PAUSE_MS: u64 = 200;

/// A search.
#[derive(Debug, Clone, Copy)]
pub struct SearchFeed {
    id: StoredValue<SessionId>,
    requests: Requests,
    asked: StoredValue<u32>,
    /// Whether it is shown.
    pub is_open: RwSignal<bool>,
    /// What is searched for.
    pub query: RwSignal<String>,
    /// Kinds that are wanted; all if empty.
    pub kinds: RwSignal<BTreeSet<&'static str>>,
    /// What fits, newest first.
    pub hits: RwSignal<Vec<SearchHit>>,
    /// Where the search goes on, if it may.
    pub next: RwSignal<Option<u64>>,
    /// Whether an answer is awaited.
    pub is_busy: RwSignal<bool>,
    /// Why there is no answer.
    pub error: RwSignal<Option<String>>,
}

impl SearchFeed {
    /// Nothing yet, for a session.
    #[must_use]
    pub fn new(id: SessionId) -> Self {
        Self {
            id: StoredValue::new(id),
            requests: Requests::new(),
            asked: StoredValue::new(0),
            is_open: RwSignal::new(false),
            query: RwSignal::new(String::new()),
            kinds: RwSignal::new(BTreeSet::new()),
            hits: RwSignal::new(Vec::new()),
            next: RwSignal::new(None),
            is_busy: RwSignal::new(false),
            error: RwSignal::new(None),
        }
    }

    /// Asks when query or kinds change. Call once, where the search is shown.
    pub fn follow(self) {
        Effect::new(move |slot: Option<TimerSlot>| {
            self.query.track();
            self.kinds.track();
            let mut slot = slot.unwrap_or_default();
            slot.set(PAUSE_MS, move || self.ask(None));
            slot
        });
    }

    /// Looks further back.
    pub fn more(self) {
        let next = self.next.get_untracked();
        if next.is_some() && !self.is_busy.get_untracked() {
            self.ask(next);
        }
    }

    fn ask(self, before: Option<u64>) {
        let Some(asked) = self.asked.try_get_value().map(|asked| asked + 1) else {
            return;
        };
        self.asked.set_value(asked);
        let query = self.query.get_untracked();
        if query.trim().is_empty() {
            self.hits.set(Vec::new());
            self.next.set(None);
            self.is_busy.set(false);
            return;
        }
        let kinds = self.kinds.with_untracked(|kinds| {
            let kinds: Vec<&str> = kinds.iter().copied().collect();
            (!kinds.is_empty()).then(|| kinds.join(","))
        });
        self.is_busy.set(true);
        let id = self.id.get_value();
        self.requests.spawn(async move {
            let answer = search_thread(id, query, kinds, before).await;
            if self.asked.get_value() != asked {
                return;
            }
            self.is_busy.set(false);
            match answer {
                Ok(page) => {
                    self.error.set(None);
                    self.next.set(page.next);
                    self.hits.update(|hits| {
                        if before.is_none() {
                            hits.clear();
                        }
                        hits.extend(page.hits);
                    });
                }
                Err(error) => self.error.set(Some(error.message)),
            }
        });
    }
}
