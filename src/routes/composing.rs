//! The composer of a session: draft, images, completion, queue and options, wired to the feed.
use super::other_drafts::other_drafts;
use super::session_page::title_of;
use crate::components::{
    COMPOSER_FIELD, Composer, ComposerActions, ComposerData, Enclosing, FieldActions, QueueActions,
};
use crate::feeds::{AttachmentsFeed, CompletionFeed, Deed, DraftFeed, SessionFeed};
use domain::action::SessionAction;
use domain::id::SessionId;
use domain::thread::Body;
use leptos::prelude::*;

/// What goes along with a message, for the components.
pub(super) fn enclosing(feed: AttachmentsFeed) -> Enclosing {
    Enclosing {
        uploads: feed.uploads,
        files: feed.files,
        refusal: feed.refusal,
        on_add: Callback::new(move |files| feed.add(files)),
        on_attach_text: Callback::new(move |value| feed.attach_text(value)),
        on_remove: Callback::new(move |key| feed.remove(key)),
    }
}

/// Why the last deed was taken back, for the composer.
fn refusal_text(feed: SessionFeed) -> Option<String> {
    feed.refusal.with(|refusal| {
        let refusal = refusal.as_ref()?;
        let is_conflict = title_of(&refusal.deed).is_some() && refusal.error.current.is_some();
        (!is_conflict).then(|| refusal.error.message.clone())
    })
}

/// What the person wrote in this session, as far as it is loaded, oldest first.
fn earlier(feed: SessionFeed) -> Vec<String> {
    let said = |body: &Body| match body {
        Body::User { text, .. } => Some(text.clone()),
        _ => None,
    };
    feed.thread.entries.with_untracked(|entries| {
        let all = entries.iter();
        all.filter_map(|(_, entry)| entry.with_untracked(|entry| said(&entry.body)))
            .collect()
    })
}

/// Puts text and images back that were refused; beside what is written meanwhile, if anything is.
fn restore_refused(feed: SessionFeed, draft: DraftFeed, along: AttachmentsFeed) {
    Effect::new(move |_| {
        feed.refusal.with(|refusal| {
            let refused = match refusal.as_ref().map(|refusal| &refusal.deed) {
                Some(Deed::Send(text, with) | Deed::SendAt(text, with, _)) => (text, with),
                Some(Deed::Reword(_, text)) => return draft.add_refused(text),
                _ => return,
            };
            let (text, with) = refused;
            if draft.text.with_untracked(String::is_empty) && along.enclosed().is_empty() {
                draft.text.set(text.clone());
                along.restore(with.clone());
            } else {
                draft.add_refused(text);
            }
        });
    });
}

/// Notes messages on their way, so that a reload loses none; what the thread has by then is no draft.
fn keep_sent(feed: SessionFeed, draft: DraftFeed) {
    let sending = Memo::new(move |_| feed.sending());
    Effect::new(move |is_open: Option<()>| {
        if is_open.is_none() {
            let others = draft.others.get_untracked();
            let sent = earlier(feed);
            let arrived = others.iter().filter(|other| sent.contains(other));
            arrived.for_each(|text| draft.forget_other(text));
        }
        draft.note_sending(sending.get());
    });
}

/// Sends now, or once all images are there; gives whether it waits for them, and the deed.
fn sending(
    feed: SessionFeed,
    value: RwSignal<String>,
    along: AttachmentsFeed,
) -> (RwSignal<bool>, Callback<()>) {
    let is_waiting = RwSignal::new(false);
    let send = move || {
        let text = value.get_untracked();
        let with = along.enclosed();
        if !text.trim().is_empty() || !with.attachments.is_empty() {
            value.set(String::new());
            along.clear();
            feed.act(Deed::Send(text, with));
        }
    };
    Effect::new(move |_| {
        if is_waiting.get() && !along.is_sending() {
            is_waiting.set(false);
            // What was refused is to be seen first.
            if !along.has_refused() {
                send();
            }
        }
    });
    let on_send = Callback::new(move |()| {
        if untrack(|| along.is_sending()) {
            is_waiting.set(true);
        } else {
            send();
        }
    });
    (is_waiting, on_send)
}

/// The composer.
pub(super) fn composer(feed: SessionFeed, id: &SessionId) -> impl IntoView + use<> {
    let draft = DraftFeed::new(id.as_str(), COMPOSER_FIELD);
    let value = draft.text;
    let along = AttachmentsFeed::new(id.as_str());
    let completion = CompletionFeed::new(id.clone());
    restore_refused(feed, draft, along);
    keep_sent(feed, draft);
    let (is_waiting, on_send) = sending(feed, value, along);
    let act = move |deed| feed.act(deed);
    let queue = QueueActions {
        on_edit: Callback::new(move |(item, text)| act(Deed::Reword(item, text))),
        on_remove: Callback::new(move |item| act(Deed::Dequeue(item))),
        on_move: Callback::new(move |(item, to)| act(Deed::Move(item, to))),
        on_send_now: Callback::new(move |item| act(Deed::SendNow(item))),
    };
    let actions = ComposerActions {
        field: FieldActions {
            on_send,
            on_complete: Callback::new(move |query| completion.ask(query)),
            on_file: Callback::new(move |path| along.name_file(path)),
            earlier: Callback::new(move |()| earlier(feed)),
        },
        on_stop: Callback::new(move |()| act(Deed::Cancel)),
        queue,
        on_set: Callback::new(move |(option, value)| act(Deed::SetOption(option, value))),
    };
    let status = Memo::new(move |_| feed.session.with(|session| session.status));
    let waiting = Memo::new(move |_| feed.session.with(|session| session.queue.clone()));
    let is_live = Memo::new(move |_| {
        let is_allowed = SessionAction::SetOption.is_allowed(status.get());
        is_allowed && feed.session.with(|session| session.agent_alive)
    });
    let data = ComposerData {
        status: status.into(),
        is_sending: is_waiting.into(),
        queue: waiting.into(),
        error: Signal::derive(move || refusal_text(feed)),
        with: enclosing(along),
        offers: Memo::new(move |_| feed.offers()).into(),
        is_live: is_live.into(),
        paths: completion.paths.into(),
    };
    view! {
        {other_drafts(draft)}
        <Composer value data actions/>
    }
}
