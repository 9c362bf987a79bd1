//! What any store must do, whatever database is behind it.
use super::*;
use crate::store::postgres::PostgresStore;
use crate::store::sqlite::SqliteStore;
use domain::session::QueuedMessage;
use domain::thread::Body;
use servers::Postgres;
use std::sync::Arc;

/// Places of what a search finds, and where it goes on.
async fn found(
    bench: &Bench,
    query: &str,
    kinds: &[&'static str],
    before: Option<u64>,
) -> (Vec<u64>, Option<u64>) {
    let wanted = SearchQuery {
        folded: domain::search::folded(query),
        kinds: kinds.to_vec(),
        before,
    };
    let page = bench.store.search(&session_id(1), wanted).await.unwrap();
    let places = page.hits.iter().map(|hit| hit.seq).collect();
    (places, page.next)
}

/// Where the store of a test lives.
enum Place {
    File(tempfile::TempDir),
    Server(String),
}

pub(super) struct Bench {
    pub(super) store: Arc<dyn Store>,
    place: Place,
}

impl Place {
    async fn open(&self) -> Arc<dyn Store> {
        match self {
            Self::File(folder) => {
                let path = folder.path().join("heddle.db");
                Arc::new(SqliteStore::open(&path).await.unwrap())
            }
            Self::Server(url) => Arc::new(PostgresStore::open(url, &[]).await.unwrap()),
        }
    }

    async fn bench(self) -> Bench {
        Bench {
            store: self.open().await,
            place: self,
        }
    }
}

pub(super) async fn sqlite() -> Bench {
    Place::File(tempfile::tempdir().unwrap()).bench().await
}

pub(super) async fn postgres() -> Bench {
    Place::Server(Postgres::shared().database()).bench().await
}

/// Every fact holds for every database.
macro_rules! on_both {
    ($($fact:ident,)*) => {
        mod on_sqlite {
            $(#[tokio::test] async fn $fact() { super::$fact(super::sqlite().await).await; })*
        }
        mod on_postgres {
            $(#[tokio::test] async fn $fact() { super::$fact(super::postgres().await).await; })*
        }
    };
}

pub(super) use on_both;

pub(super) fn session_id(n: u32) -> SessionId {
    format!("0199f0a0-1111-7222-8333-{n:012x}").parse().unwrap()
}

pub(super) fn client_id(n: u32) -> ClientId {
    format!("0199f0a0-1111-4222-8333-{n:012x}")
        .try_into()
        .unwrap()
}

pub(super) fn command(n: u32, answer: CommandAnswer) -> CommandWrite {
    CommandWrite {
        client_id: client_id(n),
        function: "agent/test".into(),
        args_hash: "a".into(),
        answer,
    }
}

pub(super) fn say(key: &str, text: &str) -> EntryWrite {
    let body = Body::Agent {
        text: text.into(),
        open: false,
    };
    EntryWrite {
        key: key.into(),
        turn: 1,
        at: Timestamp(5),
        body,
    }
}

/// A session to accept, and the command that asks for it.
pub(super) fn new_session(n: u32) -> (NewSession, CommandWrite) {
    let new = NewSession {
        id: session_id(n),
        title: format!("Session {n}"),
        prompt: "Do it".into(),
        enclosed: domain::attachment::Enclosed::default(),
        agent: "runbook".into(),
        model: None,
        repo: "/srv/demo".into(),
        worktree: Worktree::default(),
        owner: "owner".into(),
        node: "node".into(),
        fork: None,
        now: Timestamp(1000 + i64::from(n)),
    };
    (new, command(n, CommandAnswer::Session))
}

impl Bench {
    pub(super) async fn new_session(&self, n: u32) -> Session {
        let (new, command) = new_session(n);
        self.store
            .create(new, command)
            .await
            .unwrap()
            .record
            .session
    }

    pub(super) async fn change(&self, n: u32, change: Change) -> Changed {
        self.store.change(&session_id(n), change).await.unwrap()
    }

    pub(super) async fn outside(&self, sql: &'static str) {
        use sqlx::{ConnectOptions, Connection};
        match &self.place {
            Place::File(folder) => {
                let options = sqlx::sqlite::SqliteConnectOptions::new()
                    .filename(folder.path().join("heddle.db"))
                    .foreign_keys(true);
                let mut connection = options.connect().await.unwrap();
                sqlx::query(sql).execute(&mut connection).await.unwrap();
            }
            Place::Server(url) => {
                let mut connection = sqlx::PgConnection::connect(url).await.unwrap();
                sqlx::query(sql).execute(&mut connection).await.unwrap();
            }
        }
    }

    async fn until_revision(&self, n: u32, revision: u64) {
        let mut moved = self.store.heads().watch();
        let reached = async {
            while self.store.heads().get(&session_id(n)).unwrap().revision < revision {
                moved.changed().await.unwrap();
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(10), reached)
            .await
            .unwrap();
    }
}

async fn an_accepted_session_is_pending_and_its_prompt_is_entry_1(bench: Bench) {
    let session = bench.new_session(1).await;
    assert_eq!(session.status, SessionStatus::Pending);
    assert_eq!(session.revision, 1);
    let view = bench.store.view(&session.id, None).await.unwrap();
    assert_eq!(view.thread.entries[0].seq, 1);
    assert!(matches!(&view.thread.entries[0].body, Body::User { text, .. } if text == "Do it"));
    assert_eq!(view.record.outbox.unwrap().client_id, client_id(1));
    assert_eq!(bench.store.heads().get(&session.id).unwrap().revision, 1);
}

async fn a_transaction_takes_one_revision_shared_by_all_it_changed(bench: Bench) {
    bench.new_session(1).await;
    let entries = vec![say("a", "one"), say("b", "two")];
    let changed = bench
        .change(
            1,
            Change {
                entries,
                ..Change::at(Timestamp(9))
            },
        )
        .await;
    assert_eq!(changed.record.session.revision, 2);
    assert!(changed.entries.iter().all(|entry| entry.revision == 2));
    assert_eq!(
        changed
            .entries
            .iter()
            .map(|entry| entry.seq)
            .collect::<Vec<_>>(),
        [2, 3]
    );
}

async fn an_entry_with_a_known_key_keeps_its_place(bench: Bench) {
    bench.new_session(1).await;
    for text in ["one", "one more"] {
        bench
            .change(
                1,
                Change {
                    entries: vec![say("a", text)],
                    ..Change::default()
                },
            )
            .await;
    }
    let entry = bench.store.entry(&session_id(1), 2).await.unwrap();
    assert_eq!((entry.seq, entry.revision), (2, 3));
    assert!(matches!(entry.body, Body::Agent { text, .. } if text == "one more"));
}

async fn since_a_revision_only_what_changed_after_it_is_told(bench: Bench) {
    bench.new_session(1).await;
    for text in ["one", "two"] {
        bench
            .change(
                1,
                Change {
                    entries: vec![say(text, text)],
                    ..Change::default()
                },
            )
            .await;
    }
    let view = bench.store.view(&session_id(1), Some(2)).await.unwrap();
    assert_eq!(view.thread.mode, domain::snapshot::ThreadMode::Changes);
    assert_eq!(view.thread.entries.len(), 1);
    let ahead = bench.store.view(&session_id(1), Some(99)).await.unwrap();
    assert_eq!(ahead.thread.mode, domain::snapshot::ThreadMode::Tail);
}

async fn a_long_thread_is_told_as_its_tail_and_older_pages(bench: Bench) {
    bench.new_session(1).await;
    let entries = (0..450).map(|n| say(&n.to_string(), "line")).collect();
    bench
        .change(
            1,
            Change {
                entries,
                ..Change::default()
            },
        )
        .await;
    let view = bench.store.view(&session_id(1), Some(1)).await.unwrap();
    assert_eq!(view.thread.entries.len(), 200);
    assert_eq!((view.thread.entries[0].seq, view.thread.total), (252, 451));
    let page = bench.store.older(&session_id(1), 252, 1000).await.unwrap();
    assert_eq!(
        (page.entries[0].seq, page.entries.len(), page.has_older),
        (52, 200, true)
    );
    let last = bench.store.older(&session_id(1), 3, 10).await.unwrap();
    assert_eq!((last.entries.len(), last.has_older), (2, false));
}

async fn a_command_is_remembered_with_its_answer_and_not_done_twice(bench: Bench) {
    bench.new_session(1).await;
    let change = Change {
        title: Some("New".into()),
        command: Some(command(7, CommandAnswer::Session)),
        ..Change::default()
    };
    let first = bench.change(1, change.clone()).await;
    let known = bench.store.command(&client_id(7)).await.unwrap().unwrap();
    assert_eq!(Some(known.answer), first.answer);
    let again = bench.store.change(&session_id(1), change).await;
    assert!(matches!(again, Err(Failed::Conflict { .. })));
    assert_eq!(
        bench
            .store
            .record(&session_id(1))
            .await
            .unwrap()
            .session
            .revision,
        2
    );
}

async fn a_change_on_another_revision_is_refused_with_the_value_that_holds(bench: Bench) {
    bench.new_session(1).await;
    let change = Change {
        title: Some("x".into()),
        if_revision: Some(7),
        ..Change::default()
    };
    match bench.store.change(&session_id(1), change).await {
        Err(Failed::Conflict {
            current: Some(current),
            ..
        }) => assert_eq!(current.revision, 1),
        other => panic!("not a conflict: {other:?}"),
    }
}

async fn the_queue_is_durable_editable_and_removable(bench: Bench) {
    bench.new_session(1).await;
    for n in [5, 6] {
        let message = QueuedMessage {
            client_id: client_id(n),
            text: format!("m{n}"),
            at: Timestamp(1),
            by: "owner".into(),
            attachments: Vec::new(),
            files: Vec::new(),
            next: false,
            not_before: None,
        };
        bench
            .change(
                1,
                Change {
                    enqueue: Some(message),
                    ..Change::default()
                },
            )
            .await;
    }
    bench
        .change(
            1,
            Change {
                reword: Some((client_id(6), "new".into())),
                ..Change::default()
            },
        )
        .await;
    bench
        .change(
            1,
            Change {
                dequeue: Some(client_id(5)),
                ..Change::default()
            },
        )
        .await;
    let queue = bench
        .store
        .record(&session_id(1))
        .await
        .unwrap()
        .session
        .queue;
    assert_eq!(queue.len(), 1);
    assert_eq!(queue[0].text, "new");
    let gone = Change {
        dequeue: Some(client_id(5)),
        ..Change::default()
    };
    assert!(matches!(
        bench.store.change(&session_id(1), gone).await,
        Err(Failed::NotFound(_))
    ));
}

async fn the_queue_takes_one_long_message_and_not_two(bench: Bench) {
    bench.new_session(1).await;
    let message = |n: u32| QueuedMessage {
        client_id: client_id(n),
        text: "x".repeat(256 * 1024),
        at: Timestamp(1),
        by: "owner".into(),
        attachments: Vec::new(),
        files: Vec::new(),
        next: false,
        not_before: None,
    };
    let change = |n: u32| Change {
        enqueue: Some(message(n)),
        ..Change::default()
    };
    bench.change(1, change(5)).await;
    let second = bench.store.change(&session_id(1), change(6)).await;
    assert!(matches!(second, Err(Failed::TooLarge(_))));
    let record = bench.store.record(&session_id(1)).await.unwrap();
    assert_eq!(record.session.queue.len(), 1);
}

async fn a_row_changed_by_another_process_raises_the_revision_and_is_seen(bench: Bench) {
    bench.new_session(1).await;
    bench
        .outside("UPDATE sessions SET title = 'from outside'")
        .await;
    bench.until_revision(1, 2).await;
    let record = bench.store.record(&session_id(1)).await.unwrap();
    assert_eq!(
        (record.session.title.as_str(), record.session.revision),
        ("from outside", 2)
    );
    bench
        .outside("UPDATE entries SET body = replace(body, 'Do it', 'Did it') WHERE seq = 1")
        .await;
    bench.until_revision(1, 3).await;
    let view = bench.store.view(&session_id(1), Some(2)).await.unwrap();
    assert_eq!(
        view.thread.entries.len(),
        1,
        "the changed entry is told as a change"
    );
}

async fn a_row_whose_revision_another_process_raised_is_seen_as_well(bench: Bench) {
    bench.new_session(1).await;
    bench
        .outside("UPDATE sessions SET title = 'out', revision = revision + 1")
        .await;
    bench.until_revision(1, 2).await;
}

async fn one_unreadable_row_does_not_hide_the_others(bench: Bench) {
    bench.new_session(1).await;
    bench.new_session(2).await;
    bench
        .outside("UPDATE sessions SET worktree = 'no json' WHERE title = 'Session 1'")
        .await;
    let query = ListQuery {
        owner: "owner".into(),
        limit: 10,
        ..ListQuery::default()
    };
    assert_eq!(bench.store.list(query).await.unwrap().rows.len(), 1);
    assert_eq!(bench.store.alive().await.unwrap().len(), 1);
}

async fn an_entry_deleted_by_another_process_makes_the_thread_be_told_anew(bench: Bench) {
    bench.new_session(1).await;
    bench
        .change(
            1,
            Change {
                entries: vec![say("a", "one")],
                ..Change::default()
            },
        )
        .await;
    bench.outside("DELETE FROM entries WHERE seq = 2").await;
    bench.until_revision(1, 3).await;
    let view = bench.store.view(&session_id(1), Some(2)).await.unwrap();
    assert_eq!(view.thread.mode, domain::snapshot::ThreadMode::Tail);
}

async fn a_login_token_is_spent_once_and_expires(bench: Bench) {
    bench
        .store
        .add_login_token("h", Timestamp(100))
        .await
        .unwrap();
    assert!(
        bench
            .store
            .spend_login_token("h", Timestamp(50))
            .await
            .unwrap()
    );
    assert!(
        !bench
            .store
            .spend_login_token("h", Timestamp(50))
            .await
            .unwrap()
    );
    bench
        .store
        .add_login_token("late", Timestamp(100))
        .await
        .unwrap();
    assert!(
        !bench
            .store
            .spend_login_token("late", Timestamp(101))
            .await
            .unwrap()
    );
}

async fn the_list_shows_waiting_sessions_first_and_finds_text_literally(bench: Bench) {
    for n in 1..=3 {
        bench.new_session(n).await;
    }
    let status = |status| Some(StatusChange::plain(status));
    bench
        .change(
            1,
            Change {
                status: status(SessionStatus::WaitingApproval),
                ..Change::default()
            },
        )
        .await;
    bench
        .change(
            2,
            Change {
                status: status(SessionStatus::Idle),
                ..Change::default()
            },
        )
        .await;
    bench
        .change(
            2,
            Change {
                title: Some("100% done".into()),
                ..Change::default()
            },
        )
        .await;
    let query = ListQuery {
        owner: "owner".into(),
        limit: 10,
        ..ListQuery::default()
    };
    let page = bench.store.list(query.clone()).await.unwrap();
    let order: Vec<_> = page.rows.iter().map(|row| row.status).collect();
    use SessionStatus::{Idle, Pending, WaitingApproval};
    assert_eq!(order, [WaitingApproval, Pending, Idle]);
    let found = ListQuery {
        query: Some("0% d".into()),
        ..query.clone()
    };
    assert_eq!(bench.store.list(found).await.unwrap().rows.len(), 1);
    let none = ListQuery {
        query: Some("1%d".into()),
        ..query
    };
    assert!(bench.store.list(none).await.unwrap().rows.is_empty());
}

async fn a_deleted_session_is_changed_no_more(bench: Bench) {
    bench.new_session(1).await;
    bench
        .change(
            1,
            Change {
                deleted: true,
                ..Change::default()
            },
        )
        .await;
    assert!(bench.store.heads().get(&session_id(1)).unwrap().is_deleted);
    let change = Change {
        title: Some("x".into()),
        ..Change::default()
    };
    assert!(matches!(
        bench.store.change(&session_id(1), change).await,
        Err(Failed::Deleted)
    ));
}

async fn many_writers_at_once_all_get_their_own_revision(bench: Bench) {
    bench.new_session(1).await;
    let writes = (0..100).map(|n| {
        let store = bench.store.clone();
        let change = Change {
            entries: vec![say(&n.to_string(), "x")],
            ..Change::default()
        };
        tokio::spawn(async move {
            store
                .change(&session_id(1), change)
                .await
                .unwrap()
                .record
                .session
                .revision
        })
    });
    let mut revisions = Vec::new();
    for write in writes.collect::<Vec<_>>() {
        revisions.push(write.await.unwrap());
    }
    revisions.sort_unstable();
    assert_eq!(revisions, (2..=101).collect::<Vec<_>>());
    let thread = bench.store.thread(&session_id(1)).await.unwrap();
    assert_eq!(thread.last().unwrap().1.seq, 101, "places are gap-free");
}

#[tokio::test]
async fn a_damaged_database_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("heddle.db");
    std::fs::write(
        &path,
        b"this is no database at all, but it is somebody's data",
    )
    .unwrap();
    let before = std::fs::read(&path).unwrap();
    assert!(SqliteStore::open(&path).await.is_err());
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

async fn a_store_opened_again_holds_what_it_held(bench: Bench) {
    let before = bench.new_session(1).await;
    let again = bench.place.open().await;
    assert_eq!(again.record(&before.id).await.unwrap().session, before);
    assert_eq!(
        again.heads().get(&before.id).unwrap().revision,
        before.revision
    );
}

async fn a_search_finds_newest_first_and_goes_on_where_it_stopped(bench: Bench) {
    bench.new_session(1).await;
    let texts = ["Größe zählt", "100% \"done\"", "KILO and Istanbul", "a\nb"];
    let mut entries: Vec<EntryWrite> = texts.iter().map(|text| say(text, text)).collect();
    entries.extend((0..60).map(|n| say(&format!("many {n}"), "needle")));
    let change = Change {
        entries,
        ..Change::at(Timestamp(9))
    };
    bench.change(1, change).await;
    assert_eq!(found(&bench, "GRÖSSE", &[], None).await, (vec![], None));
    assert_eq!(found(&bench, "größe", &[], None).await, (vec![2], None));
    assert_eq!(
        found(&bench, "GRÖßE", &["agent"], None).await,
        (vec![2], None)
    );
    assert_eq!(
        found(&bench, "größe", &["user", "tool"], None).await,
        (vec![], None)
    );
    assert_eq!(found(&bench, "100% \"", &[], None).await, (vec![3], None));
    assert_eq!(
        found(&bench, "kilo AND i", &[], None).await,
        (vec![4], None)
    );
    assert_eq!(
        found(&bench, "do it", &["user"], None).await,
        (vec![1], None)
    );
    let (first, next) = found(&bench, "Needle", &[], None).await;
    assert_eq!((first.len(), first[0], next), (50, 65, Some(16)));
    let (rest, next) = found(&bench, "Needle", &[], next).await;
    assert_eq!((rest.len(), rest[0], next), (10, 15, None));
}

async fn a_whole_thread_is_read_in_parts(bench: Bench) {
    bench.new_session(1).await;
    let long = "x".repeat(900_000);
    let entries = (0..5).map(|n| say(&format!("k{n}"), &long)).collect();
    bench
        .change(
            1,
            Change {
                entries,
                ..Change::at(Timestamp(9))
            },
        )
        .await;
    let (mut places, mut reads) = (Vec::new(), 0);
    loop {
        let after = places.last().copied().unwrap_or(0);
        let part = bench.store.whole(&session_id(1), after).await.unwrap();
        if part.is_empty() {
            break;
        }
        assert!(part.len() <= 4 && part.iter().all(|entry| entry.cut.is_none()));
        places.extend(part.iter().map(|entry| entry.seq));
        reads += 1;
    }
    assert_eq!((places, reads), ((1..=6).collect::<Vec<u64>>(), 2));
    assert_eq!(bench.store.key(&session_id(1), 2).await.unwrap(), "k0");
    assert!(bench.store.key(&session_id(1), 7).await.is_err());
}

async fn what_an_agent_shows_is_kept_as_long_as_its_session(bench: Bench) {
    bench.new_session(1).await;
    let image = domain::thread::Image {
        id: "ab".into(),
        mime: "image/png".into(),
        bytes: 3,
    };
    let kept = Attachment {
        id: "ab".into(),
        name: "image".into(),
        mime: "image/png".into(),
        bytes: 3,
    };
    bench
        .store
        .add_shown("owner", kept.clone(), Timestamp(1))
        .await
        .unwrap();
    let entry = EntryWrite {
        key: "img".into(),
        turn: 1,
        at: Timestamp(5),
        body: Body::Image(image),
    };
    bench
        .change(
            1,
            Change {
                entries: vec![entry],
                ..Change::at(Timestamp(9))
            },
        )
        .await;
    assert!(
        bench
            .store
            .sweep_attachments(Timestamp(100))
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        bench.store.attachment("owner", "ab").await.unwrap(),
        Some(kept)
    );
    bench
        .change(
            1,
            Change {
                deleted: true,
                ..Change::at(Timestamp(10))
            },
        )
        .await;
    assert_eq!(
        bench.store.sweep_attachments(Timestamp(100)).await.unwrap(),
        ["ab"]
    );
}

on_both!(
    an_accepted_session_is_pending_and_its_prompt_is_entry_1,
    a_transaction_takes_one_revision_shared_by_all_it_changed,
    an_entry_with_a_known_key_keeps_its_place,
    since_a_revision_only_what_changed_after_it_is_told,
    a_long_thread_is_told_as_its_tail_and_older_pages,
    a_command_is_remembered_with_its_answer_and_not_done_twice,
    a_change_on_another_revision_is_refused_with_the_value_that_holds,
    the_queue_is_durable_editable_and_removable,
    the_queue_takes_one_long_message_and_not_two,
    a_row_changed_by_another_process_raises_the_revision_and_is_seen,
    a_row_whose_revision_another_process_raised_is_seen_as_well,
    one_unreadable_row_does_not_hide_the_others,
    an_entry_deleted_by_another_process_makes_the_thread_be_told_anew,
    a_login_token_is_spent_once_and_expires,
    the_list_shows_waiting_sessions_first_and_finds_text_literally,
    a_deleted_session_is_changed_no_more,
    many_writers_at_once_all_get_their_own_revision,
    a_store_opened_again_holds_what_it_held,
    a_search_finds_newest_first_and_goes_on_where_it_stopped,
    a_whole_thread_is_read_in_parts,
    what_an_agent_shows_is_kept_as_long_as_its_session,
);
