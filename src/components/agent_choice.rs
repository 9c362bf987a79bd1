//! Which agent, and which model of it.
use leptos::prelude::*;

/// An agent that the console knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentChoice {
    /// Its id.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// Why it cannot be chosen; none if it can.
    pub unavailable: Option<String>,
    /// How it is installed, if it is not.
    pub install: Option<String>,
    /// Models that it offers.
    pub models: Vec<String>,
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
) -> impl IntoView {
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
            <div class="agent-choice__list">
                {move || agents.get().into_iter().map(|choice| view! { <One choice agent model/> }).collect_view()}
            </div>
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

/// One agent; what cannot be chosen says why and what to do.
#[component]
fn One(
    /// The agent.
    choice: AgentChoice,
    /// Id of the chosen agent.
    agent: RwSignal<String>,
    /// Model of the chosen agent.
    model: RwSignal<String>,
) -> impl IntoView {
    let is_off = choice.unavailable.is_some();
    let id = choice.id.clone();
    let is_chosen = {
        let id = id.clone();
        move || agent.with(|agent| *agent == id)
    };
    let choose = move |_| {
        agent.set(id.clone());
        model.set(String::new());
    };
    let hint = choice.install.filter(|_| is_off);
    view! {
        <label class="agent-choice__one" data-off=is_off.to_string()>
            <input
                type="radio"
                name="agent"
                value=choice.id
                disabled=is_off
                checked=is_chosen.clone()
                prop:checked=is_chosen
                on:change=choose
            />
            <span class="agent-choice__name">{choice.name}</span>
            {choice.unavailable.map(|why| view! { <span class="agent-choice__why">{why}</span> })}
            {hint.map(|hint| view! { <code class="agent-choice__hint">{hint}</code> })}
        </label>
    }
    .into_any()
}
