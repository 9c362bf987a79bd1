//! Paths that fit what is being typed: one question at a time, the newest last.
use super::request::Requests;
use crate::api::sessions::complete_path;
use domain::id::SessionId;
use leptos::prelude::*;

/// Paths for what is typed after `@`.
#[derive(Debug, Clone, Copy)]
pub struct CompletionFeed {
    id: StoredValue<SessionId>,
    requests: Requests,
    wanted: StoredValue<Option<String>>,
    is_asking: StoredValue<bool>,
    /// Those that fit, best first; empty while nothing is typed.
    pub paths: RwSignal<Vec<String>>,
}

impl CompletionFeed {
    /// Nothing yet, for a session.
    #[must_use]
    pub fn new(id: SessionId) -> Self {
        Self {
            id: StoredValue::new(id),
            requests: Requests::new(),
            wanted: StoredValue::new(None),
            is_asking: StoredValue::new(false),
            paths: RwSignal::new(Vec::new()),
        }
    }

    /// Asks for paths that fit, or none for no more.
    pub fn ask(self, query: Option<String>) {
        if query.is_none() {
            self.paths.set(Vec::new());
        }
        self.wanted.set_value(query);
        if self.is_asking.get_value() {
            return;
        }
        self.is_asking.set_value(true);
        self.requests.spawn(async move {
            while let Some(query) = self.wanted.get_value() {
                let id = self.id.get_value();
                let found = complete_path(id, query.clone()).await.unwrap_or_default();
                let is_current = self.wanted.get_value() == Some(query);
                if is_current {
                    self.paths.set(found.paths);
                    break;
                }
            }
            self.is_asking.set_value(false);
        });
    }
}
