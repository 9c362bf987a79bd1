//! A streaming replica: read where it is new enough, and never an older page.
use super::PostgresStore;
use crate::store::suite::{new_session, say, session_id};
use crate::store::{Change, ListQuery, Store};
use domain::time::Timestamp;
use servers::Postgres;
use std::time::Duration;

/// Rows of a table that were read so far, at a server's own count.
fn reads(server: &Postgres, url: &str) -> u64 {
    let sql = "SELECT pg_stat_force_next_flush(); \
        SELECT sum(idx_scan + seq_scan) FROM pg_stat_all_tables WHERE relname ~ '^(sessions|entries)'";
    let told = server.sql(url, sql);
    told.lines()
        .last()
        .and_then(|n| n.parse().ok())
        .unwrap_or(0)
}

/// Reads a page, which must be as new as the heads are.
async fn page(store: &PostgresStore) -> u64 {
    let known = store.heads().get(&session_id(1)).unwrap().revision;
    let view = store.view(&session_id(1), Some(1)).await.unwrap();
    let revision = view.record.session.revision;
    assert!(revision >= known, "{revision} is older than {known}");
    assert_eq!(view.thread.entries.len() as u64, revision - 1);
    let query = ListQuery {
        owner: "owner".to_owned(),
        limit: 9,
        ..ListQuery::default()
    };
    let list = store.list(query).await.unwrap();
    assert!(list.rows[0].revision >= known);
    revision
}

async fn write(store: &PostgresStore, n: u32) {
    let change = Change {
        entries: vec![say(&n.to_string(), "line")],
        ..Change::at(Timestamp(9))
    };
    store.change(&session_id(1), change).await.unwrap();
}

async fn deadline(what: impl Future<Output = ()>) {
    tokio::time::timeout(Duration::from_secs(20), what)
        .await
        .unwrap();
}

#[tokio::test]
async fn pages_come_from_a_replica_that_is_new_enough_and_are_never_older() {
    let primary = Postgres::start();
    let url = primary.database();
    let first = PostgresStore::open(&url, &[]).await.unwrap();
    let (new, command) = new_session(1);
    first.create(new, command).await.unwrap();
    let replica = primary.replica();
    let there = replica.same(&url);
    let store = PostgresStore::open(&url, std::slice::from_ref(&there))
        .await
        .unwrap();
    for n in 0..50 {
        write(&store, n).await;
        page(&store).await;
    }
    let before = reads(&replica, &there);
    deadline(async {
        while reads(&replica, &there) == before {
            assert_eq!(page(&store).await, 51);
        }
    })
    .await;

    replica.run_sql(&there, "SELECT pg_wal_replay_pause()");
    write(&store, 50).await;
    for _ in 0..5 {
        assert_eq!(page(&store).await, 52, "a replica that lags is not read");
    }
    let since = store.view(&session_id(1), Some(52)).await.unwrap();
    assert_eq!(since.record.session.revision, 52);
    replica.run_sql(&there, "SELECT pg_wal_replay_resume()");

    let halted = replica.halt();
    let watch = crate::clock::stopwatch();
    assert_eq!(
        page(&store).await,
        52,
        "a replica that stands still is passed over"
    );
    write(&store, 51).await;
    assert_eq!(page(&store).await, 53);
    assert!(
        watch.elapsed() < Duration::from_secs(3),
        "{:?}",
        watch.elapsed()
    );
    drop(halted);
    drop(replica);
    for n in 52..60 {
        write(&store, n).await;
        page(&store).await;
    }
}

#[tokio::test]
async fn replicas_are_checked_and_one_that_is_away_is_told() {
    let primary = Postgres::shared();
    let url = primary.database();
    drop(PostgresStore::open(&url, &[]).await.unwrap());
    let told = PostgresStore::check(&url, std::slice::from_ref(&url))
        .await
        .unwrap();
    assert!(told.contains("0 changes behind"), "{told}");
    let away = "postgres://127.0.0.1:1/heddle".to_owned();
    let error = PostgresStore::check(&url, &[away]).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("127.0.0.1:1/heddle cannot be opened"),
        "{error}"
    );
}
