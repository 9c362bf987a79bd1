//! The page that starts a session; the session's own page opens at once.
use super::composing::enclosing;
use super::other_drafts::other_drafts;
use super::{session_path, use_go};
use crate::api::error::ApiError;
use crate::components::{
    AgentChecks, AgentChoice, DeadEnd, DeadEndKind, NewSessionChoices, NewSessionFields,
    NewSessionForm, PROMPT_FIELD, Page, Part, SessionLoading, arrived,
};
use crate::feeds::{Choices, KnownAgent, NewSessionFeed, carried, choices};
use leptos::prelude::*;
use leptos::wasm_split::wasm_split;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_query_map;

/// The form for a new session.
#[component]
pub fn NewSessionRoute() -> impl IntoView {
    let query = use_query_map();
    let from = Memo::new(move |_| query.with(|query| query.get("from")?.parse().ok()));
    let first = Resource::new_str(move || from.get(), |from| carried(choices(from)));
    view! {
        <Title text="New session"/>
        <Transition fallback=SessionLoading>
            {move || Suspend::new(async move { arrived(opened(first.await.0).await) })}
        </Transition>
    }
}

#[wasm_split(pages, wasm_split_path = leptos::wasm_split, fallible, preload(load))]
pub(super) fn opened(first: Result<Choices, ApiError>) -> Part {
    Ok(match first {
        Ok(choices) => view! { <Opened choices/> }.into_any(),
        Err(error) => view! { <DeadEnd kind=DeadEndKind::Broken(error.incident)/> }.into_any(),
    })
}

#[component]
fn Opened(choices: Choices) -> impl IntoView {
    let feed = NewSessionFeed::new(&choices, PROMPT_FIELD);
    let fields = NewSessionFields {
        repo: feed.repo,
        base_branch: feed.branch,
        agent: feed.agent,
        model: feed.model,
        title: feed.title,
        prompt: feed.prompt,
        with: enclosing(feed.attachments),
    };
    let broken = choices
        .repos
        .iter()
        .filter_map(|repo| Some((repo.path.clone(), repo.reason.clone()?)));
    let broken: Vec<_> = broken.collect();
    let repos: Vec<String> = choices.repos.iter().map(|repo| repo.path.clone()).collect();
    let checks = AgentChecks {
        under_way: feed.checking.into(),
        now_ms: feed.now_ms,
        on_check: Callback::new(move |agent| feed.check(agent)),
    };
    let shown = NewSessionChoices {
        repos: Signal::stored(repos),
        branches: Signal::derive(move || {
            feed.branches
                .get()
                .into_iter()
                .map(|branch| branch.name)
                .collect()
        }),
        agents: Signal::derive(move || feed.agents.get().into_iter().map(choice).collect()),
        checks,
    };
    let error = Signal::derive(move || {
        let repo = feed.repo.get();
        let reason = broken
            .iter()
            .find(|(path, _)| *path == repo)
            .map(|(_, reason)| reason.clone());
        feed.error.get().map(|error| error.message).or(reason)
    });
    let go = use_go();
    let on_create = Callback::new(move |()| {
        let go = go.clone();
        feed.start(move |session| go(&session_path(&session.id), NavigateOptions::default()));
    });
    view! {
        <Page title="New session">
            {feed.draft.map(other_drafts)}
            <NewSessionForm fields choices=shown error is_busy=feed.is_busy on_create/>
        </Page>
    }
}

fn choice(known: KnownAgent) -> AgentChoice {
    let KnownAgent { agent, checked_at } = known;
    AgentChoice {
        id: agent.id,
        name: agent.name,
        state: agent.state,
        why: agent.reason,
        install: agent.install,
        login: agent.login,
        untried: agent.untried,
        checked_at,
        models: agent.models,
    }
}
