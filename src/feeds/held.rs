//! What is held of a long thread: the far end is let go of, and what is read stays where it is.
use super::thread::ThreadFeed;
use crate::browser::page::view;
use crate::browser::rows::Rows;
use domain::thread::Entry;
use domain::window::{MOST, NEAR_SCREENS, Span};
use leptos::prelude::*;

/// The entries of the page.
const ROWS: &str = ".transcript__entries > li";
/// Where an entry of the page says its place.
const PLACE: &str = "data-seq";

/// Changes a thread without a jump of the page, and lets go of its far end if too many entries are
/// held then.
pub(super) async fn in_place(thread: ThreadFeed, change: impl FnOnce()) {
    let rows = Rows::read(ROWS);
    change();
    let gone = let_go(thread, &rows);
    // The page is drawn anew within this tick, before the browser shows anything of it.
    leptos::task::tick().await;
    rows.restore();
    // Nothing shows them any more.
    request_animation_frame(move || gone.into_iter().for_each(RwSignal::dispose));
}

/// Lets go of the far end if too many entries are held.
pub(super) async fn trim(thread: ThreadFeed) {
    if is_large(thread) && !thread.is_loading() {
        in_place(thread, || ()).await;
    }
}

fn is_large(thread: ThreadFeed) -> bool {
    let count = thread.entries.try_with_untracked(Vec::len);
    count.is_some_and(|count| count as u64 > MOST)
}

/// Takes the entries out that are too many; gives their signals.
fn let_go(thread: ThreadFeed, rows: &Rows) -> Vec<RwSignal<Entry>> {
    if !is_large(thread) {
        return Vec::new();
    }
    let Some(near) = near(rows) else {
        return Vec::new();
    };
    let held = Span {
        first: thread.oldest(),
        last: thread.newest(),
    };
    let kept = held.kept(near, view().far());
    if kept == held {
        return Vec::new();
    }
    let mut gone = Vec::new();
    thread.entries.update(|known| {
        known.retain(|(place, entry)| {
            let stays = kept.contains(*place);
            if !stays {
                gone.push(*entry);
            }
            stays
        });
    });
    thread.tell_ends();
    gone
}

/// Places of the entries near the view.
fn near(rows: &Rows) -> Option<Span> {
    let (first, last) = rows.within(NEAR_SCREENS, PLACE)?;
    Some(Span {
        first: first.parse().ok()?,
        last: last.parse().ok()?,
    })
}
