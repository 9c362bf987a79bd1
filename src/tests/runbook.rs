//! The built-in agent from outside: a client on its pipes, a repository before it.
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;
use tempfile::TempDir;

/// Longest any answer may take on a busy machine.
const DEADLINE: Duration = Duration::from_secs(60);

struct Client {
    agent: Child,
    input: Option<ChildStdin>,
    lines: Receiver<Value>,
    last_id: u64,
}

impl Client {
    fn start(folder: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_heddle"));
        command.args(["agent", "runbook"]).current_dir(folder);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut agent = command.spawn().unwrap();
        let output = BufReader::new(agent.stdout.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if sender.send(serde_json::from_str(&line).unwrap()).is_err() {
                    return;
                }
            }
        });
        let input = agent.stdin.take();
        let mut client = Self {
            agent,
            input,
            lines,
            last_id: 0,
        };
        let asked = json!({"protocolVersion": 1, "clientCapabilities": {"_meta": {"terminal_output": true}}});
        let answer = client.ask("initialize", &asked);
        assert_eq!(answer["result"]["protocolVersion"], 1);
        assert_eq!(answer["result"]["agentInfo"]["name"], "runbook");
        client
    }

    fn say(&mut self, line: &str) {
        writeln!(self.input.as_mut().unwrap(), "{line}").unwrap();
    }

    fn notify(&mut self, method: &str, params: &Value) {
        self.say(&json!({"jsonrpc": "2.0", "method": method, "params": params}).to_string());
    }

    fn request(&mut self, method: &str, params: &Value) -> u64 {
        self.last_id += 1;
        let id = self.last_id;
        self.say(
            &json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}).to_string(),
        );
        id
    }

    fn next(&self) -> Value {
        self.lines
            .recv_timeout(DEADLINE)
            .expect("the agent says nothing")
    }

    /// The answer to a request; what comes before it is passed over.
    fn ask(&mut self, method: &str, params: &Value) -> Value {
        let id = self.request(method, params);
        self.until(|message| message["id"] == id && message.get("method").is_none())
            .pop()
            .unwrap()
    }

    fn until(&self, is_last: impl Fn(&Value) -> bool) -> Vec<Value> {
        let mut seen = Vec::new();
        loop {
            seen.push(self.next());
            if is_last(&seen[seen.len() - 1]) {
                return seen;
            }
        }
    }

    fn session(&mut self, folder: &Path) -> String {
        let answer = self.ask("session/new", &json!({"cwd": folder, "mcpServers": []}));
        answer["result"]["sessionId"].as_str().unwrap().to_owned()
    }

    fn prompt(&mut self, session: &str, text: &str) -> u64 {
        let prompt = json!([{"type": "text", "text": text}]);
        self.request(
            "session/prompt",
            &json!({"sessionId": session, "prompt": prompt}),
        )
    }

    /// A whole turn; permissions are answered by kind, in order.
    fn turn(&mut self, session: &str, text: &str, choices: &[&str]) -> Vec<Value> {
        let id = self.prompt(session, text);
        let mut choices = choices.iter();
        let mut seen = Vec::new();
        loop {
            let message = self.next();
            if message["method"] == "session/request_permission" {
                let kind = choices.next().expect("one permission too many");
                self.choose(&message, kind);
            }
            let is_end = message["id"] == id && message.get("method").is_none();
            seen.push(message);
            if is_end {
                assert!(choices.next().is_none(), "permissions were not asked");
                return seen;
            }
        }
    }

    fn choose(&mut self, asked: &Value, kind: &str) {
        let options = asked["params"]["options"].as_array().unwrap();
        let option = options
            .iter()
            .find(|option| option["kind"] == kind)
            .unwrap();
        let outcome = json!({"outcome": "selected", "optionId": option["optionId"]});
        let answer = json!({"jsonrpc": "2.0", "id": asked["id"], "result": {"outcome": outcome}});
        self.say(&answer.to_string());
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.input.take();
        self.agent.wait().unwrap();
    }
}

fn repository() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    git(dir.path(), &["init", "-q"]);
    dir
}

fn git(folder: &Path, args: &[&str]) -> String {
    let output = Command::new("git")
        .args(args)
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn updates<'a>(seen: &'a [Value], kind: &str) -> Vec<&'a Value> {
    let updates = seen.iter().map(|message| &message["params"]["update"]);
    updates
        .filter(|update| update["sessionUpdate"] == kind)
        .collect()
}

fn texts(seen: &[Value]) -> String {
    let chunks = updates(seen, "agent_message_chunk");
    chunks
        .iter()
        .filter_map(|chunk| chunk["content"]["text"].as_str())
        .collect()
}

