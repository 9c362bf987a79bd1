//! A button that copies a text and says whether it did.
use super::{Glyph, Icon};
use leptos::prelude::*;

/// A text that is to be copied.
#[derive(Debug, Clone)]
pub struct Copying {
    /// The text.
    pub text: String,
    /// Told whether the clipboard has it.
    pub on_done: Callback<bool>,
}

/// A button that copies a text. It shows only in a page that is interactive.
#[component]
pub fn CopyButton(
    /// What is copied, for readers that cannot see the place.
    #[prop(into)]
    label: String,
    /// What the button says.
    #[prop(default = "Copy")]
    word: &'static str,
    /// The text, read when the button is pressed.
    #[prop(into)]
    text: Signal<String>,
    /// Puts a text on the clipboard.
    on_copy: Callback<Copying>,
) -> impl IntoView {
    let outcome = RwSignal::new(None::<bool>);
    let copy = move |_| {
        on_copy.run(Copying {
            text: text.get_untracked(),
            on_done: Callback::new(move |is_done| {
                let _ = outcome.try_set(Some(is_done));
            }),
        });
    };
    let said = move || match outcome.get() {
        None => word,
        Some(true) => "Copied",
        Some(false) => "Not copied: this browser refuses",
    };
    view! {
        <button
            type="button"
            class="copy-button"
            data-tone="plain"
            aria-label=label
            on:click=copy
            on:blur=move |_| outcome.set(None)
        >
            <Icon glyph=Glyph::Copy/>
            <span aria-live="polite">{said}</span>
        </button>
    }
}
