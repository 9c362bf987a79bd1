//! Our own lines: what we asked the agent, what we answered, what we cancelled.
use super::outcome::Opening;
use super::process::Asked;
use super::{Line, Moment, Outcome, Talk, text};
use crate::agents::reader;
use serde_json::Value;

impl Talk {
    /// Whether the agent of this run was asked this, and has answered all that was.
    #[must_use]
    pub fn is_answered(&self, method: &str) -> bool {
        let is_it = |asked: &Asked| match asked {
            Asked::Authenticate => method == "authenticate",
            Asked::Open(Opening::Fork, _) => method == "session/fork",
            Asked::Mode(_) => method == "session/set_mode",
            Asked::Model(_) => method == "session/set_model",
            Asked::Option(..) => method == "session/set_config_option",
            _ => false,
        };
        self.run.methods.contains(method) && !self.run.asked.values().any(is_it)
    }

    pub(super) fn hear_ours(&mut self, moment: Moment, line: Line<'_>, out: &mut Vec<Outcome>) {
        self.run.last_activity = Some(moment.at);
        let Some(message) = reader::read(line.raw).messages.pop().map(Value::Object) else {
            return;
        };
        let params = message.get("params").unwrap_or(&Value::Null);
        match (text::string(&message, "method"), message.get("id")) {
            (Some(method), Some(id)) => {
                self.run.hear_our_id(id);
                let asked = self.our_request(moment, line.key, (method, params), out);
                self.run.asked.insert(id.to_string(), asked);
                self.run.methods.insert(method.to_owned());
            }
            (Some("session/cancel"), None) => self.turn.is_cancelled |= self.turn.is_open,
            (None, Some(id)) => self.hear_our_answer(moment, (id, &message), out),
            (_, None) => {}
        }
        self.end_if_stopped(moment, out);
    }

    fn our_request(
        &mut self,
        moment: Moment,
        key: Option<&str>,
        (method, params): (&str, &Value),
        out: &mut Vec<Outcome>,
    ) -> Asked {
        let field = |name| text::string(params, name).unwrap_or_default().to_owned();
        match method {
            "initialize" => Asked::Initialize,
            "authenticate" => Asked::Authenticate,
            "session/new" => self.open(Opening::New, None),
            "session/fork" => self.open(Opening::Fork, None),
            "session/load" => self.open(Opening::Load, Some(field("sessionId"))),
            "session/resume" => self.open(Opening::Resume, Some(field("sessionId"))),
            "session/prompt" => {
                self.begin_turn(moment, key, params, out);
                Asked::Prompt(self.turn.number)
            }
            "session/set_mode" => Asked::Mode(field("modeId")),
            "session/set_model" => Asked::Model(field("modelId")),
            "session/set_config_option" => {
                let value = match params.get("value") {
                    Some(Value::String(value)) => value.clone(),
                    Some(value) => value.to_string(),
                    None => String::new(),
                };
                Asked::Option(field("configId"), value)
            }
            _ => Asked::Other,
        }
    }

    fn open(&mut self, how: Opening, session: Option<String>) -> Asked {
        self.run.is_opening = true;
        self.run.is_loading = how == Opening::Load;
        Asked::Open(how, session)
    }
}
