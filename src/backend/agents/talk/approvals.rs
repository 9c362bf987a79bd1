//! Requests for permission: asked, answered, withdrawn, void.
use super::call::Call;
use super::{Moment, Outcome, SessionFact, Talk, asked, build, text};
use domain::thread::{Approval, ApprovalAnswer, ApprovalOption, ApprovalState, Body};
use domain::time::Timestamp;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};

/// A request that waits for a person.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenPermission {
    /// Its name in `agent/approve`: the number of its line in the journal.
    pub request_id: String,
    /// Key of its entry.
    pub key: String,
    /// The agent's id of the request; the answer must carry it.
    pub rpc_id: Value,
    /// What the agent wants to do.
    pub title: String,
    /// The agent's own options.
    pub options: Vec<ApprovalOption>,
    /// Hash of what was asked.
    pub args_hash: String,
    /// When it was asked.
    pub at: Timestamp,
}

#[derive(Debug)]
struct Ask {
    open: OpenPermission,
    /// Key of the entry of the call that it is about, if the agent named it.
    call: Option<String>,
}

/// The requests that wait, by line number.
#[derive(Debug, Default)]
pub(super) struct Asks {
    open: BTreeMap<u64, Ask>,
    by_rpc: HashMap<String, u64>,
}

impl Talk {
    /// The requests that wait for a person, oldest first.
    #[must_use]
    pub fn open_permissions(&self) -> Vec<OpenPermission> {
        let open = self.asks.open.values();
        open.map(|ask| ask.open.clone()).collect()
    }

    /// The hash of what an open request shows. What the agent tells of the call later, also by
    /// another request, changes nothing of it.
    #[must_use]
    pub fn args_hash_of(&self, request_id: &str) -> Option<String> {
        let ask = self.asks.open.get(&request_id.parse().ok()?)?;
        Some(ask.open.args_hash.clone())
    }

