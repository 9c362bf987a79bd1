//! The thread pane: follows the end while the reader is there, loads older entries without a jump.
use crate::components::{Answer, PendingMessage, ThreadEnv, ThreadItem, Transcript};
use crate::feeds::{Deed, SessionFeed, armed, copy, follow_end, jump_to_end, load_older_in_place};
use leptos::prelude::*;

/// The thread with its scrolling.
#[component]
pub fn ThreadPane(
    /// The session.
    feed: SessionFeed,
    /// The page's clock.
    now_ms: Signal<i64>,
) -> impl IntoView {
    let at_end = follow_end(feed);
    let items = Signal::derive(move || {
        let item = |(seq, entry): (u64, RwSignal<domain::thread::Entry>)| ThreadItem { seq, entry };
        feed.thread
            .entries
            .get()
            .into_iter()
            .map(item)
            .collect::<Vec<_>>()
    });
    let pending = Memo::new(move |_| {
        let shown = |message: crate::feeds::PendingMessage| PendingMessage {
            client_id: message.client_id,
            text: message.text,
        };
        feed.pending_messages()
            .into_iter()
            .map(shown)
            .collect::<Vec<_>>()
    });
    let env = ThreadEnv {
        now_ms,
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
        on_copy: Callback::new(|text: String| copy(&text)),
    };
    let on_load_older = Callback::new(move |()| load_older_in_place(feed));
    let on_jump = Callback::new(move |()| jump_to_end(at_end));
    view! {
        <Transcript
            items
            pending=pending.into()
            has_older=feed.thread.has_older.into()
            at_end=at_end.into()
            env
            on_load_older
            on_jump
        />
    }
}
