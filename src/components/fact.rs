//! One named value of a list of facts.
use super::drawn::drawn;
use super::erased::Show;
use leptos::prelude::*;

/// A named value; an equal update draws nothing.
#[component]
pub fn Fact(
    /// Its name.
    label: &'static str,
    /// Its value; nothing is shown without one.
    #[prop(into)]
    value: Signal<Option<String>>,
) -> impl IntoView {
    let value = Memo::new(move |_| value.get());
    view! {
        <Show when=move || value.with(Option::is_some)>
            <div class="fact">
                <dt class="fact__label">{label}</dt>
                <dd class="fact__value">{drawn(move || value.get())}</dd>
            </div>
        </Show>
    }
    .into_any()
}
