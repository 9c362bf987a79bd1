//! Which key sends in this browser: as its person set it, else as its keyboard suggests.
use crate::browser::{page, storage};
use domain::typing::SendKey;
use leptos::prelude::*;

/// Where this browser keeps the key; absent while nobody chose one.
const SEND: &str = "heddle.1.send";

/// The key that sends, and the choice of it.
#[derive(Debug, Clone, Copy)]
pub struct SendKeyFeed {
    /// The key that holds.
    pub key: RwSignal<SendKey>,
}

impl SendKeyFeed {
    /// The key of this browser, known once the page runs in one.
    #[must_use]
    pub fn new() -> Self {
        let feed = Self {
            key: RwSignal::new(SendKey::Enter),
        };
        Effect::new(move |_| {
            let setting = storage::get(SEND);
            feed.key
                .set(SendKey::of(setting.as_deref(), page::is_touch()));
        });
        feed
    }

    /// Chooses a key for this browser.
    pub fn choose(self, key: SendKey) {
        storage::set(SEND, key.as_str());
        self.key.set(key);
    }
}

impl Default for SendKeyFeed {
    fn default() -> Self {
        Self::new()
    }
}
