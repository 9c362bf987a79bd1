//! Two consoles on one database: either shows and leads what the other one has, and outlives it.
use super::redis::server::Redis;
use super::support::{Console, request, until};
use serde_json::{Value, json};
use servers::Postgres;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;

const WORK: &str = "Try it\n\n```sh\necho hello\n```\n\n```file path=n.txt\nnew\n```\n";
const SECRET: &str = "a-secret-of-all-nodes";
/// Short, so that the end of a node is seen soon.
const CONFIG: &str = "[heddle.limits]\nnode_lease_ms = 4000\nnode_orphan_ms = 4000\n";

fn flags(url: &str, name: &str) -> Vec<String> {
    let flags = [
        ["--database-url", url],
        ["--node", name],
        ["--node-url", "http://127.0.0.1:0"],
        ["--node-secret", SECRET],
    ];
    flags.concat().iter().map(|&flag| flag.to_owned()).collect()
}

fn start(config: &str, flags: &[String]) -> Console {
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    Console::start_with(config, "warn", &flags)
}

fn first(url: &str, config: &str) -> Console {
    start(config, &flags(url, "ann"))
}

/// Another node, which has the repository of the first one too.
fn second(url: &str, first: &Console) -> Console {
    let repo = first.folder.path().join("repo");
    let mut flags = flags(url, "bob");
    flags.extend(["--repo".to_owned(), repo.display().to_string()]);
    start(CONFIG, &flags)
}

fn two() -> (Console, Console) {
    let url = Postgres::shared().database();
    let ann = first(&url, CONFIG);
    let bob = second(&url, &ann);
    (ann, bob)
}

/// What a node says of a session once it knows of it.
fn seen(console: &Console, id: &str, status: &str) -> Value {
    until("the session at the other node", || {
        (console.session(id)["id"] == id).then_some(())
    });
    console.until(id, status)
}

fn message(console: &Console, id: &str, text: &str, client: &str) -> (u16, String) {
    let args = json!({"id": id, "text": text, "clientId": client});
    let answer = console.post("agent/send_message", args);
    (answer.status, answer.body)
}

fn fresh() -> String {
    uuid::Uuid::new_v4().to_string()
}

fn get(console: &Console, path: &str) -> Value {
    let answer = console.get(path);
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    answer.json()
}

/// Until the agent of a session is ended at a node.
fn until_ended(console: &Console, id: &str) {
    let folder = console.data().join("sessions").join(id);
    until("the end of the agent", || {
        let shim = backend::agents::shim::ShimRecord::read(&folder)?;
        let journal = std::fs::read_to_string(folder.join("journal.jsonl")).ok()?;
        let last = journal.lines().last()?.to_owned();
        let lives =
            backend::agents::processes::is_same_process(shim.pid, shim.start_time, &shim.boot_id);
        (!lives || last.contains("exited")).then_some(())
    });
}

#[test]
fn a_session_of_one_node_is_watched_and_led_from_the_other() {
    let (ann, bob) = two();
    lead_from_the_other(&ann, &bob);
}

#[test]
fn nodes_with_redis_act_as_one_too() {
    let redis = Redis::start();
    let url = Postgres::shared().database();
    let more = ["--redis-url".to_owned(), redis.url()];
    let ann = start(CONFIG, &[flags(&url, "ann"), more.to_vec()].concat());
    let repo = ann.folder.path().join("repo").display().to_string();
    let repo = vec!["--repo".to_owned(), repo];
    let bob = start(CONFIG, &[flags(&url, "bob"), more.to_vec(), repo].concat());
    lead_from_the_other(&ann, &bob);
}

#[test]
fn a_node_that_comes_back_too_late_ends_its_agents() {
    let url = Postgres::shared().database();
    let config = CONFIG.replace("node_orphan_ms = 4000", "node_orphan_ms = 600000");
    let mut ann = first(&url, &config);
    let bob = second(&url, &ann);
    let id = ann.create("runbook", WORK);
    seen(&bob, &id, "waiting_approval");
    ann.kill();
    bob.until(&id, "interrupted");
    ann.restart();
    until_ended(&ann, &id);
    let again = bob.post("agent/resume", json!({"id": id}));
    assert_eq!(again.status, 200, "{}", again.body);
    assert_eq!(bob.until(&id, "idle")["nodeId"], "ann", "it is there again");
}

