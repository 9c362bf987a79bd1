//! Forks from outside: another worktree from the last commit, and what the agent is told before.
use super::agents::{asked, journal, said, speaking};
use super::support::{Console, sh, until};
use serde_json::{Value, json};

#[track_caller]
fn fork(console: &Console, id: &str, seq: u64) -> Value {
    let answer = console.post("agent/fork", json!({"id": id, "seq": seq}));
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

/// Sends the first message to a fork and gives the blocks of its prompt.
#[track_caller]
fn begin(console: &Console, id: &str) -> Value {
    let sent = console.post("agent/send_message", json!({"id": id, "text": "go on"}));
    assert_eq!(sent.status, 200, "{}", sent.body);
    until("the end of the first turn", || {
        let ended = console.session(id)["status"] == "idle";
        (ended && console.thread(id).last()?["turn"] == 1).then_some(())
    });
    let lines = journal(console, id);
    let prompt = asked(&lines, "session/prompt");
    lines[prompt].1["params"]["prompt"].clone()
}

#[test]
fn a_fork_stands_on_the_last_commit_and_gets_a_recap_up_to_its_entry() {
    let console = Console::start("");
    let write = "Weave one\n```file path=n.txt\nnew\n```\n";
    let id = console.create("runbook", write);
    console.answer(&id, "allow_once");
    let old = console.until(&id, "idle");
    let commit = console.post(
        "git/commit",
        json!({"session": id, "paths": ["n.txt"], "message": "Add n"}),
    );
    let commit = commit.json()["commit"].as_str().unwrap().to_owned();
    console.post(
        "agent/send_message",
        json!({"id": id, "text": "something later"}),
    );
    until("the second turn", || {
        let ended = console.session(&id)["status"] == "idle";
        (ended && console.thread(&id).last()?["turn"] == 2).then_some(())
    });
    let new = fork(&console, &id, 1);
    let child = new["id"].as_str().unwrap().to_owned();
    assert_eq!(
        (&new["status"], &new["agent"]),
        (&json!("idle"), &json!("runbook"))
    );
    assert_eq!(
        new["title"],
        format!("Fork of {}", old["title"].as_str().unwrap())
    );
    assert_eq!(new["worktree"]["baseCommit"], json!(commit));
    assert_eq!(new["worktree"]["baseBranch"], old["worktree"]["branch"]);
    let path = new["worktree"]["path"].as_str().unwrap();
    assert_eq!(sh(std::path::Path::new(path), "cat n.txt"), "new");
    let first = said(&console, &child, "forked");
    assert!(
        first[0].starts_with(&format!("forked from session {id} at entry 1: ")),
        "{first:?}"
    );
    assert_eq!(console.thread(&child).len(), 1);
    assert_eq!(console.session(&child)["agentAlive"], false);
    let blocks = begin(&console, &child);
    let recap = blocks[0]["text"].as_str().unwrap();
    assert!(recap.contains("Person: Weave one"), "{recap}");
    assert!(
        !recap.contains("something later") && !recap.contains("Agent:"),
        "{recap}"
    );
    assert_eq!(blocks[1]["text"], "go on");
    assert!(said(&console, &child, "forked")[0].contains("got a short recap"));
    assert_eq!(
        console.thread(&child)[0]["code"],
        "forked",
        "it stays the first"
    );
    let grandchild = fork(&console, &child, 2)["id"].as_str().unwrap().to_owned();
    let recap = begin(&console, &grandchild)[0]["text"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(
        recap.contains("Person: Weave one") && recap.contains("Person: go on"),
        "{recap}"
    );
}

#[test]
fn an_agent_that_can_copies_its_conversation_if_the_fork_is_at_the_end() {
    let copy = r#"*'"session/fork"'*) answer '{"sessionId":"s"}' ;;"#;
    let can = r#"{"sessionCapabilities":{"fork":{}}}"#;
    let console = Console::start(&speaking("a", "", can, copy));
    let id = console.create("a", "hello");
    console.until(&id, "idle");
    let child = fork(&console, &id, 2)["id"].as_str().unwrap().to_owned();
    let blocks = begin(&console, &child);
    assert_eq!(blocks[0]["text"], "go on", "no recap");
    let lines = journal(&console, &child);
    assert_eq!(
        lines[asked(&lines, "session/fork")].1["params"]["sessionId"],
        "s"
    );
    assert!(said(&console, &child, "forked")[0].contains("copy of the conversation"));
    let earlier = fork(&console, &id, 1)["id"].as_str().unwrap().to_owned();
    let recap = begin(&console, &earlier)[0]["text"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(recap.contains("Person: hello"), "{recap}");
}

#[test]
fn a_copy_that_is_refused_becomes_a_recap() {
    let copy = r#"*'"session/fork"'*) fail -32603 ;;"#;
    let can = r#"{"sessionCapabilities":{"fork":{}}}"#;
    let console = Console::start(&speaking("a", "", can, copy));
    let id = console.create("a", "hello");
    console.until(&id, "idle");
    let child = fork(&console, &id, 2)["id"].as_str().unwrap().to_owned();
    let recap = begin(&console, &child)[0]["text"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(recap.contains("Person: hello\nAgent: yes"), "{recap}");
    assert!(said(&console, &child, "forked")[0].contains("got a short recap"));
    assert!(said(&console, &child, "notice")[0].contains("cannot be copied"));
}

#[test]
fn a_fork_is_made_once_and_only_from_a_message() {
    let console = Console::start("");
    let id = console.create("runbook", "```sh\ntrue\n```");
    console.answer(&id, "allow_once");
    console.until(&id, "idle");
    let name = uuid::Uuid::new_v4().to_string();
    let args = json!({"clientId": name, "id": id, "seq": 1});
    let first = console.post("agent/fork", args.clone()).json();
    assert_eq!(console.post("agent/fork", args).json()["id"], first["id"]);
    let rows = console.get("/api/agent/list").json()["rows"]
        .as_array()
        .unwrap()
        .len();
    assert_eq!(rows, 2);
    let thread = console.thread(&id);
    let call = thread.iter().find(|entry| entry["kind"] == "tool").unwrap();
    let refused = console.post("agent/fork", json!({"id": id, "seq": call["seq"]}));
    assert_eq!(refused.status, 422);
    let absent = console.post("agent/fork", json!({"id": id, "seq": 999}));
    assert_eq!(absent.status, 404);
}
