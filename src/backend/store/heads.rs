//! What is known of every session without asking the database; an unchanged poll ends here.
use crate::events::{Inbox, Moved};
use domain::flag::Flag;
use domain::id::SessionId;
use domain::push::{SessionUpdated, VERSION};
use domain::time::Timestamp;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, RwLock};
use tokio::sync::{Notify, watch};

/// Owner and version of one session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The user it belongs to.
    pub owner: String,
    /// Its revision.
    pub revision: u64,
    /// When it changed last.
    pub updated_at: Timestamp,
    /// Whether it was deleted.
    pub is_deleted: bool,
}

/// Owners and versions of all sessions, and the counter of all changes.
#[derive(Debug)]
pub struct Heads {
    by_id: RwLock<HashMap<SessionId, Head>>,
    change: AtomicU64,
    config: AtomicU64,
    flags: RwLock<Vec<Flag>>,
    moved: watch::Sender<u64>,
    told: OnceLock<Arc<Inbox>>,
    relayed: OnceLock<Arc<Inbox>>,
    nudge: Arc<Notify>,
    stirred: watch::Sender<u64>,
}

impl Default for Heads {
    fn default() -> Self {
        Self {
            by_id: RwLock::default(),
            change: AtomicU64::new(0),
            config: AtomicU64::new(0),
            flags: RwLock::default(),
            moved: watch::channel(0).0,
            told: OnceLock::new(),
            relayed: OnceLock::new(),
            nudge: Arc::default(),
            stirred: watch::channel(0).0,
        }
    }
}

impl Heads {
    /// The head of a session.
    #[must_use]
    pub fn get(&self, id: &SessionId) -> Option<Head> {
        self.read().get(id).cloned()
    }

    /// The counter of all changes.
    #[must_use]
    pub fn change(&self) -> u64 {
        self.change.load(Ordering::SeqCst)
    }

    /// The counter of flags and sync settings.
    #[must_use]
    pub fn config(&self) -> u64 {
        self.config.load(Ordering::SeqCst)
    }

    /// Takes the flags as they are at this count; older ones are ignored.
    pub fn learn_config(&self, config: u64, flags: Vec<Flag>) {
        let mut held = self
            .flags
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if config >= self.config() {
            *held = flags;
            let before = self.config.swap(config, Ordering::SeqCst);
            if let Some(told) = self.told.get().filter(|_| config > before) {
                told.resync();
            }
        }
    }

    /// A flag as it is now.
    #[must_use]
    pub fn flag(&self, name: &str) -> Flag {
        let flags = self
            .flags
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let found = flags.iter().find(|flag| flag.name == name);
        found.cloned().unwrap_or_else(|| Flag::untouched(name))
    }

    /// Wakes whoever waits for a change of any session.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.moved.subscribe()
    }

    /// Tells every change from now on; only the first one who asks is told.
    pub fn tell(&self, inbox: Arc<Inbox>) {
        let _ = self.told.set(inbox);
    }

    /// Passes on every change that this node commits from now on; only to the first one who asks.
    pub fn relay(&self, inbox: Arc<Inbox>) {
        let _ = self.relayed.set(inbox);
    }

    /// Has the database looked at now: somebody says that it knows more.
    pub fn nudge(&self) {
        self.nudge.notify_one();
    }

    /// What wakes whoever looks at the database.
    #[must_use]
    pub fn nudges(&self) -> Arc<Notify> {
        self.nudge.clone()
    }

    /// Wakes whoever waits for commands of other nodes, or for answers to them.
    pub fn stir(&self) {
        self.stirred.send_modify(|count| *count += 1);
    }

    /// Is told when there may be commands of other nodes, or answers to them.
    #[must_use]
    pub fn stirred(&self) -> watch::Receiver<u64> {
        self.stirred.subscribe()
    }

    /// Takes the head after a change that this node committed; the other nodes are told.
    pub fn commit(&self, id: &SessionId, head: Head, change: u64) {
        if let Some(relayed) = self.relayed.get() {
            relayed.publish(moved(id, head.clone()));
        }
        self.learn(id, head, change);
    }

    /// Takes a newer head; an older one is ignored.
    pub fn learn(&self, id: &SessionId, head: Head, change: u64) {
        let told = head.clone();
        let is_newer = {
            let mut by_id = self
                .by_id
                .write()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            let known = by_id.get(id).map_or(0, |known| known.revision);
            let is_newer = head.revision > known;
            if head.revision >= known {
                by_id.insert(id.clone(), head);
            }
            is_newer
        };
        self.moved_to(change);
        if is_newer {
            self.publish(id, told);
        }
    }

    /// Forgets a session whose row is gone; that is told as one more revision.
    pub fn forget(&self, id: &SessionId, change: u64) {
        let gone = self
            .by_id
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .remove(id);
        self.moved_to(change);
        if let Some(mut head) = gone {
            head.revision += 1;
            self.publish(id, head);
        }
    }

    /// What is told is committed, and whoever asks then gets it.
    fn publish(&self, id: &SessionId, head: Head) {
        if let Some(told) = self.told.get() {
            told.publish(moved(id, head));
        }
    }

    fn moved_to(&self, change: u64) {
        self.change.fetch_max(change, Ordering::SeqCst);
        self.moved.send_replace(self.change());
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, HashMap<SessionId, Head>> {
        self.by_id
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
/// What is told of a session.
fn moved(id: &SessionId, head: Head) -> Moved {
    Moved {
        owner: head.owner,
        update: SessionUpdated {
            v: VERSION,
            session_id: id.clone(),
            updated_at: head.updated_at,
            revision: head.revision,
        },
    }
}
