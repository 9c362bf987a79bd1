//! The first page: all sessions, those that wait for a person first.
use crate::api::error::ApiError;
use crate::components::{
    DeadEnd, DeadEndKind, Page, SessionList, SessionLoading, SyncNotices, Width, href,
};
use crate::feeds::{ListFeed, carried, first_list, ticking};
use domain::snapshot::SessionList as Rows;
use leptos::prelude::*;
use leptos_meta::Title;

/// The list of sessions.
#[component]
pub fn SessionListRoute(
    /// How many wait for a person; told to the bar on top.
    waiting: RwSignal<u64>,
) -> impl IntoView {
    let first = Resource::new_str(|| (), |()| carried(first_list()));
    view! {
        <Title text="Sessions"/>
        <Transition fallback=SessionLoading>
            {move || Suspend::new(async move { opened(first.await.0, waiting) })}
        </Transition>
    }
}

fn opened(first: Result<Rows, ApiError>, waiting: RwSignal<u64>) -> AnyView {
    match first {
        Ok(list) => view! { <Opened list waiting/> }.into_any(),
        Err(error) => view! { <DeadEnd kind=DeadEndKind::Broken(error.incident)/> }.into_any(),
    }
}

#[component]
fn Opened(list: Rows, waiting: RwSignal<u64>) -> impl IntoView {
    let now_ms = ticking(list.server_now, Signal::stored(false));
    let feed = ListFeed::new(list);
    Effect::new(move |_| {
        feed.drive();
        on_cleanup(move || feed.stop());
    });
    Effect::new(move |_| {
        let count = feed
            .rows
            .with(|rows| rows.iter().filter(|row| row.waiting).count() as u64);
        waiting.set(count);
    });
    let health = Memo::new(move |_| feed.sync.with(|view| view.health));
    let start = || view! { <a href=href("/agents/new") data-tone="main" data-testid="new-session">"New session"</a> };
    view! {
        <Page title="Sessions" width=Width::Wide aside=start>
            <SyncNotices health on_refresh=Callback::new(move |()| feed.refresh())/>
            <SessionList rows=feed.rows now_ms/>
        </Page>
    }
}
