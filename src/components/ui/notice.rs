//! A framed word to the reader, with what can be done about it.
use super::Tone;
use leptos::prelude::*;

/// How a notice is read aloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Urgency {
    /// When there is a pause.
    #[default]
    Polite,
    /// At once.
    Alert,
}

/// A word to the reader, with what can be done about it.
#[component]
pub fn Notice(
    /// What its colour means.
    tone: Tone,
    /// Its name for tests.
    #[prop(optional)]
    testid: Option<&'static str>,
    /// How it is read aloud.
    #[prop(optional)]
    urgency: Urgency,
    /// Buttons and links.
    #[prop(into, optional)]
    actions: Option<ViewFnOnce>,
    /// The words.
    children: Children,
) -> impl IntoView {
    let role = match urgency {
        Urgency::Polite => "status",
        Urgency::Alert => "alert",
    };
    view! {
        <div class="notice" role=role data-tone=tone.as_str() data-testid=testid>
            <div class="notice__words">{children()}</div>
            {actions.map(|actions| view! { <div class="notice__actions">{actions.run()}</div> })}
        </div>
    }
}
