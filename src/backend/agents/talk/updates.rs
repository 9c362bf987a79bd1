//! The agent's `session/update` notifications, one arm for each kind.
use super::words::Speaker;
use super::{Moment, Outcome, SessionFact, Talk, text};
use serde_json::Value;

impl Talk {
    /// Takes an update; says whether it is one at all.
    pub(super) fn hear_update(
        &mut self,
        moment: Moment,
        params: &Value,
        out: &mut Vec<Outcome>,
    ) -> bool {
        let update = params.get("update").unwrap_or(&Value::Null);
        let Some(kind) = text::string(update, "sessionUpdate") else {
            return false;
        };
        match kind {
            "available_commands_update" | "current_mode_update" | "config_option_update" => {
                self.offers.learn(update);
                out.push(Outcome::AgentState);
            }
            "usage_update" => {
                self.counts.usage(update);
                out.push(Outcome::Metadata);
            }
            // What the agent tells of the past while it loads it: the thread holds it already.
            _ if self.run.is_loading => {}
            _ if self.is_foreign(params) => self.unsupported(moment, "another session", out),
            "agent_message_chunk" => self.hear_chunk(moment, Speaker::Agent, update, out),
            "agent_thought_chunk" => self.hear_chunk(moment, Speaker::Thought, update, out),
            "user_message_chunk" => self.hear_echo(moment, update, out),
            "tool_call" | "tool_call_update" => self.hear_call(moment, update, out),
            "plan" => self.hear_plan(moment, update, out),
            "session_info_update" => self.hear_info(update, out),
            "notice" => self.hear_notice(moment, update, out),
            "compaction_update" => self.hear_compaction(moment, update, out),
            "compaction_summary_chunk" => {}
            unknown => self.unsupported(moment, unknown, out),
        }
        true
    }

    /// Whether an update belongs to a conversation that is not ours.
    fn is_foreign(&self, params: &Value) -> bool {
        let named = text::string(params, "sessionId");
        self.run.is_open && named.is_some_and(|named| self.acp_session() != Some(named))
    }

    /// Title, and what Codex tells about its provider beside it.
    fn hear_info(&mut self, update: &Value, out: &mut Vec<Outcome>) {
        if let Some(title) = text::string(update, "title").filter(|title| !title.is_empty()) {
            let title = text::head(title, 500).to_owned();
            out.push(Outcome::Session(SessionFact::Title(title)));
        }
        let status = update.pointer("/_meta/codex/threadStatus/type");
        if let Some(status) = status.and_then(Value::as_str) {
            // The thread falls back to idle after the error; only new work clears it.
            self.turn.has_system_error =
                status == "systemError" || (self.turn.has_system_error && status != "active");
        }
    }

    fn hear_notice(&mut self, moment: Moment, update: &Value, out: &mut Vec<Outcome>) {
        let code = match text::string(update, "severity") {
            Some("warning") => "warning",
            Some("error") => "error",
            _ => "notice",
        };
        let title = text::string(update, "title").unwrap_or_default();
        let said = match text::string(update, "description") {
            Some(more) if !more.is_empty() => format!("{title}: {more}"),
            _ => title.to_owned(),
        };
        if !said.is_empty() {
            self.system(moment, (code, &said), out);
        }
    }

    /// The agent shortens what it remembers.
    fn hear_compaction(&mut self, moment: Moment, update: &Value, out: &mut Vec<Outcome>) {
        let said = match text::string(update, "status") {
            Some("completed") => "the agent shortened what it remembers".to_owned(),
            Some("failed") => format!(
                "the agent could not shorten what it remembers: {}",
                text::string(update, "error").unwrap_or("unknown error")
            ),
            _ => return,
        };
        self.system(moment, ("notice", &said), out);
    }

    /// Says once for each kind and turn that something is not shown.
    fn unsupported(&mut self, moment: Moment, kind: &str, out: &mut Vec<Outcome>) {
        // An agent that makes up names without end is not followed.
        let kind = text::head(kind, 80);
        if self.turn.unsupported.len() < 50 && self.turn.unsupported.insert(kind.to_owned()) {
            let said = format!("unsupported update: {kind}");
            self.system(moment, ("unsupported", &said), out);
        }
    }
}
