//! Drafts of other tabs, wired to the draft of a field; the part is loaded only where there are any.
use crate::components::{OtherDraftActions, OtherDrafts, Part, later};
use crate::feeds::DraftFeed;
use leptos::prelude::*;
use leptos::wasm_split::wasm_split;

/// Shows drafts of other tabs while there are any.
pub(super) fn other_drafts(draft: DraftFeed) -> impl IntoView {
    let has_others = Memo::new(move |_| draft.others.with(|others| !others.is_empty()));
    move || has_others.get().then(|| later(shown(draft)))
}

#[wasm_split(extras, wasm_split_path = leptos::wasm_split, fallible)]
fn shown(draft: DraftFeed) -> Part {
    let actions = OtherDraftActions {
        on_use: Callback::new(move |text| draft.use_other(text)),
        on_forget: Callback::new(move |text: String| draft.forget_other(&text)),
    };
    Ok(view! { <OtherDrafts drafts=draft.others.into() actions/> }.into_any())
}
