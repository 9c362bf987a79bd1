//! The search of a thread, wired to its feed; drawn only when somebody opens it.
use crate::browser::page::focus;
use crate::components::{Part, SEARCH_FIELD, SearchActions, SearchData, ThreadSearch};
use crate::feeds::SearchFeed;
use leptos::prelude::*;
use leptos::wasm_split::wasm_split;

/// The search.
#[wasm_split(extras, wasm_split_path = leptos::wasm_split, fallible)]
pub(super) fn search_panel(search: SearchFeed, on_go: Callback<u64>) -> Part {
    search.follow();
    Effect::new(move |_| focus(SEARCH_FIELD));
    let data = SearchData {
        query: search.query,
        kinds: search.kinds,
        hits: search.hits.into(),
        has_more: Signal::derive(move || search.next.with(Option::is_some)),
        is_busy: search.is_busy.into(),
        error: search.error.into(),
    };
    let actions = SearchActions {
        on_go,
        on_more: Callback::new(move |()| search.more()),
        on_close: Callback::new(move |()| search.is_open.set(false)),
    };
    Ok(view! { <ThreadSearch data actions/> }.into_any())
}
