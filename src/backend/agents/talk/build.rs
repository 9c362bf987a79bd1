//! The messages that the console sends to an agent, each a line without its newline.
use crate::agents::reader;
use domain::attachment::{Enclosed, TEXT_KIND};
use domain::question::{QuestionAction, QuestionAnswer};
use serde_json::{Value, json};

/// The protocol version that the console speaks; an agent that answers another one is refused.
pub const PROTOCOL_VERSION: u64 = 1;

fn request(id: u64, method: &str, params: &Value) -> String {
    json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}).to_string()
}

/// `initialize`. Files and terminals are not offered: agents work in the worktree themselves.
#[must_use]
pub fn initialize(id: u64, version: &str) -> String {
    let capabilities = json!({
        "fs": {"readTextFile": false, "writeTextFile": false},
        "terminal": false,
        "elicitation": {"form": {}, "url": {}},
        "session": {"configOptions": {"boolean": {}}, "notices": {}, "compaction": {}},
        "_meta": {"terminal_output": true},
    });
    let params = json!({
        "protocolVersion": PROTOCOL_VERSION,
        "clientCapabilities": capabilities,
        "clientInfo": {"name": "heddle", "title": "Heddle", "version": version},
    });
    request(id, "initialize", &params)
}

/// `authenticate` by one of the agent's methods.
#[must_use]
pub fn authenticate(id: u64, method: &str) -> String {
    request(id, "authenticate", &json!({"methodId": method}))
}

/// `session/new` in the worktree.
#[must_use]
pub fn session_new(id: u64, worktree: &str) -> String {
    let params = json!({"cwd": worktree, "mcpServers": []});
    request(id, "session/new", &params)
}

/// `session/load`: the agent tells the conversation again, then continues it.
#[must_use]
pub fn session_load(id: u64, session: &str, worktree: &str) -> String {
    let params = json!({"sessionId": session, "cwd": worktree, "mcpServers": []});
    request(id, "session/load", &params)
}

/// `session/resume`: the agent continues the conversation.
#[must_use]
pub fn session_resume(id: u64, session: &str, worktree: &str) -> String {
    let params = json!({"sessionId": session, "cwd": worktree, "mcpServers": []});
    request(id, "session/resume", &params)
}

/// `session/fork`: the agent copies the conversation into another worktree.
#[must_use]
pub fn session_fork(id: u64, session: &str, worktree: &str) -> String {
    let params = json!({"sessionId": session, "cwd": worktree, "mcpServers": []});
    request(id, "session/fork", &params)
}

/// `session/set_mode`.
#[must_use]
pub fn set_mode(id: u64, session: &str, mode: &str) -> String {
    request(
        id,
        "session/set_mode",
        &json!({"sessionId": session, "modeId": mode}),
    )
}

/// `session/set_model`: not in the schema, but some agents know no other way.
#[must_use]
pub fn set_model(id: u64, session: &str, model: &str) -> String {
    request(
        id,
        "session/set_model",
        &json!({"sessionId": session, "modelId": model}),
    )
}

/// `session/set_config_option`; `value` is an id, or a boolean for a switch.
#[must_use]
pub fn set_config_option(id: u64, session: &str, option: &str, value: &Value) -> String {
    let mut params = json!({"sessionId": session, "configId": option, "value": value});
    if value.is_boolean() {
        params["type"] = json!("boolean");
    }
    request(id, "session/set_config_option", &params)
}

/// A person's message.
#[derive(Debug, Clone, Copy)]
pub struct Prompt<'a> {
    /// The agent's name for the conversation.
    pub session: &'a str,
    /// What the person wrote.
    pub text: &'a str,
    /// The user who wrote it.
    pub by: &'a str,
    /// What went before, for an agent that does not remember it; not shown in the thread.
    pub recap: Option<&'a str>,
    /// What goes along, as the thread shows it.
    pub enclosed: &'a Enclosed,
    /// The images among it that are sent: kind and content in Base64.
    pub images: &'a [(String, String)],
    /// The texts among it.
    pub texts: &'a [LinkedText],
    /// Absolute path of the worktree.
    pub worktree: &'a str,
}

