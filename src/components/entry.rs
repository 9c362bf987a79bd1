//! The frame of an entry: its knot on the thread, its heading, and what it is.
use super::approval_card::ApprovalCard;
use super::entry_menu::EntryMenu;
use super::failure::Failure;
use super::message::{AgentMessage, UserMessage};
use super::plan::Plan;
use super::question_card::QuestionCard;
use super::thought::Thought;
use super::tool_call::ToolCall;
use super::transcript::{ThreadEnv, ThreadItem};
use domain::amount;
use domain::thread::{self, Body};
use leptos::prelude::*;

/// One entry of the thread.
#[component]
pub fn Entry(
    /// The entry.
    item: ThreadItem,
    /// What every entry needs.
    env: ThreadEnv,
) -> impl IntoView {
    let entry = item.entry;
    let kind = Memo::new(move |_| entry.with(|entry| entry.body.kind()));
    let cut = Memo::new(move |_| entry.with(|entry| entry.cut.map(|cut| cut.bytes)));
    view! {
        <li
            class="entry"
            data-testid="thread-entry"
            data-seq=item.seq.to_string()
            data-kind=move || kind.get()
        >
            {move || {
                kind.track();
                body(entry, env)
            }}
            <EntryMenu item/>
            {move || cut.get().map(|bytes| view! {
                <p class="entry__cut">
                    {format!("Cut here, {} in all. ", amount::bytes(bytes))}
                    <button type="button" data-tone="plain" on:click=move |_| env.on_show_all.run(item.seq)>
                        "Show all"
                    </button>
                </p>
            })}
        </li>
    }
    .into_any()
}

fn body(entry: RwSignal<thread::Entry>, env: ThreadEnv) -> AnyView {
    match entry.with_untracked(|entry| Kind::of(&entry.body)) {
        Kind::User => view! { <UserMessage entry now_ms=env.now_ms/> }.into_any(),
        Kind::Agent => view! { <AgentMessage entry on_copy=env.on_copy/> }.into_any(),
        Kind::Thought => view! { <Thought entry on_copy=env.on_copy/> }.into_any(),
        Kind::System => {
            let text = project(entry, |body| match body {
                Body::System { text, .. } => text.clone(),
                _ => String::new(),
            });
            view! { <p class="entry__system">{move || text.get()}</p> }.into_any()
        }
        Kind::Error => view! { <Failure entry/> }.into_any(),
        Kind::Plan => view! { <Plan entry/> }.into_any(),
        Kind::Tool => view! { <ToolCall entry env/> }.into_any(),
        Kind::Approval => view! { <ApprovalCard entry env/> }.into_any(),
        Kind::Question => view! { <QuestionCard entry now_ms=env.now_ms/> }.into_any(),
    }
}

/// The kinds of entries, without their content.
enum Kind {
    User,
    Agent,
    Thought,
    System,
    Error,
    Plan,
    Tool,
    Approval,
    Question,
}

impl Kind {
    const fn of(body: &Body) -> Self {
        match body {
            Body::User { .. } => Self::User,
            Body::Agent { .. } => Self::Agent,
            Body::Thought { .. } => Self::Thought,
            Body::System { .. } => Self::System,
            Body::Error { .. } => Self::Error,
            Body::Plan { .. } => Self::Plan,
            Body::Tool(_) => Self::Tool,
            Body::Approval(_) => Self::Approval,
            Body::Question(_) => Self::Question,
        }
    }
}

/// A part of an entry that spreads only when it differs.
pub(super) fn project<T>(
    entry: RwSignal<thread::Entry>,
    read: impl Fn(&Body) -> T + Send + Sync + 'static,
) -> Memo<T>
where
    T: PartialEq + Send + Sync + 'static,
{
    Memo::new(move |_| entry.with(|entry| read(&entry.body)))
}
