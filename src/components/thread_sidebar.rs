//! What a session is and what it has done so far, in numbers.
use super::erased::{For, Show};
use super::fact::Fact;
use super::lasting::Lasting;
use super::share::Share;
use super::status_badge::StatusBadge;
use super::time_ago::TimeAgo;
use super::tool_counts::ToolCounts;
use domain::amount;
use domain::id::ALONE;
use domain::session::{Phase, Session, meaning};
use domain::snapshot::{EditedFile, Metadata};
use domain::time::Timestamp;
use leptos::prelude::*;

/// The facts of a session. It never fetches: the page hands it the one snapshot.
#[component]
pub fn ThreadSidebar(
    /// The session.
    session: Signal<Session>,
    /// Its counts.
    metadata: Signal<Metadata>,
    /// The page's clock, in milliseconds since 1970.
    now_ms: Signal<i64>,
) -> impl IntoView {
    view! {
        <section class="thread-sidebar" data-testid="thread-sidebar" aria-label="Session facts">
            <h2 class="thread-sidebar__title">"Session"</h2>
            <About session now_ms/>
            <Talk session metadata/>
            <Context metadata/>
            <Progress metadata/>
            <ToolCounts tools=Signal::derive(move || metadata.with(|metadata| metadata.tools.clone()))/>
            <EditedFiles metadata/>
        </section>
    }
    .into_any()
}

/// Status, agent, times, and the failure if there is one.
#[component]
fn About(
    /// The session.
    session: Signal<Session>,
    /// The page's clock, in milliseconds since 1970.
    now_ms: Signal<i64>,
) -> impl IntoView {
    let status = Signal::derive(move || session.with(|session| session.status));
    let reason = Signal::derive(move || session.with(|session| session.status_reason.clone()));
    let agent = Signal::derive(move || session.with(|session| Some(session.agent.clone())));
    let model = Signal::derive(move || session.with(|session| session.model.clone()));
    let process = Signal::derive(move || {
        let is_alive = session.with(|session| session.agent_alive);
        Some(if is_alive { "running" } else { "stopped" }.to_owned())
    });
    let node = Signal::derive(move || session.with(node_of));
    let failure = Signal::derive(move || session.with(failure_of));
    let at = Memo::new(move |_| session.with(|session| session.last_activity_at));
    let from = Memo::new(move |_| session.with(|session| session.started_at));
    let until = Memo::new(move |_| session.with(end_of));
    // A duration that is only beginning has no words yet.
    let lasting = Memo::new(move |_| {
        let has_words = |from: &Timestamp| {
            let so_far = Timestamp(now_ms.get()).since(*from);
            until.with(Option::is_some) || !amount::so_far(so_far).is_empty()
        };
        from.get().filter(has_words)
    });
    view! {
        <dl class="thread-sidebar__facts">
            <div class="thread-sidebar__pair"><dt>"Status"</dt><dd><StatusBadge status/></dd></div>
            <Fact label="Why" value=reason/>
            <Fact label="Failure" value=failure/>
            <Fact label="Agent" value=agent/>
            <Fact label="Model" value=model/>
            <Fact label="Process" value=process/>
            <Fact label="Node" value=node/>
            {move || lasting.get().map(|from| view! {
                <div class="thread-sidebar__pair">
                    <dt>"Duration"</dt>
                    <dd><Lasting from=Signal::stored(from) until now_ms/></dd>
                </div>
            })}
            <div class="thread-sidebar__pair">
                <dt>"Last activity"</dt>
                <dd><TimeAgo at now_ms/></dd>
            </div>
        </dl>
    }
    .into_any()
}

/// Where its agent is, if there are several places.
fn node_of(session: &Session) -> Option<String> {
    (session.node_id != ALONE).then(|| session.node_id.clone())
}

/// When a session that does nothing stopped doing something.
fn end_of(session: &Session) -> Option<Timestamp> {
    match session.status.phase() {
        Phase::Active => None,
        Phase::Idle => Some(session.last_activity_at),
        Phase::Terminal => session.completed_at.or(Some(session.last_activity_at)),
    }
}

/// What kind of failure it is; the thread has the sentence.
fn failure_of(session: &Session) -> Option<String> {
    let failure = session.error.as_ref()?;
    let exit = failure.exit_code.map(|code| format!(" (exit code {code})"));
    let signal = failure.signal.map(|signal| format!(" (signal {signal})"));
    let end = exit.or(signal).unwrap_or_default();
    Some(format!("{}{end}", meaning(failure.code.as_str())))
}

