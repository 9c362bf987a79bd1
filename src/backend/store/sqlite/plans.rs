//! How the engine means to find what the hot reads ask for.
use super::SqliteStore;
use crate::store::sql::link::Link;
use crate::store::sql::{auth, heads, list, read, scan};
use sqlx::{AssertSqlSafe, Row as _, SqliteConnection};

/// The steps of a statement's plan.
async fn plan(store: &SqliteStore, sql: &str) -> Vec<String> {
    let explained = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
    let rows = sqlx::query(explained)
        .fetch_all(&store.engine.readers)
        .await;
    let steps = rows.unwrap().into_iter();
    steps.map(|row| row.get::<String, _>("detail")).collect()
}

#[tokio::test]
async fn hot_reads_find_their_rows_by_an_index() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("heddle.db"))
        .await
        .unwrap();
    let hot = [
        (read::RECORD, "sqlite_autoindex_sessions_1 (id=?)"),
        (
            read::CHANGES,
            "entries_revision (session_id=? AND revision>?)",
        ),
        (read::BEFORE, "PRIMARY KEY (session_id=? AND seq<?)"),
        (scan::WHOLE, "PRIMARY KEY (session_id=? AND seq>?)"),
        (
            SqliteConnection::SEARCH,
            "PRIMARY KEY (session_id=? AND seq<?)",
        ),
        (read::ENTRY, "PRIMARY KEY (session_id=? AND seq=?)"),
        (
            SqliteConnection::LIST,
            "sessions_list (owner_id=? AND deleted_at=?)",
        ),
        (list::COUNTS, "sessions_list (owner_id=? AND deleted_at=?)"),
        (auth::LOGIN, "sqlite_autoindex_logins_1 (hash=?)"),
        (heads::NEWER, "sessions_change (change>?)"),
        (heads::GONE, "removed_change (change>?)"),
    ];
    for (sql, index) in hot {
        let steps = plan(&store, sql).await;
        assert!(steps[0].ends_with(index), "{sql}: {steps:?}");
        let is_scan = |step: &String| step.starts_with("SCAN");
        assert!(!steps.iter().any(is_scan), "{sql}: {steps:?}");
    }
    for sql in [read::CHANGES, read::BEFORE] {
        let steps = plan(&store, sql).await;
        assert_eq!(steps.len(), 1, "{sql} sorts nothing: {steps:?}");
    }
}
