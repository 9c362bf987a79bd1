//! Which agent, and which model of it; what is known about each, and a check on demand.
use super::erased::Show;
use super::time_ago::TimeAgo;
use super::ui::{Badge, Disclosure, Spinner, Tone};
use domain::catalog::Readiness;
use domain::time::Timestamp;
use leptos::prelude::*;

/// An agent that the console knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentChoice {
    /// Its id.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// What is known about it; a missing one cannot be chosen.
    pub state: Readiness,
    /// Why it is missing, or how its check failed.
    pub why: Option<String>,
    /// How it is installed.
    pub install: Option<String>,
    /// What to do when it asks for a login.
    pub login: Option<String>,
    /// Whether nobody has seen it at work with this console.
    pub untried: bool,
    /// When it was checked, by the page's clock.
    pub checked_at: Option<Timestamp>,
    /// Models that it offers.
    pub models: Vec<String>,
}

/// Checks of agents on demand.
#[derive(Debug, Clone, Copy)]
pub struct AgentChecks {
    /// The agent that is being checked.
    pub under_way: Signal<Option<String>>,
    /// The page's clock, in milliseconds.
    pub now_ms: Signal<i64>,
    /// Checks the agent of this id.
    pub on_check: Callback<String>,
}

/// What is chosen, and the means to check.
#[derive(Debug, Clone, Copy)]
struct Shelf {
    agent: RwSignal<String>,
    model: RwSignal<String>,
    checks: AgentChecks,
}

/// Fields that choose an agent and its model.
#[component]
pub fn AgentFields(
    /// Id of the agent.
    agent: RwSignal<String>,
    /// Model of the agent; empty for its own choice.
    model: RwSignal<String>,
    /// The agents.
    agents: Signal<Vec<AgentChoice>>,
    /// Checks of them.
    checks: AgentChecks,
) -> impl IntoView {
    let shelf = Shelf {
        agent,
        model,
        checks,
    };
    let agents = Memo::new(move |_| agents.get());
    let models = Memo::new(move |_| {
        let is_chosen = |choice: &&AgentChoice| agent.with(|agent| *agent == choice.id);
        agents.with(|agents| {
            agents
                .iter()
                .find(is_chosen)
                .map(|choice| choice.models.clone())
        })
    });
    let model_option = move |name: String| {
        let value = name.clone();
        let is_chosen = move || model.with(|model| *model == value);
        view! { <option value=name.clone() selected=is_chosen>{name.clone()}</option> }
    };
    let has_models =
        move || models.with(|models| models.as_ref().is_some_and(|models| !models.is_empty()));
    view! {
        <fieldset class="agent-choice">
            <legend class="agent-choice__legend">"Agent"</legend>
            <Rows agents shelf/>
            <Show when=has_models>
                <div class="agent-choice__model">
                    <label for="new-model">"Model"</label>
                    <select id="new-model" name="model" on:change=move |event| model.set(event_target_value(&event))>
                        <option value="">"The agent's own choice"</option>
                        {move || models.get().unwrap_or_default().into_iter().map(model_option).collect_view()}
                    </select>
                </div>
            </Show>
        </fieldset>
    }
    .into_any()
}

/// The agents that are found, then those that are not, folded.
#[component]
fn Rows(
    /// All of them.
    agents: Memo<Vec<AgentChoice>>,
    /// What is chosen.
    shelf: Shelf,
) -> impl IntoView {
    let rows = move |is_off: bool| {
        let here = |choice: &AgentChoice| (choice.state == Readiness::Missing) == is_off;
        let mut all = agents.get();
        all.retain(here);
        all.into_iter()
            .map(|choice| view! { <One choice shelf/> })
            .collect_view()
    };
    let missing = Memo::new(move |_| {
        let is_off = |choice: &&AgentChoice| choice.state == Readiness::Missing;
        agents.with(|agents| agents.iter().filter(is_off).count())
    });
    let note = Signal::derive(move || Some(missing.get().to_string()));
    let has_any = move || agents.with(Vec::len) > missing.get();
    let none = || {
        view! {
            <p class="agent-choice__none" role="status">
                "No agent is installed. The list below says how to get one; then open this page again."
            </p>
        }
    };
    view! {
        <Show when=has_any fallback=none>
            <div class="agent-choice__list">{move || rows(false)}</div>
        </Show>
        <Show when=move || { missing.get() > 0 }>
            <Disclosure summary="Not installed" note>
                <div class="agent-choice__list">{move || rows(true)}</div>
            </Disclosure>
        </Show>
    }
    .into_any()
}

