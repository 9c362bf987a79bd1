//! The thread of a session, from the oldest loaded entry to the messages still on their way.
use super::entry::Entry;
use super::entry_group::Folds;
use super::entry_tools::Pointed;
use super::erased::{For, Show};
use super::ui::{Copying, Glyph, Icon, Skeleton};
use domain::id::ClientId;
use domain::thread;
use domain::time::Timestamp;
use domain::window::chunk_of;
use leptos::prelude::*;
use std::collections::BTreeSet;

/// Id of the element after the last entry: what "latest" jumps to.
pub const LATEST: &str = "latest";

/// An entry that is loaded. Changing `entry` redraws only what differs in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThreadItem {
    /// Its place in the thread.
    pub seq: u64,
    /// What it is now.
    pub entry: RwSignal<thread::Entry>,
    /// Whether it begins something new after a tool call.
    pub is_after_tool: bool,
}

/// A message that the server has not confirmed yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingMessage {
    /// The command that sends it.
    pub client_id: ClientId,
    /// What was written.
    pub text: String,
}

/// A person's answer to a request for permission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The request.
    pub request_id: String,
    /// The option chosen.
    pub option_id: String,
    /// Hash of what was shown.
    pub args_hash: String,
}

/// A message that is to be sent again after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resend {
    /// Place of the failure.
    pub failure: u64,
    /// When, if not now.
    pub at: Option<Timestamp>,
}

/// What every entry of a thread needs besides itself.
#[derive(Clone, Copy)]
pub struct ThreadEnv {
    /// The page's clock, in milliseconds since 1970.
    pub now_ms: Signal<i64>,
    /// Minutes that clocks are ahead of UTC where the person is.
    pub zone_min: Signal<i64>,
    /// Place of the failure that the thread ends with: its message can be sent again.
    pub failed: Signal<Option<u64>>,
    /// Sends the message of a failure again.
    pub on_send_again: Callback<Resend>,
    /// Whether the end of the thread is there; until then a place is kept for it.
    pub is_loaded: Signal<bool>,
    /// Whether approvals may be answered; false while one has only just come into view.
    pub armed: Signal<bool>,
    /// The request whose answer is on its way.
    pub answering: Signal<Option<String>>,
    /// Answers a request for permission.
    pub on_answer: Callback<Answer>,
    /// Loads the whole of a cut entry, by its `seq`.
    pub on_show_all: Callback<u64>,
    /// The entry that has the tools.
    pub pointed: Pointed,
    /// Opens the journal lines behind an entry, by its `seq`.
    pub on_raw: Callback<u64>,
    /// Puts a text on the clipboard.
    pub on_copy: Callback<Copying>,
}

/// Which part of the thread is loaded.
#[derive(Debug, Clone, Copy)]
pub struct Loaded {
    /// Whether there are entries before the first.
    pub has_older: Signal<bool>,
    /// Whether there are entries after the last.
    pub has_newer: Signal<bool>,
    /// Whether the reader sees the end of what is loaded.
    pub at_end: Signal<bool>,
    /// Places of entries that are to be seen, though they are in a group.
    pub opened: RwSignal<BTreeSet<u64>>,
    /// Grows with each change of an entry.
    pub changes: Signal<u64>,
}

/// What moves the reader through the thread.
#[derive(Debug, Clone, Copy)]
pub struct ThreadMoves {
    /// Loads entries before the first.
    pub on_load_older: Callback<()>,
    /// Loads entries after the last.
    pub on_load_newer: Callback<()>,
    /// Brings the end into view.
    pub on_jump: Callback<()>,
    /// Opens the search.
    pub on_search: Callback<()>,
}

