//! The server's time as the page tells it: from the last answer on, ticking no more than it must.
use crate::browser::timer::TimerSlot;
use crate::browser::{clock, page};
use domain::time::Timestamp;
use leptos::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;

/// Between ticks while something runs whose seconds are shown.
const BUSY_MS: u64 = 1000;
/// Between ticks else: ages are shown in minutes.
const CALM_MS: u64 = 15_000;

/// A clock that starts at the server's time and ticks while the page can be seen.
#[must_use]
pub fn ticking(server_now: Timestamp, is_busy: Signal<bool>) -> Signal<i64> {
    let now = RwSignal::new(server_now.0);
    let is_busy = Memo::new(move |_| is_busy.get());
    Effect::new(move |from: Option<(i64, u64)>| {
        let from = from.unwrap_or_else(|| (server_now.0, clock::mono_ms()));
        let every = if is_busy.get() { BUSY_MS } else { CALM_MS };
        let slot = Rc::new(RefCell::new(TimerSlot::default()));
        arm(&slot, now, (from, every));
        let slot = StoredValue::new_local(slot);
        on_cleanup(move || {
            let _ = slot.try_with_value(|slot| slot.borrow_mut().clear());
        });
        from
    });
    now.into()
}

fn arm(slot: &Rc<RefCell<TimerSlot>>, now: RwSignal<i64>, pace: ((i64, u64), u64)) {
    let again = slot.clone();
    let ((server_now, start), every) = pace;
    slot.borrow_mut().set(every, move || {
        let passed = i64::try_from(clock::mono_ms().saturating_sub(start)).unwrap_or(0);
        let is_gone = page::is_visible() && now.try_set(server_now + passed).is_some();
        if !is_gone {
            arm(&again, now, pace);
        }
    });
}
