//! What real agents do, one fact a test: over recordings where these show it, else by hand.
use super::replay_tests::{Heard, hear_all, recording, started};
use super::*;
use domain::attachment::{Attachment, Enclosed};
use domain::id::ClientId;
use domain::question::{Question, QuestionAction, QuestionAnswer};
use domain::session::FailureCode;
use domain::thread::{Approval, ApprovalState, Body, ToolCall, ToolContent, ToolStatus};
use serde_json::json;

const CLIENT: &str = "0199f0a0-1111-4222-8333-444455556666";

/// A conversation written by hand, a line a millisecond.
pub(super) struct Script {
    pub(super) talk: Talk,
    n: u64,
    pub(super) at: i64,
    pub(super) told: Vec<Outcome>,
}

impl Script {
    /// A process that is there.
    pub(super) fn new() -> Self {
        let mut script = Self {
            talk: Talk::new("/srv/demo"),
            n: 0,
            at: 0,
            told: Vec::new(),
        };
        script.put(Dir::Shim, None, &started().raw);
        script
    }

    /// A conversation that is open.
    pub(super) fn ready() -> Self {
        let mut script = Self::new();
        script.ours(&build::initialize(1, "0"));
        script.agent(json!({"id": 1, "result": {"protocolVersion": 1, "agentCapabilities": {}}}));
        script.ours(&build::session_new(2, "/srv/demo"));
        script.agent(json!({"id": 2, "result": {"sessionId": "s"}}));
        script
    }

    /// A turn in progress, asked by request 3.
    pub(super) fn in_turn() -> Self {
        let mut script = Self::ready();
        script.prompt(3, CLIENT, "do it");
        script
    }

    pub(super) fn put(&mut self, dir: Dir, key: Option<&str>, raw: &str) -> u64 {
        (self.n, self.at) = (self.n + 1, self.at + 1);
        let (n, at) = (self.n, Timestamp(self.at));
        let line = Line {
            n,
            at,
            dir,
            key,
            raw,
        };
        self.told.extend(self.talk.hear(line));
        n
    }

    pub(super) fn ours(&mut self, raw: &str) -> u64 {
        self.put(Dir::C2a, None, raw)
    }

    pub(super) fn agent(&mut self, mut message: Value) -> u64 {
        message["jsonrpc"] = json!("2.0");
        self.put(Dir::A2c, None, &message.to_string())
    }

    pub(super) fn shim(&mut self, event: &Value) {
        self.put(Dir::Shim, None, &event.to_string());
    }

    pub(super) fn prompt(&mut self, id: u64, client: &str, text: &str) {
        let (session, by, recap) = ("s", "ann", None);
        let prompt = build::Prompt {
            session,
            text,
            by,
            recap,
            enclosed: &domain::attachment::Enclosed::default(),
            images: &[],
            texts: &[],
            worktree: "/w",
        };
        self.put(Dir::C2a, Some(client), &build::prompt(id, prompt));
    }

    pub(super) fn update(&mut self, kind: &str, mut update: Value) -> u64 {
        update["sessionUpdate"] = json!(kind);
        let params = json!({"sessionId": "s", "update": update});
        self.agent(json!({"method": "session/update", "params": params}))
    }

    pub(super) fn says(&mut self, text: &str) -> u64 {
        self.update(
            "agent_message_chunk",
            json!({"content": {"type": "text", "text": text}}),
        )
    }

    pub(super) fn calls(&mut self, id: &str, status: &str) -> u64 {
        self.update("tool_call", json!({"toolCallId": id, "status": status}))
    }

    pub(super) fn update_call(&mut self, id: &str, status: &str) {
        self.update(
            "tool_call_update",
            json!({"toolCallId": id, "status": status}),
        );
    }

    pub(super) fn ends(&mut self, id: u64, reason: &str) {
        self.agent(json!({"id": id, "result": {"stopReason": reason}}));
    }

    pub(super) fn asks(&mut self, id: &Value, call: &Value) -> u64 {
        let options = json!([
            {"optionId": "n", "name": "No", "kind": "reject_once"},
            {"optionId": "y", "name": "Yes", "kind": "allow_once"},
        ]);
        let params = json!({"sessionId": "s", "toolCall": call, "options": options});
        self.agent(json!({"id": id, "method": "session/request_permission", "params": params}))
    }

    pub(super) fn texts(&self) -> Vec<String> {
        let bodies = bodies(&self.talk).into_iter();
        bodies
            .filter_map(|body| match body {
                Body::User { text, .. } => Some(format!("user: {text}")),
                Body::Agent { text, .. } => Some(format!("agent: {text}")),
                Body::Thought { text, .. } => Some(format!("thought: {text}")),
                Body::System { code, text } => Some(format!("{code}: {text}")),
                Body::Error { code, text, .. } => Some(format!("error {code}: {text}")),
                Body::Image(image) => Some(format!("image: {}", image.mime)),
                Body::Plan { .. } | Body::Tool(_) | Body::Approval(_) | Body::Question(_) => None,
            })
            .collect()
    }

