//! Where the reader is in the thread, and what must not happen by accident.
use super::held::{trim, view};
use super::session::SessionFeed;
use crate::browser::events::on_window;
use crate::browser::page::{center, reveal, scroll_to_end, unmark};
use crate::browser::timer::TimerSlot;
use domain::window::End;
use leptos::prelude::*;
use std::time::Duration;

/// How often the end is shown in a row: what comes into view there may turn out larger.
const SHOWN_TIMES: u8 = 3;
/// How long an entry that was gone to is marked.
const MARKED: Duration = Duration::from_secs(3);
/// How long an approval waits before its buttons work. Source: contract, `approval_arm_ms`.
const ARM_MS: u64 = 500;

fn after_paint(then: impl FnOnce() + 'static) {
    request_animation_frame(then);
}

/// Does something after the next frame, unless the page was left until then.
fn after_paint_of(feed: SessionFeed, then: impl FnOnce() + 'static) {
    after_paint(move || {
        if !feed.requests.is_left() {
            then();
        }
    });
}

/// Keeps the end in view while the reader is there, and entries around what is read; says whether
/// the reader is at the end.
#[must_use]
pub fn follow_end(feed: SessionFeed) -> RwSignal<bool> {
    let at_end = RwSignal::new(true);
    Effect::new(move |_| {
        let mut before = view().above;
        let watch = move || {
            let above = view().above;
            look(feed, at_end, above < before);
            load_around(feed, at_end);
            before = above;
        };
        // What is narrower is longer: the end moves away from a reader who is there.
        let resized = move || show_end(at_end, 1);
        let listeners = [on_window("scroll", watch), on_window("resize", resized)];
        // Live as long as the effect, on the browser's thread.
        let _listeners = StoredValue::new_local(listeners);
    });
    Effect::new(move |is_open: Option<()>| {
        feed.sync.with(|view| view.version);
        feed.thread.entries.track();
        if at_end.get_untracked() && !feed.thread.has_newer.get_untracked() {
            show_end(at_end, if is_open.is_some() { 1 } else { SHOWN_TIMES });
        }
        after_paint_of(feed, move || {
            load_around(feed, at_end);
            feed.requests.spawn(trim(feed.thread));
        });
    });
    at_end
}

/// Notes whether the reader is at the end of the thread.
fn look(feed: SessionFeed, at_end: RwSignal<bool>, moved_up: bool) {
    let Some(was_there) = at_end.try_get_untracked() else {
        return;
    };
    let has_newer = feed.thread.has_newer.try_get_untracked().unwrap_or(true);
    let is_there = !has_newer && view().is_at_end(was_there, moved_up);
    if is_there != was_there {
        at_end.set(is_there);
    }
}

/// Loads what is missing around what is read.
fn load_around(feed: SessionFeed, at_end: RwSignal<bool>) {
    let thread = feed.thread;
    if feed.requests.is_left() || thread.is_loading() || thread.is_failing() {
        return;
    }
    let has_older = thread.has_older.get_untracked();
    let has_newer = thread.has_newer.get_untracked();
    if let Some(end) = view().wanted(has_older, has_newer) {
        load_on(feed, at_end, end);
    }
}

/// Shows the end while the reader is to be there.
fn show_end(at_end: RwSignal<bool>, times: u8) {
    after_paint(move || {
        if at_end.try_get_untracked() == Some(true) {
            scroll_to_end();
            if times > 1 {
                show_end(at_end, times - 1);
            }
        }
    });
}

/// Shows the end, loaded before if it is not.
pub fn jump_to_end(feed: SessionFeed, at_end: RwSignal<bool>) {
    feed.open_end(move || {
        at_end.set(true);
        show_end(at_end, SHOWN_TIMES);
    });
}

/// Loads entries on from an end of what is loaded; what is read stays where it is.
pub fn load_on(feed: SessionFeed, at_end: RwSignal<bool>, end: End) {
    feed.load_on(end, move || {
        after_paint_of(feed, move || look(feed, at_end, false));
    });
}

/// Shows an entry, loaded before if it is not, and marks it for a moment.
pub fn reveal_entry(feed: SessionFeed, at_end: RwSignal<bool>, seq: u64, id: String) {
    at_end.set(false);
    feed.open_entry(seq, move || {
        after_paint(move || {
            reveal(&id);
            set_timeout(unmark, MARKED);
            // What comes into view around it may turn out larger.
            after_paint(move || after_paint(move || center(&id)));
        });
    });
}

/// False for a moment after a new approval came into view, so that no click meant for something
/// else answers it.
#[must_use]
pub fn armed(feed: SessionFeed) -> Signal<bool> {
    let open = Memo::new(move |_| {
        let names = |session: &domain::session::Session| {
            session
                .pending_approvals
                .iter()
                .map(|open| open.request_id.clone())
                .collect::<Vec<_>>()
        };
        feed.session.with(names)
    });
    let is_armed = RwSignal::new(false);
    Effect::new(move |before: Option<(Vec<String>, TimerSlot)>| {
        let now = open.get();
        let (before, mut slot) = before.unwrap_or_default();
        if now.iter().any(|name| !before.contains(name)) {
            is_armed.set(false);
            slot.set(ARM_MS, move || {
                let _ = is_armed.try_set(true);
            });
        }
        (now, slot)
    });
    is_armed.into()
}
