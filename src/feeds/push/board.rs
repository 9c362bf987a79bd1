//! What is known of all sessions, on pages that do not show the list: one tab asks for all.
use super::hub::{is_leading, share};
use super::{Joined, Signal, Topic, join};
use crate::browser::clock;
use crate::browser::timer::TimerSlot;
use crate::feeds::board::Board;
use crate::feeds::list::first_list;
use crate::feeds::notify::is_wanted;
use leptos::task::spawn_local;
use std::cell::RefCell;
use std::rc::Rc;

/// Least distance of two requests for all sessions, in milliseconds.
const GAP_MS: u64 = 2000;

/// Keeps the board fresh until what is returned is dropped: when something changed, the tab that
/// holds the stream asks once and gives the others what it got. Call from an effect.
pub(in crate::feeds) fn follow_all(board: Board) -> Joined {
    let asking = Rc::new(RefCell::new(Asking::default()));
    join(Topic::List, move |signal| match signal {
        Signal::Rows(rows) => board.hear(rows),
        Signal::Updated(update) if !board.knows(&update.session_id, update.revision) => {
            ask(board, &asking);
        }
        Signal::Opened { is_gap: true } if board.is_whole() => ask(board, &asking),
        // What is news is seen only beside what was before.
        Signal::Opened { .. } if !board.is_whole() && is_wanted() => ask(board, &asking),
        Signal::Opened { .. } | Signal::Updated(_) | Signal::Changes(_) | Signal::Lost => {}
    })
}

#[derive(Default)]
struct Asking {
    timer: TimerSlot,
    /// Whether a request is planned.
    is_due: bool,
    asked: Option<u64>,
}

/// Asks now, or as soon as the last request is long enough ago.
fn ask(board: Board, asking: &Rc<RefCell<Asking>>) {
    if !is_leading() || board.is_live() {
        return;
    }
    let now = clock::mono_ms();
    let mut held = asking.borrow_mut();
    if std::mem::replace(&mut held.is_due, true) {
        return;
    }
    let wait = held
        .asked
        .map_or(0, |asked| (asked + GAP_MS).saturating_sub(now));
    let later = asking.clone();
    held.timer.set(wait, move || {
        {
            let mut held = later.borrow_mut();
            (held.is_due, held.asked) = (false, Some(clock::mono_ms()));
        }
        spawn_local(async move {
            if let Ok(list) = first_list().await {
                share(&list.rows);
                board.hear(list.rows);
            }
        });
    });
}
