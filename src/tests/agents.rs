//! Agents of many kinds from outside: modes, logins, checks, idle stops and the ways back.
use super::support::{Console, until};
use backend::agents::journal::read_from;
use serde_json::{Value, json};

/// A configured agent whose whole program is a script. The script must hold no `'''`.
fn agent(id: &str, more: &str, script: &str) -> String {
    format!(
        "[[heddle.agents]]\nid = '{id}'\nname = '{id}'\n{more}\ncommand = ['sh', '-c', '''{script}''']\n"
    )
}

/// An agent that answers each method by its case: lines of `sh` that may `answer RESULT` or
/// `fail CODE`; a prompt is answered with one word.
pub(super) fn speaking(id: &str, more: &str, capabilities: &str, cases: &str) -> String {
    let script = r#"
answer() { printf '{"jsonrpc":"2.0","id":%s,"result":%s}\n' "$id" "$1"; }
fail() { printf '{"jsonrpc":"2.0","id":%s,"error":{"code":%s,"message":"no"}}\n' "$id" "$1"; }
tell() { printf '{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s","update":%s}}\n' "$1"; }
while read -r line; do
  id=$(printf %s "$line" | sed 's/.*[{,]"id":\([0-9]*\).*/\1/')
  case "$line" in
    CASES
    *'"initialize"'*) answer '{"protocolVersion":1,"agentCapabilities":CAPABILITIES}' ;;
    *'"session/new"'*) answer '{"sessionId":"s"}' ;;
    *'"session/prompt"'*)
      tell '{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"yes"}}'
      answer '{"stopReason":"end_turn"}' ;;
    *'"session/set_mode"'*) answer '{}' ;;
  esac
done
"#;
    let script = script.replace("CASES", cases);
    agent(id, more, &script.replace("CAPABILITIES", capabilities))
}

/// What the thread of a session says in the console's own name, by code.
pub(super) fn said(console: &Console, id: &str, code: &str) -> Vec<String> {
    let thread = console.thread(id).into_iter();
    let own = thread.filter(|entry| entry["kind"] == "system" && entry["code"] == code);
    own.map(|entry| entry["text"].as_str().unwrap().to_owned())
        .collect()
}

/// Lines of the journal as direction and message.
pub(super) fn journal(console: &Console, id: &str) -> Vec<(String, Value)> {
    let folder = console.data().join("sessions").join(id);
    let lines = read_from(&folder.join("journal.jsonl"), 0).unwrap();
    let lines = lines.map(|line| serde_json::to_value(line.unwrap()).unwrap());
    lines
        .map(|line| {
            let raw = line["raw"].as_str().unwrap_or_default();
            let message = serde_json::from_str(raw).unwrap_or(Value::Null);
            (line["dir"].as_str().unwrap().to_owned(), message)
        })
        .collect()
}

/// Where in the journal the console asked this first.
#[track_caller]
pub(super) fn asked(lines: &[(String, Value)], method: &str) -> usize {
    let is_it = |(dir, line): &(String, Value)| dir == "c2a" && line["method"] == method;
    lines.iter().position(is_it).unwrap()
}

/// Where the agent answered the request at a place.
#[track_caller]
fn answered(lines: &[(String, Value)], at: usize) -> usize {
    let id = &lines[at].1["id"];
    let is_it = |(dir, line): &(String, Value)| dir == "a2c" && line["id"] == *id;
    lines.iter().position(is_it).unwrap()
}

const IDLE: &str = "[heddle.limits]\nidle_stop_s = 1\n";

