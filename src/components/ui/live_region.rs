//! Says changes to readers that cannot see them.
use leptos::prelude::*;

/// A polite live region: what it holds is read aloud when it changes.
#[component]
pub fn LiveRegion(
    /// The words, one short sentence.
    #[prop(into)]
    text: Signal<String>,
) -> impl IntoView {
    let text = Memo::new(move |_| text.get());
    view! {
        <p class="live-region" role="status" aria-live="polite" data-only="reader">
            {move || text.get()}
        </p>
    }
}
