//! What the server tells this tab by itself: one stream for all tabs of the browser, and to whom
//! on the page each word of it goes. What is decided is in [`domain::push`].
mod board;
mod hub;
mod listening;
mod peers;
mod wire;

pub(super) use board::follow_all;
pub(super) use hub::{Joined, is_leading, share};
pub(super) use peers::{ask_first, tell_read};

use domain::id::SessionId;
use domain::push::{SessionUpdated, Wants};
use domain::session::Row;
use domain::sync::Event;
use hub::dispatch;
use std::rc::Rc;
use std::sync::Arc;

/// What is listened to.
#[derive(Clone)]
pub(super) enum Topic {
    /// A session, and the revision that is there of it.
    Session(SessionId, Rc<dyn Fn() -> u64>),
    /// All sessions of this user.
    List,
}

impl Topic {
    fn wants(&self) -> Wants {
        let mut wants = Wants::default();
        match self {
            Self::Session(id, held) => {
                wants.sessions.insert(id.clone());
                wants.held.insert(id.clone(), held());
            }
            Self::List => wants.is_list = true,
        }
        wants
    }
}

/// What is told.
#[derive(Debug, Clone)]
pub(super) enum Signal {
    /// Changes are told from now on.
    Opened {
        /// Whether some may have been missed before.
        is_gap: bool,
    },
    /// A session changed.
    Updated(SessionUpdated),
    /// Changes of the session, as an answer of the API.
    Changes(Arc<str>),
    /// Nothing more is told.
    Lost,
    /// Another tab read all sessions.
    Rows(Vec<Row>),
}

impl Signal {
    /// What it means for the sync core of a session.
    pub(super) fn event(&self) -> Option<Event> {
        match self {
            Self::Opened { is_gap } => Some(Event::PushOpened { is_gap: *is_gap }),
            Self::Updated(update) => Some(Event::Push {
                version: update.revision,
            }),
            Self::Lost => Some(Event::PushHealth(false)),
            Self::Changes(_) | Self::Rows(_) => None,
        }
    }
}

/// Whether the page is not to hear of a session now: whoever deletes it knows already.
pub(super) fn mute(id: &SessionId, is_muted: bool) {
    hub::tell(|listening| listening.mute(id, is_muted));
}

/// Listens until what is returned is dropped. Call from an effect.
pub(super) fn join(topic: Topic, call: impl Fn(Signal) + 'static) -> Joined {
    let (joined, wants) = hub::add(topic, call);
    peers::show(&wants);
    dispatch(domain::push::Input::Wants(wants));
    joined
}