fn stop_reason(seen: &[Value]) -> &str {
    seen.last().unwrap()["result"]["stopReason"]
        .as_str()
        .unwrap()
}

fn last_plan(seen: &[Value]) -> Vec<&str> {
    let entries = updates(seen, "plan").pop().unwrap()["entries"]
        .as_array()
        .unwrap();
    entries
        .iter()
        .map(|entry| entry["status"].as_str().unwrap())
        .collect()
}

const THREE: &str = "- [ ] write\n- [ ] change\n- [ ] look\n\n```file path=docs/a.txt\none\ntwo\n```\n\
                     ```diff\n--- a/docs/a.txt\n+++ b/docs/a.txt\n@@ -1,2 +1,2 @@\n one\n-two\n+2\n```\n\
                     ```sh\ncat docs/a.txt; echo oops >&2\n```\n";

#[test]
fn a_turn_writes_patches_and_runs_with_permission() {
    let dir = repository();
    let mut client = Client::start(dir.path());
    let session = client.session(dir.path());
    let seen = client.turn(&session, THREE, &["allow_once"; 3]);
    assert_eq!(stop_reason(&seen), "end_turn");
    assert_eq!(
        fs::read_to_string(dir.path().join("docs/a.txt")).unwrap(),
        "one\n2\n"
    );
    assert_eq!(last_plan(&seen), ["completed"; 3]);
    let calls = updates(&seen, "tool_call");
    assert_eq!(
        calls.iter().map(|call| &call["kind"]).collect::<Vec<_>>(),
        ["edit", "edit", "execute"]
    );
    assert_eq!(calls[0]["content"][0]["oldText"], Value::Null);
    assert_eq!(calls[1]["content"][0]["oldText"], "one\ntwo\n");
    assert_eq!(calls[1]["content"][0]["newText"], "one\n2\n");
    let ends = updates(&seen, "tool_call_update");
    let output: String = ends
        .iter()
        .filter_map(|update| update["_meta"]["terminal_output"]["data"].as_str())
        .collect();
    assert_eq!(output, "one\n2\noops\n");
    assert_eq!(ends.last().unwrap()["status"], "completed");
    assert_eq!(
        ends.last().unwrap()["_meta"]["terminal_exit"]["exit_code"],
        0
    );
    assert_eq!(
        git(dir.path(), &["status", "--porcelain", "-uall"]),
        "?? docs/a.txt\n"
    );
}

#[test]
fn a_rejected_step_is_not_done_and_stops_the_rest() {
    let dir = repository();
    let mut client = Client::start(dir.path());
    let session = client.session(dir.path());
    let seen = client.turn(&session, THREE, &["reject_once"]);
    assert_eq!(stop_reason(&seen), "end_turn");
    assert!(texts(&seen).contains("Step 1 was rejected. The 2 steps after it were not run."));
    assert!(!dir.path().join("docs").exists());
    assert_eq!(last_plan(&seen), ["pending"; 3]);
}

#[test]
fn a_failed_step_stops_the_rest_and_says_how_it_ended() {
    let dir = repository();
    let mut client = Client::start(dir.path());
    let session = client.session(dir.path());
    let seen = client.turn(
        &session,
        "```sh\nexit 3\n```\n```sh\ntouch no\n```",
        &["allow_once"],
    );
    assert!(texts(&seen).contains("Step 1 failed: exit status 3. The step after it was not run."));
    assert_eq!(
        updates(&seen, "tool_call_update").last().unwrap()["status"],
        "failed"
    );
    assert!(!dir.path().join("no").exists());
}

#[test]
fn allowing_all_asks_no_more_and_the_mode_can_be_set_back() {
    let dir = repository();
    let mut client = Client::start(dir.path());
    let session = client.session(dir.path());
    let seen = client.turn(
        &session,
        "```sh\ntrue\n```\n```sh\ntrue\n```",
        &["allow_always"],
    );
    assert_eq!(
        updates(&seen, "current_mode_update")[0]["currentModeId"],
        "auto"
    );
    client.turn(&session, "/run true", &[]);
    client.ask(
        "session/set_mode",
        &json!({"sessionId": session, "modeId": "ask"}),
    );
    client.turn(&session, "/status", &["allow_once"]);
}

