//! What is known of every session without asking the database; an unchanged poll ends here.
use domain::flag::Flag;
use domain::id::SessionId;
use std::collections::HashMap;
use std::sync::RwLock;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::watch;

/// Owner and version of one session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The user it belongs to.
    pub owner: String,
    /// Its revision.
    pub revision: u64,
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
}

impl Default for Heads {
    fn default() -> Self {
        Self {
            by_id: RwLock::default(),
            change: AtomicU64::new(0),
            config: AtomicU64::new(0),
            flags: RwLock::default(),
            moved: watch::channel(0).0,
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
            self.config.store(config, Ordering::SeqCst);
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

    /// Takes a newer head; an older one is ignored.
    pub fn learn(&self, id: &SessionId, head: Head, change: u64) {
        {
            let mut by_id = self
                .by_id
                .write()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            let known = by_id.get(id).map_or(0, |known| known.revision);
            if head.revision >= known {
                by_id.insert(id.clone(), head);
            }
        }
        self.moved_to(change);
    }

    /// Forgets a session whose row is gone.
    pub fn forget(&self, id: &SessionId, change: u64) {
        self.by_id
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .remove(id);
        self.moved_to(change);
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
