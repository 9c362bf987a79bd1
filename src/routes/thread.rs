//! The thread pane: follows the end while the reader is there, and takes the reader to other places.
use super::again::{failed, send_again, zone};
use super::raw::raw_drawer;
use super::search::search_panel;
use crate::browser::keys::{Press, on_keys};
use crate::browser::page::focus;
use crate::components::{
    Answer, Loaded, PendingMessage, Pointed, SEARCH_FIELD, ThreadEnv, ThreadItem, ThreadMoves,
    Transcript, entry_id, later,
};
use crate::feeds::{
    Deed, RawFeed, SearchFeed, SessionFeed, armed, follow_end, jump_to_end, load_on, reveal_entry,
};
use domain::window::End;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use std::collections::BTreeSet;

/// The thread with its scrolling.
#[component]
pub fn ThreadPane(
    /// The session.
    feed: SessionFeed,
    /// The page's clock.
    now_ms: Signal<i64>,
) -> impl IntoView {
    let at_end = follow_end(feed);
    let id = feed.session.with_untracked(|session| session.id.clone());
    let (search, raw) = (SearchFeed::new(id.clone()), RawFeed::new(id));
    let opened = RwSignal::new(BTreeSet::new());
    let on_go = Callback::new(move |seq: u64| {
        opened.update(|opened| {
            opened.insert(seq);
        });
        reveal_entry(feed, at_end, seq, entry_id(seq));
    });
    follow_links(on_go);
    follow_keys(search);
    show_what_is_sent(feed, at_end);
    let loaded = Loaded {
        has_older: feed.thread.has_older.into(),
        has_newer: feed.thread.has_newer.into(),
        at_end: at_end.into(),
        opened,
        changes: feed.thread.changes.into(),
    };
    let moves = ThreadMoves {
        on_load_older: Callback::new(move |()| load_on(feed, at_end, End::Older)),
        on_load_newer: Callback::new(move |()| load_on(feed, at_end, End::Newer)),
        on_jump: Callback::new(move |()| jump_to_end(feed, at_end)),
        on_search: Callback::new(move |()| open(search)),
    };
    let panel = move || {
        search
            .is_open
            .get()
            .then(|| later(search_panel(search, on_go)))
    };
    let is_raw = Memo::new(move |_| raw.seq.get().is_some());
    let drawer = move || is_raw.get().then(|| later(raw_drawer(raw, now_ms)));
    view! {
        {panel}
        <Transcript items=items(feed) pending=pending(feed) loaded env=env(feed, raw, now_ms) moves/>
        {drawer}
    }
}

fn items(feed: SessionFeed) -> Signal<Vec<ThreadItem>> {
    let items = Memo::new(move |_| {
        let mut was_tool = false;
        let item = |(seq, entry): &(u64, RwSignal<domain::thread::Entry>)| {
            let kind = entry.with_untracked(|entry| entry.body.kind());
            let is_after_tool = was_tool && !matches!(kind, "tool" | "thought");
            was_tool = kind == "tool";
            ThreadItem {
                seq: *seq,
                entry: *entry,
                is_after_tool,
            }
        };
        let entries = &feed.thread.entries;
        entries.with(|entries| entries.iter().map(item).collect::<Vec<_>>())
    });
    items.into()
}

fn pending(feed: SessionFeed) -> Signal<Vec<PendingMessage>> {
    let shown = |message: crate::feeds::PendingMessage| PendingMessage {
        client_id: message.client_id,
        text: message.text,
    };
    let pending = Memo::new(move |_| {
        let messages = feed.pending_messages().into_iter();
        messages.map(shown).collect::<Vec<_>>()
    });
    pending.into()
}

fn env(feed: SessionFeed, raw: RawFeed, now_ms: Signal<i64>) -> ThreadEnv {
    ThreadEnv {
        now_ms,
        zone_min: zone(),
        failed: Memo::new(move |_| failed(feed).map(|(seq, _)| seq)).into(),
        on_send_again: Callback::new(move |resend| send_again(feed, resend)),
        is_loaded: feed.thread.is_loaded.into(),
        armed: armed(feed),
        answering: Signal::derive(move || feed.answering()),
        on_answer: Callback::new(move |answer: Answer| {
            feed.act(Deed::Approve(
                answer.request_id,
                answer.option_id,
                answer.args_hash,
            ));
        }),
        on_show_all: Callback::new(move |seq| feed.load_whole(seq)),
        pointed: Pointed::nowhere(),
        on_raw: Callback::new(move |seq| raw.open(seq)),
        on_copy: super::on_copy(),
    }
}

/// Goes to the entry that the address names, `#entry-12`.
fn follow_links(on_go: Callback<u64>) {
    let hash = use_location().hash;
    Effect::new(move |_| {
        let seq = hash.with(|hash| {
            let name = hash.trim_start_matches('#');
            name.strip_prefix("entry-")?.parse::<u64>().ok()
        });
        if let Some(seq) = seq.filter(|seq| *seq > 0) {
            on_go.run(seq);
        }
    });
}

/// Opens the search, or goes back to its field.
fn open(search: SearchFeed) {
    if search.is_open.get_untracked() {
        focus(SEARCH_FIELD);
    } else {
        search.is_open.set(true);
    }
}

fn follow_keys(search: SearchFeed) {
    let press = move |press: Press| {
        let is_key = press.key.eq_ignore_ascii_case("f");
        let is_wanted =
            press.is_shifted_command || (press.key == "f" && press.is_plain && !press.is_taken);
        if is_key && is_wanted {
            open(search);
        }
        is_key && is_wanted
    };
    Effect::new(move |_| {
        // Lives as long as the effect, on the browser's thread.
        let _listener = StoredValue::new_local(on_keys(press));
    });
}

/// What the person sends stands at the end: the reader goes there.
fn show_what_is_sent(feed: SessionFeed, at_end: RwSignal<bool>) {
    let count = Memo::new(move |_| feed.pending_messages().len());
    Effect::new(move |before: Option<usize>| {
        let now = count.get();
        if before.is_some_and(|before| now > before) && feed.thread.has_newer.get_untracked() {
            jump_to_end(feed, at_end);
        }
        now
    });
}
