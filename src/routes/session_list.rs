//! The first page: all sessions, those that wait for a person first.
use super::use_go;
use crate::api::error::ApiError;
use crate::components::{
    DeadEnd, DeadEndKind, ListChoice, Page, Part, SessionList, SessionLoading, SyncNotices, Width,
    arrived, href,
};
use crate::feeds::{Board, ListFeed, carried, first_list, ticking};
use domain::listing::Filter;
use domain::snapshot::SessionList as Rows;
use leptos::prelude::*;
use leptos::wasm_split::wasm_split;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_query_map;

/// The list of sessions.
#[component]
pub fn SessionListRoute() -> impl IntoView {
    let first = Resource::new_str(|| (), |()| carried(first_list()));
    view! {
        <Title text="Sessions"/>
        <Transition fallback=SessionLoading>
            {move || Suspend::new(async move { arrived(opened(first.await.0).await) })}
        </Transition>
    }
}

#[wasm_split(pages, wasm_split_path = leptos::wasm_split, fallible, preload(load))]
pub(super) fn opened(first: Result<Rows, ApiError>) -> Part {
    Ok(match first {
        Ok(list) => view! { <Opened list/> }.into_any(),
        Err(error) => view! { <DeadEnd kind=DeadEndKind::Broken(error.incident)/> }.into_any(),
    })
}

#[component]
fn Opened(list: Rows) -> impl IntoView {
    let board = use_context::<Board>().unwrap_or_default();
    let now_ms = ticking(list.server_now, Signal::stored(false));
    let feed = ListFeed::new(list);
    Effect::new(move |_| {
        feed.drive();
        board.load_seen();
        on_cleanup(move || {
            feed.stop();
            board.leave_list();
        });
    });
    Effect::new(move |_| board.learn_list(feed.rows.get(), true));
    let health = Memo::new(move |_| feed.sync.with(|view| view.health));
    let start = || view! { <a href=href("/agents/new") data-tone="main" data-testid="new-session">"New session"</a> };
    let choice = choice();
    view! {
        <Page title="Sessions" width=Width::Wide aside=start>
            <SyncNotices health on_refresh=Callback::new(move |()| feed.refresh())/>
            <SessionList rows=feed.rows now_ms choice seen=board.seen/>
        </Page>
    }
}

/// The filter of the address; a change of it is a new place in the history, typing is not.
fn choice() -> ListChoice {
    let query = use_query_map();
    let read = move || query.with(|query| Filter::of_query(|name| query.get(name)));
    let asked = Memo::new(move |_| read());
    let filter = RwSignal::new(asked.get_untracked());
    let go = use_go();
    Effect::new(move |_| filter.set(asked.get()));
    let on_change = Callback::new(move |wanted: Filter| {
        let is_typing = filter.with_untracked(|filter| filter.text != wanted.text);
        let options = NavigateOptions {
            replace: is_typing,
            scroll: false,
            ..NavigateOptions::default()
        };
        let place = format!("/{}", wanted.query());
        filter.set(wanted);
        go(&place, options);
    });
    ListChoice {
        filter: filter.into(),
        on_change,
    }
}
