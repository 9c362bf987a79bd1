//! What an agent says of itself when it is asked to begin: how to log in, what it can do, its name.
use super::process::Run;
use super::text;
use serde_json::Value;

/// A way to log in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthMethod {
    /// For `authenticate`.
    pub id: String,
    /// What a person reads.
    pub name: String,
    /// `agent`, `terminal` or `env_var`.
    pub kind: String,
}

/// What an agent can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Capabilities {
    /// `session/load`.
    pub load: bool,
    /// `session/resume`.
    pub resume: bool,
    /// `session/list`.
    pub list: bool,
    /// `session/close`.
    pub close: bool,
    /// `session/fork`, which is not stable yet.
    pub fork: bool,
    /// Images in prompts.
    pub images: bool,
    /// Embedded resources in prompts.
    pub embedded: bool,
}

/// The agent's answer to `initialize`.
#[derive(Debug)]
pub(super) struct Init {
    pub(super) auth: Vec<AuthMethod>,
    pub(super) capabilities: Capabilities,
    pub(super) info: Option<(String, String)>,
}

impl Run {
    pub(super) fn learn(&mut self, result: &Value) {
        let has = |pointer: &str| match result.pointer(pointer) {
            None | Some(Value::Null) => false,
            Some(value) => value.as_bool().unwrap_or(true),
        };
        let methods = result.get("authMethods").and_then(Value::as_array);
        let info = result.get("agentInfo").unwrap_or(&Value::Null);
        let word = |field| text::string(info, field).map(str::to_owned);
        self.images = Some(has("/agentCapabilities/promptCapabilities/image"));
        self.init = Some(Init {
            auth: methods
                .into_iter()
                .flatten()
                .filter_map(auth_method)
                .collect(),
            capabilities: Capabilities {
                load: has("/agentCapabilities/loadSession"),
                resume: has("/agentCapabilities/sessionCapabilities/resume"),
                list: has("/agentCapabilities/sessionCapabilities/list"),
                close: has("/agentCapabilities/sessionCapabilities/close"),
                fork: has("/agentCapabilities/sessionCapabilities/fork"),
                images: has("/agentCapabilities/promptCapabilities/image"),
                embedded: has("/agentCapabilities/promptCapabilities/embeddedContext"),
            },
            info: word("name").map(|name| (name, word("version").unwrap_or_default())),
        });
    }
}

fn auth_method(told: &Value) -> Option<AuthMethod> {
    let id = text::string(told, "id")?;
    Some(AuthMethod {
        id: id.to_owned(),
        name: text::string(told, "name").unwrap_or(id).to_owned(),
        kind: text::string(told, "type").unwrap_or("agent").to_owned(),
    })
}
