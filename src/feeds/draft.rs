//! Drafts: what was typed and not sent, per session, on this browser.
use super::kept;
use super::ops::new_client_id;
use crate::api::login::end_login;
use crate::browser::page::leave_for;
use crate::browser::storage;
use leptos::prelude::*;
use leptos::task::spawn_local;

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

/// Logs out: forgets what this browser keeps, ends the login, leaves for the login page.
pub fn log_out() {
    kept::switch_off();
    storage::clear("heddle.");
    spawn_local(async {
        let _ = end_login(new_client_id()).await;
        leave_for("/login");
    });
}