fn lead_from_the_other(ann: &Console, bob: &Console) {
    let id = ann.create("runbook", WORK);
    seen(bob, &id, "waiting_approval");
    let mut stream = TcpStream::connect(("127.0.0.1", bob.port)).unwrap();
    let (port, cookie) = (bob.port, bob.cookie());
    let ask = format!(
        "GET /api/events?session={id} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncookie: {cookie}\r\n\r\n"
    );
    stream.write_all(ask.as_bytes()).unwrap();
    let mut told = BufReader::new(stream).lines().map_while(Result::ok);
    bob.answer(&id, "allow_once");
    assert!(told.any(|line| line == "event: session.updated"));
    bob.answer(&id, "allow_once");
    let session = bob.until(&id, "idle");
    assert_eq!(session["nodeId"], "ann");
    assert_eq!(ann.thread(&id), bob.thread(&id));
    // The look at the worktree comes beside the end of the turn.
    for console in [ann, bob] {
        until("the look at the worktree", || {
            (console.session(&id)["worktreeRevision"] == 1).then_some(())
        });
    }

    for path in [
        format!("/api/agent/get_changed_files?id={id}"),
        format!("/api/git/status?session={id}"),
        format!("/api/git/diff?session={id}&path=n.txt"),
        format!("/api/agent/complete_path?id={id}&query=n"),
        format!("/api/agent/get_lines?id={id}&seq=2"),
        format!("/api/agent/get_stderr?id={id}"),
    ] {
        assert_eq!(get(bob, &path), get(ann, &path), "{path}");
    }
    let stage = json!({"session": id, "paths": ["n.txt"], "clientId": fresh()});
    let staged = bob.post("git/stage", stage);
    assert_eq!(staged.status, 200, "{}", staged.body);
    let commit =
        json!({"session": id, "paths": ["n.txt"], "message": "Add n", "clientId": fresh()});
    let both = std::thread::scope(|scope| {
        let asked = [ann, bob].map(|node| scope.spawn(|| node.post("git/commit", commit.clone())));
        asked.map(|answer| answer.join().unwrap())
    });
    for made in &both {
        assert_eq!((made.status, &made.body), (200, &both[0].body));
    }
    let again = bob.post("git/commit", commit);
    assert_eq!(again.body, both[0].body, "made once");
    let missing = bob.get(&format!("/api/git/diff?session={id}&path=../x"));
    assert_eq!(missing.status, 400, "{}", missing.body);

    let client = fresh();
    let sent = message(bob, &id, "What can you do?", &client);
    assert_eq!(sent.0, 200, "{}", sent.1);
    assert_eq!(message(bob, &id, "What can you do?", &client), sent);
    assert_eq!(message(ann, &id, "What can you do?", &client), sent);
    assert_eq!(message(bob, &id, "Something else", &client).0, 409);
    bob.until(&id, "idle");
    let refused = bob.post("agent/cancel", json!({"id": id}));
    assert_eq!(refused.status, 422, "{}", refused.body);
    let done = bob.post("agent/complete", json!({"id": id}));
    assert_eq!(done.json()["status"], "completed", "{}", done.body);
    let gone = bob.post(
        "agent/delete_session",
        json!({"id": id, "discardWork": true}),
    );
    assert_eq!(gone.status, 200, "{}", gone.body);
    assert!(!ann.data().join("worktrees").join(&id).exists());
}

#[test]
fn sessions_of_a_node_that_dies_are_interrupted_and_go_on_at_another() {
    let (mut ann, bob) = two();
    let id = ann.create("runbook", WORK);
    ann.answer(&id, "allow_once");
    seen(&bob, &id, "waiting_approval");
    ann.kill();
    let away = bob.get(&format!("/api/git/status?session={id}"));
    assert_eq!(away.status, 503, "{}", away.body);
    assert!(away.body.contains("node ann"), "{}", away.body);
    assert_eq!(away.header("retry-after").as_deref(), Some("1"));
    let session = bob.until(&id, "interrupted");
    assert_eq!(session["pendingApprovals"], json!([]));
    assert_eq!(session["nodeId"], "ann");
    until_ended(&ann, &id);
    // Not even its disk is left.
    std::fs::remove_dir_all(ann.data().join("worktrees")).unwrap();
    let before = bob.thread(&id);
    let sent = message(&bob, &id, "```file path=m.txt\nmore\n```\n", &fresh());
    assert_eq!(sent.0, 200, "{}", sent.1);
    bob.answer(&id, "allow_once");
    let session = bob.until(&id, "idle");
    assert_eq!(session["nodeId"], "bob");
    let after = bob.thread(&id);
    assert_eq!(after[..before.len()], before, "nothing was lost");
    assert_eq!(after.last().unwrap()["turn"], 2);
    let files = get(&bob, &format!("/api/agent/get_changed_files?id={id}"));
    assert!(files.to_string().contains("m.txt"), "{files}");
}

#[test]
fn a_node_that_stood_still_lets_go_of_what_another_one_took_over() {
    let (ann, bob) = two();
    let id = ann.create("runbook", WORK);
    seen(&bob, &id, "waiting_approval");
    ann.signal("STOP");
    bob.until(&id, "interrupted");
    let resumed = bob.post("agent/resume", json!({"id": id}));
    assert_eq!(resumed.status, 200, "{}", resumed.body);
    let session = bob.until(&id, "idle");
    assert_eq!(session["nodeId"], "bob");
    ann.signal("CONT");
    until_ended(&ann, &id);
    let sent = message(&ann, &id, "What can you do?", &fresh());
    assert_eq!(sent.0, 200, "{}", sent.1);
    let session = ann.until(&id, "idle");
    assert_eq!(session["nodeId"], "bob");
    let thread = bob.thread(&id);
    let turns: Vec<_> = thread.iter().map(|entry| entry["turn"].as_u64()).collect();
    assert!(turns.is_sorted(), "{turns:?}");
}

