//! Mode, model and other options of the agent, where it offers a choice.
use super::erased::Show;
use domain::snapshot::{AgentOption, AgentState, Choice};
use leptos::prelude::*;

/// The options; as a text while no agent runs.
#[component]
pub fn OptionBar(
    /// What the agent offers.
    offers: Signal<AgentState>,
    /// Whether an agent is there that would take a choice.
    is_live: Signal<bool>,
    /// Sets an option.
    on_set: Callback<(String, String)>,
) -> impl IntoView {
    let options = Memo::new(move |_| offers.with(all_of));
    let shape = Memo::new(move |_| {
        let mut options = options.get();
        options
            .iter_mut()
            .for_each(|option| option.choice.current.clear());
        options
    });
    let row = move |(at, option): (usize, AgentOption)| {
        let current = Memo::new(move |_| {
            let read = |all: &Vec<AgentOption>| all.get(at).map(|it| it.choice.current.clone());
            options.with(read).unwrap_or_default()
        });
        view! { <OptionField option current on_set/> }
    };
    let words = move || {
        let words = options
            .get()
            .into_iter()
            .map(|option| format!("{}: {}", option.name, name_of(&option.choice)));
        let words: Vec<String> = words.collect();
        format!("{} · applies when the agent runs", words.join(" · "))
    };
    view! {
        <Show when=move || options.with(|options| !options.is_empty())>
            <div class="option-bar" role="group" aria-label="Options of the agent">
                <Show when=move || is_live.get() fallback=move || view! { <p class="option-bar__words">{words}</p> }>
                    {move || shape.get().into_iter().enumerate().map(row).collect_view()}
                </Show>
            </div>
        </Show>
    }
    .into_any()
}

/// Everything that can be chosen, in one list.
fn all_of(state: &AgentState) -> Vec<AgentOption> {
    let named = |id: &str, name: &str, choice: &Option<Choice>| {
        choice.clone().map(|choice| AgentOption {
            id: id.to_owned(),
            name: name.to_owned(),
            category: None,
            choice,
        })
    };
    let others = [
        named("mode", "Mode", &state.modes),
        named("model", "Model", &state.models),
    ];
    let mut all: Vec<AgentOption> = others.into_iter().flatten().collect();
    all.extend(state.options.iter().cloned());
    all
}

fn name_of(choice: &Choice) -> String {
    let current = choice
        .available
        .iter()
        .find(|value| value.id == choice.current);
    current.map_or_else(|| choice.current.clone(), |value| value.name.clone())
}

/// One option: a box for a switch, else a list.
#[component]
fn OptionField(
    /// The option.
    option: AgentOption,
    /// Its value.
    current: Memo<String>,
    /// Sets it.
    on_set: Callback<(String, String)>,
) -> impl IntoView {
    let values = option.choice.available;
    let is_switch = values.len() == 2
        && values
            .iter()
            .all(|value| matches!(value.id.as_str(), "true" | "false"));
    let (id, name) = (option.id, option.name);
    if is_switch {
        let set = move |event| on_set.run((id.clone(), event_target_checked(&event).to_string()));
        return view! {
            <label class="option-bar__option">
                <input type="checkbox" prop:checked=move || current.with(|value| value == "true") on:change=set/>
                {name}
            </label>
        }
        .into_any();
    }
    let set = move |event| on_set.run((id.clone(), event_target_value(&event)));
    let value = move |value: domain::snapshot::ChoiceValue| {
        let id = value.id.clone();
        let is_chosen = move || current.with(|current| *current == id);
        view! { <option value=value.id selected=is_chosen>{value.name}</option> }
    };
    view! {
        <label class="option-bar__option">
            <span class="option-bar__name">{name}</span>
            <select class="option-bar__list" prop:value=move || current.get() on:change=set>
                {values.into_iter().map(value).collect_view()}
            </select>
        </label>
    }
    .into_any()
}
