//! The thread pane: follows the end while the reader is there, loads older entries without a jump.
use crate::browser::events::{Listener, on_window};
use crate::browser::page::{copy, distance_to_end, page_height, scroll_by, scroll_to_end};
use crate::browser::timer::TimerSlot;
use crate::components::{Answer, PendingMessage, ThreadEnv, ThreadItem, Transcript};
use crate::feeds::{Deed, SessionFeed};
use leptos::prelude::*;

/// Closer to the end than this, the reader is at the end.
const NEAR_PX: f64 = 80.0;
/// How long an approval waits before its buttons work. Source: contract, `approval_arm_ms`.
const ARM_MS: u64 = 500;

/// The thread with its scrolling.
#[component]
pub fn ThreadPane(
    /// The session.
    feed: SessionFeed,
    /// The page's clock.
    now_ms: Signal<i64>,
) -> impl IntoView {
    let at_end = RwSignal::new(true);
    follow_end(feed, at_end);
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
    let on_load_older = Callback::new(move |()| {
        let before = page_height();
        feed.load_older(move || after_paint(move || scroll_by(page_height() - before)));
    });
    let on_jump = Callback::new(move |()| {
        at_end.set(true);
        scroll_to_end();
    });
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

fn after_paint(then: impl FnOnce() + 'static) {
    request_animation_frame(then);
}

/// Keeps the end in view while the reader is there.
fn follow_end(feed: SessionFeed, at_end: RwSignal<bool>) {
    let listener = StoredValue::new_local(None::<Listener>);
    Effect::new(move |_| {
        let watch = move || {
            let is_near = distance_to_end() < NEAR_PX;
            if at_end.try_get_untracked() == Some(!is_near) {
                at_end.set(is_near);
            }
        };
        listener.set_value(on_window("scroll", watch));
    });
    Effect::new(move |_| {
        feed.sync.with(|view| view.version);
        feed.thread.entries.track();
        if at_end.get_untracked() {
            after_paint(scroll_to_end);
        }
    });
}

/// False for a moment after a new approval came into view, so that no click meant for something
/// else answers it.
fn armed(feed: SessionFeed) -> Signal<bool> {
    let open = Memo::new(move |_| {
        let names = |session: &domain::session::Session| {
            session
                .pending_approvals
                .iter()
                .map(|open| open.request_id.clone())
                .collect::<Vec<_>>()
        };
        feed.session.with(names)
    });
    let is_armed = RwSignal::new(false);
    let slot = StoredValue::new_local(TimerSlot::default());
    Effect::new(move |before: Option<Vec<String>>| {
        let now = open.get();
        let is_new = now
            .iter()
            .any(|name| before.as_ref().is_none_or(|before| !before.contains(name)));
        if is_new {
            is_armed.set(false);
            slot.update_value(|slot| {
                slot.set(ARM_MS, move || {
                    let _ = is_armed.try_set(true);
                });
            });
        }
        now
    });
    is_armed.into()
}
