//! Reads through the console that are asked for at the same time: done once, and never too old.
use super::*;
use crate::store::sqlite::SqliteStore;
use crate::store::{
    Asked, Beat, Change, Changed, Claim, CommandAnswer, CommandRecord, CommandWrite, Heads, Login,
    Member, NewSession, Node, NodeStore, Record, Room, View,
};
use async_trait::async_trait;
use domain::flag::Flag;
use domain::id::ClientId;
use domain::session::Worktree;
use domain::snapshot::{Snapshot, ThreadPage};
use domain::thread::Entry;
use domain::time::Timestamp;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::Semaphore;

/// A store that counts its reads and hands out what it read only through a gate.
struct Counted {
    inner: SqliteStore,
    reads: AtomicU64,
    gate: Semaphore,
}

impl Counted {
    async fn read<T>(&self, read: impl Future<Output = T>) -> T {
        let answer = read.await;
        self.reads.fetch_add(1, Ordering::SeqCst);
        let _pass = self.gate.acquire().await.unwrap();
        answer
    }

    async fn until_reads(&self, wanted: u64) {
        let reached = async {
            while self.reads.load(Ordering::SeqCst) < wanted {
                tokio::task::yield_now().await;
            }
        };
        let patience = std::time::Duration::from_secs(10);
        tokio::time::timeout(patience, reached).await.unwrap();
    }
}

#[async_trait]
impl NodeStore for Counted {
    async fn beat(&self, node: Node, lease_ms: Option<u64>) -> Result<Beat, Failed> {
        self.inner.beat(node, lease_ms).await
    }
    async fn members(&self) -> Result<Vec<Member>, Failed> {
        self.inner.members().await
    }
    async fn expire(&self, now: Timestamp) -> Result<Vec<SessionId>, Failed> {
        self.inner.expire(now).await
    }
    async fn claim(&self, id: &SessionId, claim: Claim) -> Result<Changed, Failed> {
        self.inner.claim(id, claim).await
    }
    async fn claim_pending(&self, claim: Claim, room: Room) -> Result<Vec<SessionId>, Failed> {
        self.inner.claim_pending(claim, room).await
    }
    async fn ask(&self, asked: Asked) -> Result<(), Failed> {
        self.inner.ask(asked).await
    }
    async fn asked(&self, node: &str) -> Result<Vec<Asked>, Failed> {
        self.inner.asked(node).await
    }
    async fn tell(&self, id: &ClientId, answer: &str) -> Result<(), Failed> {
        self.inner.tell(id, answer).await
    }
    async fn told(&self, id: &ClientId) -> Result<Option<String>, Failed> {
        self.inner.told(id).await
    }
    async fn forget_asks(&self, before: Timestamp) -> Result<(), Failed> {
        self.inner.forget_asks(before).await
    }
}

