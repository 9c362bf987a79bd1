//! Something folded under a line that tells what it is.
use super::{Glyph, Icon};
use leptos::prelude::*;

/// Content folded under a summary; works without JavaScript.
#[component]
pub fn Disclosure(
    /// What is folded.
    #[prop(into)]
    summary: Signal<String>,
    /// A remark beside it, such as a count.
    #[prop(into, optional)]
    note: Signal<Option<String>>,
    /// Whether it begins unfolded.
    #[prop(into, optional)]
    open: Signal<bool>,
    /// Told when it is unfolded or folded.
    #[prop(optional)]
    on_open: Option<Callback<()>>,
    /// The content.
    children: Children,
) -> impl IntoView {
    view! {
        <details class="disclosure" open=move || open.get() on:toggle=move |_| { on_open.inspect(|told| told.run(())); }>
            <summary class="disclosure__summary">
                <Icon glyph=Glyph::Chevron/>
                <span class="disclosure__text">{move || summary.get()}</span>
                {move || note.get().map(|note| view! { <span class="disclosure__note">{note}</span> })}
            </summary>
            <div class="disclosure__body">{children()}</div>
        </details>
    }
}
