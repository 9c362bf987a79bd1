//! Something folded under a line that tells what it is.
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
                {move || summary.get()}
                {move || note.get().map(|note| view! { <small class="disclosure__note">{note}</small> })}
            </summary>
            {children()}
        </details>
    }
}
