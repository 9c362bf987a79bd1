//! What the reader is told when the page cannot keep up.
use super::href;
use super::ui::{LiveRegion, Notice, Tone, Urgency};
use domain::sync::{ErrKind, Health};
use leptos::prelude::*;

/// One notice at most about how well the page keeps up; the data stays on the page.
#[component]
pub fn SyncNotices(
    /// How well the page keeps up.
    #[prop(into)]
    health: Signal<Health>,
    /// Asks for fresh data now.
    on_refresh: Callback<()>,
    /// Number of the incident that the server noted, if it told one.
    #[prop(into, optional)]
    incident: Signal<Option<String>>,
) -> impl IntoView {
    let health = Memo::new(move |_| health.get());
    let words = Signal::derive(move || words_of(health.get()).to_owned());
    view! {
        <div class="sync-notices">
            <LiveRegion text=words/>
            {move || match health.get() {
                Health::Loading | Health::Ready => ().into_any(),
                Health::Degraded => view! { <DegradedNotice/> }.into_any(),
                Health::Offline => view! { <OfflineNotice/> }.into_any(),
                Health::Stale => view! { <StaleNotice on_refresh/> }.into_any(),
                Health::Failed(kind) => match end_of(kind) {
                    Some((words, path, label)) => view! { <EndNotice words path label/> }.into_any(),
                    None => view! { <FetchError on_refresh incident/> }.into_any(),
                },
            }}
        </div>
    }
    .into_any()
}

/// What ended for good while the page was open, and where to go from here.
const fn end_of(kind: ErrKind) -> Option<(&'static str, &'static str, &'static str)> {
    match kind {
        ErrKind::Gone => Some((
            "This session was deleted. What you see is how it was.",
            "/",
            "All sessions",
        )),
        ErrKind::NotFound | ErrKind::Forbidden => Some((
            "This session is not yours to see any more. What you see is how it was.",
            "/",
            "All sessions",
        )),
        ErrKind::Auth => Some((
            "You are logged out. Log in to go on; what you typed stays here.",
            "/login",
            "Log in",
        )),
        ErrKind::Network
        | ErrKind::Timeout
        | ErrKind::Server
        | ErrKind::Undecodable
        | ErrKind::RateLimited
        | ErrKind::Invalid => None,
    }
}

/// Says that there is nothing to wait for.
#[component]
fn EndNotice(
    /// What ended.
    words: &'static str,
    /// Where to go.
    path: &'static str,
    /// What is there.
    label: &'static str,
) -> impl IntoView {
    let actions = move || view! { <a href=href(path) data-tone="plain">{label}</a> };
    view! {
        <Notice tone=Tone::Bad urgency=Urgency::Alert actions>{words}</Notice>
    }
    .into_any()
}

const fn words_of(health: Health) -> &'static str {
    match health {
        Health::Loading => "Loading",
        Health::Ready => "",
        Health::Degraded => "Connection trouble, trying again",
        Health::Offline => "You are offline",
        Health::Stale => "This page may be out of date",
        // An alert says it already.
        Health::Failed(_) => "",
    }
}

/// Says that the last request failed and is tried again.
#[component]
pub fn DegradedNotice() -> impl IntoView {
    view! {
        <Notice tone=Tone::Warn testid="degraded-notice">
            "Connection trouble. What you see is the last state that arrived; it is being tried again."
        </Notice>
    }
    .into_any()
}

/// Says that the browser has no network.
#[component]
pub fn OfflineNotice() -> impl IntoView {
    view! {
        <Notice tone=Tone::Warn testid="offline-notice">
            "You are offline. The page goes on by itself when the network is back."
        </Notice>
    }
    .into_any()
}

/// Says that the page may be out of date.
#[component]
pub fn StaleNotice(
    /// Asks for fresh data now.
    on_refresh: Callback<()>,
) -> impl IntoView {
    let actions = move || {
        view! { <button type="button" data-testid="refresh" on:click=move |_| on_refresh.run(())>"Refresh"</button> }
    };
    view! {
        <Notice tone=Tone::Warn testid="stale-notice" actions>
            "This page may be out of date: nothing was heard from the server for a while."
        </Notice>
    }
    .into_any()
}

/// Says that it was tried and given up, and what can be done.
#[component]
pub fn FetchError(
    /// Asks for fresh data now.
    on_refresh: Callback<()>,
    /// Number of the incident that the server noted, if it told one.
    #[prop(into, optional)]
    incident: Signal<Option<String>>,
) -> impl IntoView {
    let actions = move || {
        let support = move || match incident.get() {
            Some(incident) => format!("{}?incident={incident}", href("/support")),
            None => href("/support"),
        };
        view! {
            <button type="button" data-testid="retry" data-tone="main" on:click=move |_| on_refresh.run(())>
                "Refresh"
            </button>
            <a href=support data-testid="contact-support" data-tone="plain">"Contact Support"</a>
        }
    };
    let number = move || {
        incident
            .get()
            .map(|incident| view! { " Incident " <code>{incident}</code> "." })
    };
    view! {
        <Notice tone=Tone::Bad testid="fetch-error" urgency=Urgency::Alert actions>
            "The session could not be fetched, and trying again did not help."
            {number}
        </Notice>
    }
    .into_any()
}
