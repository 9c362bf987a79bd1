//! Questions of the agent to a person: asked, answered, withdrawn, void.
use super::{Moment, Outcome, SessionFact, Talk, build, form, text};
use domain::question::{Question, QuestionAction, QuestionAnswer, host_of};
use domain::thread::{ApprovalState, Body};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};

/// A question that waits for a person.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenQuestion {
    /// Its name in `agent/answer`: the number of its line in the journal.
    pub question_id: String,
    /// Key of its entry.
    pub key: String,
    /// The agent's id of the request; the answer must carry it.
    pub rpc_id: Value,
    /// The agent's name of a question that is answered at an address.
    elicitation: Option<String>,
}

/// The questions that wait, by line number.
#[derive(Debug, Default)]
pub(super) struct Questions {
    open: BTreeMap<u64, OpenQuestion>,
    by_rpc: HashMap<String, u64>,
}

impl Talk {
    /// The questions that wait for a person, oldest first.
    #[must_use]
    pub fn open_questions(&self) -> Vec<OpenQuestion> {
        self.questions.open.values().cloned().collect()
    }

    /// The agent asks; an error says why the question cannot be put to a person.
    pub(super) fn ask_person(
        &mut self,
        moment: Moment,
        id: &Value,
        params: &Value,
        out: &mut Vec<Outcome>,
    ) -> Result<(), &'static str> {
        let message = text::string(params, "message").unwrap_or_default();
        let (fields, url) = match text::string(params, "mode") {
            Some("url") => {
                let url = text::string(params, "url").filter(|url| host_of(url).is_some());
                (
                    Vec::new(),
                    Some(url.ok_or("the address is none of the web")?),
                )
            }
            Some("form") | None => {
                let schema = params.get("requestedSchema").unwrap_or(&Value::Null);
                (form::fields(schema)?, None)
            }
            Some(_) => return Err("unknown mode"),
        };
        if let Some(earlier) = self.questions.by_rpc.get(&id.to_string()).copied() {
            self.end_question(earlier, ApprovalState::Withdrawn, None, out);
        }
        self.wake(moment, out);
        self.close_voice(out);
        self.turn.acted = true;
        let question = Question {
            question_id: moment.n.to_string(),
            message: text::cut(message, text::TEXT_MAX),
            fields,
            url: url.map(str::to_owned),
            state: ApprovalState::Open,
            answer: None,
        };
        let elicitation = text::string(params, "elicitationId").map(str::to_owned);
        self.open_question(moment, (id, elicitation), question, out);
        Ok(())
    }

    fn open_question(
        &mut self,
        moment: Moment,
        (id, elicitation): (&Value, Option<String>),
        question: Question,
        out: &mut Vec<Outcome>,
    ) {
        let key = format!("question:{}", moment.n);
        let request_id = question.question_id.clone();
        let open = OpenQuestion {
            question_id: request_id.clone(),
            key: key.clone(),
            rpc_id: id.clone(),
            elicitation,
        };
        self.questions.by_rpc.insert(id.to_string(), moment.n);
        self.questions.open.insert(moment.n, open);
        self.say(moment, &key, Body::Question(Box::new(question)));
        Self::touch(out, &key);
        out.push(Outcome::Session(SessionFact::PermissionOpened {
            request_id,
        }));
        if !self.turn.is_open {
            // Nobody works on a turn that this could belong to.
            self.void_questions(true, out);
        }
    }

    /// The agent takes a question back. It still gets an answer, as JSON-RPC wants.
    pub(super) fn withdraw_question(&mut self, id: &Value, out: &mut Vec<Outcome>) {
        if let Some(n) = self.questions.by_rpc.get(&id.to_string()).copied() {
            self.end_question(n, ApprovalState::Withdrawn, None, out);
            self.owe(n, id, build::question_left(id), out);
        }
    }

    /// What was to be done at an address is done.
    pub(super) fn hear_completion(
        &mut self,
        moment: Moment,
        params: &Value,
        out: &mut Vec<Outcome>,
    ) {
        let name = text::string(params, "elicitationId");
        let mut open = self.questions.open.iter();
        let found = open.find(|(_, open)| name.is_some() && open.elicitation.as_deref() == name);
        let Some((n, id)) = found.map(|(n, open)| (*n, open.rpc_id.clone())) else {
            return;
        };
        let answer = QuestionAnswer {
            action: QuestionAction::Accept,
            values: BTreeMap::new(),
            by: String::new(),
            at: moment.at,
        };
        let raw = build::answered(&id, &n.to_string(), &answer, true);
        self.end_question(n, ApprovalState::Answered, Some(answer), out);
        self.owe(n, &id, raw, out);
    }

    /// Our answer to a question is in the journal.
    pub(super) fn hear_our_word(
        &mut self,
        moment: Moment,
        (id, result): (&Value, &Value),
        out: &mut Vec<Outcome>,
    ) {
        let Some(n) = self.questions.by_rpc.get(&id.to_string()).copied() else {
            return;
        };
        let mark = result.pointer("/_meta/heddle").unwrap_or(&Value::Null);
        let action = text::string(result, "action").and_then(QuestionAction::parse);
        match (text::string(mark, "request").map(str::parse), action) {
            (Some(named), _) if named != Ok(n) => {}
            (Some(_), Some(action)) => {
                let content = result.get("content").cloned().unwrap_or_default();
                let answer = QuestionAnswer {
                    action,
                    values: serde_json::from_value(content).unwrap_or_default(),
                    by: text::string(mark, "by").unwrap_or_default().to_owned(),
                    at: moment.at,
                };
                self.end_question(n, ApprovalState::Answered, Some(answer), out);
            }
            _ => self.end_question(n, ApprovalState::Void, None, out),
        }
    }

    fn end_question(
        &mut self,
        n: u64,
        state: ApprovalState,
        answer: Option<QuestionAnswer>,
        out: &mut Vec<Outcome>,
    ) {
        let Some(open) = self.questions.open.remove(&n) else {
            return;
        };
        self.questions.by_rpc.remove(&open.rpc_id.to_string());
        if let Some(Body::Question(question)) = self.thread.body_mut(&open.key) {
            question.state = state;
            question.answer = answer;
        }
        Self::touch(out, &open.key);
        let request_id = open.question_id;
        out.push(Outcome::Session(SessionFact::PermissionClosed {
            request_id,
        }));
    }

    /// Nobody will answer any more; a living agent is told so.
    pub(super) fn void_questions(&mut self, is_alive: bool, out: &mut Vec<Outcome>) {
        let open = self.questions.open.iter();
        let open: Vec<(u64, Value)> = open.map(|(n, open)| (*n, open.rpc_id.clone())).collect();
        for (n, id) in open {
            self.end_question(n, ApprovalState::Void, None, out);
            if is_alive {
                self.owe(n, &id, build::question_left(&id), out);
            }
        }
    }
}