/// The thread of a session.
#[component]
pub fn Transcript(
    /// The loaded entries by ascending `seq`.
    items: Signal<Vec<ThreadItem>>,
    /// Messages that the server has not confirmed yet.
    pending: Signal<Vec<PendingMessage>>,
    /// Which part of it is loaded.
    loaded: Loaded,
    /// What every entry needs.
    env: ThreadEnv,
    /// What moves the reader.
    moves: ThreadMoves,
) -> impl IntoView {
    let folds = Folds::new(items, loaded.changes, loaded.opened);
    let chunks = Memo::new(move |_| {
        let numbers = items.with(|items| items.iter().map(|item| chunk_of(item.seq)).collect());
        let mut numbers: Vec<u64> = numbers;
        numbers.dedup();
        numbers
    });
    let last = Memo::new(move |_| chunks.with(|numbers| numbers.last().copied()));
    let chunk = move |number| view! { <Chunk number last items env folds/> };
    let is_empty = Memo::new(move |_| items.with(Vec::is_empty) && pending.with(Vec::is_empty));
    view! {
        <section class="transcript" aria-label="Thread">
            <h2 data-only="reader">"Thread"</h2>
            <p class="transcript__tools">
                <button type="button" data-tone="plain" data-testid="search-thread" aria-keyshortcuts="f" on:click=move |_| moves.on_search.run(())>
                    <Icon glyph=Glyph::Search/>
                    "Search"
                </button>
            </p>
            <Show when=move || loaded.has_older.get()>
                <p class="transcript__older">
                    <button type="button" data-tone="plain" on:click=move |_| moves.on_load_older.run(())>
                        <Icon glyph=Glyph::Up/>
                        "Load older entries"
                    </button>
                </p>
            </Show>
            <Show when=move || !env.is_loaded.get()>
                <Skeleton lines=6/>
            </Show>
            <Show when=move || is_empty.get() && env.is_loaded.get()>
                <p class="transcript__empty">"Nothing has been said yet."</p>
            </Show>
            <div
                class="transcript__entries"
                data-testid="thread"
                on:pointerover=move |event| env.pointed.point(&event)
                on:pointerleave=move |_| env.pointed.leave()
                on:focusin=move |event| env.pointed.focus(&event)
                on:focusout=move |_| env.pointed.blur()
            >
                <For each=move || chunks.get() key=|number| *number children=chunk/>
            </div>
            <Show when=move || loaded.has_newer.get()>
                <p class="transcript__older">
                    <button type="button" data-tone="plain" on:click=move |_| moves.on_load_newer.run(())>
                        <Icon glyph=Glyph::Down/>
                        "Load newer entries"
                    </button>
                </p>
            </Show>
            <ol class="transcript__pending" aria-label="Messages on their way">
                <For each=move || pending.get() key=|message| message.client_id.clone() children=on_its_way/>
            </ol>
            <div id=LATEST class="transcript__end"></div>
            <Show when=move || !loaded.at_end.get() || loaded.has_newer.get()>
                <p class="transcript__jump">
                    <button type="button" on:click=move |_| moves.on_jump.run(())>
                        <Icon glyph=Glyph::Down/>
                        "Jump to latest"
                    </button>
                </p>
            </Show>
        </section>
    }
    .into_any()
}

/// Entries that are laid out together.
#[component]
fn Chunk(
    /// Its number.
    number: u64,
    /// The number of the last one.
    last: Memo<Option<u64>>,
    /// All loaded entries.
    items: Signal<Vec<ThreadItem>>,
    /// What every entry needs.
    env: ThreadEnv,
    /// Which entries are shown as one.
    folds: Folds,
) -> impl IntoView {
    let own = Memo::new(move |_| {
        items.with(|items| {
            let from = items.partition_point(|item| chunk_of(item.seq) < number);
            let own = items.iter().skip(from);
            let own = own.take_while(|item| chunk_of(item.seq) == number);
            own.copied().collect::<Vec<_>>()
        })
    });
    view! {
        <ol
            class="transcript__chunk"
            data-chunk=number.to_string()
            data-last=move || (last.get() == Some(number)).then_some("")
        >
            <For each=move || own.get() key=|item| item.seq children=move |item| view! { <Entry item env folds/> }/>
        </ol>
    }
    .into_any()
}

fn on_its_way(message: PendingMessage) -> impl IntoView {
    view! {
        <li class="transcript__message" data-pending="true" data-client-id=message.client_id.to_string()>
            <p class="transcript__note">"You · sending"</p>
            <p class="transcript__text">{message.text}</p>
        </li>
    }
}
