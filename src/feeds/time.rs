//! The server's time as the page tells it: from the last answer on, ticking once a second.
use crate::browser::timer::TimerSlot;
use crate::browser::{clock, page};
use domain::time::Timestamp;
use leptos::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;

const TICK_MS: u64 = 1000;

/// A clock that starts at the server's time and ticks while the page can be seen.
#[must_use]
pub fn ticking(server_now: Timestamp) -> Signal<i64> {
    let now = RwSignal::new(server_now.0);
    Effect::new(move |_| {
        let start = clock::mono_ms();
        let slot = Rc::new(RefCell::new(TimerSlot::default()));
        arm(&slot, now, (server_now.0, start));
        let slot = StoredValue::new_local(slot);
        on_cleanup(move || {
            let _ = slot.try_with_value(|slot| slot.borrow_mut().clear());
        });
    });
    now.into()
}

fn arm(slot: &Rc<RefCell<TimerSlot>>, now: RwSignal<i64>, from: (i64, u64)) {
    let again = slot.clone();
    slot.borrow_mut().set(TICK_MS, move || {
        let passed = i64::try_from(clock::mono_ms().saturating_sub(from.1)).unwrap_or(0);
        let is_gone = page::is_visible() && now.try_set(from.0 + passed).is_some();
        if !is_gone {
            arm(&again, now, from);
        }
    });
}
