//! Where a person writes to the agent.
use super::erased::Show;
use super::queue_list::QueueList;
use super::ui::{Glyph, Icon};
use domain::id::ClientId;
use domain::session::{Phase, QueuedMessage, SessionStatus};
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

/// What a person can do in the composer.
#[derive(Clone, Copy)]
pub struct ComposerActions {
    /// Sends what is written.
    pub on_send: Callback<()>,
    /// Stops the agent.
    pub on_stop: Callback<()>,
    /// Gives a queued message another text.
    pub on_edit: Callback<(ClientId, String)>,
    /// Takes a queued message back.
    pub on_remove: Callback<ClientId>,
}

/// Where a person writes to the agent.
#[component]
pub fn Composer(
    /// What is written; the page keeps it as a draft.
    value: RwSignal<String>,
    /// What the session does.
    #[prop(into)]
    status: Signal<SessionStatus>,
    /// Whether a message is on its way.
    #[prop(into)]
    is_sending: Signal<bool>,
    /// Messages that wait for the end of the turn.
    #[prop(into)]
    queue: Signal<Vec<QueuedMessage>>,
    /// Why the last message was not taken.
    #[prop(into)]
    error: Signal<Option<String>>,
    /// What can be done.
    actions: ComposerActions,
) -> impl IntoView {
    let status = Memo::new(move |_| status.get());
    let is_busy = Memo::new(move |_| status.get().phase() == Phase::Active);
    let is_off = move || is_sending.get() || value.with(|text| text.trim().is_empty());
    let send = move || {
        if !is_off() {
            actions.on_send.run(());
        }
    };
    let on_key = move |event: KeyboardEvent| {
        let is_plain = !event.shift_key() && !event.alt_key() && !event.is_composing();
        if event.key() == "Enter" && is_plain {
            event.prevent_default();
            send();
        }
    };
    let on_submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        send();
    };
    view! {
        <form class="composer" aria-label="Message to the agent" on:submit=on_submit>
            <QueueList queue on_edit=actions.on_edit on_remove=actions.on_remove/>
            {move || error.get().map(|error| view! { <p class="composer__error" role="alert">{error}</p> })}
            <div class="composer__box">
                <label for="composer-text" data-only="reader">"Message"</label>
                <textarea
                    id="composer-text"
                    class="composer__text"
                    data-testid="composer"
                    rows="2"
                    aria-describedby="composer-hint"
                    placeholder=move || placeholder(status.get())
                    prop:value=move || value.get()
                    on:input=move |event| value.set(event_target_value(&event))
                    on:keydown=on_key
                ></textarea>
                <div class="composer__bar">
                    <p id="composer-hint" class="composer__hint">
                        <kbd>"Enter"</kbd>" sends, "<kbd>"Shift+Enter"</kbd>" breaks the line"
                    </p>
                    <Show when=move || is_busy.get()>
                        <button type="button" data-testid="stop" data-tone="bad" on:click=move |_| actions.on_stop.run(())>
                            <Icon glyph=Glyph::Stop/>
                            "Stop"
                        </button>
                    </Show>
                    <button type="submit" data-testid="send" data-tone="main" disabled=is_off>
                        <Icon glyph=Glyph::Up/>
                        {move || if is_busy.get() { "Queue" } else { "Send" }}
                    </button>
                </div>
            </div>
        </form>
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
