//! The choice of the key that sends a message in this browser.
use domain::typing::SendKey;
use leptos::prelude::*;

/// The choice of the key that sends.
#[component]
pub fn SendKeyForm(
    /// The key that holds.
    key: Signal<SendKey>,
    /// Chooses another one.
    on_choose: Callback<SendKey>,
) -> impl IntoView {
    let choice = move |of: SendKey, label: &'static str| {
        view! {
            <label class="send-key-form__choice">
                <input
                    type="radio"
                    name="send-key"
                    prop:checked=move || key.get() == of
                    on:change=move |_| on_choose.run(of)
                />
                {label}
            </label>
        }
    };
    view! {
        <section class="send-key-form" aria-label="Writing">
            <h2 class="send-key-form__title">"Writing"</h2>
            <p>"The key that sends a message in this browser."</p>
            {choice(SendKey::Enter, "Enter sends, Shift+Enter breaks the line")}
            {choice(SendKey::CommandEnter, "Ctrl+Enter or Cmd+Enter sends, Enter breaks the line")}
        </section>
    }
    .into_any()
}
