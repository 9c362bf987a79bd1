//! The page that shows what was counted: of all, or of the session that the address names.
use crate::api::error::{ApiError, Code};
use crate::components::{
    DeadEnd, DeadEndKind, Page, Part, SessionLoading, StatsReport, Width, arrived, href,
};
use crate::feeds::{carried, stats_of};
use domain::stats::Stats;
use leptos::prelude::*;
use leptos::wasm_split::wasm_split;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// The statistics.
#[component]
pub fn StatsRoute() -> impl IntoView {
    let query = use_query_map();
    let session = Memo::new(move |_| query.with(|query| query.get("session")));
    let first = Resource::new_str(move || session.get(), |session| carried(stats_of(session)));
    view! {
        <Title text="Statistics"/>
        <Transition fallback=SessionLoading>
            {move || Suspend::new(async move { arrived(opened(first.await.0).await) })}
        </Transition>
    }
}

#[wasm_split(pages, wasm_split_path = leptos::wasm_split, fallible, preload(load))]
pub(super) fn opened(first: Result<Stats, ApiError>) -> Part {
    Ok(match first {
        Ok(stats) => shown(stats),
        Err(error) => {
            let kind = match error.error {
                Code::NotFound | Code::Malformed => DeadEndKind::NotFound,
                Code::Deleted => DeadEndKind::Deleted,
                Code::Forbidden | Code::Unauthenticated => DeadEndKind::NotAllowed,
                _ => DeadEndKind::Broken(error.incident),
            };
            view! { <DeadEnd kind/> }.into_any()
        }
    })
}

fn shown(stats: Stats) -> AnyView {
    let session = stats.session.clone();
    let title = session.as_ref().map_or_else(
        || "Statistics".to_owned(),
        |session| format!("Statistics of {}", session.title),
    );
    // A link of the router to where it is would read nothing anew.
    let aside = move || {
        let links = session.map(|session| {
            view! {
                <a href=href(&super::session_path(&session.id)) data-tone="plain">"The session"</a>
                <a href=href("/stats") data-tone="plain">"All sessions"</a>
                <a href=href(&super::stats_path(Some(&session.id))) rel="external" data-tone="plain">"Refresh"</a>
            }
            .into_any()
        });
        let refresh = || {
            let to = href(&super::stats_path(None));
            view! { <a href=to rel="external" data-tone="plain">"Refresh"</a> }.into_any()
        };
        view! { <nav aria-label="Statistics">{links.unwrap_or_else(refresh)}</nav> }
    };
    view! {
        <Page title width=Width::Wide aside>
            <StatsReport stats/>
        </Page>
    }
    .into_any()
}
