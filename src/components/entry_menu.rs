//! What can be done with an entry: a new session goes on from it.
use super::href;
use super::transcript::ThreadItem;
use super::ui::{CopyButton, Copying, Glyph, Icon};
use domain::fork::{CODE, Origin};
use domain::thread::Body;
use leptos::prelude::*;

/// Starts a session that goes on after an entry; the page gives it as a context.
#[derive(Clone, Copy)]
pub struct ForkFrom {
    /// Whether a fork is being made.
    pub is_busy: Signal<bool>,
    /// Forks after the entry of this place.
    pub on_fork: Callback<u64>,
}

/// The menu of a message, or the way back of a fork; nothing for other entries.
#[component]
pub fn EntryMenu(
    /// The entry.
    item: ThreadItem,
    /// Puts a text on the clipboard.
    on_copy: Callback<Copying>,
) -> impl IntoView {
    let shown = item.entry.with_untracked(|entry| match &entry.body {
        Body::User { .. } | Body::Agent { .. } => Some(None),
        Body::System { code, text } if code == CODE => Origin::of(text).map(Some),
        _ => None,
    });
    match (shown, use_context::<ForkFrom>()) {
        (Some(Some(origin)), _) => back(&origin),
        (Some(None), Some(fork)) => menu(item, fork, on_copy),
        _ => ().into_any(),
    }
}

fn back(origin: &Origin) -> AnyView {
    let path = href(&format!("/agents/{}", origin.id));
    view! { <a class="entry-menu__back" href=path>"Open the session it was forked from"</a> }
        .into_any()
}

fn menu(item: ThreadItem, fork: ForkFrom, on_copy: Callback<Copying>) -> AnyView {
    // Drawn when it is opened: a page has hundreds of them.
    let is_wanted = RwSignal::new(false);
    let items = move || is_wanted.get().then(|| items(item, fork, on_copy));
    view! {
        <details class="entry-menu" name="entry-menu" on:toggle=move |_| is_wanted.set(true)>
            <summary class="entry-menu__open" aria-label="More about this message">
                <Icon glyph=Glyph::More/>
            </summary>
            {items}
        </details>
    }
    .into_any()
}

fn items(item: ThreadItem, fork: ForkFrom, on_copy: Callback<Copying>) -> AnyView {
    let seq = item.seq;
    let text = Signal::derive(move || item.entry.with(|entry| words_of(&entry.body)));
    view! {
        <span class="entry-menu__items">
            <CopyButton label="Copy message" text on_copy/>
            <button
                type="button"
                data-testid="fork"
                data-tone="plain"
                title="A new session from the last commit of this one, which knows the thread up to here"
                disabled=move || fork.is_busy.get()
                on:click=move |_| fork.on_fork.run(seq)
            >
                <Icon glyph=Glyph::Branch/>
                "Fork from here"
            </button>
        </span>
    }
    .into_any()
}

/// What was said, as it was written.
fn words_of(body: &Body) -> String {
    match body {
        Body::User { text, .. } | Body::Agent { text, .. } => text.clone(),
        _ => String::new(),
    }
}
