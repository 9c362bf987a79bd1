//! Changes of a session as the streams of its readers write them: made once for all who are as far.
use super::Console;
use super::input::Caller;
use crate::error::Failed;
use domain::id::SessionId;
use domain::snapshot::ThreadMode;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Bytes of changes that travel in a stream at the most; a request brings more.
const MOST: usize = 64 * 1024;
/// Sessions whose last changes are remembered. Beyond, all are forgotten at once.
const SESSIONS: usize = 1024;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct ChangesKey {
    /// Who asks, and the state of the settings, which every answer carries.
    scope: String,
    id: SessionId,
    since: u64,
    /// The revision that they have to lead to at least.
    revision: u64,
}

/// Changes of a session, as an answer of the API.
#[derive(Debug, Clone)]
pub struct WrittenChanges {
    /// The revision that they lead to.
    pub revision: u64,
    /// The answer as JSON.
    pub json: Arc<str>,
    packed: Arc<OnceLock<Vec<u8>>>,
}

impl WrittenChanges {
    /// An answer that leads to a revision.
    #[must_use]
    pub fn new(revision: u64, json: Arc<str>) -> Self {
        Self {
            revision,
            json,
            packed: Arc::default(),
        }
    }

    /// The answer compressed, once for all who get it.
    pub fn packed(&self, pack: impl FnOnce(&str) -> Vec<u8>) -> &[u8] {
        self.packed.get_or_init(|| pack(&self.json))
    }
}

/// The last changes that were written of each session.
#[derive(Debug, Default)]
pub(super) struct LastChanges {
    written: Mutex<HashMap<SessionId, Last>>,
}

/// What was asked for, and what came of it.
#[derive(Debug)]
struct Last {
    key: ChangesKey,
    changes: Option<WrittenChanges>,
}

impl LastChanges {
    fn get(&self, key: &ChangesKey) -> Option<Option<WrittenChanges>> {
        let written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        let last = written.get(&key.id)?;
        (last.key == *key).then(|| last.changes.clone())
    }

    fn put(&self, key: ChangesKey, changes: Option<WrittenChanges>) {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        if written.len() >= SESSIONS {
            written.clear();
        }
        written.insert(key.id.clone(), Last { key, changes });
    }
}

impl Console {
    /// What `get_session_with_metadata` answers for `since`, written once for all who ask for the
    /// same; none if it does not lead to `revision`, is not gapless, or is too long for a stream.
    ///
    /// # Errors
    /// [`Failed::NotFound`], [`Failed::Deleted`], or a fault.
    pub async fn changes(
        &self,
        caller: &Caller,
        id: &SessionId,
        (since, revision): (u64, u64),
    ) -> Result<Option<WrittenChanges>, Failed> {
        let config = self.store.heads().config();
        let key = ChangesKey {
            scope: format!("{}.{config}", caller.scope()),
            id: id.clone(),
            since,
            revision,
        };
        if let Some(known) = self.last_changes.get(&key) {
            self.head(caller, id)?;
            return Ok(known);
        }
        let write = || self.write_changes(caller, key.clone());
        self.changes.share(key.clone(), write).await
    }

    async fn write_changes(
        &self,
        caller: &Caller,
        key: ChangesKey,
    ) -> Result<Option<WrittenChanges>, Failed> {
        let snapshot = self.snapshot(caller, &key.id, Some(key.since)).await?;
        let is_whole =
            snapshot.thread.mode == ThreadMode::Changes && snapshot.revision >= key.revision;
        let json = match is_whole {
            true => Some(serde_json::to_string(&snapshot)?),
            false => None,
        };
        let changes = json
            .filter(|json| json.len() <= MOST)
            .map(|json| WrittenChanges::new(snapshot.revision, json.into()));
        self.last_changes.put(key, changes.clone());
        Ok(changes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(since: u64) -> ChangesKey {
        ChangesKey {
            scope: "ann.0".to_owned(),
            id: "0199f0a0-1111-7222-8333-444455556666".parse().unwrap(),
            since,
            revision: since + 1,
        }
    }

    #[test]
    fn the_last_changes_of_a_session_are_known_to_who_asks_for_the_same() {
        let last = LastChanges::default();
        assert!(last.get(&key(1)).is_none());
        let changes = WrittenChanges::new(2, "{}".into());
        last.put(key(1), Some(changes));
        let known = last.get(&key(1)).unwrap().unwrap();
        assert_eq!((known.revision, &*known.json), (2, "{}"));
        last.put(key(2), None);
        assert!(
            last.get(&key(2)).unwrap().is_none(),
            "too long, and known to be"
        );
        assert!(last.get(&key(1)).is_none());
    }
}