#[async_trait]
impl Store for Counted {
    fn heads(&self) -> &Heads {
        self.inner.heads()
    }
    async fn create(&self, new: NewSession, command: CommandWrite) -> Result<Changed, Failed> {
        self.inner.create(new, command).await
    }
    async fn change(&self, id: &SessionId, change: Change) -> Result<Changed, Failed> {
        self.inner.change(id, change).await
    }
    async fn record(&self, id: &SessionId) -> Result<Record, Failed> {
        self.inner.record(id).await
    }
    async fn view(&self, id: &SessionId, since: Option<u64>) -> Result<View, Failed> {
        self.read(self.inner.view(id, since)).await
    }
    async fn older(&self, id: &SessionId, before: u64, limit: u64) -> Result<ThreadPage, Failed> {
        self.inner.older(id, before, limit).await
    }
    async fn entry(&self, id: &SessionId, seq: u64) -> Result<Entry, Failed> {
        self.inner.entry(id, seq).await
    }
    async fn key(&self, id: &SessionId, seq: u64) -> Result<String, Failed> {
        self.inner.key(id, seq).await
    }
    async fn whole(&self, id: &SessionId, after: u64) -> Result<Vec<Entry>, Failed> {
        self.inner.whole(id, after).await
    }
    async fn search(
        &self,
        id: &SessionId,
        wanted: crate::store::SearchQuery,
    ) -> Result<domain::search::SearchPage, Failed> {
        self.inner.search(id, wanted).await
    }
    async fn thread(&self, id: &SessionId) -> Result<Vec<(String, Entry)>, Failed> {
        self.inner.thread(id).await
    }
    async fn list(&self, query: ListQuery) -> Result<ListPage, Failed> {
        self.read(self.inner.list(query)).await
    }
    async fn alive(&self) -> Result<Vec<Record>, Failed> {
        self.inner.alive().await
    }
    async fn attachment(
        &self,
        owner: &str,
        id: &str,
    ) -> Result<Option<domain::attachment::Attachment>, Failed> {
        self.inner.attachment(owner, id).await
    }
    async fn add_attachment(
        &self,
        owner: &str,
        attachment: domain::attachment::Attachment,
        command: CommandWrite,
        now: Timestamp,
    ) -> Result<(), Failed> {
        self.inner
            .add_attachment(owner, attachment, command, now)
            .await
    }
    async fn add_shown(
        &self,
        owner: &str,
        attachment: domain::attachment::Attachment,
        now: Timestamp,
    ) -> Result<(), Failed> {
        self.inner.add_shown(owner, attachment, now).await
    }
    async fn sweep_attachments(&self, before: Timestamp) -> Result<Vec<String>, Failed> {
        self.inner.sweep_attachments(before).await
    }
    async fn command(&self, id: &ClientId) -> Result<Option<CommandRecord>, Failed> {
        self.inner.command(id).await
    }
    async fn remember(
        &self,
        command: CommandWrite,
        answer: &str,
        now: Timestamp,
    ) -> Result<(), Failed> {
        self.inner.remember(command, answer, now).await
    }
    async fn settle(&self, settings: String) -> Result<(), Failed> {
        self.inner.settle(settings).await
    }
    async fn set_flag(
        &self,
        flag: Flag,
        command: CommandWrite,
        answer: &str,
        now: Timestamp,
    ) -> Result<(), Failed> {
        self.inner.set_flag(flag, command, answer, now).await
    }
    async fn add_login_token(&self, hash: &str, expires: Timestamp) -> Result<(), Failed> {
        self.inner.add_login_token(hash, expires).await
    }
    async fn spend_login_token(&self, hash: &str, now: Timestamp) -> Result<bool, Failed> {
        self.inner.spend_login_token(hash, now).await
    }
    async fn add_login(&self, hash: &str, login: Login) -> Result<(), Failed> {
        self.inner.add_login(hash, login).await
    }
    async fn login(&self, hash: &str) -> Result<Option<Login>, Failed> {
        self.inner.login(hash).await
    }
    async fn touch_login(&self, hash: &str, seen: Option<Timestamp>) -> Result<(), Failed> {
        self.inner.touch_login(hash, seen).await
    }
}

struct Bench {
    store: Arc<Counted>,
    console: Console,
    id: SessionId,
    _folder: tempfile::TempDir,
}

fn caller() -> Caller {
    Caller::new("owner")
}

async fn bench() -> Bench {
    let folder = tempfile::tempdir().unwrap();
    let inner = SqliteStore::open(&folder.path().join("heddle.db"))
        .await
        .unwrap();
    let store = Arc::new(Counted {
        inner,
        reads: AtomicU64::new(0),
        gate: Semaphore::new(0),
    });
    let setup = Setup {
        data_dir: folder.path().to_owned(),
        program: PathBuf::from("/bin/false"),
        limits: Limits::default(),
        agents: Vec::new(),
        repos: Vec::new(),
        support_url: "/support".to_owned(),
        clock: Clock::manual(1_000),
        node: NodeSetup::default(),
    };
    let id: SessionId = "0199f0a0-1111-7222-8333-444455556666".parse().unwrap();
    let new = NewSession {
        id: id.clone(),
        title: "One".to_owned(),
        prompt: "Do it".to_owned(),
        enclosed: domain::attachment::Enclosed::default(),
        agent: "runbook".to_owned(),
        model: None,
        repo: "/srv/demo".to_owned(),
        worktree: Worktree::default(),
        owner: "owner".to_owned(),
        node: "node".to_owned(),
        fork: None,
        now: Timestamp(1_000),
    };
    let command = CommandWrite {
        client_id: ClientId::try_from("0199f0a0-1111-4222-8333-444455556666".to_owned()).unwrap(),
        function: "agent/create_session".to_owned(),
        args_hash: "a".to_owned(),
        answer: CommandAnswer::Session,
    };
    store.create(new, command).await.unwrap();
    let console = Console::new(store.clone(), setup);
    Bench {
        store,
        console,
        id,
        _folder: folder,
    }
}

