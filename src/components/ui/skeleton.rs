//! Grey lines in the place of text that is on its way.
use leptos::prelude::*;

/// Lines in the place of text that is on its way.
#[component]
pub fn Skeleton(
    /// How many lines.
    lines: usize,
) -> impl IntoView {
    let line = |_| view! { <span class="skeleton__line"></span> };
    view! { <div class="skeleton" aria-hidden="true">{(0..lines).map(line).collect_view()}</div> }
}