#[test]
fn both_nodes_are_restarted_one_after_the_other_and_nothing_is_lost() {
    let (mut ann, mut bob) = two();
    let id = ann.create("runbook", WORK);
    let session = seen(&bob, &id, "waiting_approval");
    let open = &session["pendingApprovals"][0];
    let entry = get(
        &bob,
        &format!("/api/agent/get_entry?id={id}&seq={}", open["seq"]),
    );
    let options = entry["options"].as_array().unwrap();
    let allow = options
        .iter()
        .find(|it| it["kind"] == "allow_once")
        .unwrap();
    let approve = json!({
        "id": id, "requestId": open["requestId"], "optionId": allow["optionId"],
        "argsHash": open["argsHash"], "clientId": fresh(),
    });
    ann.terminate();
    std::thread::scope(|scope| {
        let asked = scope.spawn(|| bob.post("agent/approve", approve.clone()));
        ann.restart();
        let answer = asked.join().unwrap();
        assert!(matches!(answer.status, 200 | 503), "{}", answer.body);
    });
    until("the answer of the approval", || {
        (bob.post("agent/approve", approve.clone()).status == 200).then_some(())
    });
    bob.terminate();
    bob.restart();
    bob.answer(&id, "allow_once");
    let session = bob.until(&id, "idle");
    assert_eq!(session["nodeId"], "ann");
    let thread = ann.thread(&id);
    let is_lost = |entry: &Value| entry["code"] == "interrupted";
    assert!(!thread.iter().any(is_lost), "{thread:#?}");
}

#[test]
fn what_waits_at_a_full_node_is_begun_by_one_with_room() {
    let url = Postgres::shared().database();
    let ann = first(&url, &format!("{CONFIG}max_live_agents = 1\n"));
    let busy = ann.create("runbook", WORK);
    ann.until(&busy, "waiting_approval");
    let waits = ann.create("runbook", "What can you do?");
    let session = ann.until(&waits, "pending");
    assert_eq!(session["nodeId"], "ann");
    let bob = second(&url, &ann);
    let session = seen(&bob, &waits, "idle");
    assert_eq!(session["nodeId"], "bob");
    let path = session["worktree"]["path"].as_str().unwrap();
    assert!(path.starts_with(bob.data().to_str().unwrap()), "{path}");
    assert_eq!(ann.session(&busy)["nodeId"], "ann");
}

#[test]
fn the_door_for_nodes_takes_their_secret_and_no_browser() {
    let ann = first(&Postgres::shared().database(), CONFIG);
    let ask = |headers: &[(&str, &str)]| {
        let body = r#"{"by":"owner","session":null,"far":"Stderr"}"#;
        let mut all = vec![("content-type", "application/json")];
        all.extend_from_slice(headers);
        request(ann.port, "POST", "/node/v1/read", &all, body).status
    };
    let secret = ("x-heddle-node-secret", SECRET);
    assert_eq!(ask(&[secret]), 200);
    assert_eq!(ask(&[]), 401);
    assert_eq!(
        ask(&[("x-heddle-node-secret", "a-secret-of-all-nodeS")]),
        401
    );
    assert_eq!(ask(&[("cookie", ann.cookie())]), 401);
    assert_eq!(ask(&[secret, ("host", "evil.example")]), 421);
    assert_eq!(ask(&[secret, ("origin", "http://evil.example")]), 403);
    let alone = Console::start("");
    let answer = request(alone.port, "POST", "/node/v1/read", &[secret], "{}");
    assert_ne!(answer.status, 200);
}

#[test]
fn flags_that_make_no_node_are_told_at_the_start() {
    let url = Postgres::shared().database();
    let ann = first(&url, CONFIG);
    let refused = |more: &[&str]| {
        let folder = super::support::folder("");
        let mut command = super::support::command(folder.path(), 0);
        assert!(!command.args(more).output().unwrap().status.success());
        std::fs::read_to_string(folder.path().join("stderr.txt")).unwrap()
    };
    let same = flags(&url, "ann");
    let same: Vec<&str> = same.iter().map(String::as_str).collect();
    assert!(refused(&same).contains("another console is the node ann"));
    assert!(refused(&same[2..]).contains("--database-url postgres"));
    assert!(refused(&same[..6]).contains("needs --node-secret"));
    assert!(refused(&["--node", "a b"]).contains("--node takes"));
    drop(ann);
}
