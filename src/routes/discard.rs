//! Throwing away changes, wired to its feed; drawn only once files were chosen.
use crate::components::{DiscardBar, Discarding, Part};
use crate::feeds::{DiscardFeed, DiscardOutcome, GitFeed};
use domain::amount;
use leptos::prelude::*;
use leptos::wasm_split::wasm_split;

/// What can be done with chosen files besides committing them.
#[wasm_split(extras, wasm_split_path = leptos::wasm_split, fallible)]
pub(super) fn discard_bar(git: GitFeed, paths: Signal<Vec<String>>) -> Part {
    let feed = DiscardFeed::new(git);
    let outcome = Signal::derive(move || feed.outcome.get().map(told));
    let on_discard = Callback::new(move |paths| feed.discard(paths));
    let on_undo = Callback::new(move |()| feed.undo());
    Ok(view! { <DiscardBar paths is_busy=feed.is_busy outcome on_discard on_undo/> }.into_any())
}

fn told(outcome: DiscardOutcome) -> Discarding {
    let (text, is_bad, is_undoable) = match outcome {
        DiscardOutcome::Gone(count, _) => {
            let text = format!("Discarded {}.", amount::of(count, "file"));
            (text, false, true)
        }
        DiscardOutcome::Back(count) => {
            let text = format!("Brought back {}.", amount::of(count, "file"));
            (text, false, false)
        }
        DiscardOutcome::Failed(error) => (error.message, true, false),
    };
    Discarding {
        text,
        is_bad,
        is_undoable,
    }
}
