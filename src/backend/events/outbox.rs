//! What one stream has still to send: bounded; a reader that is too slow loses it and is told so.
use super::ring::PushedEvent;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// Events that wait for a slow reader at the most.
const MOST: usize = 64;

/// Events that wait for one reader.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    held: Mutex<Held>,
    news: Notify,
}

#[derive(Debug, Default)]
struct Held {
    drained: Drained,
}

/// What is to be sent now.
#[derive(Debug, Default)]
pub struct Drained {
    /// Events, in order.
    pub events: Vec<PushedEvent>,
    /// Events were lost up to this number: the page must fetch.
    pub lost: Option<u64>,
    /// The console ends.
    pub is_over: bool,
}

impl Outbox {
    /// Adds an event.
    pub(super) fn put(&self, event: PushedEvent) {
        let mut held = self.lock();
        if held.drained.lost.is_some() || held.drained.events.len() >= MOST {
            held.drained.events = Vec::new();
            held.drained.lost = Some(event.n);
        } else {
            held.drained.events.push(event);
        }
        self.news.notify_one();
    }

    /// Says that everything up to this number may have been missed.
    pub(super) fn lose(&self, n: u64) {
        let mut held = self.lock();
        held.drained.events = Vec::new();
        held.drained.lost = Some(n);
        self.news.notify_one();
    }

    /// Says that the console ends.
    pub(super) fn end(&self) {
        self.lock().drained.is_over = true;
        self.news.notify_one();
    }

    /// Waits until something waits.
    pub(super) async fn news(&self) {
        self.news.notified().await;
    }

    /// Takes what waits.
    pub(super) fn take(&self) -> Drained {
        let mut held = self.lock();
        let is_over = held.drained.is_over;
        let taken = std::mem::take(&mut held.drained);
        held.drained.is_over = is_over;
        taken
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Lane;
    use super::super::inbox::tests::moved;
    use super::*;

    fn event(n: u64) -> PushedEvent {
        PushedEvent {
            n,
            lane: Lane::Session,
            moved: moved("ann", 1, n).into(),
            text: n.to_string().into(),
        }
    }

    #[test]
    fn a_reader_that_is_too_slow_loses_all_and_is_told_once() {
        let outbox = Outbox::default();
        for n in 1..=200 {
            outbox.put(event(n));
        }
        let drained = outbox.take();
        assert_eq!((drained.events.len(), drained.lost), (0, Some(200)));
        outbox.put(event(201));
        let drained = outbox.take();
        assert_eq!((drained.events.len(), drained.lost), (1, None));
        assert!(!drained.is_over);
        outbox.end();
        assert!(outbox.take().is_over && outbox.take().is_over);
    }
}
