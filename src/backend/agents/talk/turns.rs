//! Turns: from our prompt to its answer, and what the answer means.
use super::noise::Noise;
use super::{Moment, Outcome, SessionFact, Talk, TurnEnd, retry, text};
use domain::attachment::Enclosed;
use domain::id::ClientId;
use domain::thread::Body;
use domain::time::Timestamp;
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};

/// The turn that is or was last in progress.
#[derive(Debug, Default)]
pub(super) struct Turn {
    /// From 1; 0 before the first.
    pub(super) number: u64,
    pub(super) is_open: bool,
    /// No prompt of ours asked for it.
    pub(super) is_unasked: bool,
    /// What the person wrote, and what we put before it.
    pub(super) prompt: String,
    pub(super) is_cancelled: bool,
    /// A person rejected something in it.
    pub(super) is_rejected: bool,
    /// The agent wrote text.
    pub(super) spoke: bool,
    /// The agent called a tool or planned.
    pub(super) acted: bool,
    /// The agent said beside the protocol that its provider failed.
    pub(super) has_system_error: bool,
    pub(super) last_text: Option<String>,
    pub(super) unsupported: BTreeSet<String>,
    /// Keys of the calls, by the agent's id.
    pub(super) calls: HashMap<String, String>,
    pub(super) open_calls: BTreeSet<String>,
    pub(super) noise: Option<Noise>,
    pub(super) began: Timestamp,
    pub(super) ended: Option<Timestamp>,
}

impl Talk {
    pub(super) fn begin_turn(
        &mut self,
        moment: Moment,
        key: Option<&str>,
        params: &Value,
        out: &mut Vec<Outcome>,
    ) {
        self.give_way(moment, out);
        self.close_voice(out);
        self.run.is_prompted = true;
        let blocks = params.get("prompt").and_then(Value::as_array);
        let is_ours = |block: &&Value, what| {
            let marks = block.pointer("/_meta/heddle");
            marks.is_some_and(|marks| marks.get(what).is_some())
        };
        let (recap, shown): (Vec<&Value>, Vec<&Value>) = blocks
            .into_iter()
            .flatten()
            .filter(|block| !is_ours(block, "enclosed"))
            .partition(|block| is_ours(block, "recap"));
        let join = |blocks: &[&Value]| {
            let texts: Vec<String> = blocks.iter().map(|block| text::block(block)).collect();
            texts.join("\n")
        };
        let text = join(&shown);
        self.turn = Turn {
            number: self.turn.number + 1,
            is_open: true,
            prompt: format!("{}\n{text}", join(&recap)),
            began: moment.at,
            ..Turn::default()
        };
        self.counts.turns += 1;
        let Some(client_id) = self.client_id(moment, key) else {
            return;
        };
        let entry = format!("user:{client_id}");
        let body = said_by_person(text, &client_id, params);
        if self.say(moment, &entry, body) {
            self.counts.prompts += 1;
        }
        Self::touch(out, &entry);
        out.push(Outcome::Session(SessionFact::TurnStarted {
            turn: self.turn.number,
            client_id: Some(client_id),
        }));
    }

    /// Ends a turn that is still open when our next prompt goes out.
    fn give_way(&mut self, moment: Moment, out: &mut Vec<Outcome>) {
        if self.turn.is_open {
            let end = match self.turn.is_unasked && !self.turn.is_cancelled {
                true => TurnEnd::Superseded,
                false => TurnEnd::Cancelled,
            };
            self.end_turn(moment, end, out);
        }
    }

    /// The journal key of a prompt; derived where there is none.
    fn client_id(&self, moment: Moment, key: Option<&str>) -> Option<ClientId> {
        key.and_then(|key| ClientId::try_from(key.to_owned()).ok())
            .or_else(|| {
                let derived = text::derived_uuid(&self.worktree, "prompt", moment.n);
                ClientId::try_from(derived).ok()
            })
    }

    /// The agent answered our prompt: the turn is over.
    pub(super) fn prompt_answered(
        &mut self,
        moment: Moment,
        answer: Result<&Value, &Value>,
        out: &mut Vec<Outcome>,
    ) {
        if let Ok(result) = answer {
            self.counts.spent(result);
            out.push(Outcome::Metadata);
        }
        if let Some(error) = answer.err().filter(|error| Self::wants_login(error)) {
            let message = text::rpc_error(error);
            out.push(Outcome::Session(SessionFact::AuthRequired { message }));
        }
        let end = self.verdict(moment, answer);
        self.end_turn(moment, end, out);
    }