    pub(super) fn tool(&self, key: &str) -> ToolCall {
        match self.talk.entry(key).unwrap().body {
            Body::Tool(call) => *call,
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn approval(&self, n: u64) -> Approval {
        match self.talk.entry(&format!("approval:{n}")).unwrap().body {
            Body::Approval(approval) => *approval,
            other => panic!("{other:?}"),
        }
    }
}

pub(super) fn bodies(talk: &Talk) -> Vec<Body> {
    talk.keys()
        .map(|key| talk.entry(key).unwrap().body)
        .collect()
}

pub(super) fn ends(told: &[Outcome]) -> Vec<TurnEnd> {
    let ends = told.iter().filter_map(|outcome| match outcome {
        Outcome::Session(SessionFact::TurnEnded { end, .. }) => Some(end.clone()),
        _ => None,
    });
    ends.collect()
}

pub(super) fn facts(told: &[Outcome]) -> Vec<SessionFact> {
    let facts = told.iter().filter_map(|outcome| match outcome {
        Outcome::Session(fact) => Some(fact.clone()),
        _ => None,
    });
    facts.collect()
}

pub(super) fn sent(told: &[Outcome]) -> Vec<Value> {
    let sent = told.iter().filter_map(|outcome| match outcome {
        Outcome::Send { raw, .. } => Some(serde_json::from_str(raw).unwrap()),
        _ => None,
    });
    sent.collect()
}

fn end_of(name: &str) -> TurnEnd {
    ends(&hear_all(&recording(name)).1).pop().unwrap()
}

fn tools(talk: &Talk) -> Vec<ToolCall> {
    let bodies = bodies(talk).into_iter();
    bodies
        .filter_map(|body| match body {
            Body::Tool(call) => Some(*call),
            _ => None,
        })
        .collect()
}

// Rule 1
#[test]
fn a_permission_for_a_call_never_announced_makes_its_entry() {
    let (talk, _) = hear_all(&recording("gemini-full"));
    let shell = tools(&talk).pop().unwrap();
    assert_eq!(shell.title, "cat hello.txt && git status --short");
    assert_eq!(shell.status, ToolStatus::Completed);
}

#[test]
fn a_permission_with_only_the_id_of_the_call_is_shown_with_what_is_known() {
    let mut script = Script::in_turn();
    let input = json!({"command": ["ls", "-l"], "cwd": "/srv/demo/src"});
    let call = json!({"toolCallId": "c", "title": "List", "kind": "execute", "rawInput": input});
    script.update("tool_call", call);
    let n = script.asks(&json!("x"), &json!({"toolCallId": "c"}));
    let approval = script.approval(n);
    assert_eq!(approval.title, "List");
    assert_eq!(approval.text, "ls -l");
    assert_eq!(approval.argv.unwrap(), ["ls", "-l"]);
    assert_eq!(approval.cwd.unwrap(), "src");
}

#[test]
fn what_an_update_leaves_out_stays_and_arrays_replace() {
    let mut script = Script::in_turn();
    let places = json!([{"path": "/srv/demo/a", "line": 3}, {"path": "/etc/b"}]);
    script.update(
        "tool_call",
        json!({"toolCallId": "c", "title": "T", "locations": places}),
    );
    script.update(
        "tool_call_update",
        json!({"toolCallId": "c", "status": "in_progress"}),
    );
    let call = script.tool("tool:1:c");
    assert_eq!(
        (call.title.as_str(), call.status),
        ("T", ToolStatus::InProgress)
    );
    let paths: Vec<_> = call
        .locations
        .iter()
        .map(|place| place.path.as_str())
        .collect();
    assert_eq!(paths, ["a", "/etc/b"]);
    script.update(
        "tool_call_update",
        json!({"toolCallId": "c", "locations": []}),
    );
    assert!(script.tool("tool:1:c").locations.is_empty());
}

// Rule 2
#[test]
fn calls_that_the_turn_leaves_open_are_aborted() {
    let (talk, _) = hear_all(&recording("gemini-reject"));
    let call = tools(&talk).pop().unwrap();
    assert_eq!(call.status, ToolStatus::Aborted);
    assert!(call.ended_at.is_some());
}

#[test]
fn a_late_end_of_an_aborted_call_is_believed_and_a_late_start_is_not() {
    let mut script = Script::in_turn();
    script.calls("c", "in_progress");
    script.ours(&build::cancel("s", "ann"));
    script.ends(3, "cancelled");
    script.update_call("c", "in_progress");
    assert_eq!(script.tool("tool:1:c").status, ToolStatus::Aborted);
    script.prompt(4, "0199f0a0-1111-4222-8333-444455556667", "more");
    script.update_call("c", "completed");
    assert_eq!(script.tool("tool:1:c").status, ToolStatus::Completed);
    assert!(script.talk.entry("tool:2:c").is_none());
}

#[test]
fn a_call_that_runs_on_after_its_turn_is_not_aborted_until_the_agent_is_gone() {
    let mut script = Script::in_turn();
    script.calls("c", "in_progress");
    script.calls("d", "in_progress");
    script.ends(3, "end_turn");
    assert_eq!(script.tool("tool:1:c").status, ToolStatus::InProgress);
    script.prompt(4, "0199f0a0-1111-4222-8333-444455556667", "more");
    script.update_call("c", "completed");
    assert_eq!(script.tool("tool:1:c").status, ToolStatus::Completed);
    script.ends(4, "end_turn");
    assert_eq!(script.tool("tool:1:d").status, ToolStatus::InProgress);
    script.shim(&json!({"event": "exited", "code": 0}));
    assert_eq!(script.tool("tool:1:d").status, ToolStatus::Aborted);
}

#[test]
fn what_became_of_a_call_that_the_agent_never_ended_is_unknown() {
    let mut script = Script::in_turn();
    script.calls("announced", "pending");
    for (id, option) in [("allowed", "y"), ("denied", "n"), ("running", "y")] {
        let n = script.asks(&json!(id), &json!({"toolCallId": id, "status": "pending"}));
        script.ours(&build::selected(&json!(id), &n.to_string(), option, "ann"));
    }
    script.update_call("running", "in_progress");
    script.says("done");
    script.ends(3, "end_turn");
    let status = |id: &str| script.tool(&format!("tool:1:{id}")).status;
    assert_eq!(status("announced"), ToolStatus::Unknown);
    assert_eq!(status("allowed"), ToolStatus::Unknown);
    assert_eq!(status("denied"), ToolStatus::Aborted);
    assert_eq!(status("running"), ToolStatus::InProgress);
}

// Rule 3
#[test]
fn updates_after_the_answer_belong_to_the_last_turn_and_do_not_reopen_it() {
    let mut script = Script::in_turn();
    script.says("a");
    script.ends(3, "end_turn");
    let n = script.says("late");
    let said = script.talk.entry(&format!("msg:{n}")).unwrap();
    let text = "late".to_owned();
    assert_eq!(
        (said.turn, said.body),
        (1, Body::Agent { text, open: false })
    );
    assert_eq!(script.talk.stage(), Stage::Ready);
}

#[test]
fn updates_before_any_prompt_are_of_turn_0() {
    let mut script = Script::ready();
    let n = script.says("hello");
    assert_eq!(script.talk.entry(&format!("msg:{n}")).unwrap().turn, 0);
}

// Rule 4
#[test]
fn a_provider_that_failed_is_told_though_the_turn_ended_as_usual() {
    let message = "We’re currently experiencing high demand, which may cause temporary errors.";
    let message = message.to_owned();
    assert_eq!(
        end_of("codex-e500"),
        TurnEnd::Provider {
            message,
            retry_at: None
        }
    );
}

#[test]
fn a_turn_without_output_is_a_failure() {
    let mut script = Script::in_turn();
    script.update(
        "agent_thought_chunk",
        json!({"content": {"type": "text", "text": "hm"}}),
    );
    script.says("");
    script.put(Dir::Stderr, None, "429 Too Many Requests");
    script.ends(3, "end_turn");
    assert_eq!(ends(&script.told), [TurnEnd::NoOutput]);
    let Some(Body::Error { stderr_tail, .. }) = bodies(&script.talk).pop() else {
        panic!("no error entry")
    };
    assert_eq!(stderr_tail, ["429 Too Many Requests"]);
    assert_eq!(script.talk.metadata().errors, 1);
}

#[test]
fn a_turn_that_the_agent_calls_cancelled_after_a_person_rejected_ended_well() {
    assert_eq!(end_of("codex-rust-reject"), TurnEnd::Success);
}

#[test]
fn a_turn_that_we_cancelled_is_cancelled_whatever_the_agent_says() {
    assert_eq!(end_of("claude-cancelperm"), TurnEnd::Cancelled);
    for answer in [
        json!({"id": 3, "result": {"stopReason": "end_turn"}}),
        json!({"id": 3, "error": {"code": -32800, "message": "cancelled"}}),
    ] {
        let mut script = Script::in_turn();
        script.ours(&build::cancel("s", "ann"));
        script.agent(answer);
        assert_eq!(ends(&script.told), [TurnEnd::Cancelled]);
    }
}

#[test]
fn a_cancel_between_turns_cancels_nothing() {
    let mut script = Script::ready();
    script.ours(&build::cancel("s", "ann"));
    script.prompt(3, CLIENT, "x");
    script.says("y");
    script.ends(3, "end_turn");
    assert_eq!(ends(&script.told), [TurnEnd::Success]);
}

#[test]
fn a_refusal_and_a_limit_end_the_turn_with_a_notice() {
    for reason in ["refusal", "max_tokens", "max_turn_requests"] {
        let mut script = Script::in_turn();
        script.says("no");
        script.ends(3, reason);
        let reason = reason.to_owned();
        assert_eq!(ends(&script.told), [TurnEnd::Halted { reason }]);
        assert!(script.texts().last().unwrap().starts_with("notice: "));
    }
}

#[test]
fn an_error_instead_of_an_answer_is_the_providers_with_its_detail() {
    let message = "Internal error: We're currently experiencing high demand, which may cause \
                   temporary errors.";
    let message = message.to_owned();
    assert_eq!(
        end_of("codex-rust-e500"),
        TurnEnd::Provider {
            message,
            retry_at: None
        }
    );
    let mut script = Script::in_turn();
    script.agent(json!({"id": 3, "error": {"code": -32000, "message": "log in"}}));
    let message = "log in".to_owned();
    assert!(facts(&script.told).contains(&SessionFact::AuthRequired { message }));
}

// Rule 5
#[test]
fn a_write_through_us_gets_an_empty_answer_and_the_agent_writes_itself() {
    let (_, told) = hear_all(&recording("opencode-full"));
    assert_eq!(sent(&told)[0]["result"], json!({}));
}

// Rule 6
#[test]
fn output_of_terminals_that_we_never_made_is_appended_to_the_call() {
    let (talk, _) = hear_all(&recording("codex-full"));
    let calls = tools(&talk);
    let terminal = |text: &str| ToolContent::Terminal {
        text: text.to_owned(),
        exit_code: Some(0),
        signal: None,
    };
    // The first call shows no terminal in its content; its output is told all the same.
    assert_eq!(calls[0].content, [terminal("# demo\nA small repo.\n")]);
    let out = "Hello from the stub model\nline two\n?? hello.txt\n";
    assert_eq!(calls[4].content, [terminal(out)]);
}

#[test]
fn pieces_of_terminal_output_and_its_signal_come_together() {
    let mut script = Script::in_turn();
    let shown = json!([{"type": "terminal", "terminalId": "t"}]);
    let info = json!({"terminal_info": {"terminal_id": "t", "cwd": "/srv/demo"}});
    script.update(
        "tool_call",
        json!({"toolCallId": "c", "content": shown, "_meta": info}),
    );
    for field in ["terminal_output", "terminal_output_delta"] {
        let meta = json!({field: {"terminal_id": "t", "data": "x\n"}});
        script.update(
            "tool_call_update",
            json!({"toolCallId": "c", "_meta": meta}),
        );
    }
    let exit = json!({"terminal_exit": {"terminal_id": "t", "exit_code": null, "signal": "TERM"}});
    script.update(
        "tool_call_update",
        json!({"toolCallId": "c", "_meta": exit}),
    );
    let ToolContent::Terminal {
        text,
        exit_code,
        signal,
    } = script.tool("tool:1:c").content.remove(0)
    else {
        panic!("no terminal")
    };
    assert_eq!((text.as_str(), exit_code), ("x\nx\n", None));
    assert_eq!(signal.as_deref(), Some("TERM"));
}

// Rule 7
#[test]
fn unknown_requests_are_refused_at_once_and_unknown_notices_passed_over() {
    let mut script = Script::in_turn();
    script.agent(json!({"id": 3, "method": "craft/drain", "params": {}}));
    script.agent(json!({"id": 4, "method": "elicitation/create", "params": {}}));
    script.agent(json!({"method": "_session/retrying", "params": 7}));
    let sent = sent(&script.told);
    assert_eq!(sent[0]["error"]["code"], -32601);
    assert_eq!(sent[1]["error"]["code"], -32602);
    let told = "notice: the agent asked for an answer in a way that nobody can answer: no schema";
    assert_eq!(script.texts(), ["user: do it", told]);
    assert_eq!(script.talk.stage(), Stage::InTurn);
}

#[test]
fn an_answer_is_owed_until_the_journal_holds_it() {
    let mut script = Script::in_turn();
    script.agent(json!({"id": "q", "method": "craft/drain", "params": {}}));
    let owed = script.talk.unanswered();
    assert_eq!(owed.len(), 1);
    let key = owed[0].0.clone();
    assert!(matches!(script.told.last(), Some(Outcome::Send { key: told, .. }) if *told == key));
    script.put(Dir::C2a, Some(&key), &owed[0].1);
    assert!(script.talk.unanswered().is_empty());
}

// Rule 8
#[test]
fn what_a_program_prints_that_speaks_no_protocol_is_shown_when_it_exits() {
    let mut script = Script::new();
    script.ours(&build::initialize(1, "0"));
    script.put(Dir::A2c, None, "kimi-cli is retired, use kimi-code");
    script.shim(&json!({"event": "exited", "code": 0}));
    let text = "error exit: the agent exited with code 0 before it answered; it said: \
                kimi-cli is retired, use kimi-code";
    assert_eq!(script.texts(), [text]);
    assert!(facts(&script.told).iter().any(|fact| matches!(
        fact,
        SessionFact::StartFailed {
            code: FailureCode::Exit,
            ..
        }
    )));
}

#[test]
fn lines_that_are_no_json_do_not_disturb_a_conversation() {
    let mut script = Script::in_turn();
    script.says("a");
    for raw in ["oops", "[1]", "{\"id\":", "null", "{}", "\u{0}"] {
        script.put(Dir::A2c, None, raw);
    }
    script.says("b");
    let told = "unreadable: the agent wrote 5 lines that are no messages, the first: oops";
    assert_eq!(script.texts(), ["user: do it", "agent: ab", told]);
}

// Rule 9
#[test]
fn ids_of_the_agent_and_ours_are_apart_and_may_be_texts() {
    let mut script = Script::in_turn();
    let n = script.asks(&json!(3), &json!({"toolCallId": "c", "title": "T"}));
    script.ours(&build::selected(&json!(3), &n.to_string(), "y", "ann"));
    assert_eq!(script.talk.stage(), Stage::InTurn);
    assert_eq!(script.approval(n).state, ApprovalState::Answered);
    script.ends(3, "end_turn");
    assert_eq!(script.talk.stage(), Stage::Ready);
    assert_eq!(script.talk.next_id(), 4);
    script.shim(&json!({"event": "started"}));
    assert_eq!(script.talk.next_id(), 1);
}

// Rule 10
#[test]
fn a_text_told_again_after_a_cut_is_another_entry() {
    for (name, times) in [
        ("opencode-cut", 93),
        ("gemini-cut", 4),
        ("codex-rust-cut", 2),
    ] {
        let (talk, _) = hear_all(&recording(name));
        let texts = bodies(&talk).into_iter().filter_map(|body| match body {
            Body::Agent { text, .. } => Some(text),
            _ => None,
        });
        let texts: Vec<_> = texts.collect();
        assert_eq!(texts, vec!["Done: I wrot"; times], "{name}");
    }
}

#[test]
fn chunks_of_one_message_grow_one_entry_and_another_kind_closes_it() {
    let mut script = Script::in_turn();
    let think = json!({"content": {"type": "text", "text": "hm"}});
    script.update("agent_thought_chunk", think);
    let first = script.says("a");
    script.update("usage_update", json!({"used": 1, "size": 2}));
    script.says("b");
    let open = |script: &Script| {
        let body = script.talk.entry(&format!("msg:{first}")).unwrap().body;
        matches!(body, Body::Agent { open: true, .. })
    };
    assert!(open(&script));
    script.update("tool_call", json!({"toolCallId": "c", "title": "T"}));
    assert!(!open(&script));
    script.says("c");
    let texts = ["user: do it", "thought: hm", "agent: ab", "agent: c"];
    assert_eq!(script.texts(), texts);
}

// Rule 11
#[test]
fn an_echo_of_the_prompt_is_no_second_message() {
    let mut script = Script::in_turn();
    let echo = |text: &str| json!({"content": {"type": "text", "text": text}});
    script.update("user_message_chunk", echo("do"));
    script.update("user_message_chunk", echo(" it"));
    assert_eq!(script.texts(), ["user: do it"]);
    script.update("user_message_chunk", echo("<system-reminder>"));
    script.update("user_message_chunk", echo("be brief"));
    let texts = ["user: do it", "injected: <system-reminder>be brief"];
    assert_eq!(script.texts(), texts);
}

#[test]
fn what_is_told_while_loading_is_not_told_again() {
    for name in [
        "claude-load2",
        "codex-load2",
        "opencode-load2",
        "fast-agent-load2",
    ] {
        let (talk, _) = hear_all(&recording(name));
        let kinds: Vec<_> = bodies(&talk).iter().map(|body| body.kind()).collect();
        let users = kinds.iter().filter(|kind| **kind == "user").count();
        assert_eq!((kinds[0], users), ("system", 1), "{name}");
        assert!(!talk.agent_state().commands.is_empty(), "{name}");
        assert!(tools(&talk).is_empty(), "{name}");
    }
}

#[test]
fn a_conversation_that_cannot_be_continued_may_be_begun_anew() {
    let (talk, told) = hear_all(&recording("gemini-load2"));
    assert!(matches!(talk.stage(), Stage::Initialized { .. }));
    let is_told = |fact: &SessionFact| matches!(fact, SessionFact::ReopenFailed { .. });
    assert!(facts(&told).iter().any(is_told));
    assert_eq!(talk.metadata().errors, 0);
}

// Rule 12
#[test]
fn options_come_before_modes_and_modes_before_legacy_models() {
    let (claude, _) = hear_all(&recording("claude-full"));
    let state = claude.agent_state();
    assert!(state.modes.is_none() && state.models.is_none());
    assert_eq!(state.options[0].category.as_deref(), Some("mode"));
    let (gemini, _) = hear_all(&recording("gemini-full"));
    let state = gemini.agent_state();
    assert_eq!(state.modes.unwrap().current, "default");
    assert_eq!(state.models.unwrap().available.len(), 6);
}

#[test]
fn a_mode_that_we_set_is_in_force_when_the_agent_says_yes() {
    let mut script = Script::new();
    script.ours(&build::initialize(1, "0"));
    script.agent(json!({"id": 1, "result": {"protocolVersion": 1}}));
    script.ours(&build::session_new(2, "/srv/demo"));
    let modes = json!({"currentModeId": "a", "availableModes": [{"id": "a", "name": "A"}]});
    script.agent(json!({"id": 2, "result": {"sessionId": "s", "modes": modes}}));
    script.ours(&build::set_mode(3, "s", "b"));
    assert_eq!(script.talk.agent_state().modes.unwrap().current, "a");
    script.agent(json!({"id": 3, "result": {}}));
    assert_eq!(script.talk.agent_state().modes.unwrap().current, "b");
}

#[test]
fn what_an_agent_offers_stays_below_32_kilobytes() {
    let mut script = Script::ready();
    let command = |n: u32| json!({"name": format!("c{n}"), "description": "x".repeat(900)});
    let commands: Vec<_> = (0..500).map(command).collect();
    script.update(
        "available_commands_update",
        json!({"availableCommands": commands}),
    );
    let state = script.talk.agent_state();
    assert!(!state.commands.is_empty());
    assert!(serde_json::to_vec(&state).unwrap().len() <= 32 * 1024);
}

// Rule 13
#[test]
fn options_of_a_permission_are_kept_as_the_agent_gives_them() {
    let mut script = Script::in_turn();
    let n = script.asks(&json!(0), &json!({"toolCallId": "c", "title": "T"}));
    let approval = script.approval(n);
    assert!(approval.options[0].rejects() && !approval.options[1].rejects());
    script.ours(&build::selected(&json!(0), &n.to_string(), "n", "ann"));
    let answer = script.approval(n).answer.unwrap();
    assert_eq!(
        (answer.kind.as_str(), answer.by.as_str()),
        ("reject_once", "ann")
    );
}

// Rule 14
#[test]
fn a_new_file_has_no_old_text_and_paths_may_be_relative() {
    let mut script = Script::in_turn();
    let content = json!([
        {"type": "diff", "path": "/srv/demo/a", "oldText": null, "newText": "1"},
        {"type": "diff", "path": "sub/b", "oldText": "", "newText": "2"},
        {"type": "diff", "path": "/etc/c", "newText": "3"},
    ]);
    script.update("tool_call", json!({"toolCallId": "c", "content": content}));
    let status = json!({"toolCallId": "c", "status": "completed"});
    script.update("tool_call_update", status.clone());
    script.update("tool_call_update", status);
    let call = script.tool("tool:1:c");
    let diffs = call.content.iter().map(|content| match content {
        ToolContent::Diff(diff) => (diff.path.as_str(), diff.old_text.as_deref()),
        other => panic!("{other:?}"),
    });
    let diffs: Vec<_> = diffs.collect();
    assert_eq!(diffs, [("a", None), ("sub/b", None), ("/etc/c", None)]);
    let edited = script.talk.metadata().edited_files;
    assert!(edited.len() == 3 && edited.iter().all(|file| file.edits == 1));
}

#[test]
fn a_request_that_the_agent_takes_back_is_withdrawn_and_still_answered() {
    let (talk, told) = hear_all(&recording("claude-cancelperm"));
    let approvals = bodies(&talk).into_iter().filter_map(|body| match body {
        Body::Approval(approval) => Some(approval.state),
        _ => None,
    });
    assert_eq!(approvals.collect::<Vec<_>>(), [ApprovalState::Withdrawn]);
    assert_eq!(sent(&told)[0]["result"]["outcome"]["outcome"], "cancelled");
    assert!(talk.open_permissions().is_empty());
}

#[test]
fn the_same_id_asked_twice_makes_two_approvals_and_one_that_is_open() {
    let mut script = Script::in_turn();
    let first = script.asks(&json!(0), &json!({"toolCallId": "c", "title": "ls"}));
    let second = script.asks(&json!(0), &json!({"toolCallId": "c", "title": "rm -rf ."}));
    assert_eq!(script.approval(first).state, ApprovalState::Withdrawn);
    // An answer that was given to the first does not pass for the second.
    script.ours(&build::selected(&json!(0), &first.to_string(), "y", "ann"));
    assert_eq!(script.approval(second).state, ApprovalState::Open);
    script.ours(&build::selected(&json!(0), &second.to_string(), "n", "ann"));
    assert_eq!(script.approval(second).state, ApprovalState::Answered);
}

#[test]
fn the_hash_of_a_request_is_of_what_it_showed() {
    let mut script = Script::in_turn();
    let ls = json!({"toolCallId": "c", "title": "ls", "rawInput": {"command": "ls"}});
    let rm = json!({"toolCallId": "c", "title": "rm", "rawInput": {"command": "rm -rf ."}});
    let (first, second) = (script.asks(&json!(0), &ls), script.asks(&json!(1), &rm));
    script.update(
        "tool_call_update",
        json!({"toolCallId": "c", "status": "in_progress", "rawInput": {"command": "df"}}),
    );
    let hash = |n: u64| script.approval(n).args_hash;
    assert_ne!(hash(first), hash(second));
    for (n, text) in [(second, "rm -rf ."), (first, "ls")] {
        assert_eq!(script.talk.args_hash_of(&n.to_string()), Some(hash(n)));
        assert_eq!(script.approval(n).text, text);
    }
    for (id, n) in [(1, second), (0, first)] {
        script.ours(&build::selected(&json!(id), &n.to_string(), "y", "ann"));
        assert_eq!(script.approval(n).state, ApprovalState::Answered);
    }
}

#[test]
fn a_request_that_nobody_could_answer_is_refused() {
    let mut script = Script::in_turn();
    let params = json!({"sessionId": "s", "toolCall": {"toolCallId": "c"}, "options": []});
    script.agent(json!({"id": 0, "method": "session/request_permission", "params": params}));
    assert_eq!(sent(&script.told)[0]["error"]["code"], -32602);
    assert!(script.talk.open_permissions().is_empty());
}

#[test]
fn a_request_after_a_turn_that_was_stopped_is_void_and_still_answered() {
    let mut script = Script::in_turn();
    script.says("done");
    script.ours(&build::cancel("s", "ann"));
    script.ends(3, "cancelled");
    let n = script.asks(&json!(9), &json!({"toolCallId": "late"}));
    assert!(script.talk.open_permissions().is_empty());
    assert_eq!(script.approval(n).state, ApprovalState::Void);
    let answer = sent(&script.told).pop().unwrap();
    assert_eq!(answer["id"], 9);
    assert_eq!(answer["result"]["outcome"]["outcome"], "cancelled");
}

#[test]
fn an_exit_in_a_turn_ends_it_with_the_evidence() {
    let mut script = Script::in_turn();
    script.update(
        "tool_call",
        json!({"toolCallId": "c", "status": "in_progress"}),
    );
    let n = script.asks(&json!(0), &json!({"toolCallId": "c"}));
    script.put(Dir::Stderr, None, "\u{1b}[31mpanic\u{1b}[0m");
    script.shim(&json!({"event": "exited", "signal": 9}));
    assert_eq!(
        ends(&script.told),
        [TurnEnd::Exit {
            code: None,
            signal: Some(9)
        }]
    );
    assert_eq!(script.tool("tool:1:c").status, ToolStatus::Aborted);
    assert_eq!(script.approval(n).state, ApprovalState::Void);
    let Some(Body::Error {
        code, stderr_tail, ..
    }) = bodies(&script.talk).pop()
    else {
        panic!("no error entry")
    };
    assert_eq!(
        (code.as_str(), stderr_tail),
        ("signal", vec!["panic".to_owned()])
    );
    assert_eq!(script.talk.stage(), Stage::Ended);
    assert!(sent(&script.told).is_empty());
}

#[test]
fn an_idle_process_that_is_stopped_leaves_no_word_in_the_thread() {
    let mut script = Script::ready();
    script.shim(&json!({"event": "stopping"}));
    script.shim(&json!({"event": "exited", "code": 0}));
    assert!(script.texts().is_empty());
    let (code, signal, expected) = (Some(0), None, true);
    let exited = SessionFact::Exited {
        code,
        signal,
        expected,
    };
    assert_eq!(facts(&script.told).last(), Some(&exited));
}

#[test]
fn a_run_without_an_end_is_interrupted_when_the_next_begins_or_when_it_is_known() {
    let mut seen = Script::in_turn();
    seen.says("a");
    seen.told.extend(seen.talk.lost());
    let mut unseen = Script::in_turn();
    unseen.says("a");
    for script in [&mut seen, &mut unseen] {
        script.shim(&json!({"event": "started"}));
        assert_eq!(ends(&script.told), [TurnEnd::Interrupted]);
        assert_eq!(script.talk.acp_session(), Some("s"));
    }
    let keys = |script: &Script| script.talk.keys().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(keys(&seen), keys(&unseen));
    assert_eq!(bodies(&seen.talk), bodies(&unseen.talk));
}

#[test]
fn an_agent_of_another_protocol_version_is_refused() {
    let mut script = Script::new();
    script.ours(&build::initialize(1, "0"));
    script.agent(json!({"id": 1, "result": {"protocolVersion": 2}}));
    assert!(script.texts()[0].starts_with("error protocol: "));
    assert_eq!(script.talk.stage(), Stage::Started);
    script.shim(&json!({"event": "exited", "code": 1}));
    assert_eq!(script.texts().len(), 1);
}

#[test]
fn a_session_that_wants_a_login_says_so() {
    let mut script = Script::new();
    script.ours(&build::initialize(1, "0"));
    let auth = json!([{"id": "key", "name": "Key", "type": "env_var"}]);
    script.agent(json!({"id": 1, "result": {"protocolVersion": 1, "authMethods": auth}}));
    let Stage::Initialized { auth } = script.talk.stage() else {
        panic!("not initialized")
    };
    assert_eq!(
        (auth[0].id.as_str(), auth[0].kind.as_str()),
        ("key", "env_var")
    );
    script.ours(&build::session_new(2, "/srv/demo"));
    assert_eq!(script.talk.stage(), Stage::Opening);
    script.agent(json!({"id": 2, "error": {"code": -32000, "message": "Authentication required"}}));
    let message = "Authentication required".to_owned();
    assert!(facts(&script.told).contains(&SessionFact::AuthRequired { message }));
    assert_eq!(script.texts(), ["error provider: Authentication required"]);
}

#[test]
fn an_unknown_update_is_named_once_in_a_turn() {
    let mut script = Script::in_turn();
    script.update("hologram", json!({}));
    script.update("hologram", json!({}));
    assert_eq!(
        script.texts()[1..],
        ["unsupported: unsupported update: hologram"]
    );
}

#[test]
fn the_message_of_a_person_is_kept_with_its_author_and_without_the_recap() {
    let mut script = Script::ready();
    let image = Attachment {
        id: "0".repeat(64),
        name: "a.png".to_owned(),
        mime: "image/png".to_owned(),
        bytes: 3,
    };
    let prompt = build::Prompt {
        session: "s",
        text: "go on",
        by: "ann",
        recap: Some("before: much"),
        enclosed: &Enclosed {
            attachments: vec![image.clone()],
            files: vec!["a.txt".to_owned()],
        },
        images: &[("image/png".to_owned(), "AAAA".to_owned())],
        texts: &[],
        worktree: "/w",
    };
    script.put(Dir::C2a, Some(CLIENT), &build::prompt(3, prompt));
    let said = script.talk.entry(&format!("user:{CLIENT}")).unwrap();
    let client_id = ClientId::try_from(CLIENT.to_owned()).unwrap();
    let (text, by) = ("go on".to_owned(), "ann".to_owned());
    assert_eq!(
        said.body,
        Body::User {
            text,
            client_id,
            by,
            attachments: vec![image],
            files: vec!["a.txt".to_owned()],
        }
    );
}

#[test]
fn images_are_shown_where_they_stand_and_their_bytes_are_given_on() {
    use base64::Engine as _;
    let gif = b"GIF89a\x01\0\x01\0\0\0\0;";
    let data = base64::engine::general_purpose::STANDARD.encode(gif);
    let block = json!({"type": "image", "mimeType": "image/png", "data": data});
    let mut script = Script::in_turn();
    script.says("Look: ");
    script.update("agent_message_chunk", json!({"content": block}));
    let is_kept = |outcome: &Outcome| matches!(outcome, Outcome::Image { image, content } if content == gif && image.mime == "image/gif");
    assert!(script.told.iter().any(is_kept));
    script.says("There.");
    let texts = script.texts();
    let tail = ["agent: Look: ", "image: image/gif", "agent: There."];
    assert_eq!(texts[texts.len() - 3..], tail);
    let content = json!([{"type": "content", "content": block}, {"type": "content", "content": {"type": "audio", "mimeType": "audio/wav", "data": "AAAA"}}]);
    script.told.clear();
    script.update("tool_call", json!({"toolCallId": "t", "content": content}));
    assert!(script.told.iter().any(is_kept));
    let call = script.tool("tool:1:t");
    assert!(matches!(&call.content[0], ToolContent::Image(image) if image.bytes == 14));
    assert!(
        matches!(&call.content[1], ToolContent::Text { text } if text == "[audio: audio/wav, 3 B]")
    );
}

#[test]
fn whether_an_agent_takes_images_is_known_from_its_first_answer_on() {
    let mut script = Script::new();
    assert_eq!(script.talk.takes_images(), None);
    script = Script::ready();
    let takes = script.talk.takes_images();
    assert!(takes.is_some());
    script.shim(&json!({"event": "exited", "code": 0}));
    script.shim(&json!({"event": "started"}));
    assert_eq!(script.talk.takes_images(), takes);
}

#[test]
fn a_hundred_thousand_chunks_and_updates_are_heard_in_linear_time() {
    let mut script = Script::in_turn();
    let chunk = json!({"type": "text", "text": "0123456789 ".repeat(3)});
    let chunk = json!({"sessionUpdate": "agent_message_chunk", "content": chunk});
    let meta = json!({"terminal_output": {"data": "0123456789\n"}});
    let update = json!({"sessionUpdate": "tool_call_update", "toolCallId": "c", "_meta": meta});
    for update in [chunk, update] {
        let params = json!({"sessionId": "s", "update": update});
        let raw = json!({"method": "session/update", "params": params}).to_string();
        for _ in 0..100_000 {
            script.put(Dir::A2c, None, &raw);
            script.told.clear();
        }
    }
    // The texts are bounded; the entries stay two.
    let sizes: Vec<_> = bodies(&script.talk)
        .iter()
        .map(|body| serde_json::to_vec(body).unwrap().len())
        .collect();
    assert_eq!(sizes.len(), 3);
    assert!(sizes.iter().all(|size| *size < 1_200_000), "{sizes:?}");
    assert!(script.talk.bytes() > 1_000_000);
}

#[test]
fn every_heard_line_is_counted_in_the_metadata() {
    let lines: Vec<Heard> = recording("claude-full");
    let (talk, _) = hear_all(&lines);
    let metadata = talk.metadata();
    assert_eq!(
        (metadata.turns, metadata.prompts, metadata.replies),
        (1, 1, 6)
    );
    assert_eq!(metadata.tools.total, 5);
    assert_eq!(metadata.tools.by_kind["edit"], 2);
    assert_eq!(metadata.tools.top[0].title, "Read");
    assert_eq!(metadata.tokens.input, Some(7200));
    assert_eq!(metadata.cost.unwrap().currency, "USD");
    assert_eq!(metadata.edited_files[0].edits, 2);
    assert_eq!(metadata.duration_ms, 2655);
}

impl Script {
    fn inquires(&mut self, id: u64, mut params: Value) -> u64 {
        params["sessionId"] = json!("s");
        params["message"] = json!("Which?");
        self.agent(json!({"id": id, "method": "elicitation/create", "params": params}))
    }

    fn question(&self, n: u64) -> Question {
        match self.talk.entry(&format!("question:{n}")).unwrap().body {
            Body::Question(question) => *question,
            other => panic!("{other:?}"),
        }
    }
}

fn form() -> Value {
    let fields = json!({"name": {"type": "string"}, "count": {"type": "integer"}});
    json!({"mode": "form", "requestedSchema": {"type": "object", "properties": fields}})
}

fn answer(action: QuestionAction) -> QuestionAnswer {
    QuestionAnswer {
        action,
        values: serde_json::from_str(r#"{"name":"x","count":3}"#).unwrap(),
        by: "ann".to_owned(),
        at: Timestamp(0),
    }
}

#[test]
fn a_question_waits_for_its_own_answer() {
    let mut script = Script::in_turn();
    let n = script.inquires(7, form());
    assert_eq!(script.question(n).fields.len(), 2);
    assert_eq!(script.talk.open_questions().len(), 1);
    let accepted = answer(QuestionAction::Accept);
    script.ours(&build::answered(&json!(7), "999", &accepted, false));
    assert_eq!(script.question(n).state, ApprovalState::Open, "of another");
    script.ours(&build::answered(
        &json!(7),
        &n.to_string(),
        &accepted,
        false,
    ));
    let question = script.question(n);
    assert_eq!(question.state, ApprovalState::Answered);
    let told = question.answer.unwrap();
    assert_eq!((told.by.as_str(), told.values), ("ann", accepted.values));
    assert!(script.talk.open_questions().is_empty());
    script.ends(3, "end_turn");
    assert_eq!(ends(&script.told), [TurnEnd::Success], "asking is output");
}

#[test]
fn a_question_that_is_taken_back_or_outlives_its_turn_is_left_and_still_answered() {
    let mut script = Script::in_turn();
    let first = script.inquires(7, form());
    script.agent(json!({"method": "$/cancel_request", "params": {"requestId": 7}}));
    assert_eq!(script.question(first).state, ApprovalState::Withdrawn);
    let second = script.inquires(8, form());
    script.ends(3, "end_turn");
    assert_eq!(script.question(second).state, ApprovalState::Void);
    let answers = sent(&script.told);
    let told: Vec<_> = answers
        .iter()
        .map(|sent| (sent["id"].as_u64().unwrap(), &sent["result"]["action"]))
        .collect();
    let cancel = json!("cancel");
    assert_eq!(told, [(7, &cancel), (8, &cancel)]);
}

#[test]
fn a_question_at_an_address_is_closed_by_its_completion() {
    let mut script = Script::in_turn();
    let url = json!({"mode": "url", "url": "https://example.org/a", "elicitationId": "e"});
    let n = script.inquires(7, url);
    assert_eq!(
        script.question(n).url.as_deref(),
        Some("https://example.org/a")
    );
    let complete =
        |name: &str| json!({"method": "elicitation/complete", "params": {"elicitationId": name}});
    script.agent(complete("other"));
    assert_eq!(script.question(n).state, ApprovalState::Open);
    script.agent(complete("e"));
    assert_eq!(script.question(n).state, ApprovalState::Answered);
    assert_eq!(sent(&script.told)[0]["result"]["action"], "accept");
    assert_eq!(sent(&script.told)[0]["result"].get("content"), None);
}

#[test]
fn a_question_that_nobody_could_answer_is_refused() {
    let mut script = Script::in_turn();
    for params in [
        json!({"mode": "url", "url": "javascript:alert(1)"}),
        json!({"mode": "dance"}),
        json!({"mode": "form"}),
    ] {
        script.inquires(7, params);
    }
    let codes: Vec<_> = sent(&script.told)
        .iter()
        .map(|sent| sent["error"]["code"].clone())
        .collect();
    assert_eq!(codes, [json!(-32602), json!(-32602), json!(-32602)]);
    assert!(script.talk.open_questions().is_empty());
}
