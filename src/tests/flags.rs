//! The rollout from outside: stored, told to open pages, seen when changed by another program.
use super::support::{Console, sh, until};
use serde_json::{Value, json};

fn wanted(killed: bool, epoch: u64) -> Value {
    json!({"name": "session_sync", "arm": "deduped", "percent": 100, "allow": [], "killed": killed, "epoch": epoch})
}

fn read(console: &Console, id: &str, etag: &str) -> (u16, String, String) {
    let path = format!("/api/agent/get_session_with_metadata?id={id}");
    let answer = console.raw("GET", &path, &[("if-none-match", etag)], "");
    let (etag, arm) = match answer.status {
        200 => (
            answer.json()["etag"].as_str().unwrap().to_owned(),
            answer.json()["sync"]["arm"].as_str().unwrap().to_owned(),
        ),
        _ => (etag.to_owned(), String::new()),
    };
    (answer.status, etag, arm)
}

/// A finished session: nothing else changes it.
fn quiet(console: &Console) -> String {
    let id = console.create("runbook", "What can you do?");
    console.until(&id, "idle");
    console.post("agent/complete", json!({"id": id}));
    until("the end of the agent", || {
        (console.session(&id)["agentAlive"] == false).then_some(())
    });
    id
}

#[test]
fn a_changed_flag_reaches_an_otherwise_unchanged_page() {
    let console = Console::start("");
    let id = quiet(&console);
    let (_, etag, arm) = read(&console, &id, "\"none\"");
    assert_eq!(arm, "push");
    assert_eq!(read(&console, &id, &etag).0, 304);
    let stored = console.post("settings/flags", wanted(true, 0));
    assert_eq!(stored.status, 200, "{}", stored.body);
    assert_eq!(stored.json()["arm"], "legacy");
    let (status, killed, arm) = read(&console, &id, &etag);
    assert_eq!((status, arm.as_str()), (200, "legacy"));
    assert_eq!(read(&console, &id, &killed).0, 304);
    assert_eq!(console.post("settings/flags", wanted(false, 1)).status, 200);
    assert_eq!(read(&console, &id, &killed).2, "deduped");
}

#[test]
fn a_change_on_an_old_epoch_is_a_conflict_and_a_repeated_one_is_done_once() {
    let console = Console::start("");
    let mut first = wanted(true, 0);
    first["clientId"] = json!("6f1c1ef0-0000-4000-8000-000000000001");
    let stored = console.post("settings/flags", first.clone());
    assert_eq!(stored.json()["flags"][0]["epoch"], 1);
    let again = console.post("settings/flags", first);
    assert_eq!((again.status, again.body), (200, stored.body));
    assert_eq!(console.post("settings/flags", wanted(false, 0)).status, 409);
    let held = console.get("/api/settings/flags").json();
    assert_eq!(held["flags"][0]["killed"], true);
    assert_eq!(held["user"], "owner");
}

#[test]
fn what_makes_no_sense_is_refused() {
    let console = Console::start("");
    let with = |key: &str, value: Value| {
        let mut flag = wanted(false, 0);
        flag[key] = value;
        console.post("settings/flags", flag).status
    };
    assert_eq!(with("percent", json!(101)), 422);
    assert_eq!(with("percent", json!(-1)), 400);
    assert_eq!(with("percent", json!("x")), 400);
    assert_eq!(with("arm", json!("other")), 400);
    assert_eq!(with("name", json!("other")), 422);
    assert_eq!(with("allow", json!("owner")), 400);
}

#[test]
fn the_allow_list_beats_a_share_of_none() {
    let console = Console::start("");
    let mut flag = wanted(false, 0);
    flag["percent"] = json!(0);
    assert_eq!(
        console.post("settings/flags", flag.clone()).json()["arm"],
        "legacy"
    );
    flag["epoch"] = json!(1);
    flag["allow"] = json!(["owner"]);
    assert_eq!(
        console.post("settings/flags", flag).json()["arm"],
        "deduped"
    );
}

#[test]
fn a_flag_changed_by_another_program_is_seen() {
    let console = Console::start("");
    let id = quiet(&console);
    let (_, etag, _) = read(&console, &id, "\"none\"");
    let sql = "INSERT INTO flags VALUES ('session_sync', 'deduped', 0, '[]', 0, 5)";
    sh(&console.data(), &format!("sqlite3 heddle.db \"{sql}\""));
    until("the arm of the flag", || {
        (read(&console, &id, &etag).2 == "legacy").then_some(())
    });
    let held = console.get("/api/settings/flags").json();
    assert_eq!(held["flags"][0]["epoch"], 5);
}

#[test]
fn the_settings_page_is_whole_without_javascript() {
    let console = Console::start("");
    let page = console.get("/settings");
    assert_eq!(page.status, 200);
    assert!(page.body.contains("everybody gets push."), "{}", page.body);
    assert!(page.body.contains("Kill switch"));
}

#[test]
fn changed_sync_settings_end_the_304s_of_before_the_restart() {
    let mut console = Console::start("");
    let id = quiet(&console);
    let (_, etag, _) = read(&console, &id, "\"none\"");
    console.kill();
    console.restart();
    assert_eq!(read(&console, &id, &etag).0, 304);
    console.kill();
    let config = console.folder.path().join("Leptos.toml");
    std::fs::write(config, "[heddle.limits]\npoll_base_ms = 3000\n").unwrap();
    console.restart();
    assert_eq!(read(&console, &id, &etag).0, 200);
}