/// One agent: what is known about it, what to do about it.
#[component]
fn One(
    /// It.
    choice: AgentChoice,
    /// What is chosen.
    shelf: Shelf,
) -> impl IntoView {
    let is_off = choice.state == Readiness::Missing;
    let id = choice.id.clone();
    let is_chosen = {
        let id = id.clone();
        move || shelf.agent.with(|agent| *agent == id)
    };
    let choose = move |_| {
        shelf.agent.set(id.clone());
        shelf.model.set(String::new());
    };
    let (word, tone) = word(&choice);
    let hint = match choice.state {
        Readiness::Missing => choice.install.clone(),
        Readiness::Login => choice.login.clone(),
        Readiness::Ready | Readiness::Unknown => None,
    };
    let why = choice.why.clone();
    let check = view! { <Check choice=choice.clone() checks=shelf.checks/> };
    view! {
        <div class="agent-choice__one" data-off=is_off.to_string() data-agent=choice.id.clone()>
            <label class="agent-choice__label">
                <input
                    type="radio"
                    name="agent"
                    value=choice.id.clone()
                    disabled=is_off
                    checked=is_chosen.clone()
                    prop:checked=is_chosen
                    on:change=choose
                />
                <span class="agent-choice__name">{choice.name.clone()}</span>
            </label>
            <span class="agent-choice__state">
                {choice.untried.then(|| view! { <Badge text="Not tried" tone=Tone::Neutral/> })}
                {word.map(|word| view! { <Badge text=word tone/> })}
                {check}
            </span>
            {why.map(|why| view! { <span class="agent-choice__why">{why}</span> })}
            {hint.map(|hint| view! { <code class="agent-choice__hint">{hint}</code> })}
        </div>
    }
    .into_any()
}

/// The word for what is known, if there is something to say.
fn word(choice: &AgentChoice) -> (Option<&'static str>, Tone) {
    match choice.state {
        Readiness::Missing => (Some("Not installed"), Tone::Neutral),
        Readiness::Login => (Some("Needs login"), Tone::Warn),
        Readiness::Ready => (Some("Ready"), Tone::Good),
        Readiness::Unknown if choice.why.is_some() => (Some("Check failed"), Tone::Bad),
        Readiness::Unknown => (None, Tone::Neutral),
    }
}

/// When it was checked, and the button that checks it; nothing for what needs none.
#[component]
fn Check(
    /// The agent.
    choice: AgentChoice,
    /// The means.
    checks: AgentChecks,
) -> impl IntoView {
    let is_built_in = choice.state == Readiness::Ready && choice.checked_at.is_none();
    if is_built_in || choice.state == Readiness::Missing {
        return ().into_any();
    }
    let id = choice.id;
    let is_this = {
        let id = id.clone();
        move || {
            checks
                .under_way
                .with(|under_way| under_way.as_ref() == Some(&id))
        }
    };
    let label = format!("Check {}", choice.name);
    let checked = choice.checked_at.map(|at| {
        view! { <span class="agent-choice__checked">"checked " <TimeAgo at now_ms=checks.now_ms/></span> }
    });
    view! {
        {checked}
        <Show when=is_this><Spinner label="Checking"/></Show>
        <button
            type="button"
            class="agent-choice__check"
            aria-label=label
            disabled=move || checks.under_way.with(Option::is_some)
            on:click=move |_| checks.on_check.run(id.clone())
        >
            "Check"
        </button>
    }
    .into_any()
}
