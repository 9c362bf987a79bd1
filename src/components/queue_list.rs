//! Messages that wait for the end of the turn.
use super::erased::{For, Show};
use super::ui::{Glyph, Icon};
use super::writing::{Writing, key};
use domain::amount;
use domain::id::ClientId;
use domain::session::{Phase, QueuedMessage, SessionStatus};
use leptos::ev::KeyboardEvent;
use leptos::html::Button;
use leptos::prelude::*;

/// What can be done with queued messages.
#[derive(Debug, Clone, Copy)]
pub struct QueueActions {
    /// Gives one another text.
    pub on_edit: Callback<(ClientId, String)>,
    /// Takes one back.
    pub on_remove: Callback<ClientId>,
    /// Puts one at a place, from 0.
    pub on_move: Callback<(ClientId, usize)>,
    /// Stops the turn and sends one.
    pub on_send_now: Callback<ClientId>,
}

/// Messages that wait for the end of the turn; each can be changed, moved, sent and taken back.
#[component]
pub fn QueueList(
    /// The messages, next first.
    queue: Signal<Vec<QueuedMessage>>,
    /// What the session does.
    status: Signal<SessionStatus>,
    /// What can be done.
    actions: QueueActions,
) -> impl IntoView {
    let queue = Memo::new(move |_| queue.get());
    let heading = move || queue.with(|queue| heading(queue, status.get()));
    let row = move |message| view! { <Queued message queue actions/> };
    view! {
        <Show when=move || queue.with(|queue| !queue.is_empty())>
            <section class="queue-list" aria-label="Queued messages">
                <h2 class="queue-list__title">{heading}</h2>
                <ol class="queue-list__items">
                    <For
                        each=move || queue.get()
                        key=|message| message.client_id.clone()
                        children=row
                    />
                </ol>
            </section>
        </Show>
    }
    .into_any()
}

/// What the messages wait for.
fn heading(queue: &[QueuedMessage], status: SessionStatus) -> String {
    let count = queue.len();
    if status.phase() == Phase::Active {
        return format!("Queued for the end of this turn: {count}");
    }
    if queue.iter().all(|message| message.not_before.is_some())
        && status != SessionStatus::Cancelled
    {
        return format!("Sent when the time comes: {count}");
    }
    // Nothing runs whose end could send them.
    match count {
        1 => "1 message waits until somebody sends it".to_owned(),
        count => format!("{count} messages wait until somebody sends them"),
    }
}

/// What goes along with a message, in words.
fn along(message: &QueuedMessage) -> Option<String> {
    let count = |count: usize, noun| (count > 0).then(|| amount::of(count as u64, noun));
    let attached = message.attachments.iter();
    let images = attached.clone().filter(|it| it.is_image()).count();
    let texts = attached.len() - images;
    let time = message
        .not_before
        .map(|at| format!("is sent at {} UTC", at.minute()));
    let words: Vec<String> = count(images, "image")
        .into_iter()
        .chain(count(texts, "text"))
        .chain(count(message.files.len(), "file"))
        .chain(time)
        .collect();
    (!words.is_empty()).then(|| words.join(", "))
}

/// One queued message.
#[component]
fn Queued(
    /// The message.
    message: QueuedMessage,
    /// All of them.
    queue: Memo<Vec<QueuedMessage>>,
    /// What can be done.
    actions: QueueActions,
) -> impl IntoView {
    let is_editing = RwSignal::new(false);
    let draft = RwSignal::new(message.text.clone());
    let id = StoredValue::new(message.client_id.clone());
    let writing = Writing::of_app();
    let too_long = writing.too_long(draft);
    let save = move || {
        if too_long.with_untracked(Option::is_some) {
            return;
        }
        is_editing.set(false);
        actions.on_edit.run((id.get_value(), draft.get_untracked()));
    };
    let on_key = move |event: KeyboardEvent| {
        if writing.sends(&event) {
            event.prevent_default();
            save();
        } else if key(&event).is_some_and(|key| key == "Escape") {
            is_editing.set(false);
        }
    };
    let client_id = message.client_id.to_string();
    // The row stays while its message is reworded elsewhere, and so does what is written here.
    let current = Memo::new(move |before: Option<&QueuedMessage>| {
        let is_it = |queued: &&QueuedMessage| id.with_value(|id| queued.client_id == *id);
        let found = queue.with(|queue| queue.iter().find(is_it).cloned());
        found
            .or_else(|| before.cloned())
            .unwrap_or_else(|| message.clone())
    });
    Effect::new(move |_| {
        let text = current.with(|message| message.text.clone());
        if !is_editing.get_untracked() {
            draft.set(text);
        }
    });
    let shown = move || {
        let (text, along) = current.with(|message| (message.text.clone(), along(message)));
        let along = along.map(|along| view! { <span class="queue-list__along">{along}</span> });
        view! { <p class="queue-list__text">{text}</p>{along} }
    };
    view! {
        <li class="queue-list__item" data-client-id=client_id>
            <Show when=move || is_editing.get() fallback=shown>
                <textarea
                    aria-label="Queued message"
                    rows="2"
                    dir="auto"
                    enterkeyhint=move || writing.enter_hint()
                    prop:value=move || draft.get()
                    on:input=move |event| draft.set(event_target_value(&event))
                    on:keydown=on_key
                ></textarea>
                <button type="button" on:click=move |_| save()>"Save"</button>
                {move || too_long.get().map(|why| view! { <p role="alert">{why}</p> })}
            </Show>
            <Deeds id queue is_editing actions/>
        </li>
    }
    .into_any()
}

