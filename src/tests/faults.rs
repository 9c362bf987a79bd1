//! Whatever happens to an agent or to the console: a true status with evidence, nothing lost.
use super::support::{Console, until};
use backend::agents::journal::read_from;
use serde_json::{Value, json};

fn agent(id: &str, script: &str) -> String {
    let script = script.replace('\\', "\\\\").replace('"', "\\\"");
    format!(
        "[[heddle.agents]]\nid = \"{id}\"\nname = \"{id}\"\ncommand = [\"sh\", \"-c\", \"{script}\"]\n"
    )
}

/// An agent that answers the start and then runs `turn` for a prompt.
fn talking(id: &str, turn: &str) -> String {
    let answer = |n: u8, result: &str| {
        format!(r#"read l; echo '{{"jsonrpc":"2.0","id":{n},"result":{result}}}'; "#)
    };
    let start = answer(1, r#"{"protocolVersion":1,"agentCapabilities":{}}"#);
    let open = answer(2, r#"{"sessionId":"s"}"#);
    agent(id, &format!("{start}{open}read l; {turn}"))
}

#[test]
fn an_agent_that_exits_at_once_fails_with_its_code_and_last_words() {
    let console = Console::start(&agent("dies", "echo no key >&2; exit 7"));
    let id = console.create("dies", "go");
    let session = console.until(&id, "failed");
    assert_eq!(session["error"]["exitCode"], 7, "{session:#}");
    assert_eq!(session["error"]["stderrTail"][0], "no key");
    assert_eq!(session["agentAlive"], false);
}

#[test]
fn an_agent_that_never_answers_fails_after_the_configured_time() {
    let config = format!(
        "[heddle.limits]\ninit_timeout_s = 1\n{}",
        agent("mute", "echo garbage; sleep 600")
    );
    let console = Console::start(&config);
    let id = console.create("mute", "go");
    let session = console.until(&id, "failed");
    assert_eq!(session["error"]["code"], "start");
    until("the end of the process", || {
        (console.session(&id)["agentAlive"] == false).then_some(())
    });
}

#[test]
fn an_agent_that_dies_in_the_middle_of_a_turn_fails_with_its_signal() {
    let console = Console::start(&talking("killed", "echo boom >&2; kill -9 $$"));
    let id = console.create("killed", "go");
    let session = console.until(&id, "failed");
    assert_eq!(
        (&session["error"]["code"], &session["error"]["signal"]),
        (&json!("signal"), &json!(9))
    );
    let last = console.thread(&id).pop().unwrap();
    assert_eq!(last["kind"], "error");
}

#[test]
fn a_turn_without_output_and_an_error_of_the_provider_are_no_success() {
    let silent = talking(
        "silent",
        r#"echo '{"jsonrpc":"2.0","id":3,"result":{"stopReason":"end_turn"}}'; sleep 600"#,
    );
    let error = r#"echo '{"jsonrpc":"2.0","id":3,"error":{"code":-32603,"message":"quota exceeded"}}'; sleep 600"#;
    let console = Console::start(&format!("{silent}{}", talking("broke", error)));
    let (first, second) = (
        console.create("silent", "go"),
        console.create("broke", "go"),
    );
    assert_eq!(
        console.until(&first, "failed")["error"]["code"],
        "no_output"
    );
    let failed = console.until(&second, "failed");
    assert_eq!(failed["error"]["code"], "provider");
    assert!(
        failed["error"]["message"]
            .as_str()
            .unwrap()
            .contains("quota exceeded")
    );
}

fn journal(console: &Console, id: &str) -> Vec<Value> {
    let path = console
        .data()
        .join("sessions")
        .join(id)
        .join("journal.jsonl");
    let lines = read_from(&path, 0)
        .into_iter()
        .flatten()
        .filter_map(Result::ok);
    lines
        .map(|line| serde_json::to_value(&line).unwrap())
        .collect()
}

#[test]
fn a_console_killed_in_the_middle_of_a_turn_goes_on_where_it_was() {
    let mut console = Console::start("");
    let id = console.create("runbook", "```sh\necho one\n```\n\n```sh\necho two\n```\n");
    for _ in 0..2 {
        console.until(&id, "waiting_approval");
        console.kill();
        console.restart();
        console.answer(&id, "allow_once");
        console.kill();
        console.restart();
    }
    console.until(&id, "idle");
    let lines = journal(&console, &id);
    let keys: Vec<&str> = lines
        .iter()
        .filter_map(|line| line["key"].as_str())
        .collect();
    let mut once = keys.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), keys.len(), "every key occurs once");
    let numbers: Vec<u64> = lines
        .iter()
        .map(|line| line["n"].as_u64().unwrap())
        .collect();
    assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>());
    let tools: Vec<_> = console
        .thread(&id)
        .into_iter()
        .filter(|entry| entry["kind"] == "tool")
        .collect();
    assert!(
        tools.iter().all(|tool| tool["status"] == "completed"),
        "{tools:#?}"
    );
}

#[test]
fn a_message_accepted_before_the_console_died_is_delivered_after() {
    let mut console = Console::start("");
    let id = console.create("runbook", "hello");
    console.kill();
    console.restart();
    console.until(&id, "idle");
    let thread = console.thread(&id);
    assert_eq!(
        thread
            .iter()
            .filter(|entry| entry["kind"] == "user")
            .count(),
        1
    );
    assert!(thread.iter().any(|entry| entry["kind"] == "agent"));
}