/// Waits until the idle agent is stopped, sends a message and waits for its end.
#[track_caller]
fn come_back(console: &Console, id: &str) {
    console.until(id, "idle");
    until("the idle stop", || {
        (console.session(id)["agentAlive"] == false).then_some(())
    });
    assert_eq!(
        said(console, id, "stopped"),
        ["the agent was stopped: nothing happened for 1 s; the next message starts it again"]
    );
    let sent = console.post("agent/send_message", json!({"id": id, "text": "again"}));
    assert_eq!(sent.status, 200, "{}", sent.body);
    until("the second turn", || {
        let ended = console.session(id)["status"] == "idle";
        (ended && console.thread(id).last()?["turn"] == 2).then_some(())
    });
}

#[test]
fn an_idle_agent_that_can_resume_goes_on_where_it_was() {
    let resume = r#"*'"session/resume"'*) answer '{}' ;;"#;
    let can = r#"{"loadSession":true,"sessionCapabilities":{"resume":{}}}"#;
    let console = Console::start(&format!("{IDLE}{}", speaking("a", "", can, resume)));
    let id = console.create("a", "hello");
    come_back(&console, &id);
    assert_eq!(
        said(&console, &id, "resumed"),
        ["the agent was started again and goes on"]
    );
}

#[test]
fn what_an_agent_tells_while_it_loads_the_conversation_is_not_told_twice() {
    let load = r#"*'"session/load"'*)
      tell '{"sessionUpdate":"user_message_chunk","content":{"type":"text","text":"hello"}}'
      tell '{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"yes"}}'
      answer '{}' ;;"#;
    let can = r#"{"loadSession":true}"#;
    let console = Console::start(&format!("{IDLE}{}", speaking("a", "", can, load)));
    let id = console.create("a", "hello");
    come_back(&console, &id);
    assert_eq!(
        said(&console, &id, "resumed"),
        ["the agent was started again and loaded the conversation"]
    );
    let kinds: Vec<String> = console
        .thread(&id)
        .iter()
        .map(|entry| entry["kind"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        kinds,
        ["user", "agent", "system", "user", "system", "agent"]
    );
}

#[test]
fn an_agent_that_forgot_gets_a_recap_and_the_thread_says_so() {
    for refusal in ["", r#"*'"session/load"'*) fail -32603 ;;"#] {
        let can = if refusal.is_empty() {
            "{}"
        } else {
            r#"{"loadSession":true}"#
        };
        let console = Console::start(&format!("{IDLE}{}", speaking("a", "", can, refusal)));
        let id = console.create("a", "hello");
        come_back(&console, &id);
        let told = said(&console, &id, "resumed");
        assert_eq!(told.len(), 1);
        assert!(
            told[0].contains("anew") && told[0].contains("recap"),
            "{told:?}"
        );
        assert_eq!(
            said(&console, &id, "notice").len(),
            usize::from(!refusal.is_empty())
        );
        let lines = journal(&console, &id);
        let mut prompts = lines
            .iter()
            .filter(|(_, line)| line["method"] == "session/prompt");
        let second = &prompts.next_back().unwrap().1["params"]["prompt"];
        let recap = second[0]["text"].as_str().unwrap();
        assert!(recap.contains("Person: hello\nAgent: yes"), "{recap}");
        assert_eq!(second[1]["text"], "again");
    }
}

#[test]
fn the_built_in_agent_is_stopped_when_idle_and_remembers() {
    let console = Console::start(IDLE);
    let id = console.create("runbook", "hello");
    come_back(&console, &id);
    assert_eq!(said(&console, &id, "resumed").len(), 1);
}

#[test]
fn an_idle_agent_makes_room_for_a_session_that_waits() {
    let console = Console::start("[heddle.limits]\nmax_live_agents = 1\n");
    let first = console.create("runbook", "hello");
    console.until(&first, "idle");
    let second = console.create("runbook", "hello");
    console.until(&second, "idle");
    assert_eq!(
        said(&console, &first, "stopped"),
        [
            "the agent was stopped: another session waits for an agent; the next message starts it again"
        ]
    );
}

#[test]
fn a_mode_is_set_before_the_first_prompt_is_sent() {
    let modes = r#"*'"session/new"'*) answer '{"sessionId":"s","modes":{"currentModeId":"auto","availableModes":[{"id":"auto","name":"A"},{"id":"ask","name":"B"}]}}' ;;"#;
    let console = Console::start(&speaking("a", "mode = 'ask'", "{}", modes));
    let id = console.create("a", "hello");
    console.until(&id, "idle");
    let lines = journal(&console, &id);
    let mode = asked(&lines, "session/set_mode");
    assert_eq!(lines[mode].1["params"]["modeId"], "ask");
    assert!(answered(&lines, mode) < asked(&lines, "session/prompt"));
    assert_eq!(said(&console, &id, "notice"), Vec::<String>::new());
}

#[test]
fn a_mode_that_the_agent_does_not_offer_is_told_once() {
    let modes = r#"*'"session/new"'*) answer '{"sessionId":"s","modes":{"currentModeId":"auto","availableModes":[{"id":"auto","name":"A"},{"id":"plan","name":"B"}]}}' ;;"#;
    let config = format!(
        "{}{}",
        speaking("none", "mode = 'ask'", "{}", ""),
        speaking("other", "mode = 'ask'", "{}", modes)
    );
    let console = Console::start(&config);
    for agent in ["none", "other"] {
        let id = console.create(agent, "hello");
        console.until(&id, "idle");
        let told = said(&console, &id, "notice");
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(
            told[0].contains("does not offer the mode ask"),
            "{}",
            told[0]
        );
    }
}

#[test]
fn a_conversation_is_opened_after_the_login_was_answered() {
    let login = r#"*'"authenticate"'*) answer '{}' ;;"#;
    let console = Console::start(&speaking("a", "authMethod = 'key'", "{}", login));
    let id = console.create("a", "hello");
    console.until(&id, "idle");
    let lines = journal(&console, &id);
    let login = asked(&lines, "authenticate");
    assert!(answered(&lines, login) < asked(&lines, "session/new"));
}

#[test]
fn a_session_that_needs_a_login_says_what_to_run() {
    let early = r#"*'"session/new"'*) fail -32000 ;;"#;
    let late = r#"*'"session/prompt"'*) fail -32000 ;;"#;
    let hint = "login = 'run `it login` in a terminal'";
    let config = format!(
        "{}{}",
        speaking("early", hint, "{}", early),
        speaking("late", hint, "{}", late)
    );
    let console = Console::start(&config);
    for agent in ["early", "late"] {
        let id = console.create(agent, "hello");
        let session = console.until(&id, "failed");
        let error = session["error"]["message"].as_str().unwrap();
        assert!(error.contains("needs a login"), "{error}");
        assert!(error.contains("run `it login` in a terminal"), "{error}");
        assert_eq!(
            said(&console, &id, "login"),
            ["run `it login` in a terminal, then send a message again"]
        );
    }
}

fn types(console: &Console) -> Vec<Value> {
    let answer = console.get("/api/agent/available_types").json();
    answer.as_array().unwrap().clone()
}

#[track_caller]
fn type_of(console: &Console, id: &str) -> Value {
    let found = types(console).into_iter().find(|kind| kind["id"] == id);
    found.unwrap()
}

#[test]
fn presets_are_listed_with_what_is_known_and_an_own_entry_takes_their_place() {
    let console = Console::start(&speaking("qwen", "untried = true", "{}", ""));
    let all = types(&console);
    let ids: Vec<&str> = all
        .iter()
        .map(|kind| kind["id"].as_str().unwrap())
        .collect();
    let presets = "runbook claude-code codex gemini opencode qwen kimi vibe goose auggie";
    assert_eq!(ids.join(" "), presets);
    assert_eq!(all[0]["state"], "ready");
    let own = type_of(&console, "qwen");
    assert_eq!(
        (&own["name"], &own["state"]),
        (&json!("qwen"), &json!("unknown"))
    );
    assert_eq!(
        (&own["available"], &own["untried"]),
        (&json!(true), &json!(true))
    );
    let goose = type_of(&console, "goose");
    assert_eq!(goose["untried"], true);
    assert_eq!(goose["state"] == "missing", goose["available"] == false);
    assert!(console.data().join("agents").join("opencode.json").exists());
}

#[test]
fn a_check_finds_what_is_ready_what_needs_a_login_and_what_fails() {
    let config = format!(
        "[heddle.limits]\ninit_timeout_s = 1\n{}{}{}{}",
        speaking("good", "", "{}", ""),
        speaking("shy", "", "{}", r#"*'"session/new"'*) fail -32000 ;;"#),
        agent("dead", "", "echo the key is missing >&2; exit 3"),
        agent("mute", "", "trap '' TERM; setsid sleep 600 & sleep 600"),
    );
    let console = Console::start(&config);
    let check = |id: &str| {
        let answer = console.post("agent/check_type", json!({"agent": id}));
        assert_eq!(answer.status, 200, "{}", answer.body);
        let told = answer.json();
        assert_eq!(told["state"], type_of(&console, id)["state"]);
        assert!(told["checkedAgoMs"].is_u64(), "{told}");
        told
    };
    assert_eq!(type_of(&console, "good")["checkedAgoMs"], Value::Null);
    assert_eq!(check("good")["state"], "ready");
    assert_eq!(check("runbook")["state"], "ready");
    assert_eq!(check("shy")["state"], "login");
    let dead = check("dead");
    assert_eq!(
        (&dead["state"], &dead["available"]),
        (&json!("unknown"), &json!(true))
    );
    assert!(
        dead["reason"]
            .as_str()
            .unwrap()
            .contains("the key is missing"),
        "{dead}"
    );
    let mute = check("mute");
    assert!(
        mute["reason"].as_str().unwrap().contains("within 1 s"),
        "{mute}"
    );
    let left = std::fs::read_dir(console.data().join("check")).unwrap();
    assert_eq!(left.count(), 0, "the folders are removed");
    let running = super::support::sh(
        console.folder.path(),
        "ls -l /proc/[0-9]*/cwd 2>/dev/null || true",
    );
    let place = console.data().join("check").display().to_string();
    assert!(!running.contains(&place), "{running}");
}

#[test]
fn checks_come_one_after_the_other_and_are_done_once() {
    let slow = r#"*'"session/new"'*) : >"$HOLD.up"; while [ ! -e "$HOLD" ]; do sleep 0.05; done; answer '{"sessionId":"s"}' ;;"#;
    let hold = tempfile::tempdir().unwrap();
    let flag = hold.path().join("go");
    let env = format!("env = {{ HOLD = '{}' }}", flag.display());
    let absent = "[[heddle.agents]]\nid = 'absent'\nname = 'A'\ncommand = ['no-such-agent']\n";
    let config = format!("{}{absent}", speaking("slow", &env, "{}", slow));
    let console = Console::start(&config);
    let name = uuid::Uuid::new_v4().to_string();
    let first = json!({"clientId": name, "agent": "slow"});
    std::thread::scope(|scope| {
        let under_way = scope.spawn(|| console.post("agent/check_type", first.clone()));
        let up = hold.path().join("go.up");
        until("the first check", || up.exists().then_some(()));
        let busy = console.post("agent/check_type", json!({"agent": "runbook"}));
        assert_eq!(busy.status, 422);
        assert!(busy.body.contains("another agent is being checked"));
        std::fs::write(&flag, "").unwrap();
        assert_eq!(under_way.join().unwrap().json()["state"], "ready");
    });
    let again = console.post("agent/check_type", first.clone()).json();
    assert_eq!(again["state"], "ready");
    for unknown in ["nobody", "absent"] {
        let answer = console.post("agent/check_type", json!({"agent": unknown}));
        assert_eq!(answer.status, 422);
    }
}
