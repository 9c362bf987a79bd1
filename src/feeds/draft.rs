//! Drafts: what was typed and not sent, per session, on this browser.
use crate::browser::storage;
use leptos::prelude::*;

fn name(of: &str) -> String {
    format!("heddle.1.draft.{of}")
}

/// A text that is kept on this browser; `of` is the session's id, or `new`.
#[must_use]
pub fn draft(of: &str) -> RwSignal<String> {
    let text = RwSignal::new(String::new());
    let name = name(of);
    Effect::new(move |is_loaded: Option<()>| {
        if is_loaded.is_none() {
            if let Some(kept) = storage::get(&name)
                && text.with_untracked(String::is_empty)
            {
                text.set(kept);
            }
            text.track();
            return;
        }
        text.with(|text| storage::set(&name, text));
    });
    text
}

/// Forgets everything that this browser keeps for the console.
pub fn forget_drafts() {
    storage::clear("heddle.");
}
