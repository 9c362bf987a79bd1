//! Messages that wait for the end of the turn.
use super::ui::{Glyph, Icon};
use domain::amount;
use domain::id::ClientId;
use domain::session::QueuedMessage;
use leptos::ev::KeyboardEvent;
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
    /// What can be done.
    actions: QueueActions,
) -> impl IntoView {
    let queue = Memo::new(move |_| queue.get());
    let row = move |message| view! { <Queued message queue actions/> };
    view! {
        <Show when=move || queue.with(|queue| !queue.is_empty())>
            <section class="queue-list" aria-label="Queued messages">
                <h2 class="queue-list__title">
                    {move || format!("Queued for the end of this turn: {}", queue.with(Vec::len))}
                </h2>
                <ol class="queue-list__items">
                    <For
                        each=move || queue.get()
                        key=|message| (message.client_id.clone(), message.text.clone())
                        children=row
                    />
                </ol>
            </section>
        </Show>
    }
    .into_any()
}

/// What goes along with a message, in words.
fn along(message: &QueuedMessage) -> Option<String> {
    let count = |count: usize, noun| (count > 0).then(|| amount::of(count as u64, noun));
    let images = count(message.attachments.len(), "image");
    let words: Vec<String> = images
        .into_iter()
        .chain(count(message.files.len(), "file"))
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
    let save = move || {
        is_editing.set(false);
        actions.on_edit.run((id.get_value(), draft.get_untracked()));
    };
    let on_key = move |event: KeyboardEvent| match event.key().as_str() {
        "Enter" if !event.shift_key() && !event.is_composing() => {
            event.prevent_default();
            save();
        }
        "Escape" => is_editing.set(false),
        _ => {}
    };
    let along = along(&message);
    let text = message.text;
    let shown = move || {
        let along = along
            .clone()
            .map(|along| view! { <span class="queue-list__along">{along}</span> });
        view! { <p class="queue-list__text">{text.clone()}</p>{along} }
    };
    view! {
        <li class="queue-list__item" data-client-id=message.client_id.to_string()>
            <Show when=move || is_editing.get() fallback=shown>
                <textarea
                    aria-label="Queued message"
                    rows="2"
                    prop:value=move || draft.get()
                    on:input=move |event| draft.set(event_target_value(&event))
                    on:keydown=on_key
                ></textarea>
                <button type="button" on:click=move |_| save()>"Save"</button>
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
    let to = move |at: usize| actions.on_move.run((id.get_value(), at));
    view! {
        <button type="button" data-tone="plain" aria-label="Move queued message up" aria-disabled=move || is_first().to_string()
            on:click=move |_| if !is_first() { to(at.get_untracked() - 1) }>
            <Icon glyph=Glyph::Up/>
        </button>
        <button type="button" data-tone="plain" aria-label="Move queued message down" aria-disabled=move || is_last().to_string()
            on:click=move |_| if !is_last() { to(at.get_untracked() + 1) }>
            <Icon glyph=Glyph::Down/>
        </button>
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
