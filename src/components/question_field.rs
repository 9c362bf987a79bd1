//! One field of a question, with its label, what it is about and what is wrong with it.
use super::writing::typed_early;
use domain::question::{Field, FieldType, FieldValue};
use domain::visible::reveal;
use leptos::prelude::*;

/// A field as it is being filled in.
#[derive(Clone, Copy)]
pub struct FieldDraft {
    field: StoredValue<Field>,
    /// One text, or each chosen option.
    written: RwSignal<Vec<String>>,
    wrong: RwSignal<Option<String>>,
}

impl FieldDraft {
    /// The field with what it holds at first.
    #[must_use]
    pub fn new(field: &Field) -> Self {
        let written = field.default.as_ref().map(Field::write);
        Self {
            field: StoredValue::new(field.clone()),
            written: RwSignal::new(written.unwrap_or_default()),
            wrong: RwSignal::new(None),
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> String {
        self.field.with_value(|field| field.name.clone())
    }

    /// What is filled in; the field says why if it cannot be taken.
    ///
    /// # Errors
    /// The same word.
    pub fn read(self) -> Result<Option<FieldValue>, String> {
        let read = |written: &Vec<String>| self.field.with_value(|field| field.read(written));
        let read = self.written.with_untracked(read);
        self.wrong.set(read.as_ref().err().cloned());
        read
    }

    /// Shows a refusal of the server at this field, if it is about it.
    #[must_use]
    pub fn tell(self, refusal: &str) -> bool {
        let why = refusal.strip_prefix(&self.name());
        let why = why.and_then(|rest| rest.strip_prefix(": "));
        if let Some(why) = why {
            self.wrong.set(Some(why.to_owned()));
        }
        why.is_some()
    }

    fn set(self, value: String, is_on: bool) {
        self.written.update(|written| {
            written.retain(|known| *known != value);
            if is_on {
                written.push(value);
            }
        });
    }
}

/// A field.
#[component]
pub fn FieldInput(
    /// The field as it is being filled in.
    draft: FieldDraft,
) -> impl IntoView {
    let field = draft.field.get_value();
    let id = format!("question-{}", field.name);
    let (wrong, about) = (draft.wrong, format!("{id}-about"));
    let label = reveal(&field.label).into_owned();
    let needed = field.required.then_some(" (needed)");
    let hint = field.hint.as_ref().map(|hint| reveal(hint).into_owned());
    let kind = field.kind;
    let input = input(draft, field, &id);
    let is_group = kind == FieldType::Choices;
    let words = view! {
        <span id=about.clone()>
            {hint.map(|hint| view! { <span class="question-field__hint">{hint}</span> })}
            {move || wrong.get().map(|why| view! {
                <span class="question-field__wrong" role="alert">{why}</span>
            })}
        </span>
    };
    let is_wrong = move || wrong.with(Option::is_some).to_string();
    if is_group {
        return view! {
            <fieldset class="question-field" aria-describedby=about data-wrong=is_wrong>
                <legend class="question-field__label">{label}{needed}</legend>
                {input}
                {words}
            </fieldset>
        }
        .into_any();
    }
    view! {
        <div class="question-field" data-type=format!("{kind:?}").to_lowercase() data-wrong=is_wrong>
            <label class="question-field__label" for=id>{label}{needed}</label>
            {input}
            {words}
        </div>
    }
    .into_any()
}

fn input(draft: FieldDraft, field: Field, id: &str) -> AnyView {
    match field.kind {
        FieldType::Boolean => switch(draft, "true".to_owned(), id.to_owned()),
        FieldType::Choice => select(draft, field, id),
        FieldType::Choices => {
            let one = |(at, option): (usize, domain::question::FieldOption)| {
                let id = format!("{id}-{at}");
                let name = reveal(&option.name).into_owned();
                view! {
                    <label class="question-field__option" for=id.clone()>
                        {switch(draft, option.value, id.clone())}
                        {name}
                    </label>
                }
            };
            let all = field.options.into_iter().enumerate().map(one);
            all.collect_view().into_any()
        }
        FieldType::Text | FieldType::Number | FieldType::Integer => line(draft, &field, id),
    }
}

fn switch(draft: FieldDraft, value: String, id: String) -> AnyView {
    let (own, written, on_change) = (value.clone(), draft.written, draft);
    view! {
        <input
            type="checkbox"
            id=id
            prop:checked=move || written.with(|written| written.contains(&own))
            on:change=move |event| on_change.set(value.clone(), event_target_checked(&event))
        />
    }
    .into_any()
}

fn select(draft: FieldDraft, field: Field, id: &str) -> AnyView {
    let written = draft.written;
    let option = move |(value, name): (String, String)| {
        let own = value.clone();
        let is_chosen = move || written.with(|written| written.first() == Some(&own));
        view! { <option value=value selected=is_chosen>{reveal(&name).into_owned()}</option> }
    };
    let mut all = vec![(String::new(), "Choose".to_owned())];
    all.extend(
        field
            .options
            .into_iter()
            .map(|option| (option.value, option.name)),
    );
    view! {
        <select
            id=id.to_owned()
            aria-describedby=format!("{id}-about")
            on:change=move |event| written.set(vec![event_target_value(&event)])
        >
            {all.into_iter().map(option).collect_view()}
        </select>
    }
    .into_any()
}

fn line(draft: FieldDraft, field: &Field, id: &str) -> AnyView {
    let (written, wrong) = (draft.written, draft.wrong);
    typed_early(id, move |text| written.set(vec![text]));
    let kind = match (field.kind, field.format.as_deref()) {
        (FieldType::Text, Some("email")) => "email",
        (FieldType::Text, Some("uri")) => "url",
        (FieldType::Text, Some("date")) => "date",
        _ => "text",
    };
    let mode = match field.kind {
        FieldType::Integer => "numeric",
        FieldType::Number => "decimal",
        _ => "text",
    };
    view! {
        <input
            id=id.to_owned()
            type=kind
            inputmode=mode
            dir="auto"
            enterkeyhint="done"
            aria-describedby=format!("{id}-about")
            aria-required=field.required.to_string()
            aria-invalid=move || wrong.with(Option::is_some).to_string()
            prop:value=move || written.with(|written| written.first().cloned().unwrap_or_default())
            on:input=move |event| written.set(vec![event_target_value(&event)])
        />
    }
    .into_any()
}
