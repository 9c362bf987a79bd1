//! The shapes of what the agent says of itself, of `session/update` and of the permission request.
use super::command::Ended;
use super::patch::Change;
use super::prompt::Item;
use serde_json::{Value, json};
use std::path::Path;

/// Option ids of a permission request.
pub(super) const ALLOW: &str = "allow";
pub(super) const ALLOW_ALL: &str = "allow_all";
const REJECT: &str = "reject";

/// What the agent can do, for `initialize`.
pub(super) fn abilities() -> Value {
    json!({
        "protocolVersion": 1,
        "agentInfo": {"name": "runbook", "title": "Runbook", "version": env!("CARGO_PKG_VERSION")},
        "agentCapabilities": {
            "loadSession": true,
            "promptCapabilities": {"image": true, "audio": false, "embeddedContext": false},
            "sessionCapabilities": {"list": {}, "resume": {}},
        },
        "authMethods": [],
    })
}

pub(super) fn text(text: &str) -> Value {
    json!({"sessionUpdate": "agent_message_chunk", "content": {"type": "text", "text": text}})
}

pub(super) fn user_text(text: &str) -> Value {
    json!({"sessionUpdate": "user_message_chunk", "content": {"type": "text", "text": text}})
}

pub(super) fn mode(mode: &str) -> Value {
    json!({"sessionUpdate": "current_mode_update", "currentModeId": mode})
}

pub(super) fn commands() -> Value {
    json!({"sessionUpdate": "available_commands_update", "availableCommands": [
        {"name": "run", "description": "Run a shell command", "input": {"hint": "command"}},
        {"name": "status", "description": "Show what has changed (git status)"},
        {"name": "test", "description": "Run the project's tests"},
    ]})
}

pub(super) fn plan(items: &[(Item, &str)]) -> Value {
    let entry = |(item, status): &(Item, &str)| json!({"content": item.text, "priority": "medium", "status": status});
    json!({"sessionUpdate": "plan", "entries": items.iter().map(entry).collect::<Vec<_>>()})
}

/// The call as first announced; also what the permission request shows.
pub(super) fn shell_call(id: &str, title: &str, script: &str, cwd: &Path) -> Value {
    json!({"toolCallId": id, "title": title, "kind": "execute", "status": "pending",
        "rawInput": {"command": script, "cwd": cwd}})
}

/// A call that edits files, with what it would do to each.
pub(super) fn edit_call(id: &str, title: &str, cwd: &Path, changes: &[Change]) -> Value {
    let words = |bytes: &Option<Vec<u8>>| {
        bytes
            .as_ref()
            .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
    };
    let diff = |change: &Change| {
        json!({"type": "diff", "path": cwd.join(&change.path), "oldText": words(&change.before),
            "newText": words(&change.after).unwrap_or_default()})
    };
    let place = |change: &Change| json!({"path": cwd.join(&change.path)});
    let paths: Vec<_> = changes.iter().map(|change| &change.path).collect();
    json!({"toolCallId": id, "title": title, "kind": "edit", "status": "pending",
        "content": changes.iter().map(diff).collect::<Vec<_>>(),
        "locations": changes.iter().map(place).collect::<Vec<_>>(),
        "rawInput": {"paths": paths}})
}

pub(super) fn announce(mut call: Value) -> Value {
    call["sessionUpdate"] = "tool_call".into();
    call
}

pub(super) fn status(id: &str, status: &str) -> Value {
    json!({"sessionUpdate": "tool_call_update", "toolCallId": id, "status": status})
}

/// The call failed before it did anything.
pub(super) fn failed(id: &str, reason: &str) -> Value {
    let mut update = status(id, "failed");
    update["rawOutput"] = json!({"reason": reason});
    update
}

/// The command starts; its output follows in a terminal of the call's id.
pub(super) fn terminal_start(id: &str, cwd: &Path) -> Value {
    let mut update = status(id, "in_progress");
    update["content"] = json!([{"type": "terminal", "terminalId": id}]);
    update["_meta"] = json!({"terminal_info": {"terminal_id": id, "cwd": cwd}});
    update
}

pub(super) fn terminal_output(id: &str, data: &str) -> Value {
    json!({"sessionUpdate": "tool_call_update", "toolCallId": id,
        "_meta": {"terminal_output": {"terminal_id": id, "data": data}}})
}

/// The command's end; `output` is for clients that show no terminals.
pub(super) fn command_end(id: &str, ended: &Ended, output: Option<&str>) -> Value {
    let mut update = status(
        id,
        if ended.is_success() {
            "completed"
        } else {
            "failed"
        },
    );
    update["rawOutput"] = json!({"exitCode": ended.code, "signal": ended.signal});
    match output {
        Some(text) => {
            update["content"] =
                json!([{"type": "content", "content": {"type": "text", "text": text}}]);
        }
        None => {
            update["_meta"] = json!({"terminal_exit":
                {"terminal_id": id, "exit_code": ended.code, "signal": ended.signal}});
        }
    }
    update
}

pub(super) fn permission(session: &str, call: &Value) -> Value {
    json!({"sessionId": session, "toolCall": call, "options": [
        {"optionId": ALLOW, "name": "Allow", "kind": "allow_once"},
        {"optionId": ALLOW_ALL, "name": "Allow all in this session", "kind": "allow_always"},
        {"optionId": REJECT, "name": "Reject", "kind": "reject_once"},
    ]})
}

#[cfg(test)]
mod tests {
    use super::*;
    use agent_client_protocol_schema::v1::{RequestPermissionRequest, SessionNotification};

    #[test]
    fn every_update_is_one_of_the_protocol() {
        let cwd = Path::new("/w");
        let change = Change {
            path: "x".into(),
            before: None,
            after: Some(b"new".to_vec()),
        };
        let ended = Ended {
            code: Some(0),
            signal: None,
        };
        let item = Item {
            text: "one".into(),
            is_done: false,
        };
        let updates = [
            text("a"),
            user_text("a"),
            mode("auto"),
            commands(),
            plan(&[(item, "in_progress")]),
            announce(shell_call("t", "ls", "ls", cwd)),
            announce(edit_call("t", "Write x", cwd, &[change])),
            status("t", "in_progress"),
            failed("t", "rejected"),
            terminal_start("t", cwd),
            terminal_output("t", "data"),
            command_end("t", &ended, None),
            command_end("t", &ended, Some("text")),
        ];
        for update in updates {
            let params = json!({"sessionId": "s", "update": update});
            let parsed = serde_json::from_value::<SessionNotification>(params.clone());
            assert!(parsed.is_ok(), "{params}: {parsed:?}");
        }
        let asked = permission("s", &shell_call("t", "ls", "ls", cwd));
        assert!(serde_json::from_value::<RequestPermissionRequest>(asked).is_ok());
    }
}
