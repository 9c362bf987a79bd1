//! Where a person writes to the agent.
use super::enclosures::{AttachButton, AttachText, Enclosing, Enclosures};
use super::erased::Show;
use super::message_field::{FieldActions, FieldOffers, MessageField};
use super::option_bar::OptionBar;
use super::queue_list::{QueueActions, QueueList};
use super::ui::{Glyph, Icon};
use super::writing::Writing;
use domain::session::{Phase, QueuedMessage, SessionStatus};
use domain::snapshot::AgentState;
use domain::typing::SendKey;
use leptos::prelude::*;

/// What a person can do in the composer.
#[derive(Clone, Copy)]
pub struct ComposerActions {
    /// What the field asks of the page.
    pub field: FieldActions,
    /// Stops the agent.
    pub on_stop: Callback<()>,
    /// What can be done with queued messages.
    pub queue: QueueActions,
    /// Sets an option of the agent.
    pub on_set: Callback<(String, String)>,
}

/// What the composer shows.
#[derive(Clone, Copy)]
pub struct ComposerData {
    /// What the session does.
    pub status: Signal<SessionStatus>,
    /// Whether a message waits for its images.
    pub is_sending: Signal<bool>,
    /// Messages that wait for the end of the turn.
    pub queue: Signal<Vec<QueuedMessage>>,
    /// Why the last message was not taken.
    pub error: Signal<Option<String>>,
    /// What goes along.
    pub with: Enclosing,
    /// What the agent offers.
    pub offers: Signal<AgentState>,
    /// Whether an agent is there that would take a choice.
    pub is_live: Signal<bool>,
    /// Paths that fit what is being typed.
    pub paths: Signal<Vec<String>>,
}

/// Where a person writes to the agent.
#[component]
pub fn Composer(
    /// What is written; the page keeps it as a draft.
    value: RwSignal<String>,
    /// What it shows.
    data: ComposerData,
    /// What can be done.
    actions: ComposerActions,
) -> impl IntoView {
    let status = Memo::new(move |_| data.status.get());
    let is_busy = Memo::new(move |_| status.get().phase() == Phase::Active);
    let is_empty = move || value.with(|text| text.trim().is_empty()) && !data.with.has_attachment();
    let writing = Writing::of_app();
    let too_long = writing.too_long(value);
    let is_off = move || data.is_sending.get() || is_empty() || too_long.with(Option::is_some);
    let send = move || {
        if !is_off() {
            actions.field.on_send.run(());
        }
    };
    let field = FieldActions {
        on_send: Callback::new(move |()| send()),
        ..actions.field
    };
    let on_submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        send();
    };
    let offers = FieldOffers {
        paths: data.paths,
        commands: Signal::derive(move || data.offers.with(|offers| offers.commands.clone())),
    };
    let with = data.with;
    with.follow_drops();
    view! {
        <form
            class="composer"
            aria-label="Message to the agent"
            on:submit=on_submit
        >
            <QueueList queue=data.queue status=data.status actions=actions.queue/>
            {move || too_long.get().map(|why| view! { <p class="composer__error" role="alert"><AttachText value why with/></p> })}
            {move || data.error.get().map(|error| view! { <p class="composer__error" role="alert">{error}</p> })}
            <div class="composer__box">
                <div class="composer__along"><Enclosures with/></div>
                <MessageField value placeholder=Signal::derive(move || placeholder(status.get())) offers with actions=field/>
                <OptionBar offers=data.offers is_live=data.is_live on_set=actions.on_set/>
                <div class="composer__bar">
                    <AttachButton with/>
                    <Hint is_sending=data.is_sending writing/>
                    <Show when=move || is_busy.get()>
                        <button type="button" data-testid="stop" data-early="" data-tone="bad" on:click=move |_| actions.on_stop.run(())>
                            <Icon glyph=Glyph::Stop/>
                            "Stop"
                        </button>
                    </Show>
                    <button type="submit" data-testid="send" data-early="" data-tone="main" disabled=is_off>
                        <Icon glyph=Glyph::Up/>
                        {move || if is_busy.get() { "Queue" } else { "Send" }}
                    </button>
                </div>
            </div>
        </form>
    }
    .into_any()
}

/// What the keys do, or what is waited for.
#[component]
fn Hint(
    /// Whether a message waits for its images.
    is_sending: Signal<bool>,
    /// What this browser wants of fields.
    writing: Writing,
) -> impl IntoView {
    let keys = move || {
        let (send, line) = match writing.send_key.get() {
            SendKey::Enter => ("Enter", "Shift+Enter"),
            SendKey::CommandEnter => ("Ctrl+Enter", "Enter"),
        };
        view! {
            <p id="composer-hint" class="composer__hint">
                <span data-only="keyboard"><kbd>{send}</kbd>" sends, "<kbd>{line}</kbd>" breaks the line, "</span>
                <kbd>"@"</kbd>" names a file"
            </p>
        }
    };
    view! {
        <Show when=move || is_sending.get() fallback=keys>
            <p id="composer-hint" class="composer__hint" role="status">"Sends when the images are there"</p>
        </Show>
    }
    .into_any()
}

const fn placeholder(status: SessionStatus) -> &'static str {
    match status {
        SessionStatus::Pending | SessionStatus::Running => "Queue a message until the agent is up",
        SessionStatus::Working => "Queue a message for the end of this turn",
        SessionStatus::WaitingApproval => "The agent waits for your permission above",
        SessionStatus::WaitingInput => "Answer the agent",
        SessionStatus::Idle => "Write to the agent",
        SessionStatus::Completed | SessionStatus::Cancelled => "Write to go on with this session",
        SessionStatus::Failed | SessionStatus::Interrupted => "Write to try again",
    }
}
