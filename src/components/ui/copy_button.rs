//! A button that copies a text and says that it did.
use super::{Glyph, Icon};
use leptos::prelude::*;

/// A button that copies a text. It shows only in a page that is interactive.
#[component]
pub fn CopyButton(
    /// What is copied, for readers that cannot see the place.
    #[prop(into)]
    label: String,
    /// The text, read when the button is pressed.
    #[prop(into)]
    text: Signal<String>,
    /// Puts a text on the clipboard.
    on_copy: Callback<String>,
) -> impl IntoView {
    let is_copied = RwSignal::new(false);
    let copy = move |_| {
        on_copy.run(text.get_untracked());
        is_copied.set(true);
    };
    let word = move || if is_copied.get() { "Copied" } else { "Copy" };
    view! {
        <button
            type="button"
            class="copy-button"
            data-tone="plain"
            aria-label=label
            on:click=copy
            on:blur=move |_| is_copied.set(false)
        >
            <Icon glyph=Glyph::Copy/>
            <span aria-live="polite">{word}</span>
        </button>
    }
}
