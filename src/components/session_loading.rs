//! A session's page before there is anything to show.
use super::ui::{LiveRegion, Skeleton, Spinner};
use leptos::prelude::*;

/// The place of a session that is on its way.
#[component]
pub fn SessionLoading() -> impl IntoView {
    view! {
        <main class="session-loading" id="content" aria-busy="true">
            <LiveRegion text="Loading the session"/>
            <Skeleton lines=2/>
            <Skeleton lines=7/>
        </main>
    }
    .into_any()
}

/// The place of the thread while the agent is being started.
#[component]
pub fn SessionStarting(
    /// What is waited for; the status reason of the session.
    #[prop(into)]
    reason: Signal<Option<String>>,
) -> impl IntoView {
    view! {
        <div class="session-loading__start">
            <Spinner label="Starting the session"/>
            <p class="session-loading__reason">{move || reason.get()}</p>
        </div>
    }
    .into_any()
}
