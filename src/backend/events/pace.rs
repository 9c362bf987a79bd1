//! How often a session is told: at once, then at most once in a while, and the last one always.
use super::{Lane, Moved};
use domain::id::SessionId;
use std::collections::HashMap;

/// Least distance of two events of a session, in milliseconds. Source: contract, "Events".
const SESSION_MS: u64 = 100;
/// The same for streams that ask for all sessions.
const LIST_MS: u64 = 500;

impl Lane {
    const fn gap_ms(self) -> u64 {
        match self {
            Self::Session => SESSION_MS,
            Self::List => LIST_MS,
        }
    }
}

/// What was told lately, and what waits for its turn. Times are milliseconds of any one clock.
#[derive(Debug, Default)]
pub(super) struct Pace {
    slots: HashMap<(Lane, SessionId), Slot>,
}

#[derive(Debug)]
struct Slot {
    /// Nothing more is told of this session before this.
    free_at: u64,
    waiting: Option<Moved>,
}

impl Pace {
    /// Takes a change.
    pub(super) fn offer(&mut self, now: u64, moved: &Moved) {
        for lane in [Lane::Session, Lane::List] {
            let key = (lane, moved.update.session_id.clone());
            let slot = self.slots.entry(key).or_insert(Slot {
                free_at: now,
                waiting: None,
            });
            let known = slot.waiting.as_ref().map_or(0, |held| held.update.revision);
            if moved.update.revision >= known {
                slot.waiting = Some(moved.clone());
            }
        }
    }

    /// What is to be told now, in the order of revisions of each session.
    pub(super) fn due(&mut self, now: u64) -> Vec<(Lane, Moved)> {
        let mut due = Vec::new();
        self.slots.retain(|(lane, _), slot| {
            if slot.free_at > now {
                return true;
            }
            let Some(moved) = slot.waiting.take() else {
                return false;
            };
            slot.free_at = now + lane.gap_ms();
            due.push((*lane, moved));
            true
        });
        due
    }

    /// When something is to be told next.
    pub(super) fn next(&self) -> Option<u64> {
        let waiting = self.slots.values().filter(|slot| slot.waiting.is_some());
        waiting.map(|slot| slot.free_at).min()
    }
}

#[cfg(test)]
mod tests {
    use super::super::inbox::tests::moved;
    use super::*;

    fn told(due: &[(Lane, Moved)], lane: Lane) -> Vec<u64> {
        let own = due.iter().filter(|(other, _)| *other == lane);
        own.map(|(_, moved)| moved.update.revision).collect()
    }

    #[test]
    fn the_first_change_is_told_at_once_and_of_many_the_last_one() {
        let mut pace = Pace::default();
        let mut all = [Vec::new(), Vec::new()];
        for now in 0..2000 {
            if now < 1000 && now % 10 == 0 {
                pace.offer(now, &moved("ann", 1, now / 10 + 1));
            }
            let due = pace.due(now);
            for (at, lane) in [Lane::Session, Lane::List].into_iter().enumerate() {
                all[at].extend(told(&due, lane).into_iter().map(|told| (now, told)));
            }
        }
        let [session, list] = all;
        assert_eq!((session[0], list[0]), ((0, 1), (0, 1)));
        assert_eq!((session.len(), list.len()), (11, 3));
        let last = |told: &[(u64, u64)]| *told.last().unwrap();
        assert_eq!((last(&session), last(&list)), ((1000, 100), (1000, 100)));
        assert!(
            session
                .windows(2)
                .all(|two| two[1].0 - two[0].0 >= SESSION_MS)
        );
    }

    #[test]
    fn sessions_do_not_wait_for_each_other_and_quiet_ones_are_forgotten() {
        let mut pace = Pace::default();
        pace.offer(0, &moved("ann", 1, 1));
        assert_eq!(pace.due(0).len(), 2);
        pace.offer(1, &moved("ann", 2, 1));
        pace.offer(1, &moved("ann", 1, 2));
        assert_eq!(told(&pace.due(1), Lane::Session), [1]);
        assert_eq!(pace.next(), Some(100));
        assert_eq!(told(&pace.due(100), Lane::Session), [2]);
        pace.due(600);
        pace.due(1200);
        assert!(pace.slots.is_empty());
        assert_eq!(pace.next(), None);
    }
}
