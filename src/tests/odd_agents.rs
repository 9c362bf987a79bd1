//! Agents that say odd things at odd times, through the real shim: nothing of it is lost or wrong.
use super::agents::said;
use super::support::{Console, until};
use serde_json::{Value, json};

/// A console with the agent that does what its prompt spells out.
fn console() -> Console {
    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/end2end/fixtures/say-back-agent.mjs"
    );
    let agent = format!(
        "[[heddle.agents]]\nid = 'odd'\nname = 'Odd'\ncommand = ['node', '{script}']\npassEnv = ['PATH']\n"
    );
    Console::start(&agent)
}

/// The directive that sends an update.
fn update(update: &str) -> String {
    format!(
        ">> {{\"jsonrpc\":\"2.0\",\"method\":\"session/update\",\"params\":{{\"sessionId\":\"$S\",\"update\":{update}}}}}"
    )
}

fn chunk(text: &str) -> String {
    update(&format!(
        "{{\"sessionUpdate\":\"agent_message_chunk\",\"content\":{{\"type\":\"text\",\"text\":\"{text}\"}}}}"
    ))
}

/// The directive that asks for permission with the options y and n.
fn ask(id: &str, call: &str, title: &str, input: &str) -> String {
    let options = r#"[{"optionId":"y","name":"Yes","kind":"allow_once"},{"optionId":"n","name":"No","kind":"reject_once"}]"#;
    format!(
        ">> {{\"jsonrpc\":\"2.0\",\"id\":\"{id}\",\"method\":\"session/request_permission\",\"params\":{{\"sessionId\":\"$S\",\"toolCall\":{{\"toolCallId\":\"{call}\",\"title\":\"{title}\",\"rawInput\":{input}}},\"options\":{options}}}}}"
    )
}

fn of_kind(console: &Console, id: &str, kind: &str) -> Vec<Value> {
    let thread = console.thread(id).into_iter();
    thread.filter(|entry| entry["kind"] == kind).collect()
}

/// What the agent said, as one text.
fn spoken(console: &Console, id: &str) -> String {
    let texts = of_kind(console, id, "agent").into_iter();
    let texts = texts.map(|entry| entry["text"].as_str().unwrap().to_owned());
    texts.collect::<Vec<_>>().join("\n")
}

/// The open requests, oldest first, once there are so many.
#[track_caller]
fn requests(console: &Console, id: &str, count: usize) -> Vec<Value> {
    until("the requests", || {
        let mut open = of_kind(console, id, "approval");
        open.retain(|entry| entry["state"] == "open");
        (open.len() == count).then_some(open)
    })
}

#[track_caller]
fn allow(console: &Console, id: &str, request: &Value) {
    let answer = console.post(
        "agent/approve",
        json!({"id": id, "requestId": request["requestId"], "optionId": "y", "argsHash": request["argsHash"]}),
    );
    assert_eq!(answer.status, 200, "{}", answer.body);
}

#[test]
fn half_an_emoji_ends_neither_a_text_nor_a_turn_nor_a_request() {
    let console = console();
    let prompt = [
        chunk("cut here \\ud83d"),
        ask("q", "t", "run \\ud83d", "{\"command\":\"ls\"}"),
        "!wait".to_owned(),
        ">> {\"jsonrpc\":\"2.0\",\"id\":$P,\"result\":{\"stopReason\":\"end_turn\",\"x\":\"\\ude00\"}}".to_owned(),
        "!noend".to_owned(),
    ];
    let id = console.create("odd", &prompt.join("\n"));
    let open = requests(&console, &id, 1);
    assert_eq!(open[0]["title"], "run \u{fffd}");
    allow(&console, &id, &open[0]);
    console.until(&id, "idle");
    let spoken = spoken(&console, &id);
    assert!(spoken.starts_with("cut here \u{fffd}"), "{spoken}");
    assert!(spoken.contains("\"optionId\":\"y\""), "{spoken}");
}

