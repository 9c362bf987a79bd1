//! A question of the agent: a form or a link, and what was answered.
use super::entry::project;
use super::question_field::{FieldDraft, FieldInput};
use super::time_ago::TimeAgo;
use super::ui::{Notice, Tone, Urgency};
use domain::question::{FieldValue, Question, QuestionAction, Values, host_of};
use domain::thread::{ApprovalState, Body, Entry};
use domain::visible::reveal;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// A person's answer to a question.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// The question.
    pub question_id: String,
    /// What is done about it.
    pub action: QuestionAction,
    /// What was filled in.
    pub values: Values,
}

/// What every question needs besides itself; the page gives it as a context.
#[derive(Clone, Copy)]
pub struct QuestionEnv {
    /// The question whose answer is on its way.
    pub answering: Signal<Option<String>>,
    /// The question whose answer was refused, and why.
    pub refused: Signal<Option<(String, String)>>,
    /// Answers a question.
    pub on_reply: Callback<Reply>,
}

/// A question of the agent.
#[component]
pub fn QuestionCard(
    /// The entry.
    entry: RwSignal<Entry>,
    /// The page's clock, in milliseconds since 1970.
    now_ms: Signal<i64>,
) -> impl IntoView {
    let question = project(entry, |body| match body {
        Body::Question(question) => Some((**question).clone()),
        _ => None,
    });
    let state = Memo::new(move |_| {
        question.with(|it| it.as_ref().map_or(ApprovalState::Void, |it| it.state))
    });
    let message = move || {
        let text = |it: &Question| reveal(&it.message).into_owned();
        question.with(|it| it.as_ref().map(text))
    };
    let asked = move || {
        let is_open = state.get() == ApprovalState::Open;
        let env = use_context::<QuestionEnv>().filter(|_| is_open);
        let question = question.get_untracked()?;
        Some(match env {
            Some(env) => view! { <Form question env/> }.into_any(),
            None => view! { <Outcome question now_ms/> }.into_any(),
        })
    };
    view! {
        <article class="question-card" data-testid="question" data-state=move || word_of(state.get())>
            <h3 class="question-card__title">"The agent asks"</h3>
            <p class="question-card__message">{message}</p>
            {asked}
        </article>
    }
    .into_any()
}

/// The form of an open question.
#[component]
fn Form(
    /// The question.
    question: Question,
    /// What every question needs.
    env: QuestionEnv,
) -> impl IntoView {
    let id = question.question_id.clone();
    let drafts: Vec<FieldDraft> = question.fields.iter().map(FieldDraft::new).collect();
    let drafts = StoredValue::new(drafts);
    let answered = id.clone();
    let is_busy = Memo::new(move |_| env.answering.with(|it| it.as_ref() == Some(&answered)));
    let refused = id.clone();
    let refusal = Memo::new(move |_| {
        let why = env
            .refused
            .get()
            .filter(|(question, _)| *question == refused)?
            .1;
        // A word about one field stands at that field.
        let is_told = drafts.with_value(|drafts| drafts.iter().any(|draft| draft.tell(&why)));
        (!is_told).then_some(why)
    });
    let reply = Callback::new(move |(action, values): (QuestionAction, Values)| {
        env.on_reply.run(Reply {
            question_id: id.clone(),
            action,
            values,
        });
    });
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        if let Some(values) = drafts.with_value(|drafts| read(drafts)) {
            reply.run((QuestionAction::Accept, values));
        }
    };
    let leave = move |action| reply.run((action, Values::new()));
    let accept = if question.url.is_some() {
        "Done"
    } else {
        "Answer"
    };
    view! {
        <form class="question-card__form" aria-label="Answer" novalidate on:submit=on_submit>
            {question.url.map(|url| link(&url))}
            {drafts.get_value().into_iter().map(|draft| view! { <FieldInput draft/> }).collect_view()}
            {move || refusal.get().map(|why| view! {
                <Notice tone=Tone::Bad urgency=Urgency::Alert>{why}</Notice>
            })}
            <div class="question-card__bar">
                <button type="submit" data-testid="answer" data-tone="main" disabled=move || is_busy.get()>{accept}</button>
                <button
                    type="button"
                    data-testid="decline"
                    disabled=move || is_busy.get()
                    on:click=move |_| leave(QuestionAction::Decline)
                >
                    "Decline"
                </button>
            </div>
        </form>
    }
    .into_any()
}

/// What is filled in; none while a field is wrong, which then says why.
fn read(drafts: &[FieldDraft]) -> Option<Values> {
    let mut values = Values::new();
    let mut is_good = true;
    for draft in drafts {
        match draft.read() {
            Ok(Some(value)) => drop(values.insert(draft.name(), value)),
            Ok(None) => {}
            Err(_) => is_good = false,
        }
    }
    is_good.then_some(values)
}

/// The address, its host whole and apart from the rest.
fn link(url: &str) -> AnyView {
    let Some(host) = host_of(url).map(|host| reveal(host).into_owned()) else {
        return ().into_any();
    };
    let shown = reveal(url).into_owned();
    view! {
        <p class="question-card__link">
            <a href=url.to_owned() target="_blank" rel="noopener noreferrer" data-tone="usual">
                "Open " <strong class="question-card__host">{host}</strong>
            </a>
            <code>{shown}</code>
        </p>
    }
    .into_any()
}

/// Who answered what and when, or why nobody can any more.
#[component]
fn Outcome(
    /// The question.
    question: Question,
    /// The page's clock, in milliseconds since 1970.
    now_ms: Signal<i64>,
) -> impl IntoView {
    let words = outcome(&question);
    let answer = question.answer;
    let at = answer.as_ref().map(|answer| Signal::stored(answer.at));
    let label = |name: &str| {
        let field = question.fields.iter().find(|field| field.name == name);
        reveal(field.map_or(name, |field| &field.label)).into_owned()
    };
    let values = answer.map(|answer| answer.values).unwrap_or_default();
    let row = |(name, value): (&String, &FieldValue)| {
        view! {
            <dt>{label(name)}</dt>
            <dd>{reveal(&domain::question::Field::write(value).join(", ")).into_owned()}</dd>
        }
    };
    view! {
        {(!values.is_empty()).then(|| view! {
            <dl class="question-card__values">{values.iter().map(row).collect_view()}</dl>
        })}
        <p class="question-card__outcome">
            {words}
            {at.map(|at| view! { " · " <TimeAgo at now_ms/> })}
        </p>
    }
    .into_any()
}

fn outcome(question: &Question) -> String {
    let Some(answer) = &question.answer else {
        return match question.state {
            ApprovalState::Open => "Waits for an answer",
            ApprovalState::Answered => "Answered",
            ApprovalState::Withdrawn => "The agent took the question back",
            ApprovalState::Void => "The turn ended before anybody answered",
        }
        .to_owned();
    };
    let verb = match answer.action {
        QuestionAction::Accept if answer.by.is_empty() => return "Done at that address".to_owned(),
        QuestionAction::Accept => "Answered",
        QuestionAction::Decline => "Declined",
        QuestionAction::Cancel => "Left",
    };
    format!("{verb} by {}", answer.by)
}

const fn word_of(state: ApprovalState) -> &'static str {
    match state {
        ApprovalState::Open => "open",
        ApprovalState::Answered => "answered",
        ApprovalState::Withdrawn => "withdrawn",
        ApprovalState::Void => "void",
    }
}
