//! The store of a running console as another program writes it.
use super::support::Console;
use backend::store::sqlite::SqliteStore;
use backend::store::{Change, CommandAnswer, CommandWrite, EntryWrite, NewSession, Store};
use domain::id::SessionId;
use domain::session::Worktree;
use domain::thread::Body;
use domain::time::Timestamp;

/// The store of a running console, written from outside.
pub(super) struct Outside {
    store: SqliteStore,
}

impl Outside {
    pub(super) async fn open(console: &Console) -> Self {
        let path = console.data().join("heddle.db");
        let store = SqliteStore::open(&path).await.unwrap();
        Self { store }
    }

    /// A session of an owner.
    pub(super) async fn add_session(&self, n: u32, owner: &str) -> SessionId {
        let id: SessionId = format!("0199f0a0-1111-7222-8333-{n:012x}").parse().unwrap();
        let new = NewSession {
            id: id.clone(),
            title: format!("Session {n}"),
            prompt: "Do it".to_owned(),
            enclosed: domain::attachment::Enclosed::default(),
            agent: "runbook".to_owned(),
            model: None,
            repo: "/srv/demo".to_owned(),
            worktree: Worktree::default(),
            owner: owner.to_owned(),
            node: "node".to_owned(),
            fork: None,
            now: Timestamp(1_700_000_000_000),
        };
        let command = CommandWrite {
            client_id: uuid::Uuid::new_v4().to_string().try_into().unwrap(),
            function: "agent/test".to_owned(),
            args_hash: "a".to_owned(),
            answer: CommandAnswer::Session,
        };
        self.store.create(new, command).await.unwrap();
        id
    }

    /// Adds entries, a hundred by transaction; gives the revision after them.
    pub(super) async fn add_entries(
        &self,
        id: &SessionId,
        texts: impl Iterator<Item = String>,
    ) -> u64 {
        let entries: Vec<_> = texts.map(entry).collect();
        let mut revision = 0;
        for part in entries.chunks(100) {
            let change = Change {
                entries: part.to_vec(),
                ..Change::at(Timestamp(1_700_000_000_000))
            };
            let changed = self.store.change(id, change).await.unwrap();
            revision = changed.record.session.revision;
        }
        revision
    }
}

fn entry(text: String) -> EntryWrite {
    EntryWrite {
        key: uuid::Uuid::new_v4().to_string(),
        turn: 1,
        at: Timestamp(1_700_000_000_000),
        body: Body::Agent { text, open: false },
    }
}
