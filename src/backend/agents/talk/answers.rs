//! The agent's answers to our requests.
use super::outcome::Opening;
use super::process::Asked;
use super::{Moment, Outcome, SessionFact, Talk, build, text};
use domain::session::FailureCode;
use serde_json::{Map, Value};

/// JSON-RPC code of ACP: a login is needed first.
const AUTH_REQUIRED: i64 = -32000;

/// Codes by which an agent says that it does not understand us.
const MISUNDERSTOOD: std::ops::RangeInclusive<i64> = -32602..=-32600;

impl Talk {
    pub(super) fn hear_answer(
        &mut self,
        moment: Moment,
        id: &Value,
        message: &Map<String, Value>,
        out: &mut Vec<Outcome>,
    ) {
        let Some(asked) = self.asked_by(id) else {
            return;
        };
        let answer = match message.get("error").filter(|error| !error.is_null()) {
            Some(error) => Err(error),
            None => Ok(message.get("result").unwrap_or(&Value::Null)),
        };
        match (asked, answer) {
            (Asked::Initialize, answer) => self.initialized(moment, answer, out),
            (Asked::Open(how, session), answer) => self.opened(moment, (how, session), answer, out),
            (Asked::Prompt(turn), answer) => {
                if self.turn.is_open && self.turn.number == turn {
                    self.prompt_answered(moment, answer, out);
                }
            }
            (Asked::Authenticate, Err(error)) => {
                let message = text::rpc_error(error);
                let required = message.clone();
                out.push(Outcome::Session(SessionFact::AuthRequired {
                    message: required,
                }));
                self.start_failed(moment, FailureCode::Provider, message, out);
            }
            (Asked::Mode(mode), Ok(_)) => {
                self.offers.set_mode(&mode);
                out.push(Outcome::AgentState);
            }
            (Asked::Model(model), Ok(_)) => {
                self.offers.set_model(&model);
                out.push(Outcome::AgentState);
            }
            (Asked::Option(option, value), Ok(result)) => {
                self.offers.set_option(&option, &value);
                self.offers.learn(result);
                out.push(Outcome::AgentState);
            }
            (Asked::Mode(_) | Asked::Model(_) | Asked::Option(..), Err(error)) => {
                let refused = format!("the agent refused the option: {}", text::rpc_error(error));
                self.system(moment, ("notice", &refused), out);
            }
            (Asked::Authenticate, Ok(_)) | (Asked::Other, _) => {}
        }
    }

    /// What we asked under an id; some agents answer a number as a text.
    fn asked_by(&mut self, id: &Value) -> Option<Asked> {
        let number = match id {
            Value::String(text) => text.parse::<u64>().ok(),
            id => id.as_f64().map(|id| id as u64),
        };
        let asked = self.run.asked.remove(&id.to_string());
        asked.or_else(|| self.run.asked.remove(&number?.to_string()))
    }

    fn initialized(
        &mut self,
        moment: Moment,
        answer: Result<&Value, &Value>,
        out: &mut Vec<Outcome>,
    ) {
        let failure = match answer {
            Err(error) => Some(text::rpc_error(error)),
            Ok(result) => match result.get("protocolVersion") {
                Some(version) if version.as_u64() == Some(build::PROTOCOL_VERSION) => None,
                Some(version) => Some(format!(
                    "the agent speaks version {version} of the protocol, not {}",
                    build::PROTOCOL_VERSION
                )),
                None => Some("the agent names no version of the protocol".to_owned()),
            },
        };
        match (failure, answer) {
            (None, Ok(result)) => {
                self.run.learn(result);
                out.push(Outcome::Session(SessionFact::Initialized));
            }
            (Some(message), _) => self.start_failed(moment, FailureCode::Protocol, message, out),
            (None, Err(_)) => {}
        }
    }

    fn opened(
        &mut self,
        moment: Moment,
        (how, session): (Opening, Option<String>),
        answer: Result<&Value, &Value>,
        out: &mut Vec<Outcome>,
    ) {
        self.run.is_opening = false;
        self.run.is_loading = false;
        let told = |result| text::string(result, "sessionId").map(str::to_owned);
        match answer {
            Ok(result) => match told(result).or(session) {
                Some(acp_session) => self.conversation(moment, (how, acp_session), result, out),
                None => {
                    let message = "the agent opened a session without a name".to_owned();
                    self.start_failed(moment, FailureCode::Protocol, message, out);
                }
            },
            Err(error) => self.not_opened(moment, how, error, out),
        }
    }

    fn conversation(
        &mut self,
        moment: Moment,
        (how, acp_session): (Opening, String),
        result: &Value,
        out: &mut Vec<Outcome>,
    ) {
        let has_past = self.turn.number > 0;
        let said = match (how, &self.acp_session) {
            (Opening::New, Some(_)) if has_past => Some(
                "the agent was started anew and does not remember what went before: \
                 a short recap goes with the next message",
            ),
            (Opening::New | Opening::Fork, _) => None,
            (Opening::Load, _) => Some("the agent was started again and loaded the conversation"),
            (Opening::Resume, _) => Some("the agent was started again and goes on"),
        };
        if let Some(said) = said {
            self.system(moment, ("resumed", said), out);
        }
        self.run.is_open = true;
        self.acp_session = Some(acp_session.clone());
        self.offers.learn(result);
        out.push(Outcome::AgentState);
        out.push(Outcome::Session(SessionFact::Opened { acp_session, how }));
    }

    fn not_opened(&mut self, moment: Moment, how: Opening, error: &Value, out: &mut Vec<Outcome>) {
        let message = text::rpc_error(error);
        let code = error.get("code").and_then(Value::as_i64).unwrap_or(0);
        if code == AUTH_REQUIRED {
            let required = message.clone();
            out.push(Outcome::Session(SessionFact::AuthRequired {
                message: required,
            }));
            self.start_failed(moment, FailureCode::Provider, message, out);
        } else if how != Opening::New {
            let what = match how {
                Opening::Fork => "copied",
                Opening::New | Opening::Load | Opening::Resume => "continued",
            };
            let said = format!("the earlier conversation cannot be {what}: {message}");
            self.system(moment, ("notice", &said), out);
            out.push(Outcome::Session(SessionFact::ReopenFailed { message }));
        } else if MISUNDERSTOOD.contains(&code) {
            self.start_failed(moment, FailureCode::Protocol, message, out);
        } else {
            self.start_failed(moment, FailureCode::Provider, message, out);
        }
    }

    fn start_failed(
        &mut self,
        moment: Moment,
        code: FailureCode,
        message: String,
        out: &mut Vec<Outcome>,
    ) {
        self.run.has_failed = true;
        let word = if code == FailureCode::Protocol {
            "protocol"
        } else {
            "provider"
        };
        self.failure(moment, (word, &message), (None, None), out);
        out.push(Outcome::Session(SessionFact::StartFailed { code, message }));
    }

    /// Whether an error of the agent asks for a login.
    pub(super) fn wants_login(error: &Value) -> bool {
        error.get("code").and_then(Value::as_i64) == Some(AUTH_REQUIRED)
    }
}
