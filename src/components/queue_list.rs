//! Messages that wait for the end of the turn.
use super::erased::{For, Show};
use super::ui::{Glyph, Icon};
use domain::id::ClientId;
use domain::session::QueuedMessage;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

/// Messages that wait for the end of the turn; each can be changed and taken back.
#[component]
pub fn QueueList(
    /// The messages, next first.
    #[prop(into)]
    queue: Signal<Vec<QueuedMessage>>,
    /// Gives one another text.
    on_edit: Callback<(ClientId, String)>,
    /// Takes one back.
    on_remove: Callback<ClientId>,
) -> impl IntoView {
    let queue = Memo::new(move |_| queue.get());
    let row = move |message| view! { <Queued message on_edit on_remove/> };
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

/// One queued message.
#[component]
fn Queued(
    /// The message.
    message: QueuedMessage,
    /// Gives it another text.
    on_edit: Callback<(ClientId, String)>,
    /// Takes it back.
    on_remove: Callback<ClientId>,
) -> impl IntoView {
    let is_editing = RwSignal::new(false);
    let draft = RwSignal::new(message.text.clone());
    let (id, removed) = (message.client_id.clone(), message.client_id.clone());
    let save = Callback::new(move |()| {
        is_editing.set(false);
        on_edit.run((id.clone(), draft.get_untracked()));
    });
    let on_key = move |event: KeyboardEvent| match event.key().as_str() {
        "Enter" if !event.shift_key() && !event.is_composing() => {
            event.prevent_default();
            save.run(());
        }
        "Escape" => is_editing.set(false),
        _ => {}
    };
    let text = message.text;
    view! {
        <li class="queue-list__item" data-client-id=message.client_id.to_string()>
            <Show
                when=move || is_editing.get()
                fallback=move || view! { <p class="queue-list__text">{text.clone()}</p> }
            >
                <textarea
                    aria-label="Queued message"
                    rows="2"
                    prop:value=move || draft.get()
                    on:input=move |event| draft.set(event_target_value(&event))
                    on:keydown=on_key
                ></textarea>
                <button type="button" on:click=move |_| save.run(())>"Save"</button>
            </Show>
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
                on:click=move |_| on_remove.run(removed.clone())
            >
                <Icon glyph=Glyph::Cross/>
            </button>
        </li>
    }
    .into_any()
}
