//! Drafts of the same message that other tabs wrote: each can be taken over or deleted.
use domain::text::cut;
use leptos::prelude::*;

/// Most bytes of a draft that are shown.
const SHOWN: usize = 160;

/// What can be done with drafts of other tabs.
#[derive(Debug, Clone, Copy)]
pub struct OtherDraftActions {
    /// Puts one into the field; what stands there is kept in its place.
    pub on_use: Callback<String>,
    /// Deletes one.
    pub on_forget: Callback<String>,
}

/// Drafts of other tabs.
#[component]
pub fn OtherDrafts(
    /// Their texts, newest first.
    drafts: Signal<Vec<String>>,
    /// What can be done with them.
    actions: OtherDraftActions,
) -> impl IntoView {
    let row = move |text: String| {
        let begin = cut(&text, SHOWN);
        let mark = if begin.len() < text.len() { " …" } else { "" };
        let shown = format!("{begin}{mark}");
        let (take, forget) = (text.clone(), text);
        view! {
            <li class="other-drafts__draft">
                <p class="other-drafts__text" dir="auto">{shown}</p>
                <button type="button" on:click=move |_| actions.on_use.run(take.clone())>"Use this"</button>
                <button type="button" data-tone="plain" on:click=move |_| actions.on_forget.run(forget.clone())>"Delete"</button>
            </li>
        }
    };
    let rows = move || drafts.get().into_iter().map(row).collect_view();
    view! {
        <section class="other-drafts" aria-label="Other drafts of this message">
            <h2 class="other-drafts__title">"Other drafts of this message"</h2>
            <ul class="other-drafts__list">{rows}</ul>
        </section>
    }
    .into_any()
}