/// A text that the agent reads from the disk.
#[derive(Debug)]
pub struct LinkedText {
    /// The absolute path of the file.
    pub path: String,
    /// The name that people see.
    pub name: String,
    /// The size of the file.
    pub bytes: u64,
}

/// The address of a file by its absolute path.
fn file_uri(path: &str) -> String {
    let mut uri = "file://".to_owned();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

/// `session/prompt`. The line's journal key is to be the message's client id.
#[must_use]
pub fn prompt(id: u64, prompt: Prompt<'_>) -> String {
    let mut blocks = Vec::new();
    if let Some(recap) = prompt.recap {
        let mark = json!({"heddle": {"recap": true}});
        blocks.push(json!({"type": "text", "text": recap, "_meta": mark}));
    }
    let links = prompt.texts.len() + prompt.enclosed.files.len();
    let has_more = !prompt.images.is_empty() || links > 0;
    if !prompt.text.is_empty() || !has_more {
        blocks.push(json!({"type": "text", "text": prompt.text}));
    }
    let mark = json!({"heddle": {"enclosed": true}});
    for (mime, data) in prompt.images {
        blocks.push(json!({"type": "image", "mimeType": mime, "data": data, "_meta": mark}));
    }
    for text in prompt.texts {
        let uri = file_uri(&text.path);
        blocks.push(json!({
            "type": "resource_link", "uri": uri, "name": text.name,
            "mimeType": TEXT_KIND, "size": text.bytes, "_meta": mark,
        }));
    }
    for path in &prompt.enclosed.files {
        let uri = file_uri(&format!("{}/{path}", prompt.worktree));
        blocks.push(json!({"type": "resource_link", "uri": uri, "name": path, "_meta": mark}));
    }
    let mut notes = json!({"by": prompt.by});
    if !prompt.enclosed.is_empty() {
        notes["enclosed"] = json!(prompt.enclosed);
    }
    let params = json!({
        "sessionId": prompt.session,
        "prompt": blocks,
        "_meta": {"heddle": notes},
    });
    request(id, "session/prompt", &params)
}

/// `session/cancel`, a notification.
#[must_use]
pub fn cancel(session: &str, by: &str) -> String {
    let params = json!({"sessionId": session, "_meta": {"heddle": {"by": by}}});
    json!({"jsonrpc": "2.0", "method": "session/cancel", "params": params}).to_string()
}

/// The answer to a permission request: this option. `id` is the agent's id of the request.
#[must_use]
pub fn selected(id: &Value, request_id: &str, option: &str, by: &str) -> String {
    let answer = json!({
        "outcome": {"outcome": "selected", "optionId": option},
        "_meta": {"heddle": {"by": by, "request": request_id}},
    });
    result(id, &answer)
}

/// The answer to a permission request: nobody will decide.
#[must_use]
pub fn cancelled(id: &Value) -> String {
    result(id, &json!({"outcome": {"outcome": "cancelled"}}))
}

/// The answer of a person to a question; one that is answered at an address carries no content.
#[must_use]
pub fn answered(id: &Value, question_id: &str, answer: &QuestionAnswer, is_url: bool) -> String {
    let mut told = json!({
        "action": answer.action,
        "_meta": {"heddle": {"by": answer.by, "request": question_id}},
    });
    if answer.action == QuestionAction::Accept && !is_url {
        told["content"] = json!(answer.values);
    }
    result(id, &told)
}

/// The answer to a question that nobody will answer.
#[must_use]
pub fn question_left(id: &Value) -> String {
    result(id, &json!({"action": "cancel"}))
}

/// An answer to a request of the agent.
#[must_use]
pub fn result(id: &Value, result: &Value) -> String {
    answer(id, "result", result)
}

/// A refusal of a request of the agent.
#[must_use]
pub fn error(id: &Value, code: i64, message: &str) -> String {
    answer(id, "error", &json!({"code": code, "message": message}))
}

/// The id goes back as the agent wrote it, though it may be a number that none of ours can hold.
fn answer(id: &Value, field: &str, told: &Value) -> String {
    let id = reader::id_json(id);
    format!(r#"{{"jsonrpc":"2.0","id":{id},"{field}":{told}}}"#)
}

#[cfg(test)]
mod tests {
    use super::*;
    use agent_client_protocol_schema::v1;
    use serde::de::DeserializeOwned;

    #[track_caller]
    fn params<T: DeserializeOwned>(raw: &str) -> T {
        let message: Value = serde_json::from_str(raw).unwrap();
        serde_json::from_value(message["params"].clone()).unwrap()
    }

    #[test]
    fn our_messages_are_those_of_the_schema() {
        let init: v1::InitializeRequest = params(&initialize(1, "0"));
        assert!(!init.client_capabilities.terminal && !init.client_capabilities.fs.write_text_file);
        let _: v1::AuthenticateRequest = params(&authenticate(2, "key"));
        let _: v1::NewSessionRequest = params(&session_new(3, "/w"));
        let _: v1::LoadSessionRequest = params(&session_load(3, "s", "/w"));
        let _: v1::ResumeSessionRequest = params(&session_resume(3, "s", "/w"));
        let _: v1::SetSessionModeRequest = params(&set_mode(3, "s", "plan"));
        let text = set_config_option(3, "s", "model", &json!("x"));
        let _: v1::SetSessionConfigOptionRequest = params(&text);
        let text = set_config_option(3, "s", "fast", &json!(true));
        let _: v1::SetSessionConfigOptionRequest = params(&text);
        let _: v1::CancelNotification = params(&cancel("s", "u"));
        let enclosed = Enclosed {
            files: vec!["a b/c#.txt".to_owned()],
            ..Enclosed::default()
        };
        let message = Prompt {
            session: "s",
            text: "hi",
            by: "u",
            recap: Some("before"),
            enclosed: &enclosed,
            images: &[("image/png".to_owned(), "AAAA".to_owned())],
            texts: &[LinkedText {
                path: "/data/t".to_owned(),
                name: "long.txt".to_owned(),
                bytes: 9,
            }],
            worktree: "/w",
        };
        let sent: v1::PromptRequest = params(&prompt(4, message));
        assert_eq!(sent.prompt.len(), 5);
        let line: Value = serde_json::from_str(&prompt(4, message)).unwrap();
        let text = &line["params"]["prompt"][3];
        assert_eq!(text["uri"], "file:///data/t");
        assert_eq!(
            (&text["name"], &text["size"]),
            (&json!("long.txt"), &json!(9))
        );
        let link = &line["params"]["prompt"][4];
        assert_eq!(link["uri"], "file:///w/a%20b/c%23.txt");
        assert_eq!(
            line["params"]["_meta"]["heddle"]["enclosed"]["files"][0],
            "a b/c#.txt"
        );
    }

    #[test]
    fn our_answers_to_questions_are_those_of_the_schema() {
        let answer = |action| QuestionAnswer {
            action,
            values: serde_json::from_str(r#"{"a":"x","b":5,"c":0.5,"d":true,"e":["x"]}"#).unwrap(),
            by: "u".to_owned(),
            at: domain::time::Timestamp(0),
        };
        let raws = [
            answered(&json!(1), "7", &answer(QuestionAction::Accept), false),
            answered(&json!(1), "7", &answer(QuestionAction::Decline), false),
            question_left(&json!("x")),
        ];
        for raw in raws {
            let message: Value = serde_json::from_str(&raw).unwrap();
            let told: v1::CreateElicitationResponse =
                serde_json::from_value(message["result"].clone()).unwrap();
            let is_known = !matches!(told.action, v1::ElicitationAction::Other(_));
            assert!(is_known, "{raw}");
        }
        let init: v1::InitializeRequest = params(&initialize(1, "0"));
        assert!(init.client_capabilities.elicitation.is_some());
    }

    #[test]
    fn our_permission_answers_are_those_of_the_schema() {
        for raw in [selected(&json!("x"), "7", "yes", "u"), cancelled(&json!(0))] {
            let message: Value = serde_json::from_str(&raw).unwrap();
            serde_json::from_value::<v1::RequestPermissionResponse>(message["result"].clone())
                .unwrap();
        }
    }
}
