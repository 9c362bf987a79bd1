//! Questions of an agent from outside: asked, judged, answered once, left when the turn is stopped.
use super::support::{Console, until};
use serde_json::{Value, json};

const ASK: &str = "```ask\nWhat is to be woven?\nname*: text 2..9\ncount: integer 1..5 = 2\n\
                   colour: red | green\ntags: [a | b]\n```\n";

/// The question of a session that waits for an answer.
#[track_caller]
fn question(console: &Console, id: &str) -> Value {
    console.until(id, "waiting_input");
    let open = |entry: &Value| entry["kind"] == "question" && entry["state"] == "open";
    console.thread(id).into_iter().find(open).unwrap()
}

fn answer(console: &Console, id: &str, question: &Value, more: &Value) -> (u16, Value) {
    let mut args = json!({"id": id, "questionId": question["questionId"]});
    for (name, value) in more.as_object().unwrap() {
        args[name] = value.clone();
    }
    let answer = console.post("agent/answer", args);
    (answer.status, answer.json())
}

/// What the agent said, as one text.
fn said(console: &Console, id: &str) -> String {
    let thread = console.thread(id).into_iter();
    let texts = thread.filter(|entry| entry["kind"] == "agent");
    texts
        .filter_map(|entry| entry["text"].as_str().map(str::to_owned))
        .collect()
}

#[test]
fn a_question_is_shown_judged_answered_and_told() {
    let console = Console::start("");
    let id = console.create("runbook", ASK);
    let asked = question(&console, &id);
    assert_eq!(asked["message"], "What is to be woven?");
    let fields = asked["fields"].as_array().unwrap();
    let kinds: Vec<_> = fields
        .iter()
        .map(|field| (&field["name"], &field["type"]))
        .collect();
    let pair = |name: &'static str, kind: &'static str| (json!(name), json!(kind));
    let wanted = [
        pair("name", "text"),
        pair("count", "integer"),
        pair("colour", "choice"),
        pair("tags", "choices"),
    ];
    let wanted: Vec<_> = wanted.iter().map(|(name, kind)| (name, kind)).collect();
    assert_eq!(kinds, wanted);
    let row = console.get("/api/agent/list").json()["rows"][0].clone();
    assert_eq!(
        (&row["status"], &row["waiting"]),
        (&json!("waiting_input"), &json!(true))
    );
    for (values, wrong) in [
        (json!({}), "name: is needed"),
        (json!({"name": "x"}), "name: must be 2 characters at least"),
        (
            json!({"name": "xy", "count": 1.5}),
            "count: must be a whole number",
        ),
        (
            json!({"name": "xy", "count": "2"}),
            "count: must be a whole number",
        ),
        (
            json!({"name": "xy", "colour": "blue"}),
            "colour: must be one of the options",
        ),
        (
            json!({"name": "xy", "size": 1}),
            "size: the question has no such field",
        ),
    ] {
        let told = answer(
            &console,
            &id,
            &asked,
            &json!({"action": "accept", "values": values}),
        );
        assert_eq!(told.0, 422, "{}", told.1);
        assert_eq!(told.1["message"], wrong);
    }
    let values = json!({"name": "cloth", "count": 3, "tags": ["a", "b"]});
    let told = answer(
        &console,
        &id,
        &asked,
        &json!({"action": "accept", "values": values}),
    );
    assert_eq!((told.0, &told.1["id"]), (200, &json!(id)), "{}", told.1);
    let second = answer(&console, &id, &asked, &json!({"action": "decline"}));
    assert_eq!(second.0, 409, "the first answer wins");
    console.until(&id, "idle");
    let text = said(&console, &id);
    assert!(
        text.contains("- count: 3\n- name: cloth\n- tags: [\"a\",\"b\"]"),
        "{text}"
    );
    let entry = console.get(&format!(
        "/api/agent/get_entry?id={id}&seq={}",
        asked["seq"]
    ));
    let entry = entry.json();
    assert_eq!(
        (&entry["state"], &entry["answer"]["action"]),
        (&json!("answered"), &json!("accept"))
    );
    assert_eq!(entry["answer"]["values"], values);
    assert!(!entry["answer"]["by"].as_str().unwrap().is_empty());
}

#[test]
fn a_question_can_be_declined_and_one_at_an_address_has_no_values() {
    let console = Console::start("");
    let id = console.create(
        "runbook",
        "```ask\nLog in\nopen https://example.org/login\n```\n",
    );
    let asked = question(&console, &id);
    assert_eq!(asked["url"], "https://example.org/login");
    let told = answer(
        &console,
        &id,
        &asked,
        &json!({"action": "decline", "values": {"x": 1}}),
    );
    assert_eq!(told.0, 422);
    assert_eq!(
        answer(&console, &id, &asked, &json!({"action": "shrug"})).0,
        400
    );
    let nobody = json!({"questionId": "999999"});
    assert_eq!(
        answer(&console, &id, &nobody, &json!({"action": "accept"})).0,
        404
    );
    assert_eq!(
        answer(&console, &id, &asked, &json!({"action": "decline"})).0,
        200
    );
    console.until(&id, "idle");
    assert!(said(&console, &id).contains("was rejected"));
}

#[test]
fn stopping_the_turn_leaves_the_question() {
    let console = Console::start("");
    let id = console.create("runbook", ASK);
    let asked = question(&console, &id);
    assert_eq!(console.post("agent/cancel", json!({"id": id})).status, 200);
    console.until(&id, "cancelled");
    let entry = console.get(&format!(
        "/api/agent/get_entry?id={id}&seq={}",
        asked["seq"]
    ));
    assert_eq!(entry.json()["state"], "void");
    assert_eq!(
        answer(&console, &id, &asked, &json!({"action": "cancel"})).0,
        409
    );
}

#[test]
fn a_question_outlives_the_console_and_is_answered_afterwards() {
    let mut console = Console::start("");
    let id = console.create("runbook", ASK);
    let asked = question(&console, &id);
    console.kill();
    console.restart();
    let values = json!({"action": "accept", "values": {"name": "cloth"}});
    until("an answer that is taken", || {
        (answer(&console, &id, &asked, &values).0 == 200).then_some(())
    });
    console.until(&id, "idle");
    assert!(said(&console, &id).contains("name: cloth"));
}