#[test]
fn a_session_whose_shim_is_gone_too_is_interrupted_and_can_go_on() {
    let mut console = Console::start("");
    let id = console.create("runbook", "```sh\ntrue\n```");
    console.until(&id, "waiting_approval");
    console.kill();
    let record =
        backend::agents::shim::ShimRecord::read(&console.data().join("sessions").join(&id))
            .unwrap();
    super::support::sh(console.folder.path(), &format!("kill -9 {}", record.pid));
    console.restart();
    let session = console.until(&id, "interrupted");
    assert_eq!(session["pendingApprovals"], json!([]));
    console.post("agent/send_message", json!({"id": id, "text": "go on"}));
    console.until(&id, "idle");
}

#[test]
fn more_agents_than_allowed_wait_and_say_so() {
    let console = Console::start("[heddle.limits]\nmax_live_agents = 1\n");
    let first = console.create("runbook", "```sh\ntrue\n```");
    console.until(&first, "waiting_approval");
    let second = console.create("runbook", "hello");
    let waiting = until("a reason", || {
        let session = console.session(&second);
        session["statusReason"]
            .as_str()
            .is_some_and(|reason| reason.contains("waits"))
            .then_some(session)
    });
    assert_eq!(waiting["status"], "pending");
    console.answer(&first, "reject_once");
    console.until(&second, "idle");
}

/// Entries as the journal alone tells them, put into a store that was empty.
async fn replayed(folder: &std::path::Path, session: &Value, lines: Vec<Value>) -> Vec<Value> {
    use backend::agents::talk::{Dir, Line, Outcome, Talk};
    use backend::store::{Change, CommandAnswer, CommandWrite, EntryWrite, NewSession, Store};
    let store = backend::store::sqlite::SqliteStore::open(&folder.join("replayed.db"))
        .await
        .unwrap();
    let worktree: domain::session::Worktree =
        serde_json::from_value(session["worktree"].clone()).unwrap();
    let mut talk = Talk::new(&worktree.path);
    let id: domain::id::SessionId = session["id"].as_str().unwrap().parse().unwrap();
    let client_id = uuid::Uuid::new_v4().to_string().try_into().unwrap();
    let (function, args_hash) = (String::new(), String::new());
    let command = CommandWrite {
        client_id,
        function,
        args_hash,
        answer: CommandAnswer::Nothing,
    };
    let new = NewSession {
        id: id.clone(),
        title: "replayed".into(),
        prompt: "to be dropped".into(),
        enclosed: domain::attachment::Enclosed::default(),
        agent: "runbook".into(),
        model: None,
        repo: String::new(),
        worktree,
        owner: "owner".into(),
        node: "local".into(),
        fork: None,
        now: domain::time::Timestamp(0),
    };
    store.create(new, command).await.unwrap();
    for line in lines {
        let dir = match line["dir"].as_str().unwrap() {
            "c2a" => Dir::C2a,
            "a2c" => Dir::A2c,
            "stderr" => Dir::Stderr,
            _ => Dir::Shim,
        };
        let at: domain::time::Timestamp = serde_json::from_value(line["at"].clone()).unwrap();
        let (key, raw) = (line["key"].as_str(), line["raw"].as_str().unwrap());
        for outcome in talk.hear(Line {
            n: line["n"].as_u64().unwrap(),
            at,
            dir,
            key,
            raw,
        }) {
            let Outcome::Entry { key } = outcome else {
                continue;
            };
            let Some(said) = talk.entry(&key) else {
                continue;
            };
            let write = EntryWrite {
                key,
                turn: said.turn,
                at: said.at,
                body: said.body,
            };
            store
                .change(
                    &id,
                    Change {
                        entries: vec![write],
                        ..Change::at(at)
                    },
                )
                .await
                .unwrap();
        }
    }
    let thread = store.thread(&id).await.unwrap();
    thread
        .into_iter()
        .skip(1)
        .map(|(_, entry)| plain(serde_json::to_value(entry).unwrap()))
        .collect()
}

/// An entry without its place and the times at which it was accepted and written.
fn plain(mut entry: Value) -> Value {
    for name in ["seq", "revision", "at"] {
        entry.as_object_mut().unwrap().remove(name);
    }
    entry
}

#[test]
fn the_journal_replayed_into_an_empty_store_equals_the_store() {
    let console = Console::start("");
    let prompt =
        "- [ ] a\n- [ ] b\n\n```sh\necho one; echo two >&2\n```\n\n```file path=n.txt\nx\n```\n";
    let id = console.create("runbook", prompt);
    console.answer(&id, "allow_once");
    console.answer(&id, "reject_once");
    console.until(&id, "idle");
    console.post("agent/send_message", json!({"id": id, "text": "help"}));
    until("the second turn", || {
        (console.thread(&id).last()?["turn"] == 2).then_some(())
    });
    let session = console.until(&id, "idle");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let replayed = runtime.block_on(replayed(
        console.folder.path(),
        &session,
        journal(&console, &id),
    ));
    let held: Vec<Value> = console.thread(&id).into_iter().map(plain).collect();
    assert_eq!(replayed, held);
}
