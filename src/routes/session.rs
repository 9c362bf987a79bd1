//! The session page: one page-level resource; everything below it gets its data as props.
use super::session_page::SessionPage;
use crate::api::error::{ApiError, Code};
use crate::components::{DeadEnd, DeadEndKind, FetchError, Page, SessionLoading, once};
use crate::feeds::{FirstLoad, PageSeed, carried, page_seed};
use domain::id::SessionId;
use domain::sync::Health;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

/// The page of one session.
#[component]
pub fn SessionRoute() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("session_id").unwrap_or_default()));
    let first = Resource::new_str(move || id.get(), |id| carried(first_value(id)));
    view! {
        <Title text="Session"/>
        <Transition fallback=SessionLoading>
            {move || Suspend::new(async move {
                let id = id.get_untracked();
                let first = first.await.0;
                once(move || opened(&id, first))
            })}
        </Transition>
    }
}

async fn first_value(id: String) -> Result<PageSeed, ApiError> {
    match id.parse() {
        Ok(id) => page_seed(id).await,
        Err(_) => Err(ApiError::not_found("there is no such session")),
    }
}

fn opened(id: &str, first: Result<PageSeed, ApiError>) -> AnyView {
    match (first, id.parse::<SessionId>()) {
        (Ok(seed), _) => view! { <SessionPage seed/> }.into_any(),
        (Err(error), Ok(id)) if may_pass(error.error) => view! { <Trying id error/> }.into_any(),
        (Err(error), _) => dead_end(&error),
    }
}

/// Whether trying again may help.
fn may_pass(code: Code) -> bool {
    matches!(
        code,
        Code::Unreachable
            | Code::Unavailable
            | Code::Internal
            | Code::RateLimited
            | Code::StorageFull
    )
}

fn dead_end(error: &ApiError) -> AnyView {
    let kind = match error.error {
        Code::Deleted => DeadEndKind::Deleted,
        Code::Forbidden | Code::Unauthenticated => DeadEndKind::NotAllowed,
        Code::NotFound | Code::Malformed => DeadEndKind::NotFound,
        _ => DeadEndKind::Broken(error.incident.clone()),
    };
    let title = kind.title();
    view! { <Title text=title/><DeadEnd kind/> }.into_any()
}

/// The page while its first data is tried for again.
#[component]
fn Trying(
    /// The session.
    id: SessionId,
    /// Why the first attempt failed.
    error: ApiError,
) -> impl IntoView {
    let load = FirstLoad::new(id, error);
    Effect::new(move |_| {
        load.drive();
        on_cleanup(move || load.stop());
    });
    let is_over = Memo::new(move |_| matches!(load.sync.get().health, Health::Failed(_)));
    let incident = Signal::derive(move || load.error.get().and_then(|error| error.incident));
    move || match load.seed.get() {
        Some(seed) => view! { <SessionPage seed/> }.into_any(),
        None if is_over.get() => view! {
            <Page title="Session">
                <FetchError on_refresh=Callback::new(move |()| load.retry()) incident/>
            </Page>
        }
        .into_any(),
        None => view! { <SessionLoading/> }.into_any(),
    }
}