    /// What an answer means: never the stop reason alone.
    fn verdict(&self, moment: Moment, answer: Result<&Value, &Value>) -> TurnEnd {
        if self.turn.is_cancelled {
            // Agents end a cancelled turn in their own ways: as done, as cancelled, as an error.
            return TurnEnd::Cancelled;
        }
        let reason = match answer {
            Err(error) => {
                let message = text::rpc_error(error);
                let retry_at = retry::of_error(error, moment.at);
                return TurnEnd::Provider { message, retry_at };
            }
            Ok(result) => text::string(result, "stopReason").unwrap_or("end_turn"),
        };
        if self.turn.has_system_error {
            let message = self.last_words();
            let retry_at = retry::of_text(&message, moment.at);
            return TurnEnd::Provider { message, retry_at };
        }
        match reason {
            "end_turn" if self.turn.spoke || self.turn.acted => TurnEnd::Success,
            "end_turn" => TurnEnd::NoOutput,
            // Some agents end the turn as cancelled when a person rejects.
            "cancelled" if self.turn.is_rejected => TurnEnd::Success,
            reason => TurnEnd::Halted {
                reason: text::head(reason, 64).to_owned(),
            },
        }
    }

    /// The agent's last text of the turn, where it wrote why its provider failed.
    fn last_words(&self) -> String {
        let said = self.turn.last_text.as_ref();
        match said
            .and_then(|key| self.thread.said(key))
            .map(|said| said.body)
        {
            Some(Body::Agent { text, .. }) => text::cut(text.trim(), 1000),
            _ => "the agent's provider failed".to_owned(),
        }
    }

    /// Ends the turn: open texts are closed, open calls aborted, open requests void.
    pub(super) fn end_turn(&mut self, moment: Moment, end: TurnEnd, out: &mut Vec<Outcome>) {
        self.close_voice(out);
        self.end_calls(moment, &end, out);
        let is_alive = !matches!(end, TurnEnd::Exit { .. } | TurnEnd::Interrupted);
        if end != TurnEnd::Superseded {
            self.void_asks(is_alive, out);
        }
        self.say_end(moment, &end, out);
        (self.turn.is_open, self.turn.ended) = (false, Some(moment.at));
        self.counts.duration_ms += moment.at.since(self.turn.began);
        let turn = self.turn.number;
        out.push(Outcome::Session(SessionFact::TurnEnded { turn, end }));
        out.push(Outcome::WorktreeTouched);
    }

    fn say_end(&mut self, moment: Moment, end: &TurnEnd, out: &mut Vec<Outcome>) {
        let nobody = (None, None);
        match end {
            TurnEnd::Success | TurnEnd::Superseded | TurnEnd::Exit { .. } => {}
            TurnEnd::Cancelled => {
                self.system(moment, ("cancelled", "the turn was stopped"), out);
            }
            TurnEnd::NoOutput => {
                let said = "the turn ended without any output";
                self.failure(moment, ("no_output", said), nobody, out);
            }
            TurnEnd::Provider { message, retry_at } => {
                self.failure(moment, ("provider", message), nobody, out);
                let entry = self.thread.body_mut(&format!("err:{}", moment.n));
                if let Some(Body::Error { retry_at: told, .. }) = entry {
                    *told = *retry_at;
                }
            }
            TurnEnd::Halted { reason } => {
                let said = match reason.as_str() {
                    "refusal" => "the agent refused to go on".to_owned(),
                    "max_tokens" => "the agent stopped: its answer reached the limit".to_owned(),
                    "max_turn_requests" => {
                        "the agent stopped: it made as many requests as it may".to_owned()
                    }
                    "cancelled" => "the agent ended the turn by itself".to_owned(),
                    other => format!("the agent stopped: {other}"),
                };
                self.system(moment, ("notice", &said), out);
            }
            TurnEnd::Interrupted => {
                // A line of its own: the last line of the journal may have an entry already.
                let key = format!("end:{}", self.turn.number);
                let text = "the agent is gone; the turn did not end".to_owned();
                let code = "interrupted".to_owned();
                self.say(moment, &key, Body::System { code, text });
                Self::touch(out, &key);
            }
        }
    }
}

/// A person's message, with what the prompt's own notes say of it.
fn said_by_person(text: String, client_id: &ClientId, params: &Value) -> Body {
    let note = |what: &str| {
        params
            .pointer("/_meta/heddle")
            .and_then(|notes| notes.get(what))
    };
    let by = note("by").and_then(Value::as_str).unwrap_or_default();
    let enclosed = note("enclosed").cloned().unwrap_or_default();
    let enclosed: Enclosed = serde_json::from_value(enclosed).unwrap_or_default();
    Body::User {
        text,
        client_id: client_id.clone(),
        by: by.to_owned(),
        attachments: enclosed.attachments,
        files: enclosed.files,
    }
}
