//! The status of a session as a word with a colour.
use super::drawn::drawn;
use super::ui::{Badge, Tone};
use domain::session::SessionStatus;
use leptos::prelude::*;

/// The status of a session.
#[component]
pub fn StatusBadge(
    /// The status.
    #[prop(into)]
    status: Signal<SessionStatus>,
    /// Its name for tests.
    #[prop(optional)]
    testid: Option<&'static str>,
) -> impl IntoView {
    let status = Memo::new(move |_| status.get());
    let text = Signal::derive(move || status.get().label().to_owned());
    let tone = Signal::derive(move || tone_of(status.get()));
    let busy = Signal::derive(move || {
        matches!(
            status.get(),
            SessionStatus::Pending | SessionStatus::Running | SessionStatus::Working
        )
    });
    view! {
        <span class="status-badge" data-testid=testid data-status=drawn(move || status.get().as_str())>
            <Badge text tone busy/>
        </span>
    }
    .into_any()
}

/// What the colour of a status means.
#[must_use]
pub const fn tone_of(status: SessionStatus) -> Tone {
    match status {
        SessionStatus::Pending | SessionStatus::Running | SessionStatus::Working => Tone::Accent,
        SessionStatus::WaitingApproval | SessionStatus::WaitingInput => Tone::Warn,
        SessionStatus::Idle | SessionStatus::Cancelled => Tone::Neutral,
        SessionStatus::Completed => Tone::Good,
        SessionStatus::Failed | SessionStatus::Interrupted => Tone::Bad,
    }
}