    /// The agent asks; an error says why the request cannot be put to a person.
    pub(super) fn ask(
        &mut self,
        moment: Moment,
        id: &Value,
        params: &Value,
        out: &mut Vec<Outcome>,
    ) -> Result<(), &'static str> {
        let nothing = Value::Object(Map::new());
        let told = params.get("toolCall").filter(|told| told.is_object());
        let told = told.unwrap_or(&nothing);
        let options = asked::options(params);
        if options.is_empty() {
            return Err("no options");
        }
        if let Some(earlier) = self.asks.by_rpc.get(&id.to_string()).copied() {
            // The same id asked again: an answer to the first must not pass for the second.
            self.end_ask(earlier, ApprovalState::Withdrawn, None, out);
        }
        self.wake(moment, out);
        self.close_voice(out);
        let call_id = text::string(told, "toolCallId").filter(|id| !id.is_empty());
        let key = call_id.map(|call| self.call_of_turn(moment, call, told, out));
        let known = key.as_ref().and_then(|key| self.thread.call(key)).cloned();
        let call = known.unwrap_or_else(|| {
            let mut call = Call::new("", moment.at);
            call.merge(told, &self.worktree, moment.at);
            call
        });
        let approval = asked::approval(moment.n, &call, options);
        self.open_ask(moment, (id, key), approval, out);
        Ok(())
    }

    fn open_ask(
        &mut self,
        moment: Moment,
        (id, call): (&Value, Option<String>),
        approval: Approval,
        out: &mut Vec<Outcome>,
    ) {
        let key = format!("approval:{}", moment.n);
        let request_id = approval.request_id.clone();
        let open = OpenPermission {
            request_id: request_id.clone(),
            key: key.clone(),
            rpc_id: id.clone(),
            title: approval.title.clone(),
            options: approval.options.clone(),
            args_hash: approval.args_hash.clone(),
            at: moment.at,
        };
        self.asks.by_rpc.insert(id.to_string(), moment.n);
        let ask = Ask { open, call };
        self.asks.open.insert(moment.n, ask);
        self.say(moment, &key, Body::Approval(Box::new(approval)));
        Self::touch(out, &key);
        out.push(Outcome::Session(SessionFact::PermissionOpened {
            request_id,
        }));
        if !self.turn.is_open {
            // Nobody works on a turn that this could belong to.
            self.void_asks(true, out);
        }
    }

    /// The agent takes a request back. It still gets an answer, as JSON-RPC wants.
    pub(super) fn hear_withdrawal(&mut self, params: &Value, out: &mut Vec<Outcome>) {
        let Some(id) = params.get("requestId") else {
            return;
        };
        if let Some(n) = self.asks.by_rpc.get(&id.to_string()).copied() {
            self.end_ask(n, ApprovalState::Withdrawn, None, out);
            self.owe(n, id, build::cancelled(id), out);
        }
        self.withdraw_question(id, out);
    }

    /// Our answer to a request of the agent is in the journal.
    pub(super) fn hear_our_answer(
        &mut self,
        moment: Moment,
        (id, message): (&Value, &Value),
        out: &mut Vec<Outcome>,
    ) {
        self.owed.remove(&id.to_string());
        let result = message.get("result").unwrap_or(&Value::Null);
        let mark = result.pointer("/_meta/heddle").unwrap_or(&Value::Null);
        let named = text::string(mark, "request").map(str::parse);
        let Some(n) = self.asks.by_rpc.get(&id.to_string()).copied() else {
            return self.hear_our_word(moment, (id, result), out);
        };
        if named.is_some_and(|named| named != Ok(n)) {
            return;
        }
        let chosen = result.pointer("/outcome/optionId").and_then(Value::as_str);
        let answer = chosen.map(|option_id| ApprovalAnswer {
            option_id: option_id.to_owned(),
            kind: self.kind_of(n, option_id),
            by: text::string(mark, "by").unwrap_or_default().to_owned(),
            at: moment.at,
        });
        match answer {
            Some(answer) => {
                let is_rejected = answer.kind.starts_with("reject");
                self.turn.is_rejected |= is_rejected;
                let key = self.asks.open.get(&n).and_then(|ask| ask.call.as_ref());
                if let Some(call) = key.and_then(|key| self.thread.call_mut(key)) {
                    call.answered(!is_rejected);
                }
                self.end_ask(n, ApprovalState::Answered, Some(answer), out);
            }
            None => self.end_ask(n, ApprovalState::Void, None, out),
        }
    }

    fn kind_of(&self, n: u64, option_id: &str) -> String {
        let ask = self.asks.open.get(&n);
        ask.and_then(|ask| {
            let mut options = ask.open.options.iter();
            options.find(|option| option.option_id == option_id)
        })
        .map(|option| option.kind.clone())
        .unwrap_or_default()
    }

    fn end_ask(
        &mut self,
        n: u64,
        state: ApprovalState,
        answer: Option<ApprovalAnswer>,
        out: &mut Vec<Outcome>,
    ) {
        let Some(ask) = self.asks.open.remove(&n) else {
            return;
        };
        self.asks.by_rpc.remove(&ask.open.rpc_id.to_string());
        if let Some(Body::Approval(approval)) = self.thread.body_mut(&ask.open.key) {
            approval.state = state;
            approval.answer = answer;
        }
        Self::touch(out, &ask.open.key);
        let request_id = ask.open.request_id;
        out.push(Outcome::Session(SessionFact::PermissionClosed {
            request_id,
        }));
    }

    /// Nobody will answer any more; a living agent is told so.
    pub(super) fn void_asks(&mut self, is_alive: bool, out: &mut Vec<Outcome>) {
        let open: Vec<(u64, Value)> = self
            .asks
            .open
            .iter()
            .map(|(n, ask)| (*n, ask.open.rpc_id.clone()))
            .collect();
        for (n, id) in open {
            self.end_ask(n, ApprovalState::Void, None, out);
            if is_alive {
                self.owe(n, &id, build::cancelled(&id), out);
            }
        }
        self.void_questions(is_alive, out);
    }
}