#[test]
fn a_cancel_ends_the_command_and_the_turn() {
    let dir = repository();
    let mut client = Client::start(dir.path());
    let session = client.session(dir.path());
    client.ask(
        "session/set_mode",
        &json!({"sessionId": session, "modeId": "auto"}),
    );
    let id = client.prompt(
        &session,
        "```sh\necho up; sleep 1000\n```\n```sh\ntouch no\n```",
    );
    client.until(|message| message["params"]["update"]["_meta"]["terminal_output"].is_object());
    let busy = client.prompt(&session, "/status");
    let refused = client.until(|message| message["id"] == busy).pop().unwrap();
    assert_eq!(refused["error"]["code"], -32600);
    client.notify("session/cancel", &json!({"sessionId": session}));
    let seen = client.until(|message| message["id"] == id && message.get("method").is_none());
    assert_eq!(stop_reason(&seen), "cancelled");
    assert_eq!(
        updates(&seen, "tool_call_update").last().unwrap()["rawOutput"]["signal"],
        "SIGTERM"
    );
    assert!(!dir.path().join("no").exists());
    let seen = client.turn(&session, "/run true", &[]);
    assert_eq!(stop_reason(&seen), "end_turn");
}

#[test]
fn a_cancel_while_permission_is_asked_ends_the_turn() {
    let dir = repository();
    let mut client = Client::start(dir.path());
    let session = client.session(dir.path());
    let id = client.prompt(&session, "/run touch no");
    let seen = client.until(|message| message["method"] == "session/request_permission");
    client.notify("session/cancel", &json!({"sessionId": session}));
    let outcome = json!({"outcome": {"outcome": "cancelled"}});
    let asked = &seen.last().unwrap()["id"];
    client.say(&json!({"jsonrpc": "2.0", "id": asked, "result": outcome}).to_string());
    let seen = client.until(|message| message["id"] == id && message.get("method").is_none());
    assert_eq!(stop_reason(&seen), "cancelled");
    assert!(!dir.path().join("no").exists());
}

#[test]
fn a_session_is_listed_and_loaded_with_its_history_after_a_restart() {
    let dir = repository();
    let mut client = Client::start(dir.path());
    let session = client.session(dir.path());
    client.turn(&session, "Greet\n```sh\necho hello\n```", &["allow_once"]);
    drop(client);
    let mut client = Client::start(dir.path());
    let listed = client.ask("session/list", &json!({"cwd": dir.path()}));
    assert_eq!(listed["result"]["sessions"][0]["sessionId"], session);
    assert_eq!(listed["result"]["sessions"][0]["title"], "Greet");
    let params = json!({"sessionId": session, "cwd": dir.path(), "mcpServers": []});
    let id = client.request("session/load", &params);
    let seen = client.until(|message| message["id"] == id);
    assert_eq!(updates(&seen, "user_message_chunk").len(), 1);
    assert_eq!(updates(&seen, "tool_call").len(), 1);
    assert!(texts(&seen).contains("Done."));
    client.turn(&session, "/run true", &["allow_once"]);
    let id = client.request("session/resume", &params);
    assert_eq!(client.next()["id"], id, "a resume replays nothing");
    let unknown = json!({"sessionId": uuid::Uuid::new_v4().to_string(), "cwd": dir.path()});
    assert_eq!(
        client.ask("session/load", &unknown)["error"]["code"],
        -32002
    );
}

#[test]
fn text_without_a_block_is_answered_with_help() {
    let dir = repository();
    let mut client = Client::start(dir.path());
    let session = client.session(dir.path());
    let seen = client.turn(&session, "Please fix the bug", &[]);
    assert_eq!(stop_reason(&seen), "end_turn");
    assert!(texts(&seen).contains("I have no model"));
    let commands = updates(&seen, "available_commands_update").pop().unwrap();
    assert_eq!(commands["availableCommands"].as_array().unwrap().len(), 3);
}

#[test]
fn files_outside_the_working_directory_are_refused_without_asking() {
    let dir = repository();
    let mut client = Client::start(dir.path());
    let session = client.session(dir.path());
    for path in ["../x", "/tmp/x", ".git/config"] {
        let seen = client.turn(&session, &format!("```file path={path}\nx\n```"), &[]);
        assert!(texts(&seen).contains("is refused"), "{path}");
    }
}

#[test]
fn what_is_no_message_is_answered_with_its_error() {
    let dir = repository();
    let mut client = Client::start(dir.path());
    client.say("{not json");
    assert_eq!(client.next()["error"]["code"], -32700);
    client.say("[]");
    assert_eq!(client.next()["error"]["code"], -32600);
    client.notify("$/cancel_request", &json!({"requestId": 1}));
    assert_eq!(
        client.ask("session/fly", &json!({}))["error"]["code"],
        -32601
    );
}

#[test]
fn an_agent_that_is_not_built_in_is_named_in_one_sentence() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_heddle"));
    let output = command.args(["agent", "oracle"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(
        text.contains("\"oracle\"") && text.lines().count() == 1,
        "{text}"
    );
}
