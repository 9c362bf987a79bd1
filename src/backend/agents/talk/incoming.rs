//! Lines of the agent: the messages in them, and what each asks for.
use super::{Moment, Outcome, Talk, build};
use crate::agents::lines::without_note;
use crate::agents::reader;
use domain::amount;
use serde_json::{Map, Value};

/// Messages of one line count on from its number in steps of this, which no journal reaches.
const STEP: u64 = 1 << 40;

impl Talk {
    pub(super) fn hear_agent(&mut self, moment: Moment, raw: &str, out: &mut Vec<Outcome>) {
        self.bytes += raw.len() as u64;
        self.run.last_activity = Some(moment.at);
        let (raw, cut_from) = without_note(raw);
        let reading = reader::read(raw);
        for (place, message) in (0..).zip(reading.messages) {
            let n = moment.n + place * STEP;
            self.take_message(Moment { n, ..moment }, &message, out);
        }
        self.note_noise(moment, &reading.rest, out);
        if let Some(bytes) = cut_from {
            let said = format!(
                "the agent wrote a line of {}: its long texts are cut",
                amount::bytes(bytes)
            );
            self.system(moment, ("notice", &said), out);
        }
    }

    fn take_message(
        &mut self,
        moment: Moment,
        message: &Map<String, Value>,
        out: &mut Vec<Outcome>,
    ) {
        let params = message.get("params").unwrap_or(&Value::Null);
        let id = message.get("id").filter(|id| !id.is_null());
        match (message.get("method").and_then(Value::as_str), id) {
            (Some(method), Some(id)) => self.hear_request(moment, (id, method, params), out),
            (Some("session/update"), None) => {
                if !self.hear_update(moment, params, out) {
                    self.note_noise(moment, &Value::from(message.clone()).to_string(), out);
                }
            }
            (Some("$/cancel_request"), None) => self.hear_withdrawal(params, out),
            (Some("elicitation/complete"), None) => self.hear_completion(moment, params, out),
            // A request that lost its id cannot be answered; other notices are not for us.
            (Some("session/request_permission" | "elicitation/create"), None) | (None, None) => {
                self.note_noise(moment, &Value::from(message.clone()).to_string(), out);
            }
            (Some(_), None) => {}
            (None, Some(id)) => self.hear_answer(moment, id, message, out),
        }
    }

    fn hear_request(
        &mut self,
        moment: Moment,
        (id, method, params): (&Value, &str, &Value),
        out: &mut Vec<Outcome>,
    ) {
        let (refused, what) = match method {
            "session/request_permission" => (self.ask(moment, id, params, out), "permission"),
            "elicitation/create" => (self.ask_person(moment, id, params, out), "an answer"),
            "fs/write_text_file" => {
                let answer = build::result(id, &serde_json::json!({}));
                return self.owe(moment.n, id, answer, out);
            }
            _ => {
                let answer = build::error(id, -32601, "method not found");
                return self.owe(moment.n, id, answer, out);
            }
        };
        if let Err(why) = refused {
            let said = format!("the agent asked for {what} in a way that nobody can answer: {why}");
            self.system(moment, ("notice", &said), out);
            self.owe(moment.n, id, build::error(id, -32602, why), out);
        }
    }
}
