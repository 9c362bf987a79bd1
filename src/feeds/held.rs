//! What is held of a long thread: the far end is let go of, and what is read stays where it is.
use super::thread::ThreadFeed;
use crate::browser::page;
use crate::browser::rows::{Rows, mark};
use domain::thread::Entry;
use domain::window::{MOST, NEAR_SCREENS, PAGE, Span, View, chunk_of};
use futures::channel::oneshot;
use leptos::prelude::*;
use leptos::task::tick;
use std::collections::BTreeSet;

/// The entries of the page.
const ROWS: &str = ".transcript__chunk > li";
/// The parts of the thread that are laid out together.
const CHUNKS: &str = ".transcript__chunk";
/// Where such a part says its number.
const CHUNK: &str = "data-chunk";
/// Where an entry of the page says its place.
const PLACE: &str = "data-seq";
/// Marks entries that just came: they are laid out though they are out of view, so that their
/// height is known; the browser remembers it from the first frame that has them.
const FRESH: &str = "data-fresh";

/// Where the window is on the page.
pub(super) fn view() -> View {
    let [above, below, screen] = page::view();
    View {
        above,
        below,
        screen,
    }
}

/// Puts entries into a thread, a few in each frame, without a jump of the page; the far end is let
/// go of as they come. Stops when another load begins.
pub(super) async fn put(thread: ThreadFeed, mut batches: Vec<Vec<Entry>>, load: u32) {
    let mut owed = 0.0;
    while let Some(batch) = batches.pop() {
        if !thread.is_under_way(load) {
            return;
        }
        owed = in_place(thread, batch, owed).await;
        if !batches.is_empty() {
            frame().await;
        }
    }
}

/// Lets go of the far end if too many entries are held; of so many that it is not soon again.
pub(super) async fn trim(thread: ThreadFeed) {
    if !thread.is_loading() && is_large(thread, 0) {
        let _ = in_place(thread, Vec::new(), 0.0).await;
    }
}

/// Puts entries in; takes and gives the part of a pixel by which the page is off.
async fn in_place(thread: ThreadFeed, batch: Vec<Entry>, owed: f64) -> f64 {
    let rows = Rows::read(ROWS);
    // The page is drawn anew within each tick, before the browser shows anything of it; drawing
    // both changes as one would move every row.
    let coming = if batch.is_empty() {
        PAGE
    } else {
        batch.len() as u64
    };
    let gone = let_go(thread, &rows, coming);
    tick().await;
    let fresh: BTreeSet<u64> = batch.iter().map(|entry| chunk_of(entry.seq)).collect();
    let fresh: Vec<String> = fresh.into_iter().map(chunk).collect();
    let fresh = fresh.join(",");
    if adjoins(thread, &batch) {
        thread.merge(batch, true);
        tick().await;
        mark(&fresh, FRESH, true);
    }
    let owed = rows.restore(owed);
    thread.requests.spawn(async move {
        frame().await;
        // Nothing shows these any more.
        gone.into_iter().for_each(RwSignal::dispose);
        frame().await;
        mark(&fresh, FRESH, false);
    });
    owed
}

/// The part of the thread with this number.
fn chunk(number: u64) -> String {
    format!("{CHUNKS}[{CHUNK}='{number}']")
}

/// Whether these entries leave no gap; what they were to go on from may be gone.
fn adjoins(thread: ThreadFeed, batch: &[Entry]) -> bool {
    let (Some(first), Some(last)) = (batch.first(), batch.last()) else {
        return false;
    };
    first.seq <= thread.newest() + 1 && last.seq + 1 >= thread.oldest()
}

/// Waits for the next frame.
async fn frame() {
    let (tell, told) = oneshot::channel();
    request_animation_frame(move || {
        let _ = tell.send(());
    });
    let _ = told.await;
}

fn is_large(thread: ThreadFeed, coming: u64) -> bool {
    let count = thread.entries.try_with_untracked(Vec::len);
    count.is_some_and(|count| count as u64 + coming > MOST as u64)
}

/// Takes the entries out that are too many; gives their signals.
fn let_go(thread: ThreadFeed, rows: &Rows, coming: u64) -> Vec<RwSignal<Entry>> {
    if !is_large(thread, coming) {
        return Vec::new();
    }
    let Some(near) = near(rows) else {
        return Vec::new();
    };
    let held = Span {
        first: thread.oldest(),
        last: thread.newest(),
    };
    let kept = held.kept(near, view().far(), coming);
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
