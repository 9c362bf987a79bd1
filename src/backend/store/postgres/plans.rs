//! How the planner means to find what the hot reads ask for, on rows enough for it to choose.
use super::PostgresStore;
use super::link::PgLink;
use crate::store::sql::link::Link;
use crate::store::sql::{ATTACHMENT, auth, heads, list, read, scan};
use servers::Postgres;

/// Sessions of some owners with threads of some length, as a console has after a year.
const SEED: &str = "SET heddle.moving = 'on';
    INSERT INTO sessions (id, title, prompt, agent, status, repo, worktree, created_at, updated_at,
        last_activity_at, revision, owner_id, node_id, change)
      SELECT 's' || n, 't', 'p', 'a', 'idle', 'r', '{}', n, n, n, 99, 'o' || n % 50, 'n', n
      FROM generate_series(1, 4000) n;
    INSERT INTO entries (session_id, seq, key, kind, revision, body)
      SELECT 's' || s, n, 'k' || n, 'agent', n, repeat('x', 50)
      FROM generate_series(1, 600) s, generate_series(1, 60) n;
    INSERT INTO entries (session_id, seq, key, kind, revision, body)
      SELECT 's7', n, 'k' || n, 'agent', n, repeat('x', 50) FROM generate_series(61, 20000) n;
    INSERT INTO removed SELECT 'r' || n, n FROM generate_series(1, 4000) n;
    INSERT INTO commands SELECT 'c' || n, 'f', 'h', NULL, '{}', n FROM generate_series(1, 4000) n;
    INSERT INTO logins SELECT 'l' || n, 'o', n, n FROM generate_series(1, 4000) n;
    INSERT INTO attachments SELECT 'a' || n, 'o', 'n', 'm', 1, n FROM generate_series(1, 4000) n;
    ANALYZE";

/// The plan of a statement, whatever its values are, or for given ones.
fn plan(url: &str, mode: &str, sql: &str, values: &str) -> String {
    // The driver says the types; here only the list cannot do without.
    let types = match sql == PgLink::LIST {
        true => "(text, text, text, bigint, bigint)",
        false => "",
    };
    let script = format!(
        "SET plan_cache_mode = {mode}; PREPARE asked{types} AS {sql}; EXPLAIN EXECUTE asked ({values})"
    );
    Postgres::shared().sql(url, &script)
}

#[tokio::test]
async fn hot_reads_find_their_rows_by_an_index() {
    let server = Postgres::shared();
    let url = server.database();
    drop(PostgresStore::open(&url, &[]).await.unwrap());
    server.run_sql(&url, SEED);
    let hot = [
        (read::RECORD, "'s7'", "id = "),
        (PgLink::HELD, "'s7'", "id = "),
        (read::CHANGES, "'s7', 9, 200", "revision > "),
        (read::BEFORE, "'s7', 9, 200", "seq < "),
        (read::THREAD, "'s7'", "session_id = "),
        (read::ENTRY, "'s7', 9", "seq = "),
        (scan::WHOLE, "'s7', 9", "seq > "),
        (PgLink::SEARCH, "'%x%', 's7', 9", "seq < "),
        (PgLink::LIST, "'o7', NULL, NULL, 200, 0", "owner_id = "),
        (list::COUNTS, "'o7'", "owner_id = "),
        (auth::LOGIN, "'l7'", "hash = "),
        (auth::COMMAND, "'c7'", "client_id = "),
        (ATTACHMENT, "'a7', 'o'", "id = "),
        (heads::NEWER, "3990", "change > "),
        (heads::GONE, "3990", "change > "),
    ];
    for (sql, values, found_by) in hot {
        for mode in ["force_custom_plan", "force_generic_plan"] {
            let plan = plan(&url, mode, sql, values);
            let conditions: Vec<&str> = plan
                .lines()
                .filter(|line| line.contains("Index Cond"))
                .collect();
            let is_found =
                !conditions.is_empty() && conditions.iter().all(|line| line.contains(found_by));
            assert!(is_found, "{mode} {sql}: {plan}");
            assert!(!plan.contains("Seq Scan"), "{mode} {sql}: {plan}");
        }
    }
}

#[tokio::test]
async fn a_read_of_a_thread_touches_one_part_and_sorts_nothing() {
    let server = Postgres::shared();
    let url = server.database();
    drop(PostgresStore::open(&url, &[]).await.unwrap());
    server.run_sql(&url, SEED);
    for sql in [read::CHANGES, read::BEFORE] {
        let custom = plan(&url, "force_custom_plan", sql, "'s7', 9, 200");
        assert!(
            !custom.contains("Sort") && !custom.contains("Append"),
            "{custom}"
        );
        let generic = plan(&url, "force_generic_plan", sql, "'s7', 9, 200");
        assert!(generic.contains("Subplans Removed: 15"), "{generic}");
    }
    let parts = server.sql(&url, "SELECT count(DISTINCT tableoid) FROM entries");
    assert_eq!(parts, "16", "threads are spread over all parts");
}