#[test]
fn what_is_no_message_is_told_once_and_stands_among_the_raw_lines() {
    let console = console();
    let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
    let prompt = [
        ">> npm warn deprecated".to_owned(),
        ">x fffe80c3".to_owned(),
        ">> {\"jsonrpc\":".to_owned(),
        chunk(&format!("deep\"}},\"odd\":{deep},\"a\":{{\"b\":\"")),
        format!(">> \u{feff}{}", &chunk("after a mark")[3..]),
        format!(
            ">x {}",
            domain::text::hex(
                chunk("bytes X")[3..]
                    .replace("$S", "no")
                    .replace('X', "\u{e9}")
                    .as_bytes()
            )
            .replace("c3a9", "e9")
        ),
    ];
    let id = console.create("odd", &prompt.join("\n"));
    console.until(&id, "idle");
    let told = said(&console, &id, "unreadable");
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0].contains("3 lines") && told[0].contains("npm warn"),
        "{told:?}"
    );
    let spoken = spoken(&console, &id);
    assert!(
        spoken.contains("deep") && spoken.contains("after a mark"),
        "{spoken}"
    );
    let noise = console.thread(&id).into_iter();
    let noise = noise.filter(|entry| entry["code"] == "unreadable" || entry["kind"] == "user");
    for entry in noise {
        let path = format!("/api/agent/get_lines?id={id}&seq={}", entry["seq"]);
        let lines = console.get(&path).json()["lines"].to_string();
        assert!(lines.contains("npm warn deprecated"), "{entry}: {lines}");
    }
}

#[test]
fn an_agent_that_wakes_by_itself_has_a_turn_that_can_be_answered() {
    let console = console();
    let prompt = [
        "first".to_owned(),
        "!end".to_owned(),
        "!sleep 2".to_owned(),
        ask(
            "w1",
            "t9",
            "run the tests again",
            "{\"command\":\"echo woke\"}",
        ),
        "!wait".to_owned(),
        "I woke up".to_owned(),
    ];
    let id = console.create("odd", &prompt.join("\n"));
    console.until(&id, "waiting_approval");
    let row = console.get("/api/agent/list").json()["rows"][0].clone();
    assert_eq!(row["waiting"], true);
    assert_eq!(said(&console, &id, "by_itself").len(), 1);
    let open = requests(&console, &id, 1);
    assert_eq!(open[0]["turn"], 2);
    allow(&console, &id, &open[0]);
    until("the words after the answer", || {
        let spoken = spoken(&console, &id);
        let is_heard = spoken.contains("\"optionId\":\"y\"");
        (is_heard && spoken.contains("I woke up")).then_some(())
    });
    let aborted = |entry: &Value| entry["status"] == "aborted";
    assert!(!of_kind(&console, &id, "tool").iter().any(aborted));
    // It is over when it is quiet, and remembers what comes next.
    console.until(&id, "idle");
    console.post("agent/send_message", json!({"id": id, "text": "!count"}));
    until("the second prompt", || {
        spoken(&console, &id).contains("prompt 2").then_some(())
    });
}

#[test]
fn a_turn_that_nobody_asked_for_can_be_stopped_and_gives_way_to_a_message() {
    let console = console();
    let prompt = [
        "first".to_owned(),
        "!end".to_owned(),
        "!sleep 2".to_owned(),
        ask("w1", "t9", "again", "{\"command\":\"echo woke\"}"),
        "!wait".to_owned(),
        "I woke up".to_owned(),
    ]
    .join("\n");
    let id = console.create("odd", &prompt);
    console.until(&id, "waiting_approval");
    let stopped = console.post("agent/cancel", json!({"id": id}));
    assert_eq!(stopped.status, 200, "{}", stopped.body);
    console.until(&id, "cancelled");
    assert_eq!(of_kind(&console, &id, "approval")[0]["state"], "void");

    let id = console.create("odd", &prompt);
    console.until(&id, "waiting_approval");
    // While it waits for a person a message waits too; then it takes the place of the turn.
    let queued = console.post("agent/send_message", json!({"id": id, "text": "!count"}));
    assert!(queued.json()["queued"].is_object(), "{}", queued.body);
    allow(&console, &id, &requests(&console, &id, 1)[0]);
    until("the queued message", || {
        spoken(&console, &id).contains("prompt 2").then_some(())
    });
    console.until(&id, "idle");
}

#[test]
fn a_call_that_runs_in_the_background_is_not_aborted_while_it_runs() {
    let console = console();
    let call = |kind: &str, status: &str| {
        update(&format!(
            "{{\"sessionUpdate\":\"{kind}\",\"toolCallId\":\"bg\",\"title\":\"server\",\"status\":\"{status}\"}}"
        ))
    };
    let prompt = [
        call("tool_call", "in_progress"),
        "!end".to_owned(),
        "!sleep 2".to_owned(),
        call("tool_call_update", "completed"),
    ];
    let id = console.create("odd", &prompt.join("\n"));
    console.until(&id, "idle");
    let status = || of_kind(&console, &id, "tool")[0]["status"].clone();
    assert_eq!(status(), "in_progress");
    until("its end", || (status() == "completed").then_some(()));
    assert_eq!(console.session(&id)["status"], "idle");
}

