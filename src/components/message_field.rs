//! The field of a message: sends by Enter, completes files and commands, goes back to earlier messages.
use super::completion::{Completion, LIST, Offer, place};
use super::enclosures::Enclosing;
use super::writing::{Writing, key, modifiers};
use domain::composing::{Begun, Recall, begun, completed, split, units};
use domain::snapshot::AgentCommand;
use domain::typing::Modifiers;
use leptos::ev::KeyboardEvent;
use leptos::html::Textarea;
use leptos::prelude::*;

/// The id of the field.
pub const COMPOSER_FIELD: &str = "composer-text";

/// What the field asks of the page.
#[derive(Debug, Clone, Copy)]
pub struct FieldActions {
    /// Sends what is written.
    pub on_send: Callback<()>,
    /// Wants paths that fit, or none any more.
    pub on_complete: Callback<Option<String>>,
    /// A file was chosen.
    pub on_file: Callback<String>,
    /// The person's earlier messages, oldest first.
    pub earlier: Callback<(), Vec<String>>,
}

/// What the field can complete.
#[derive(Debug, Clone, Copy)]
pub struct FieldOffers {
    /// Paths that fit what was asked for last.
    pub paths: Signal<Vec<String>>,
    /// Commands of the agent.
    pub commands: Signal<Vec<AgentCommand>>,
}

/// What a field knows of itself.
#[derive(Clone, Copy)]
struct Field {
    value: RwSignal<String>,
    node: NodeRef<Textarea>,
    begun: RwSignal<Option<Begun>>,
    offers: Memo<Vec<Offer>>,
    active: RwSignal<usize>,
    recall: StoredValue<Recall>,
    actions: FieldActions,
    writing: Writing,
}

/// The field of a message.
#[component]
pub fn MessageField(
    /// What is written.
    value: RwSignal<String>,
    /// What stands in the empty field.
    placeholder: Signal<&'static str>,
    /// What can be completed.
    offers: FieldOffers,
    /// What goes along.
    with: Enclosing,
    /// What the page does.
    actions: FieldActions,
) -> impl IntoView {
    let begun = RwSignal::new(None);
    let field = Field {
        value,
        node: NodeRef::new(),
        begun,
        offers: Memo::new(move |_| offered(begun.get(), offers)),
        active: RwSignal::new(0),
        recall: StoredValue::new(Recall::default()),
        actions,
        writing: Writing::of_app(),
    };
    let is_open = Memo::new(move |_| field.offers.with(|offers| !offers.is_empty()));
    let on_choose = Callback::new(move |at| field.choose(at));
    let on_input = move |event| {
        value.set(event_target_value(&event));
        field.look();
    };
    view! {
        <div class="message-field">
            <label for=COMPOSER_FIELD data-only="reader">"Message"</label>
            <textarea
                id=COMPOSER_FIELD
                class="message-field__text"
                data-testid="composer"
                data-early=""
                rows="2"
                dir="auto"
                enterkeyhint=move || field.writing.enter_hint()
                node_ref=field.node
                aria-describedby="composer-hint"
                role=move || is_open.get().then_some("combobox")
                aria-expanded=move || is_open.get().then_some("true")
                aria-haspopup=move || is_open.get().then_some("listbox")
                aria-controls=move || is_open.get().then_some(LIST)
                aria-activedescendant=move || is_open.get().then(|| place(field.active.get()))
                placeholder=move || placeholder.get()
                prop:value=move || value.get()
                on:input=on_input
                on:keydown=move |event| field.key(&event)
                on:blur=move |_| field.close()
                on:paste=move |event| with.paste(&event)
            ></textarea>
            <Completion offers=field.offers active=field.active on_choose/>
        </div>
    }
    .into_any()
}

fn offered(begun: Option<Begun>, from: FieldOffers) -> Vec<Offer> {
    match begun {
        None => Vec::new(),
        Some(Begun::File(_)) => {
            let offer = |value| Offer {
                value,
                detail: String::new(),
            };
            from.paths.get().into_iter().map(offer).collect()
        }
        Some(Begun::Command(name)) => from.commands.with(|commands| {
            if commands.iter().any(|command| command.name == name) {
                return Vec::new();
            }
            let fits = commands
                .iter()
                .filter(|command| command.name.contains(&name));
            fits.map(offer_of).collect()
        }),
    }
}

