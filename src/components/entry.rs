//! The frame of an entry: its knot on the thread, its heading, and what it is.
use super::approval_card::ApprovalCard;
use super::entry_group::{Fold, Folds, group_line};
use super::entry_tools::{EntryTools, way_back};
use super::failure::Failure;
use super::message::{AgentMessage, UserMessage};
use super::plan::Plan;
use super::question_card::QuestionCard;
use super::shown_image::ShownImage;
use super::thought::Thought;
use super::tool_call::ToolCall;
use super::transcript::{ThreadEnv, ThreadItem};
use domain::amount;
use domain::session::BY_ITSELF;
use domain::thread::{self, ApprovalState, Body};
use leptos::prelude::*;

/// The id of an entry's element, which links lead to.
#[must_use]
pub fn entry_id(seq: u64) -> String {
    format!("entry-{seq}")
}

/// One entry of the thread.
#[component]
pub fn Entry(
    /// The entry.
    item: ThreadItem,
    /// What every entry needs.
    env: ThreadEnv,
    /// Which entries are shown as one.
    folds: Folds,
) -> impl IntoView {
    let entry = item.entry;
    let fold = Memo::new(move |_| folds.of(item.seq));
    let kind = Memo::new(move |_| entry.with(|entry| entry.body.kind()));
    let waits = waits(entry);
    let cut = Memo::new(move |_| entry.with(|entry| entry.cut.map(|cut| cut.bytes)));
    view! {
        <li
            class="entry"
            tabindex="0"
            id=entry_id(item.seq)
            data-testid="thread-entry"
            data-seq=item.seq.to_string()
            data-kind=move || kind.get()
            data-after=item.is_after_tool.then_some("tool")
            data-waits=move || waits.is_some_and(|waits| waits.get()).then_some("")
            data-fold=move || fold.with(|fold| fold.as_ref().and_then(Fold::word))
        >
            {move || group_line(folds, item.seq, fold.get())}
            {move || {
                kind.track();
                body(item, env)
            }}
            {entry.with_untracked(way_back)}
            {move || cut.get().map(|bytes| view! {
                <p class="entry__cut">
                    {format!("Cut here, {} in all. ", amount::bytes(bytes))}
                    <button type="button" data-tone="plain" on:click=move |_| env.on_show_all.run(item.seq)>
                        "Show all"
                    </button>
                </p>
            })}
            <EntryTools item env/>
        </li>
    }
    .into_any()
}

/// Whether a person is waited for, of entries that can wait for one.
fn waits(entry: RwSignal<thread::Entry>) -> Option<Memo<bool>> {
    let can_wait =
        entry.with_untracked(|entry| matches!(entry.body, Body::Approval(_) | Body::Question(_)));
    can_wait.then(|| {
        project(entry, |body| match body {
            Body::Approval(approval) => approval.state == ApprovalState::Open,
            Body::Question(question) => question.state == ApprovalState::Open,
            _ => false,
        })
    })
}

fn body(item: ThreadItem, env: ThreadEnv) -> AnyView {
    let entry = item.entry;
    match entry.with_untracked(|entry| Kind::of(&entry.body)) {
        Kind::User => {
            view! { <UserMessage entry now_ms=env.now_ms on_copy=env.on_copy/> }.into_any()
        }
        Kind::Agent => view! { <AgentMessage entry on_copy=env.on_copy/> }.into_any(),
        Kind::Thought => view! { <Thought entry on_copy=env.on_copy/> }.into_any(),
        Kind::System => system(entry, env),
        Kind::Error => view! { <Failure entry env/> }.into_any(),
        Kind::Plan => view! { <Plan entry/> }.into_any(),
        Kind::Tool => view! { <ToolCall entry env/> }.into_any(),
        Kind::Image => {
            let image = project(entry, |body| match body {
                Body::Image(image) => Some(image.clone()),
                _ => None,
            });
            let draw = move || image.get().map(|image| view! { <ShownImage image/> });
            view! { <h3 data-only="reader">"Image of the agent"</h3> {draw} }.into_any()
        }
        Kind::Approval => view! { <ApprovalCard item env/> }.into_any(),
        Kind::Question => view! { <QuestionCard entry now_ms=env.now_ms/> }.into_any(),
    }
}

/// A word of the console; what has a time of day tells it where the person is.
fn system(entry: RwSignal<thread::Entry>, env: ThreadEnv) -> AnyView {
    let at = entry.with_untracked(|entry| entry.at);
    let is_by_itself = project(
        entry,
        |body| matches!(body, Body::System { code, .. } if code == BY_ITSELF),
    );
    let text = project(entry, |body| match body {
        Body::System { text, .. } => text.clone(),
        _ => String::new(),
    });
    let said = move || match is_by_itself.get() {
        true => format!("by itself at {}", at.local_minute(env.zone_min.get())),
        false => text.get(),
    };
    view! { <p class="entry__system">{said}</p> }.into_any()
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
    Image,
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
            Body::Image(_) => Self::Image,
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
