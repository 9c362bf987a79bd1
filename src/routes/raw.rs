//! The raw view of an entry, wired to its feed; drawn only when somebody opens it.
use crate::browser::page::focus;
use crate::components::{Part, RAW_CLOSE, RawActions, RawData, RawDrawer};
use crate::feeds::RawFeed;
use leptos::prelude::*;
use leptos::wasm_split::wasm_split;

/// The raw view.
#[wasm_split(extras, wasm_split_path = leptos::wasm_split, fallible)]
pub(super) fn raw_drawer(raw: RawFeed, now_ms: Signal<i64>) -> Part {
    Effect::new(move |_| focus(RAW_CLOSE));
    let data = RawData {
        seq: raw.seq.into(),
        lines: raw.lines.into(),
        has_more: raw.has_more.into(),
        error: raw.error.into(),
        now_ms,
    };
    let actions = RawActions {
        on_more: Callback::new(move |()| raw.more()),
        on_close: Callback::new(move |()| raw.close()),
        on_copy: super::on_copy(),
    };
    Ok(view! { <RawDrawer data actions/> }.into_any())
}