fn offer_of(command: &AgentCommand) -> Offer {
    let hint = command.hint.as_ref().map(|hint| format!(" ({hint})"));
    Offer {
        value: command.name.clone(),
        detail: format!("{}{}", command.description, hint.unwrap_or_default()),
    }
}

impl Field {
    /// The text before and after the caret; none while something is selected.
    fn parts(self) -> Option<(String, String)> {
        let node = self.node.get_untracked()?;
        let start = node.selection_start().ok().flatten()?;
        let end = node.selection_end().ok().flatten()?;
        let text = node.value();
        let (before, after) = split(&text, start);
        (start == end).then(|| (before.to_owned(), after.to_owned()))
    }

    /// Sets text and caret at once.
    fn set(self, before: &str, after: &str) {
        let text = format!("{before}{after}");
        if let Some(node) = self.node.get_untracked() {
            node.set_value(&text);
            let caret = units(before);
            let _ = node.set_selection_range(caret, caret);
        }
        self.value.set(text);
    }

    /// Sees whether something can be completed now.
    fn look(self) {
        let found = self.parts().and_then(|(before, _)| begun(&before));
        let query = match &found {
            Some(Begun::File(query)) => Some(query.clone()),
            _ => None,
        };
        self.actions.on_complete.run(query);
        self.active.set(0);
        self.begun.set(found);
    }

    fn close(self) {
        // A field that is removed loses the focus when its signals are gone already.
        if self.begun.try_with_untracked(Option::is_some) == Some(true) {
            self.begun.set(None);
            self.actions.on_complete.run(None);
        }
    }

    fn choose(self, at: usize) {
        let offer = self.offers.with_untracked(|offers| offers.get(at).cloned());
        let (Some(offer), Some((before, after))) = (offer, self.parts()) else {
            return;
        };
        if matches!(self.begun.get_untracked(), Some(Begun::File(_))) {
            self.actions.on_file.run(offer.value.clone());
        }
        self.close();
        self.set(&completed(&before, &offer.value), &after);
    }

    fn key(self, event: &KeyboardEvent) {
        let Some(key) = key(event) else { return };
        let is_plain = modifiers(event) == Modifiers::default();
        let count = self.offers.with_untracked(Vec::len);
        let is_done = if count > 0 && is_plain {
            self.key_in_list(&key, count)
        } else if self.writing.sends(event) {
            self.recall.set_value(Recall::default());
            self.actions.on_send.run(());
            true
        } else {
            is_plain && self.key_in_text(&key)
        };
        if is_done {
            event.prevent_default();
        }
    }

    fn key_in_list(self, key: &str, count: usize) -> bool {
        let active = self.active.get_untracked().min(count - 1);
        match key {
            "ArrowDown" => self.active.set((active + 1) % count),
            "ArrowUp" => self.active.set((active + count - 1) % count),
            "Enter" | "Tab" => self.choose(active),
            "Escape" => self.close(),
            _ => return false,
        }
        true
    }

    fn key_in_text(self, key: &str) -> bool {
        match key {
            "ArrowUp" => self.back(),
            "ArrowDown" => self.forth(),
            _ => false,
        }
    }

    /// Goes to the message before, from the beginning of the text or from another such message.
    fn back(self) -> bool {
        let Some((before, after)) = self.parts() else {
            return false;
        };
        let is_among = self.recall.with_value(Recall::is_open);
        if (is_among && before.contains('\n')) || (!is_among && !before.is_empty()) {
            return false;
        }
        let earlier = || self.actions.earlier.run(());
        let back = |recall: &mut Recall| recall.back(&format!("{before}{after}"), earlier);
        self.show(self.recall.try_update_value(back))
    }

    /// Goes to the message after, from the last line.
    fn forth(self) -> bool {
        let Some((before, after)) = self.parts() else {
            return false;
        };
        if after.contains('\n') || !self.recall.with_value(Recall::is_open) {
            return false;
        }
        let forth = |recall: &mut Recall| recall.forth(&format!("{before}{after}"));
        self.show(self.recall.try_update_value(forth))
    }

    fn show(self, line: Option<Option<String>>) -> bool {
        let Some(line) = line.flatten() else {
            return false;
        };
        self.set(&line, "");
        true
    }
}
