//! The last events of this node, and whether a page that was away missed more than they tell.
use super::{Lane, Moved};
use std::collections::VecDeque;
use std::sync::Arc;

/// An event as every stream writes it.
#[derive(Debug, Clone)]
pub struct PushedEvent {
    /// Its number among those of this node.
    pub n: u64,
    pub(super) lane: Lane,
    /// The change that it tells of.
    pub moved: Arc<Moved>,
    /// The event of a new revision, whole.
    pub text: Arc<str>,
}

/// The last events, oldest first; their numbers have no gaps.
#[derive(Debug)]
pub(super) struct Ring {
    kept: VecDeque<PushedEvent>,
    most: usize,
    head: u64,
}

impl Ring {
    /// Keeps this many.
    pub(super) fn new(most: usize) -> Self {
        Self {
            kept: VecDeque::new(),
            most,
            head: 0,
        }
    }

    /// Number of the last event, 0 before the first.
    pub(super) fn head(&self) -> u64 {
        self.head
    }

    /// Adds an event; the text is made of its number.
    pub(super) fn add(
        &mut self,
        lane: Lane,
        moved: Moved,
        text: impl FnOnce(u64) -> String,
    ) -> PushedEvent {
        self.head += 1;
        let told = PushedEvent {
            n: self.head,
            lane,
            text: text(self.head).into(),
            moved: Arc::new(moved),
        };
        if self.kept.len() >= self.most {
            self.kept.pop_front();
        }
        self.kept.push_back(told.clone());
        told
    }

    /// Every event after this number; none if some of them are gone, or never were.
    pub(super) fn after(&self, n: u64) -> Option<impl Iterator<Item = &PushedEvent>> {
        let oldest = self.kept.front().map_or(self.head + 1, |told| told.n);
        let is_whole = n <= self.head && n + 1 >= oldest;
        is_whole.then(|| self.kept.iter().filter(move |told| told.n > n))
    }
}

#[cfg(test)]
mod tests {
    use super::super::inbox::tests::moved;
    use super::*;

    fn after(ring: &Ring, n: u64) -> Option<Vec<u64>> {
        Some(ring.after(n)?.map(|told| told.n).collect())
    }

    #[test]
    fn what_is_kept_is_told_and_what_is_gone_is_a_gap() {
        let mut ring = Ring::new(3);
        assert_eq!(after(&ring, 0), Some(vec![]));
        assert_eq!(after(&ring, 1), None, "from another life");
        for revision in 1..=5 {
            let told = ring.add(Lane::Session, moved("ann", 1, revision), |n| n.to_string());
            assert_eq!(
                (told.n, &*told.text),
                (revision, revision.to_string().as_str())
            );
        }
        assert_eq!(ring.head(), 5);
        assert_eq!(after(&ring, 5), Some(vec![]));
        assert_eq!(after(&ring, 3), Some(vec![4, 5]));
        assert_eq!(after(&ring, 2), Some(vec![3, 4, 5]));
        assert_eq!(after(&ring, 1), None);
        assert_eq!(after(&ring, 6), None);
    }
}
