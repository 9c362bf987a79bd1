//! The one way in for changes: the last revision of each session that nobody took yet.
use domain::id::SessionId;
use domain::push::SessionUpdated;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use tokio::sync::Notify;

/// A change of a session, and whose session it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The user whose session it is.
    pub owner: String,
    /// What is told.
    pub update: SessionUpdated,
}

/// Changes that wait to be told; one for each session at the most.
#[derive(Debug, Default)]
pub struct Inbox {
    waiting: Mutex<Waiting>,
    news: Notify,
}

/// What waits.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    pub(crate) moved: HashMap<SessionId, Moved>,
    /// Whether every page must ask once, because what all answers carry changed.
    pub(crate) is_resync: bool,
}

impl Inbox {
    /// Takes a change that is committed, of this node or of another one.
    pub fn publish(&self, moved: Moved) {
        self.put(|waiting| {
            let id = moved.update.session_id.clone();
            match waiting.moved.get(&id) {
                Some(known) if known.update.revision >= moved.update.revision => {}
                _ => drop(waiting.moved.insert(id, moved)),
            }
        });
    }

    /// Makes every page ask once: flags or settings changed.
    pub fn resync(&self) {
        self.put(|waiting| waiting.is_resync = true);
    }

    fn put(&self, change: impl FnOnce(&mut Waiting)) {
        change(&mut self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        self.news.notify_one();
    }

    /// Waits until something waits.
    pub(crate) async fn news(&self) {
        self.news.notified().await;
    }

    /// Takes what waits.
    pub(crate) fn take(&self) -> Waiting {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut waiting)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use domain::push::VERSION;
    use domain::time::Timestamp;

    pub(in crate::events) fn session(n: u32) -> SessionId {
        format!("0199f0a0-1111-7222-8333-{n:012x}").parse().unwrap()
    }

    pub(in crate::events) fn moved(owner: &str, n: u32, revision: u64) -> Moved {
        Moved {
            owner: owner.to_owned(),
            update: SessionUpdated {
                v: VERSION,
                session_id: session(n),
                updated_at: Timestamp(0),
                revision,
            },
        }
    }

    #[test]
    fn the_highest_revision_of_each_session_waits() {
        let inbox = Inbox::default();
        for (n, revision) in [(1, 4), (2, 1), (1, 6), (1, 5)] {
            inbox.publish(moved("ann", n, revision));
        }
        let taken = inbox.take().moved;
        assert_eq!(taken[&session(1)].update.revision, 6);
        assert_eq!(taken[&session(2)].update.revision, 1);
        assert!(inbox.take().moved.is_empty());
    }
}
