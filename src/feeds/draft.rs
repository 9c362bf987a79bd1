//! Drafts: what was typed and not sent, for each field of a session and for each tab.
use super::kept;
use super::ops::new_client_id;
use crate::api::carried::read;
use crate::api::error::Code;
use crate::api::login::end_login;
use crate::browser::events::{on_document, on_window};
use crate::browser::page::{leave_for, random};
use crate::browser::timer::TimerSlot;
use crate::browser::{storage, typed};
use domain::drafts::Drafts;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::OnceCell;

/// The name of this tab, in its own storage.
const TAB: &str = "heddle.1.tab";
/// What the tab's own text begins with, so that nothing written is told from never written.
const OWN: &str = "=";
/// Texts longer than this, in bytes, are stored a moment after the last letter: the browser copies
/// the whole text each time.
const LARGE: usize = 16 * 1024;
/// That moment, in milliseconds.
const PAUSE_MS: u64 = 400;

/// A text that survives a reload, and the drafts of the same field in other tabs.
#[derive(Debug, Clone, Copy)]
pub struct DraftFeed {
    of: StoredValue<String>,
    is_due: StoredValue<bool>,
    /// What is written here.
    pub text: RwSignal<String>,
    /// What other tabs wrote and this one does not show, newest first.
    pub others: RwSignal<Vec<String>>,
}

impl DraftFeed {
    /// The draft of a field; `of` is the session's id, or `new`, and `field` the id of the element.
    #[must_use]
    pub fn new(of: &str, field: &'static str) -> Self {
        let feed = Self {
            of: StoredValue::new(of.to_owned()),
            is_due: StoredValue::new(false),
            text: RwSignal::new(String::new()),
            others: RwSignal::new(Vec::new()),
        };
        Effect::new(move |slot: Option<TimerSlot>| {
            let is_first = slot.is_none();
            let mut slot = slot.unwrap_or_default();
            if is_first {
                feed.open(typed::take(field).unwrap_or_default());
            } else {
                feed.is_due.set_value(true);
                if feed.text.with_untracked(String::len) < LARGE {
                    feed.store();
                } else {
                    slot.set(PAUSE_MS, move || feed.store());
                }
            }
            feed.text.track();
            slot
        });
        Effect::new(move |_| {
            let store = move || feed.store();
            // Live as long as the effect, on the browser's thread.
            let _listeners = StoredValue::new_local([
                on_window("pagehide", move || {
                    feed.store();
                    storage::set_of_tab(TAB, &tab());
                }),
                on_document("visibilitychange", store),
            ]);
        });
        on_cleanup(move || feed.store());
        feed
    }

    fn open(self, typed: String) {
        let of = self.of.get_value();
        // A message that was refused may be back in the field by now.
        let given = Some(self.text.get_untracked()).filter(|text| !text.is_empty());
        let own = own(&of).filter(|own| !own.is_empty() || given.is_none());
        let text = self.change(|drafts, tab| {
            if let Some(sent) = storage::get_of_tab(&sending_name(&of)) {
                // The page was loaded again before the console answered: it may have the message
                // or not.
                drafts.add(&sent);
            }
            drafts.open(tab, own.or(given), typed)
        });
        if self.text.with_untracked(|now| *now != text) {
            self.text.set(text);
        }
    }

    /// Changes the drafts that this browser keeps of the field; `edit` gets the name of the tab and
    /// gives the text that the tab has then.
    fn change(self, edit: impl FnOnce(&mut Drafts, &str) -> String) -> String {
        let (of, tab) = (self.of.get_value(), tab());
        let mut drafts = load(&of);
        let text = edit(&mut drafts, &tab);
        save(&of, &drafts, &text);
        self.others.set(drafts.others(&tab, &text));
        text
    }

    /// Stores what is written, if it was not stored yet.
    fn store(self) {
        if self.is_due.try_get_value() != Some(true) || kept::is_left() {
            return;
        }
        self.is_due.set_value(false);
        let of = self.of.get_value();
        self.text.with_untracked(|text| {
            let mut drafts = load(&of);
            drafts.write(&tab(), text);
            save(&of, &drafts, text);
        });
    }

