//! Sessions from outside: the whole story over HTTP with a real agent in a real worktree.
use super::support::{Console, sh, until};
use serde_json::json;

const WORK: &str = "Try it\n\n- [ ] greet\n- [ ] write\n\n```sh\necho hello\n```\n\n```file path=n.txt\nnew\n```\n";

#[test]
fn a_session_runs_asks_writes_is_committed_completed_and_comes_back() {
    let console = Console::start("");
    let id = console.create("runbook", WORK);
    console.answer(&id, "allow_once");
    console.answer(&id, "allow_once");
    let session = console.until(&id, "idle");
    assert_eq!(session["agentAlive"], true);
    let kinds: Vec<String> = console
        .thread(&id)
        .iter()
        .map(|entry| entry["kind"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(kinds[..2], ["user", "plan"]);
    assert_eq!(kinds.iter().filter(|kind| *kind == "tool").count(), 2);
    let files = console
        .get(&format!("/api/agent/get_changed_files?id={id}"))
        .json();
    assert_eq!(files["files"][0]["path"], "n.txt");
    let commit = console.post(
        "git/commit",
        json!({"session": id, "paths": ["n.txt"], "message": "Add n"}),
    );
    assert_eq!(commit.status, 200, "{}", commit.body);
    let branch = session["worktree"]["branch"].as_str().unwrap();
    let repo = console.folder.path().join("repo");
    assert_eq!(
        sh(&repo, &format!("git rev-parse {branch}")),
        commit.json()["commit"].as_str().unwrap()
    );
    assert_eq!(
        console.post("agent/complete", json!({"id": id})).json()["status"],
        "completed"
    );
    until("the end of the process", || {
        (console.session(&id)["agentAlive"] == false).then_some(())
    });
    let again = console.post(
        "agent/send_message",
        json!({"id": id, "text": "hello again"}),
    );
    assert_eq!(again.json()["entry"]["kind"], "user");
    assert_eq!(console.until(&id, "idle")["resumable"], true);
}

#[test]
fn a_rejected_step_ends_the_turn_and_the_first_answer_wins() {
    let console = Console::start("");
    let id = console.create("runbook", "```sh\ntouch ran\n```");
    let session = console.until(&id, "waiting_approval");
    let open = session["pendingApprovals"][0].clone();
    let answer = |hash: &str| {
        let args = json!({"id": id, "requestId": open["requestId"], "optionId": "reject", "argsHash": hash});
        console.post("agent/approve", args)
    };
    let wrong = answer("0000");
    assert_eq!(
        (wrong.status, wrong.json()["current"]["id"].as_str()),
        (409, Some(id.as_str()))
    );
    assert_eq!(answer(open["argsHash"].as_str().unwrap()).status, 200);
    assert_eq!(answer(open["argsHash"].as_str().unwrap()).status, 409);
    let session = console.until(&id, "idle");
    let path = session["worktree"]["path"].as_str().unwrap();
    assert!(!std::path::Path::new(path).join("ran").exists());
}

#[test]
fn messages_to_a_busy_agent_wait_can_be_changed_and_are_delivered_in_order() {
    let console = Console::start("");
    let id = console.create("runbook", "```sh\ntrue\n```");
    console.until(&id, "waiting_approval");
    let send = |text: &str| {
        console
            .post("agent/send_message", json!({"id": id, "text": text}))
            .json()
    };
    let first = send("one");
    assert_eq!(first["queued"]["text"], "one");
    let second = send("two")["queued"]["clientId"].clone();
    let third = send("three")["queued"]["clientId"].clone();
    let edited = console.post(
        "agent/update_queued",
        json!({"id": id, "item": second, "text": "TWO"}),
    );
    assert_eq!(edited.json()["queue"][1]["text"], "TWO");
    assert_eq!(
        console
            .post("agent/remove_queued", json!({"id": id, "item": third}))
            .json()["queue"][1]["text"],
        "TWO"
    );
    assert_eq!(
        console
            .post("agent/remove_queued", json!({"id": id, "item": third}))
            .status,
        409
    );
    console.answer(&id, "allow_once");
    until("an empty queue and no turn", || {
        let session = console.session(&id);
        (session["status"] == "idle" && session["queue"] == json!([])).then_some(())
    });
    let thread = console.thread(&id);
    let said: Vec<_> = thread
        .iter()
        .filter(|entry| entry["kind"] == "user")
        .map(|entry| entry["text"].as_str().unwrap())
        .collect();
    assert_eq!(said[1..], ["one", "TWO"]);
}

#[test]
fn a_command_that_arrives_twice_is_done_once() {
    let console = Console::start("");
    let id = console.create("runbook", "hello");
    console.until(&id, "idle");
    let name = uuid::Uuid::new_v4().to_string();
    let send = |text: &str| {
        console.post(
            "agent/send_message",
            json!({"clientId": name, "id": id, "text": text}),
        )
    };
    let first = send("once");
    assert_eq!(send("once").json(), first.json());
    assert_eq!(send("something else").status, 409);
    console.until(&id, "idle");
    let users = console
        .thread(&id)
        .iter()
        .filter(|entry| entry["kind"] == "user")
        .count();
    assert_eq!(users, 2);
}

#[test]
fn stop_ends_the_turn_the_agent_its_children_and_their_children() {
    let console = Console::start("");
    let script = "```sh\nsetsid sleep 987 & sleep 986\n```";
    let id = console.create("runbook", script);
    console.answer(&id, "allow_once");
    let path = console.session(&id)["worktree"]["path"]
        .as_str()
        .unwrap()
        .to_owned();
    let sleeping = || {
        let all = sh(
            console.folder.path(),
            "ls -l /proc/[0-9]*/cwd 2>/dev/null || true",
        );
        all.lines().filter(|line| line.contains(&path)).count()
    };
    until("the sleepers", || (sleeping() >= 3).then_some(()));
    assert_eq!(console.post("agent/cancel", json!({"id": id})).status, 200);
    console.until(&id, "cancelled");
    until("the end of all", || (sleeping() == 0).then_some(()));
    assert_eq!(console.post("agent/cancel", json!({"id": id})).status, 422);
    console.post("agent/send_message", json!({"id": id, "text": "and now?"}));
    console.until(&id, "idle");
}

#[test]
fn work_that_exists_nowhere_else_is_not_deleted_without_a_word() {
    let console = Console::start("");
    let id = console.create("runbook", "```file path=n.txt\nx\n```");
    console.answer(&id, "allow_once");
    let session = console.until(&id, "idle");
    let path = session["worktree"]["path"].as_str().unwrap().to_owned();
    let refused = console.post(
        "agent/delete_session",
        json!({"id": id, "discardWork": false}),
    );
    assert_eq!(refused.status, 422);
    assert!(std::path::Path::new(&path).join("n.txt").exists());
    assert_eq!(
        console
            .post(
                "agent/delete_session",
                json!({"id": id, "discardWork": true})
            )
            .body,
        "{}"
    );
    assert!(!std::path::Path::new(&path).exists());
    assert_eq!(console.get(&format!("/api/agent/get?id={id}")).status, 410);
    assert_eq!(
        sh(
            &console.folder.path().join("repo"),
            "git branch --list 'heddle/*'"
        ),
        ""
    );
}

#[test]
fn an_unchanged_session_is_answered_304_and_a_changed_one_with_what_changed() {
    let console = Console::start("");
    let id = console.create("runbook", "hello");
    console.until(&id, "idle");
    let path = format!("/api/agent/get_session_with_metadata?id={id}");
    let whole = until("quiet", || {
        let answer = console.get(&path);
        let etag = answer.header("etag")?;
        let again = console.raw("GET", &path, &[("if-none-match", &etag)], "");
        (again.status == 304).then_some((answer, again))
    });
    let (answer, again) = whole;
    assert_eq!(again.body, "");
    assert_eq!(again.header("etag"), answer.header("etag"));
    assert_eq!(
        again.header("vary").as_deref(),
        Some("Accept-Encoding, Cookie")
    );
    assert_eq!(again.header("content-type"), None);
    assert_eq!(
        answer.json()["etag"].as_str(),
        answer.header("etag").as_deref()
    );
    let revision = answer.json()["revision"].as_u64().unwrap();
    let renamed = console.post(
        "agent/update_session",
        json!({"id": id, "revision": revision, "title": "New name"}),
    );
    assert_eq!(renamed.json()["title"], "New name");
    let changes = console.get(&format!("{path}&since={revision}")).json();
    assert_eq!(changes["thread"]["mode"], "changes");
    assert_eq!(changes["thread"]["from"], revision);
    assert_eq!(changes["thread"]["entries"], json!([]));
    let stale = console.post(
        "agent/update_session",
        json!({"id": id, "revision": revision, "title": "Other"}),
    );
    assert_eq!(
        (stale.status, stale.json()["current"]["title"].as_str()),
        (409, Some("New name"))
    );
}
