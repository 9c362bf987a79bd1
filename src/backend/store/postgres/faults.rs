//! What happens when the server is restarted, stands still, or others write as well.
use super::PostgresStore;
use crate::error::Failed;
use crate::store::suite::{client_id, command, new_session, session_id};
use crate::store::{Change, CommandAnswer, Store};
use domain::time::Timestamp;
use servers::Postgres;
use std::time::Duration;

fn titled(title: &str) -> Change {
    Change {
        title: Some(title.to_owned()),
        ..Change::at(Timestamp(9))
    }
}

async fn store(url: &str) -> PostgresStore {
    PostgresStore::open(url, &[]).await.unwrap()
}

async fn with_session(url: &str) -> PostgresStore {
    let store = store(url).await;
    let (new, command) = new_session(1);
    store.create(new, command).await.unwrap();
    store
}

/// How long it takes until the heads know a revision.
async fn until(store: &PostgresStore, revision: u64) -> Duration {
    let watch = crate::clock::stopwatch();
    let mut moved = store.heads().watch();
    let reached = async {
        let known = || {
            store
                .heads()
                .get(&session_id(1))
                .map_or(0, |head| head.revision)
        };
        while known() < revision {
            moved.changed().await.unwrap();
        }
    };
    tokio::time::timeout(Duration::from_secs(10), reached)
        .await
        .unwrap();
    watch.elapsed()
}

#[tokio::test]
async fn a_restart_of_the_server_is_survived_within_five_seconds() {
    let server = Postgres::start();
    let url = server.database();
    let store = with_session(&url).await;
    server.restart();
    let watch = crate::clock::stopwatch();
    let changed = loop {
        match store.change(&session_id(1), titled("after")).await {
            Ok(changed) => break changed,
            Err(Failed::Unavailable(_)) => tokio::task::yield_now().await,
            Err(other) => panic!("not a passing failure: {other}"),
        }
    };
    assert_eq!(changed.record.session.revision, 2);
    server.run_sql(&url, "UPDATE sessions SET title = 'outside'");
    until(&store, 3).await;
    assert!(
        watch.elapsed() < Duration::from_secs(5),
        "{:?}",
        watch.elapsed()
    );
}

#[tokio::test]
async fn what_changed_while_the_server_was_away_is_caught_up_with() {
    let server = Postgres::start();
    let url = server.database();
    let store = with_session(&url).await;
    server.end();
    let gone = store.record(&session_id(1)).await;
    assert!(matches!(gone, Err(Failed::Unavailable(_))), "{gone:?}");
    server.begin();
    server.run_sql(&url, "UPDATE sessions SET title = 'outside'");
    assert!(until(&store, 2).await < Duration::from_secs(5));
}

#[tokio::test]
async fn a_server_that_stands_still_is_not_waited_for_and_the_heads_stay() {
    let server = Postgres::start();
    let store = with_session(&server.database()).await;
    let halted = server.halt();
    let watch = crate::clock::stopwatch();
    let (id, asked) = (session_id(1), ["one", "two", "three"]);
    let writes = asked.map(|title| store.change(&id, titled(title)));
    let (read, list) = tokio::join!(store.record(&id), futures::future::join_all(writes));
    assert!(matches!(read, Err(Failed::Unavailable(_))), "{read:?}");
    for write in list {
        assert!(matches!(write, Err(Failed::Unavailable(_))), "{write:?}");
    }
    assert!(
        watch.elapsed() < Duration::from_secs(8),
        "{:?}",
        watch.elapsed()
    );
    assert_eq!(store.heads().get(&session_id(1)).unwrap().revision, 1);
    drop(halted);
    let watch = crate::clock::stopwatch();
    while store.change(&session_id(1), titled("four")).await.is_err() {
        assert!(watch.elapsed() < Duration::from_secs(5));
    }
    let record = store.record(&session_id(1)).await.unwrap();
    assert_eq!(record.session.title, "four");
}

