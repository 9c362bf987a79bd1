//! Counts how often parts of the page are drawn, for the reports of the page.
use std::cell::RefCell;
use std::collections::BTreeMap;

thread_local! {
    static RUNS: RefCell<BTreeMap<&'static str, u64>> = RefCell::default();
}

/// Notes that a component drew something.
pub fn count(component: &'static str) {
    RUNS.with(|runs| *runs.borrow_mut().entry(component).or_default() += 1);
}

/// The counts since the last call.
#[must_use]
pub fn take() -> BTreeMap<&'static str, u64> {
    RUNS.with(RefCell::take)
}