    /// Shows a draft of another tab; what was written here is kept in its place.
    pub fn use_other(self, text: String) {
        let own = self.text.get_untracked();
        let text = self.change(|drafts, tab| drafts.open(tab, Some(own), text));
        self.text.set(text);
    }

    /// Notes the message that is on its way, none once it is answered.
    pub fn note_sending(self, text: Option<String>) {
        let of = self.of.get_value();
        if !kept::is_left() {
            storage::set_of_tab(&sending_name(&of), &text.unwrap_or_default());
        }
    }

    /// Shows a message that was refused beside what is written meanwhile.
    pub fn add_refused(self, text: &str) {
        self.store();
        self.change(|drafts, _| {
            drafts.add(text);
            self.text.get_untracked()
        });
    }

    /// Forgets a draft of another tab.
    pub fn forget_other(self, text: &str) {
        self.change(|drafts, _| {
            drafts.forget(text);
            self.text.get_untracked()
        });
    }
}

/// Stores a text that was refused beside the draft of a field that is not open.
pub(super) fn add_draft(of: &str, text: &str) {
    let mut drafts = load(of);
    drafts.add(text);
    store(of, &drafts);
}

/// Forgets the draft of a field that is not open, if it is this text.
pub(super) fn forget_draft(of: &str, text: &str) {
    let mut drafts = load(of);
    drafts.forget(text);
    store(of, &drafts);
    if own(of).as_deref() == Some(text) {
        storage::set_of_tab(&name(of), OWN);
    }
}

/// What this tab wrote, also if that is nothing; none if it did not write yet.
fn own(of: &str) -> Option<String> {
    let own = storage::get_of_tab(&name(of))?;
    Some(own.strip_prefix(OWN)?.to_owned())
}

fn name(of: &str) -> String {
    format!("heddle.1.draft.{of}")
}

fn sending_name(of: &str) -> String {
    format!("heddle.1.sending.{of}")
}

fn index_name(of: &str) -> String {
    format!("heddle.1.drafts.{of}")
}

thread_local! {
    static NAME: OnceCell<String> = const { OnceCell::new() };
}

/// The name of this tab. It is in the tab's storage only while no page is open, so that a copy of
/// the tab, which gets a copy of the storage, makes a name of its own.
fn tab() -> String {
    NAME.with(|name| {
        let known = || {
            let known = storage::get_of_tab(TAB);
            storage::set_of_tab(TAB, "");
            known.unwrap_or_else(|| format!("{:x}", random()))
        };
        name.get_or_init(known).clone()
    })
}

fn load(of: &str) -> Drafts {
    let index = storage::get(&index_name(of));
    Drafts {
        latest: storage::get(&name(of)).unwrap_or_default(),
        index: index.and_then(|text| read(&text).ok()).unwrap_or_default(),
    }
}

fn save(of: &str, drafts: &Drafts, own: &str) {
    store(of, drafts);
    if !kept::is_left() {
        storage::set_of_tab(&name(of), &format!("{OWN}{own}"));
    }
}

fn store(of: &str, drafts: &Drafts) {
    if kept::is_left() {
        return;
    }
    storage::set(&name(of), &drafts.latest);
    let is_empty = drafts.latest.is_empty() && drafts.index.others.is_empty();
    let index = (!is_empty).then(|| serde_json::to_string(&drafts.index).unwrap_or_default());
    storage::set(&index_name(of), &index.unwrap_or_default());
}

/// Logs out: ends the login, forgets what this browser keeps, leaves for the login page. While the
/// console cannot be reached nothing is forgotten, and its page to log out says what the browser sees.
pub fn log_out() {
    spawn_local(async {
        let answer = end_login(new_client_id()).await;
        let is_over = answer
            .err()
            .is_none_or(|error| error.error == Code::Unauthenticated);
        if !is_over {
            return leave_for("/logout");
        }
        kept::leave_login();
        storage::clear("heddle.");
        storage::clear_tab();
        leave_for("/login");
    });
}