#[tokio::test]
async fn a_row_that_somebody_holds_is_waited_for_five_seconds() {
    let url = Postgres::shared().database();
    let store = with_session(&url).await;
    let held = "BEGIN; SELECT 1 FROM sessions FOR UPDATE; SELECT pg_sleep(20)";
    let holder = std::thread::spawn({
        let url = url.clone();
        move || std::panic::catch_unwind(|| Postgres::shared().sql(&url, held))
    });
    let is_held = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(20)' \
        AND wait_event = 'PgSleep' AND datname = current_database()";
    while Postgres::shared().sql(&url, is_held) != "1" {}
    let watch = crate::clock::stopwatch();
    let late = store.change(&session_id(1), titled("late")).await;
    assert!(matches!(late, Err(Failed::Unavailable(_))), "{late:?}");
    let waited = watch.elapsed().as_millis();
    assert!((4_500..6_500).contains(&waited), "{waited}");
    assert!(store.record(&session_id(1)).await.is_ok(), "reads go on");
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
        WHERE query LIKE '%pg_sleep(20)' AND pid <> pg_backend_pid()";
    Postgres::shared().run_sql(&url, end);
    assert!(holder.join().unwrap().is_err());
    store.change(&session_id(1), titled("now")).await.unwrap();
}

#[tokio::test]
async fn a_change_that_nobody_was_woken_for_is_seen_within_a_second() {
    let url = Postgres::shared().database();
    let store = with_session(&url).await;
    let silent = "ALTER TABLE counter DISABLE TRIGGER counter_told";
    Postgres::shared().run_sql(&url, silent);
    Postgres::shared().run_sql(&url, "UPDATE sessions SET title = 'silent'");
    assert!(until(&store, 2).await < Duration::from_secs(1));
}

#[tokio::test]
async fn two_nodes_that_write_at_once_take_turns_and_see_each_other() {
    let url = Postgres::shared().database();
    let (one, other) = (with_session(&url).await, store(&url).await);
    let writes = (0..60).map(|n| {
        let node = if n % 2 == 0 { &one } else { &other };
        async move {
            let changed = node.change(&session_id(1), titled(&n.to_string())).await;
            changed.unwrap().record.session.revision
        }
    });
    let mut revisions = futures::future::join_all(writes).await;
    revisions.sort_unstable();
    assert_eq!(revisions, (2..=61).collect::<Vec<u64>>());
    until(&one, 61).await;
    until(&other, 61).await;
    assert_eq!(one.heads().change(), other.heads().change());
}

#[tokio::test]
async fn a_command_that_two_nodes_get_at_once_is_done_by_one() {
    let url = Postgres::shared().database();
    let (one, other) = (with_session(&url).await, store(&url).await);
    let change = Change {
        command: Some(command(7, CommandAnswer::Session)),
        ..titled("once")
    };
    let id = session_id(1);
    let (first, second) = tokio::join!(one.change(&id, change.clone()), other.change(&id, change));
    let (done, refused) = match first {
        Ok(done) => (done, second),
        Err(_) => (second.unwrap(), first),
    };
    assert!(
        matches!(refused, Err(Failed::Conflict { .. })),
        "{refused:?}"
    );
    for node in [&one, &other] {
        let known = node.command(&client_id(7)).await.unwrap().unwrap();
        assert_eq!(Some(known.answer), done.answer);
        assert_eq!(node.record(&id).await.unwrap().session.revision, 2);
    }
}

#[tokio::test]
async fn a_text_with_a_character_that_the_server_cannot_hold_is_kept_without_it() {
    let store = with_session(&Postgres::shared().database()).await;
    let change = titled("a\0b");
    store.change(&session_id(1), change).await.unwrap();
    let record = store.record(&session_id(1)).await.unwrap();
    assert_eq!(record.session.title, "a\u{fffd}b");
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_is_told_without_its_password() {
    let url = "postgres://ann:secret@127.0.0.1:1/heddle";
    let error = PostgresStore::open(url, &[]).await.unwrap_err().to_string();
    assert!(error.starts_with("the database postgres://127.0.0.1:1/heddle cannot be opened"));
    assert!(!error.contains("secret"), "{error}");
}

#[tokio::test]
async fn a_server_that_takes_only_tls_is_spoken_to_and_its_certificate_is_checked() {
    let server = Postgres::start();
    let (url, ca) = (server.database(), server.encrypt());
    let open = |query: String| {
        let url = format!("{url}?{query}");
        async move { PostgresStore::open(&url, &[]).await }
    };
    let checked = format!("sslmode=verify-full&sslrootcert={}", ca.display());
    let store = open(checked).await.unwrap();
    let (new, command) = new_session(1);
    store.create(new, command).await.unwrap();
    assert!(open("sslmode=require".to_owned()).await.is_ok());
    assert!(open("sslmode=disable".to_owned()).await.is_err());
    assert!(open("sslmode=verify-full".to_owned()).await.is_err());
}
