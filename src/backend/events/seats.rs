//! Who is told what: the open streams by session, and by user for those that want all.
use super::Lane;
use super::hub::Subscription;
use super::inbox::Moved;
use super::outbox::Outbox;
use domain::id::SessionId;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

/// The open streams.
#[derive(Debug, Default)]
pub(super) struct Seats {
    all: HashMap<u64, (Subscription, Arc<Outbox>)>,
    by_session: HashMap<SessionId, Vec<u64>>,
    lists: HashMap<String, Vec<u64>>,
    of_user: HashMap<String, usize>,
    next: u64,
}

impl Seats {
    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.all.len()
    }

    /// How many there are of a user.
    pub(super) fn of_user(&self, user: &str) -> usize {
        self.of_user.get(user).copied().unwrap_or(0)
    }

    /// Adds one and gives its key.
    pub(super) fn add(&mut self, wanted: Subscription, outbox: Arc<Outbox>) -> u64 {
        self.next += 1;
        let key = self.next;
        for id in &wanted.sessions {
            self.by_session.entry(id.clone()).or_default().push(key);
        }
        if wanted.is_list {
            self.lists.entry(wanted.user.clone()).or_default().push(key);
        }
        *self.of_user.entry(wanted.user.clone()).or_default() += 1;
        self.all.insert(key, (wanted, outbox));
        key
    }

    /// Takes one away.
    pub(super) fn remove(&mut self, key: u64) {
        let Some((wanted, _)) = self.all.remove(&key) else {
            return;
        };
        for id in &wanted.sessions {
            strike(&mut self.by_session, id, key);
        }
        if wanted.is_list {
            strike(&mut self.lists, &wanted.user, key);
        }
        if let Some(count) = self.of_user.get_mut(&wanted.user) {
            *count -= 1;
            if *count == 0 {
                self.of_user.remove(&wanted.user);
            }
        }
    }

    /// Those that an event of this lane is for.
    pub(super) fn that_want<'a>(
        &'a self,
        lane: Lane,
        moved: &'a Moved,
    ) -> impl Iterator<Item = &'a Outbox> {
        let keys = match lane {
            Lane::Session => self.by_session.get(&moved.update.session_id),
            Lane::List => self.lists.get(&moved.owner),
        };
        let seats = keys
            .into_iter()
            .flatten()
            .filter_map(|key| self.all.get(key));
        let own = seats.filter(move |(wanted, _)| wanted.wants(lane, moved));
        own.map(|(_, outbox)| &**outbox)
    }

    /// All of them.
    pub(super) fn all(&self) -> impl Iterator<Item = &Outbox> {
        self.all.values().map(|(_, outbox)| &**outbox)
    }
}

fn strike<K: Hash + Eq>(lists: &mut HashMap<K, Vec<u64>>, at: &K, key: u64) {
    if let Some(keys) = lists.get_mut(at) {
        keys.retain(|other| *other != key);
        if keys.is_empty() {
            lists.remove(at);
        }
    }
}