/// What can be done with one message.
#[component]
fn Deeds(
    /// The message.
    id: StoredValue<ClientId>,
    /// All of them.
    queue: Memo<Vec<QueuedMessage>>,
    /// Whether its text is being changed.
    is_editing: RwSignal<bool>,
    /// What can be done.
    actions: QueueActions,
) -> impl IntoView {
    let at = Memo::new(move |_| {
        let is_it = |queued: &QueuedMessage| id.with_value(|id| queued.client_id == *id);
        queue
            .with(|queue| queue.iter().position(is_it))
            .unwrap_or(0)
    });
    let is_first = move || at.get() == 0;
    let is_last = move || queue.with(Vec::len) <= at.get() + 1;
    let is_next = move || queue.with(|queue| queue.get(at.get()).is_some_and(|queued| queued.next));
    view! {
        <MoveButton label="Move queued message up" glyph=Glyph::Up at is_off=Signal::derive(is_first)
            on_press=Callback::new(move |at: usize| actions.on_move.run((id.get_value(), at - 1)))/>
        <MoveButton label="Move queued message down" glyph=Glyph::Down at is_off=Signal::derive(is_last)
            on_press=Callback::new(move |at: usize| actions.on_move.run((id.get_value(), at + 1)))/>
        <button type="button" data-tone="plain" disabled=is_next on:click=move |_| actions.on_send_now.run(id.get_value())>
            {move || if is_next() { "Sending" } else { "Send now" }}
        </button>
        <button
            type="button"
            data-tone="plain"
            aria-label="Edit queued message"
            aria-expanded=move || is_editing.get().to_string()
            on:click=move |_| is_editing.update(|is_editing| *is_editing = !*is_editing)
        >
            <Icon glyph=Glyph::Pencil/>
        </button>
        <button
            type="button"
            data-tone="plain"
            aria-label="Remove queued message"
            on:click=move |_| actions.on_remove.run(id.get_value())
        >
            <Icon glyph=Glyph::Cross/>
        </button>
    }
    .into_any()
}

/// A button that moves its row and keeps the focus, which the browser takes from what is moved.
#[component]
fn MoveButton(
    /// What it does.
    label: &'static str,
    /// Its drawing.
    glyph: Glyph,
    /// The place of its row.
    at: Memo<usize>,
    /// Whether the row cannot go further.
    is_off: Signal<bool>,
    /// Moves the row from this place.
    on_press: Callback<usize>,
) -> impl IntoView {
    let node = NodeRef::<Button>::new();
    let is_pressed = StoredValue::new(false);
    let press = move |_| {
        if !is_off.get_untracked() {
            is_pressed.set_value(true);
            on_press.run(at.get_untracked());
        }
    };
    Effect::new(move |_| {
        at.track();
        if is_pressed.get_value() {
            is_pressed.set_value(false);
            request_animation_frame(move || {
                // The row may be gone by now.
                if let Some(button) = node.try_get_untracked().flatten() {
                    let _ = button.focus();
                }
            });
        }
    });
    view! {
        <button
            type="button"
            data-tone="plain"
            node_ref=node
            aria-label=label
            aria-disabled=move || is_off.get().to_string()
            on:click=press
        >
            <Icon glyph/>
        </button>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_queued_waits_for_a_turn_only_while_there_is_one() {
        let json = r#"{"clientId":"0199f0a0-1111-4222-8333-444455556666","text":"x","at":"2026-11-26T12:00:00.000Z","by":"a"}"#;
        let message: QueuedMessage = serde_json::from_str(json).unwrap();
        let queue = vec![message.clone(), message];
        for status in SessionStatus::ALL {
            let is_active = status.phase() == Phase::Active;
            let words = heading(&queue, status);
            assert_eq!(words.contains("end of this turn"), is_active, "{words}");
        }
        let one = heading(&queue[..1], SessionStatus::Cancelled);
        assert_eq!(one, "1 message waits until somebody sends it");
    }
}
