//! A sign that something is under way.
use leptos::prelude::*;

/// A turning ring with words for those who cannot see it.
#[component]
pub fn Spinner(
    /// What is under way.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    view! {
        <span class="spinner">
            <span class="spinner__ring" aria-hidden="true"></span>
            {label}
        </span>
    }
}