/// How much was said.
#[component]
fn Talk(
    /// The session.
    session: Signal<Session>,
    /// The counts.
    metadata: Signal<Metadata>,
) -> impl IntoView {
    // A start that failed is an error too, though nothing was said in the conversation.
    let errors = Signal::derive(move || {
        let failed = session.with(|session| u64::from(session.error.is_some()));
        Some(
            metadata
                .with(|metadata| metadata.errors.max(failed))
                .to_string(),
        )
    });
    let of = move |read: fn(&Metadata) -> u64| {
        Signal::derive(move || Some(metadata.with(read).to_string()))
    };
    let worked = Signal::derive(move || {
        let ms = metadata.with(|metadata| metadata.duration_ms);
        (ms > 0).then(|| amount::span(ms))
    });
    let size = Signal::derive(move || {
        Some(amount::bytes(
            metadata.with(|metadata| metadata.output_bytes),
        ))
    });
    view! {
        <dl class="thread-sidebar__facts">
            <Fact label="Worked" value=worked/>
            <Fact label="Turns" value=of(|metadata| metadata.turns)/>
            <Fact label="Prompts" value=of(|metadata| metadata.prompts)/>
            <Fact label="Replies" value=of(|metadata| metadata.replies)/>
            <Fact label="Output" value=size/>
            <Fact label="Errors" value=errors/>
        </dl>
    }
    .into_any()
}

/// Tokens, the share of the context that is used, and cost.
#[component]
fn Context(
    /// The counts.
    metadata: Signal<Metadata>,
) -> impl IntoView {
    let tokens = Memo::new(move |_| metadata.with(|metadata| metadata.tokens));
    let count = |tokens: Option<u64>| tokens.map(amount::count);
    let alone = Signal::derive(move || match tokens.get() {
        tokens if tokens.size.is_none() => count(tokens.used),
        _ => None,
    });
    let share = Memo::new(move |_| tokens.with(|tokens| tokens.used.zip(tokens.size)));
    let input = Signal::derive(move || count(tokens.get().input));
    let output = Signal::derive(move || count(tokens.get().output));
    let cost = Signal::derive(move || {
        let cost = metadata.with(|metadata| metadata.cost.clone())?;
        Some(format!(
            "{} {}",
            amount::hundredths(cost.amount),
            cost.currency
        ))
    });
    let words = Signal::derive(move || {
        let (used, size) = share.get().unwrap_or_default();
        let percent = amount::percent(used, size);
        format!(
            "{} of {} ({percent} %)",
            amount::count(used),
            amount::count(size)
        )
    });
    let is_known = move || tokens.get() != domain::snapshot::Tokens::default();
    view! {
        <Show when=move || share.get().is_some()>
            <Share label="Context" words part=Signal::derive(move || share.get().unwrap_or_default().0) whole=Signal::derive(move || share.get().unwrap_or_default().1)/>
        </Show>
        <Show when=move || is_known() || cost.with(Option::is_some)>
            <dl class="thread-sidebar__facts">
                <Fact label="Tokens" value=alone/>
                <Fact label="Tokens read" value=input/>
                <Fact label="Tokens written" value=output/>
                <Fact label="Cost" value=cost/>
            </dl>
        </Show>
    }
    .into_any()
}

/// How far the latest plan is.
#[component]
fn Progress(
    /// The counts.
    metadata: Signal<Metadata>,
) -> impl IntoView {
    let plan = Memo::new(move |_| metadata.with(|metadata| metadata.plan));
    let part = Signal::derive(move || plan.get().map_or(0, |plan| plan.done));
    let whole = Signal::derive(move || plan.get().map_or(0, |plan| plan.total));
    let words = Signal::derive(move || format!("{} of {} done", part.get(), whole.get()));
    view! {
        <Show when=move || plan.get().is_some()>
            <Share label="Plan" words part whole/>
        </Show>
    }
    .into_any()
}

/// Files that the agent edited, with how often.
#[component]
fn EditedFiles(
    /// The counts.
    metadata: Signal<Metadata>,
) -> impl IntoView {
    let files = Memo::new(move |_| metadata.with(|metadata| metadata.edited_files.clone()));
    let row = |file: EditedFile| {
        view! {
            <li class="thread-sidebar__file">
                <span>{file.path}</span>
                <span class="thread-sidebar__count">{amount::of(file.edits, "edit")}</span>
            </li>
        }
    };
    view! {
        <Show when=move || files.with(|files| !files.is_empty())>
            <section class="thread-sidebar__part">
                <h3>"Edited files"</h3>
                <ul class="thread-sidebar__files">
                    <For each=move || files.get() key=|file| (file.path.clone(), file.edits) children=row/>
                </ul>
            </section>
        </Show>
    }
    .into_any()
}
