//! The whole program on PostgreSQL: a session from its start to its end, and the faults of a server.
use super::support::{Console, until};
use serde_json::json;
use servers::Postgres;
use std::process::Command;
use std::time::Duration;

const WORK: &str = "Try it\n\n```sh\necho hello\n```\n\n```file path=n.txt\nnew\n```\n";

fn console(url: &str) -> Console {
    Console::start_with("", "warn", &["--database-url", url])
}

fn page(id: &str) -> String {
    format!("/api/agent/get_session_with_metadata?id={id}")
}

/// Works off the session's first prompt.
fn worked(console: &Console) -> String {
    let id = console.create("runbook", WORK);
    console.answer(&id, "allow_once");
    console.answer(&id, "allow_once");
    console.until(&id, "idle");
    id
}

#[test]
fn a_session_runs_is_seen_from_outside_and_outlives_a_restart_of_the_console() {
    let server = Postgres::shared();
    let url = server.database();
    let mut console = console(&url);
    let id = worked(&console);
    let commit = console.post(
        "git/commit",
        json!({"session": id, "paths": ["n.txt"], "message": "Add n"}),
    );
    assert_eq!(commit.status, 200, "{}", commit.body);
    server.run_sql(&url, "UPDATE sessions SET title = 'Renamed outside'");
    until("the outside change", || {
        (console.session(&id)["title"] == "Renamed outside").then_some(())
    });
    let before = console.thread(&id);
    console.kill();
    console.restart();
    assert_eq!(console.thread(&id)[..2], before[..2]);
    let again = console.post("agent/send_message", json!({"id": id, "text": "again"}));
    assert_eq!(again.status, 200, "{}", again.body);
    console.until(&id, "idle");
    let list = console.get("/api/agent/list").json();
    assert_eq!(list["rows"][0]["title"], "Renamed outside");
}

#[test]
fn a_restart_of_the_server_in_the_middle_of_a_turn_loses_nothing() {
    let server = Postgres::start();
    let console = console(&server.database());
    let id = console.create("runbook", WORK);
    console.until(&id, "waiting_approval");
    server.restart();
    let watch = backend::clock::stopwatch();
    until("an answer after the restart", || {
        (console.get(&page(&id)).status == 200).then_some(())
    });
    assert!(
        watch.elapsed() < Duration::from_secs(5),
        "{:?}",
        watch.elapsed()
    );
    console.answer(&id, "allow_once");
    console.answer(&id, "allow_once");
    console.until(&id, "idle");
}

#[test]
fn while_the_server_stands_still_unchanged_pages_are_answered_and_others_are_refused_in_time() {
    let server = Postgres::start();
    let console = console(&server.database());
    let id = worked(&console);
    let etag = console.get(&page(&id)).header("etag").unwrap();
    let held = [("if-none-match", etag.as_str())];
    let halted = server.halt();
    let watch = backend::clock::stopwatch();
    assert_eq!(console.raw("GET", &page(&id), &held, "").status, 304);
    assert!(
        watch.elapsed() < Duration::from_millis(500),
        "{:?}",
        watch.elapsed()
    );
    let refused = console.get(&page(&id));
    assert_eq!(
        (refused.status, refused.json()["error"].as_str()),
        (503, Some("unavailable"))
    );
    assert_eq!(refused.header("retry-after").as_deref(), Some("1"));
    let ready = console.get("/readyz");
    assert_eq!(
        (ready.status, ready.body.as_str()),
        (503, "not ready: database\n")
    );
    let client = uuid::Uuid::new_v4().to_string();
    let rename = json!({"id": id, "title": "Later", "revision": 1, "clientId": client});
    assert_eq!(console.post("agent/update_session", rename).status, 503);
    assert!(
        watch.elapsed() < Duration::from_secs(15),
        "{:?}",
        watch.elapsed()
    );
    assert_eq!(console.raw("GET", &page(&id), &held, "").status, 304);
    drop(halted);
    let watch = backend::clock::stopwatch();
    until("an answer", || {
        (console.get(&page(&id)).status == 200).then_some(())
    });
    until("ready", || {
        (console.get("/readyz").status == 200).then_some(())
    });
    assert!(
        watch.elapsed() < Duration::from_secs(5),
        "{:?}",
        watch.elapsed()
    );
}

#[test]
fn the_doctor_tells_the_server_and_one_that_cannot_be_used() {
    let folder = tempfile::tempdir().unwrap();
    let url = Postgres::shared().database();
    let doctor = |url: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_heddle"));
        command
            .args(["doctor", "--database-url", url, "--data-dir"])
            .arg(folder.path());
        let output = command.output().unwrap();
        (
            output.status.success(),
            String::from_utf8(output.stdout).unwrap(),
        )
    };
    let (is_good, told) = doctor(&url);
    assert!(
        is_good && told.contains("database  ok: postgres://127.0.0.1:"),
        "{told}"
    );
    assert!(told.contains("PostgreSQL "), "{told}");
    let (is_good, told) = doctor("postgres://ann:secret@127.0.0.1:1/heddle");
    assert!(
        !is_good && told.contains("database  the database postgres://127.0.0.1:1/heddle"),
        "{told}"
    );
    assert!(!told.contains("secret"), "{told}");
    let (is_good, told) = doctor("mysql://127.0.0.1/heddle");
    assert!(!is_good && told.contains("postgres://USER"), "{told}");
}

fn migrate(from: &str, to: &str) -> (bool, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_heddle"));
    let output = command
        .args(["migrate-store", "--from", from, "--to", to])
        .output();
    let output = output.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.success(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn a_console_is_moved_from_its_file_to_a_server_and_goes_on() {
    let mut console = Console::start("");
    let id = worked(&console);
    let thread = console.thread(&id);
    let from = format!("sqlite://{}", console.data().join("heddle.db").display());
    let to = Postgres::shared().database();
    let (is_good, _, told) = migrate(&from, &to);
    assert!(
        !is_good && told.contains("held by another console"),
        "{told}"
    );
    console.kill();
    let (is_good, told, error) = migrate(&from, &to);
    assert!(is_good, "{error}");
    assert!(told.contains("sessions                 1 rows  "), "{told}");
    assert_eq!(migrate(&from, &to).1, told, "once more changes nothing");
    let (is_good, _, told) = migrate(&from, "sqlite:///nowhere");
    assert!(
        !is_good && told.contains("from sqlite://PATH to postgres://"),
        "{told}"
    );
    console.restart_with(&["--database-url", &to]);
    assert_eq!(console.thread(&id)[..thread.len()], thread);
    let again = console.post("agent/send_message", json!({"id": id, "text": "again"}));
    assert_eq!(again.status, 200, "{}", again.body);
    console.until(&id, "idle");
}
