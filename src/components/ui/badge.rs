//! A short word with a colour and a mark, such as a status.
use super::Tone;
use leptos::prelude::*;

/// A short word with a colour; the word alone carries the meaning.
#[component]
pub fn Badge(
    /// The word.
    #[prop(into)]
    text: Signal<String>,
    /// What its colour means.
    #[prop(into)]
    tone: Signal<Tone>,
    /// Whether its mark moves, because something is under way.
    #[prop(into, optional)]
    busy: Signal<bool>,
) -> impl IntoView {
    view! {
        <span class="badge" data-tone=move || tone.get().as_str() data-busy=move || busy.get().to_string()>
            {move || text.get()}
        </span>
    }
}