#[test]
fn two_requests_that_name_one_call_are_answered_in_any_order() {
    let console = console();
    let prompt = [
        ask("a", "t", "one", "{\"command\":[\"echo\",\"a b\"]}"),
        ask("b", "t", "two", "{\"cmd\":[\"echo\",\"c\"]}"),
        "!wait".to_owned(),
        "!wait".to_owned(),
        "done".to_owned(),
    ];
    for order in [[0, 1], [1, 0]] {
        let id = console.create("odd", &prompt.join("\n"));
        let open = requests(&console, &id, 2);
        assert_eq!(
            (&open[0]["text"], &open[1]["text"]),
            (&json!("echo 'a b'"), &json!("echo c"))
        );
        for at in order {
            allow(&console, &id, &open[at]);
        }
        console.until(&id, "idle");
        assert_eq!(of_kind(&console, &id, "tool")[0]["status"], "unknown");
    }
}

/// The directives that answer the prompt with an error.
fn error(data: &str) -> String {
    format!(
        ">> {{\"jsonrpc\":\"2.0\",\"id\":$P,\"error\":{{\"code\":-32603,\"message\":\"429\",\"data\":{data}}}}}\n!noend"
    )
}

#[test]
fn an_error_of_the_provider_and_a_silent_turn_leave_a_living_agent_alone() {
    let console = console();
    let id = console.create("odd", &error("{\"retryAfter\":30}"));
    let failed = console.until(&id, "failed");
    assert_eq!(failed["error"]["code"], "provider");
    assert_eq!(failed["agentAlive"], true);
    let entry = of_kind(&console, &id, "error").remove(0);
    let time = |value: &Value| {
        let text = value.as_str().unwrap().to_owned();
        domain::time::Timestamp::try_from(text).unwrap().0
    };
    assert_eq!(time(&entry["retryAt"]) - time(&entry["at"]), 30_000);
    assert_eq!(failed["error"]["retryAt"], entry["retryAt"]);
    let send = |text: &str| {
        let sent = console.post("agent/send_message", json!({"id": id, "text": text}));
        assert_eq!(sent.status, 200, "{}", sent.body);
    };
    // Nothing is said: the turn fails, and the next one still remembers.
    send("!sleep 0");
    until("the silent turn", || {
        let session = console.session(&id);
        (session["error"]["code"] == "no_output").then_some(())
    });
    send("!count");
    console.until(&id, "idle");
    assert_eq!(spoken(&console, &id), "prompt 3");
    assert_eq!(said(&console, &id, "resumed").len(), 0);
}

#[test]
fn a_message_that_waits_for_a_time_is_sent_then_also_after_a_restart() {
    let mut console = console();
    let id = console.create("odd", &error("\"busy\""));
    console.until(&id, "failed");
    let send = |console: &Console, wait_ms: i64| {
        let at = domain::time::Timestamp(backend::clock::Clock::System.now().0 + wait_ms);
        let args = json!({"id": id, "text": format!("after {wait_ms}"), "notBefore": at});
        console.post("agent/send_message", args)
    };
    assert_eq!(send(&console, 40 * 86_400_000).status, 422);
    let sent = send(&console, 1500);
    assert!(sent.json()["queued"].is_object(), "{}", sent.body);
    let queue = console.session(&id)["queue"].clone();
    assert!(queue[0]["notBefore"].is_string(), "{queue}");
    console.until(&id, "idle");
    assert_eq!(spoken(&console, &id), "after 1500");
    assert_eq!(send(&console, 3000).status, 200);
    console.kill();
    console.restart();
    until("the message after the restart", || {
        spoken(&console, &id).contains("after 3000").then_some(())
    });
}

#[test]
fn a_turn_that_nobody_asked_for_outlives_the_console() {
    let mut console = console();
    let prompt = [
        "first".to_owned(),
        "!end".to_owned(),
        "!sleep 2".to_owned(),
        ask("w1", "t9", "again", "{\"command\":\"echo woke\"}"),
        "!wait".to_owned(),
        "I woke up".to_owned(),
    ];
    let id = console.create("odd", &prompt.join("\n"));
    console.until(&id, "idle");
    // It wakes while nobody listens.
    console.kill();
    until("the request in the journal", || {
        let journal = console.data().join("sessions").join(&id);
        let text = std::fs::read_to_string(journal.join("journal.jsonl")).unwrap();
        text.contains("request_permission").then_some(())
    });
    console.restart();
    console.until(&id, "waiting_approval");
    allow(&console, &id, &requests(&console, &id, 1)[0]);
    until("the words after the answer", || {
        spoken(&console, &id).contains("I woke up").then_some(())
    });
    console.until(&id, "idle");
}
