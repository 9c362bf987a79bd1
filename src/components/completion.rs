//! What can be chosen for what is being typed: the list of a combobox.
use leptos::prelude::*;

/// The id of the list, for the field that it belongs to.
pub const LIST: &str = "completion";

/// Something that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// What is put into the text.
    pub value: String,
    /// What it is or does; may be empty.
    pub detail: String,
}

/// The id of the element of a place.
#[must_use]
pub fn place(at: usize) -> String {
    format!("{LIST}-{at}")
}

/// The list; hidden while it is empty.
#[component]
pub fn Completion(
    /// What can be chosen, best first.
    offers: Memo<Vec<Offer>>,
    /// The one that Enter chooses.
    active: RwSignal<usize>,
    /// Chooses one.
    on_choose: Callback<usize>,
) -> impl IntoView {
    let row = move |(at, offer): (usize, Offer)| {
        view! {
            <li
                id=place(at)
                class="completion__offer"
                role="option"
                aria-selected=move || (active.get() == at).to_string()
                on:mousedown=move |event| event.prevent_default()
                on:click=move |_| on_choose.run(at)
            >
                <span class="completion__value">{offer.value}</span>
                <span class="completion__detail">{offer.detail}</span>
            </li>
        }
    };
    view! {
        <ul id=LIST class="completion" role="listbox" aria-label="Suggestions" hidden=move || offers.with(Vec::is_empty)>
            {move || offers.get().into_iter().enumerate().map(row).collect_view()}
        </ul>
    }
    .into_any()
}
