//! Modes, options, models and commands that the agent offers.
use super::text;
use domain::snapshot::{AgentCommand, AgentOption, AgentState, Choice, ChoiceValue};
use serde_json::Value;

/// Size of the state as JSON at most, in bytes. Source: contract, `agentState`.
const STATE_MAX: usize = 32 * 1024;
/// Longest description kept, in bytes.
const DESCRIPTION_MAX: usize = 200;

/// What the agent offers, as it told it last.
#[derive(Debug, Default)]
pub(super) struct Offers {
    modes: Option<Choice>,
    models: Option<Choice>,
    options: Vec<AgentOption>,
    commands: Vec<AgentCommand>,
}

impl Offers {
    /// Takes what the answer to opening a conversation, or an update, tells.
    pub(super) fn learn(&mut self, told: &Value) {
        let modes = told.get("modes").filter(|modes| modes.is_object());
        if let Some(modes) = modes {
            let fields = ("currentModeId", "availableModes", "id");
            self.modes = Some(choice(modes, fields));
        }
        let models = told.get("models").filter(|models| models.is_object());
        if let Some(models) = models {
            let fields = ("currentModelId", "availableModels", "modelId");
            self.models = Some(choice(models, fields));
        }
        if let Some(options) = told.get("configOptions").and_then(Value::as_array) {
            self.options = options.iter().filter_map(option).collect();
        }
        if let Some(commands) = told.get("availableCommands").and_then(Value::as_array) {
            self.commands = commands.iter().filter_map(command).collect();
        }
        if let Some(mode) = text::string(told, "currentModeId") {
            self.set_mode(mode);
        }
    }

    pub(super) fn set_mode(&mut self, mode: &str) {
        if let Some(modes) = &mut self.modes {
            modes.current = mode.to_owned();
        }
        let by_mode = |option: &&mut AgentOption| is_about(option, "mode");
        if let Some(option) = self.options.iter_mut().find(by_mode) {
            option.choice.current = mode.to_owned();
        }
    }

    pub(super) fn set_model(&mut self, model: &str) {
        if let Some(models) = &mut self.models {
            models.current = model.to_owned();
        }
    }

    pub(super) fn set_option(&mut self, id: &str, value: &str) {
        if let Some(option) = self.options.iter_mut().find(|option| option.id == id) {
            option.choice.current = value.to_owned();
        }
    }

    /// What the page gets: options first, then modes and models that no option tells.
    pub(super) fn agent_state(&self) -> AgentState {
        let told = |category| self.options.iter().any(|option| is_about(option, category));
        let mut state = AgentState {
            modes: self.modes.clone().filter(|_| !told("mode")),
            options: self.options.clone(),
            models: self.models.clone().filter(|_| !told("model")),
            commands: Vec::new(),
        };
        let size = |state: &AgentState| serde_json::to_vec(state).map_or(0, |json| json.len());
        if size(&state) > STATE_MAX {
            shorten(&mut state);
        }
        let mut left = STATE_MAX.saturating_sub(size(&state) + 16);
        for command in &self.commands {
            let bytes = serde_json::to_vec(command).map_or(0, |json| json.len() + 1);
            let Some(rest) = left.checked_sub(bytes) else {
                break;
            };
            left = rest;
            state.commands.push(command.clone());
        }
        state
    }
}

/// Keeps only the value in force of choices that are too long.
fn shorten(state: &mut AgentState) {
    let choices = state.options.iter_mut().map(|option| &mut option.choice);
    for choice in choices.chain(&mut state.modes).chain(&mut state.models) {
        let current = choice.current.clone();
        choice.available.retain(|value| value.id == current);
        choice.available.truncate(1);
    }
    state.options.truncate(50);
}

fn is_about(option: &AgentOption, category: &str) -> bool {
    option.category.as_deref() == Some(category)
}

fn choice(told: &Value, (current, available, id): (&str, &str, &str)) -> Choice {
    let values = told.get(available).and_then(Value::as_array);
    Choice {
        current: short(text::string(told, current).unwrap_or_default()),
        available: values
            .into_iter()
            .flatten()
            .filter_map(|value| choice_value(value, id))
            .collect(),
    }
}

fn choice_value(told: &Value, id: &str) -> Option<ChoiceValue> {
    let id = text::string(told, id)?;
    Some(ChoiceValue {
        id: short(id),
        name: short(text::string(told, "name").unwrap_or(id)),
    })
}

fn option(told: &Value) -> Option<AgentOption> {
    let id = text::string(told, "id")?;
    let current = told.get("currentValue").unwrap_or(&Value::Null);
    let choice = if let Some(on) = current.as_bool() {
        let value = |id: &str, name: &str| ChoiceValue {
            id: id.to_owned(),
            name: name.to_owned(),
        };
        Choice {
            current: on.to_string(),
            available: vec![value("true", "On"), value("false", "Off")],
        }
    } else {
        let values = told.get("options").and_then(Value::as_array);
        Choice {
            current: short(current.as_str().unwrap_or_default()),
            available: values.into_iter().flatten().flat_map(grouped).collect(),
        }
    };
    Some(AgentOption {
        id: short(id),
        name: short(text::string(told, "name").unwrap_or(id)),
        category: text::string(told, "category").map(short),
        choice,
    })
}

/// A value, or the values of a group.
fn grouped(told: &Value) -> Vec<ChoiceValue> {
    match told.get("options").and_then(Value::as_array) {
        Some(values) => values
            .iter()
            .filter_map(|value| choice_value(value, "value"))
            .collect(),
        None => choice_value(told, "value").into_iter().collect(),
    }
}

fn command(told: &Value) -> Option<AgentCommand> {
    let name = text::string(told, "name")?;
    let hint = told.pointer("/input/hint").and_then(Value::as_str);
    Some(AgentCommand {
        name: short(name),
        description: short(text::string(told, "description").unwrap_or_default()),
        hint: hint.map(short),
    })
}

fn short(text: &str) -> String {
    text::head(text, DESCRIPTION_MAX).to_owned()
}
