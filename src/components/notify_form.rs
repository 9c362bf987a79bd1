//! What this browser does when a session waits, ends or fails.
use super::ui::{Notice, Tone, Urgency};
use leptos::prelude::*;

/// What is switched on.
#[derive(Clone, Copy)]
pub struct NotifyFields {
    /// Whether a tone is played.
    pub sound: Signal<bool>,
    /// Whether notifications are shown.
    pub system: Signal<bool>,
    /// Why notifications cannot be shown.
    pub problem: Signal<Option<&'static str>>,
    /// Switches the tone.
    pub on_sound: Callback<bool>,
    /// Switches notifications.
    pub on_system: Callback<bool>,
    /// Tries what is switched on.
    pub on_test: Callback<()>,
}

/// Switches for sound and notifications.
#[component]
pub fn NotifyForm(
    /// What is switched on.
    fields: NotifyFields,
) -> impl IntoView {
    let switch = |label: &'static str, is_on: Signal<bool>, on_switch: Callback<bool>| {
        view! {
            <label class="notify-form__switch">
                <input
                    type="checkbox"
                    prop:checked=move || is_on.get()
                    on:change=move |event| on_switch.run(event_target_checked(&event))
                />
                {label}
            </label>
        }
    };
    let is_off = move || !fields.sound.get() && !fields.system.get();
    view! {
        <section class="notify-form" aria-label="This browser">
            <h2 class="notify-form__title">"This browser"</h2>
            <p>
                "When a session begins to wait for you, ends or fails. An open list or session page then asks \
                 on while it is hidden."
            </p>
            {switch("Play a sound", fields.sound, fields.on_sound)}
            {switch("Show a notification of the system", fields.system, fields.on_system)}
            {move || fields.problem.get().map(|problem| view! {
                <Notice tone=Tone::Warn urgency=Urgency::Alert>{problem}</Notice>
            })}
            <button type="button" disabled=is_off on:click=move |_| fields.on_test.run(())>"Test"</button>
        </section>
    }
    .into_any()
}