impl Bench {
    fn ask(&self, since: Option<u64>) -> tokio::task::JoinHandle<Result<Snapshot, Failed>> {
        let (console, id) = (self.console.clone(), self.id.clone());
        tokio::spawn(async move { console.snapshot(&caller(), &id, since).await })
    }

    async fn rename(&self, title: &str) {
        let change = Change {
            title: Some(title.to_owned()),
            ..Change::at(Timestamp(2_000))
        };
        self.store.change(&self.id, change).await.unwrap();
    }
}

#[tokio::test]
async fn fifty_pages_that_ask_the_same_cost_one_read() {
    let bench = bench().await;
    let asked: Vec<_> = (0..50).map(|_| bench.ask(Some(1))).collect();
    let whole = bench.ask(None);
    bench.store.until_reads(2).await;
    bench.store.gate.add_permits(1000);
    for answer in asked {
        assert_eq!(answer.await.unwrap().unwrap().thread.from, Some(1));
    }
    assert_eq!(whole.await.unwrap().unwrap().thread.from, None);
    let reads = bench.store.reads.load(Ordering::SeqCst);
    assert_eq!(reads, 2, "one for each `since`");
}

#[tokio::test]
async fn a_page_that_asks_after_a_commit_never_gets_what_was_before_it() {
    let bench = bench().await;
    let early = bench.ask(None);
    bench.store.until_reads(1).await;
    bench.rename("Two").await;
    let late = bench.ask(None);
    bench.store.until_reads(2).await;
    bench.store.gate.add_permits(1000);
    assert_eq!(early.await.unwrap().unwrap().session.title, "One");
    let late = late.await.unwrap().unwrap();
    assert_eq!((late.revision, late.session.title.as_str()), (2, "Two"));
}

#[tokio::test]
async fn lists_are_shared_by_arguments_and_by_what_is_known() {
    let bench = bench().await;
    let list = |query: &str| {
        let (console, query) = (bench.console.clone(), query.to_owned());
        tokio::spawn(async move {
            let query = Some(query).filter(|query| !query.is_empty());
            console.list(&caller(), None, query, None).await
        })
    };
    let early: Vec<_> = (0..20).map(|_| list("")).collect();
    let other = list("nothing like it");
    bench.store.until_reads(2).await;
    bench.rename("Two").await;
    let late = list("");
    bench.store.until_reads(3).await;
    bench.store.gate.add_permits(1000);
    for answer in early {
        assert_eq!(answer.await.unwrap().unwrap().rows[0].title, "One");
    }
    assert!(other.await.unwrap().unwrap().rows.is_empty());
    assert_eq!(late.await.unwrap().unwrap().rows[0].title, "Two");
    assert_eq!(bench.store.reads.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_command_that_arrives_twice_at_once_gets_one_answer() {
    let bench = bench().await;
    let id = ClientId::try_from("0199f0a0-1111-4222-8333-444455557777".to_owned()).unwrap();
    let rename = || {
        let (place, title) = ((&bench.id, 1), Some("Two".to_owned()));
        let (console, id) = (&bench.console, &id);
        async move { console.update_session(&caller(), id, place, title).await }
    };
    let (first, second) = tokio::join!(rename(), rename());
    assert_eq!(first.unwrap(), second.unwrap());
    let record = bench.store.record(&bench.id).await.unwrap();
    assert_eq!(record.session.revision, 2);
}
