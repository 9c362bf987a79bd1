//! Where the reader is in the thread, and what must not happen by accident.
use super::session::SessionFeed;
use crate::browser::events::on_window;
use crate::browser::page::{
    distance_to_end, page_height, reveal, scroll_by, scroll_to_end, unmark,
};
use crate::browser::timer::TimerSlot;
use leptos::prelude::*;
use std::time::Duration;

/// Closer to the end than this, the reader is at the end.
const NEAR_PX: f64 = 80.0;
/// How long an entry that was gone to is marked.
const MARKED: Duration = Duration::from_secs(3);
/// How long an approval waits before its buttons work. Source: contract, `approval_arm_ms`.
const ARM_MS: u64 = 500;

fn after_paint(then: impl FnOnce() + 'static) {
    request_animation_frame(then);
}

/// Keeps the end in view while the reader is there; says whether the reader is.
#[must_use]
pub fn follow_end(feed: SessionFeed) -> RwSignal<bool> {
    let at_end = RwSignal::new(true);
    Effect::new(move |_| {
        let watch = move || {
            let is_near = distance_to_end() < NEAR_PX;
            if is_near && feed.thread.has_newer.try_get_untracked() == Some(true) {
                load_newer_below(feed, at_end);
            } else if at_end.try_get_untracked() == Some(!is_near) {
                at_end.set(is_near);
            }
        };
        // Lives as long as the effect, on the browser's thread.
        let _listener = StoredValue::new_local(on_window("scroll", watch));
    });
    Effect::new(move |_| {
        feed.sync.with(|view| view.version);
        feed.thread.entries.track();
        if at_end.get_untracked() && !feed.thread.has_newer.get_untracked() {
            after_paint(scroll_to_end);
        }
    });
    at_end
}

/// Shows the end, loaded before if it is not.
pub fn jump_to_end(feed: SessionFeed, at_end: RwSignal<bool>) {
    feed.open_end(move || {
        at_end.set(true);
        after_paint(scroll_to_end);
    });
}

/// Loads newer entries below what is read, which stays where it is.
pub fn load_newer_below(feed: SessionFeed, at_end: RwSignal<bool>) {
    if feed.thread.is_loading() {
        return;
    }
    at_end.set(false);
    feed.load_newer(move || {
        after_paint(move || {
            let _ = at_end.try_set(distance_to_end() < NEAR_PX);
        });
    });
}

/// Shows an entry, loaded before if it is not, and marks it for a moment.
pub fn reveal_entry(feed: SessionFeed, at_end: RwSignal<bool>, seq: u64, id: String) {
    at_end.set(false);
    feed.open_entry(seq, move || {
        after_paint(move || {
            reveal(&id);
            set_timeout(unmark, MARKED);
        });
    });
}

/// Loads older entries above what is read, which stays where it is.
pub fn load_older_in_place(feed: SessionFeed) {
    let before = page_height();
    feed.load_older(move || after_paint(move || scroll_by(page_height() - before)));
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
