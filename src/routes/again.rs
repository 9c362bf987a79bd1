//! A message that failed, sent again: now, or when the limit of the provider resets.
use crate::browser::clock;
use crate::components::Resend;
use crate::feeds::{Deed, SessionFeed};
use domain::attachment::Enclosed;
use domain::session::Phase;
use domain::thread::Body;
use leptos::prelude::*;

/// Minutes that clocks are ahead of UTC where the person is; the server does not know.
pub(super) fn zone() -> Signal<i64> {
    let zone = RwSignal::new(0);
    Effect::new(move |_| zone.set(clock::zone_min()));
    zone.into()
}

/// The failure that the thread ends with, and the message that it is about.
pub(super) fn failed(feed: SessionFeed) -> Option<(u64, (String, Enclosed))> {
    let is_active = feed
        .session
        .with(|session| session.status.phase() == Phase::Active);
    if is_active || feed.thread.has_newer.get() {
        return None;
    }
    let mut failure = None;
    feed.thread
        .entries
        .with(|entries| {
            entries.iter().rev().find_map(|(seq, entry)| {
                entry.with(|entry| match &entry.body {
                    Body::Error { .. } => {
                        failure.get_or_insert(*seq);
                        None
                    }
                    Body::User {
                        text,
                        attachments,
                        files,
                        ..
                    } => {
                        let enclosed = Enclosed {
                            attachments: attachments.clone(),
                            files: files.clone(),
                        };
                        Some((text.clone(), enclosed))
                    }
                    Body::Agent { .. }
                    | Body::Thought { .. }
                    | Body::System { .. }
                    | Body::Plan { .. }
                    | Body::Tool(_)
                    | Body::Image(_)
                    | Body::Approval(_)
                    | Body::Question(_) => None,
                })
            })
        })
        .and_then(|message| Some((failure?, message)))
}

/// Sends the message of the last failure again.
pub(super) fn send_again(feed: SessionFeed, wanted: Resend) {
    let found = untrack(|| failed(feed)).filter(|(seq, _)| *seq == wanted.failure);
    let Some((_, (text, enclosed))) = found else {
        return;
    };
    feed.act(match wanted.at {
        Some(at) => Deed::SendAt(text, enclosed, at),
        None => Deed::Send(text, enclosed),
    });
}
