//! The way from an entry to the lines of the journal that it came from.
use leptos::prelude::*;

/// A button that opens the raw view of an entry; it shows while the entry is looked at.
#[component]
pub fn EntryRaw(
    /// The entry.
    seq: u64,
    /// Opens the view.
    on_raw: Callback<u64>,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class="entry-raw"
            data-tone="plain"
            aria-label=format!("Raw lines of entry {seq}")
            on:click=move |_| on_raw.run(seq)
        >
            "Raw"
        </button>
    }
    .into_any()
}
