//! The one reader of what an agent writes: the JSON-RPC messages of a line, however damaged it is.
//!
//! A line that strict JSON refuses is read as well as possible: halves of surrogate pairs become
//! U+FFFD, what is open at the end of the line is closed, what is nested too deeply stays as text.
//! Nothing here recurses over foreign input, and each byte is looked at a bounded number of times.
mod number;
mod parse;
mod string;

pub use number::{id_json, is_exact};

use parse::{Parsed, parse};
use serde_json::{Map, Value};

/// How every message of the protocol begins in practice; inside of a JSON text it would be escaped.
const MARK: &str = "{\"jsonrpc\"";
/// How deep a message is searched for inside of something else.
const DEPTH: usize = 3;

/// What a line holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reading {
    /// The messages, in order; one, unless the agent forgot a line end or sent a batch.
    pub messages: Vec<Map<String, Value>>,
    /// What is left of the line and says something; empty for a line that is only messages.
    pub rest: String,
}

/// Reads a line of an agent.
#[must_use]
pub fn read(raw: &str) -> Reading {
    let text = raw.trim_matches(is_blank);
    let mut reading = Reading::default();
    match serde_json::from_str::<Value>(text) {
        Ok(value) if has_plain_ids(&value) => reading.take(value, text),
        Ok(_) | Err(_) if !text.is_empty() => reading.mend(text),
        Ok(_) | Err(_) => {}
    }
    let only_holds = |letter| is_blank(letter) || "[],{}".contains(letter);
    if !reading.messages.is_empty() && reading.rest.chars().all(only_holds) {
        reading.rest.clear();
    }
    reading
}

/// What stands around a message and says nothing, such as a byte order mark.
fn is_blank(letter: char) -> bool {
    let is_escape = letter == '\u{1b}';
    letter.is_whitespace()
        || (letter.is_control() && !is_escape)
        || matches!(letter, '\u{feff}' | '\u{fffe}')
}

/// Whether the ids survive as numbers; strict reading rounds those beyond 64 bits.
fn has_plain_ids(value: &Value) -> bool {
    let is_plain = |value: &Value| !value.get("id").is_some_and(Value::is_f64);
    match value {
        Value::Array(items) => items.iter().all(is_plain),
        value => is_plain(value),
    }
}

/// Whether an object is a message: a request, a notification or an answer.
fn is_message(fields: &Map<String, Value>) -> bool {
    let is_answer = fields.contains_key("result") || fields.contains_key("error");
    let has_method = fields.get("method").is_some_and(Value::is_string);
    // The name of the method was cut off: it could be taken for an answer of the same number.
    let is_cut = |key: &String| !key.is_empty() && "method".starts_with(key.as_str());
    let is_cut = !has_method && !is_answer && fields.keys().any(is_cut);
    let is_known = fields.contains_key("jsonrpc") || (is_answer && fields.contains_key("id"));
    has_method || (is_known && !is_cut)
}

impl Reading {
    /// Takes what was read at one place; `text` is what it was read from.
    fn take(&mut self, value: Value, text: &str) {
        let before = self.messages.len();
        self.search(value, DEPTH);
        if self.messages.len() == before {
            self.keep(text);
        }
    }

    fn search(&mut self, value: Value, depth: usize) {
        match value {
            Value::Object(fields) if is_message(&fields) => self.messages.push(fields),
            Value::Object(fields) if depth > 0 => {
                for inner in fields.into_values() {
                    let is_message = |inner: &Value| inner.get("jsonrpc").is_some();
                    if is_message(&inner) {
                        self.search(inner, depth - 1);
                    }
                }
            }
            Value::Array(items) if depth > 0 => {
                for inner in items {
                    self.search(inner, depth - 1);
                }
            }
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_)
            | Value::Object(_) => {}
        }
    }

    /// Keeps what is no message.
    fn keep(&mut self, text: &str) {
        let text = text.trim_matches(is_blank);
        if text.is_empty() {
            return;
        }
        if !self.rest.is_empty() {
            self.rest.push('\n');
        }
        self.rest.push_str(text);
    }

    /// Reads a text that strict JSON refuses.
    fn mend(&mut self, text: &str) {
        match text.rfind(MARK).filter(|at| *at > 0) {
            // A message that was broken off, and a whole one after it.
            Some(at) if parse(&text[at..]).is_all_of(&text[at..]) => {
                self.mend_part(&text[..at]);
                self.mend_part(&text[at..]);
            }
            Some(_) | None => self.mend_part(text),
        }
    }

    fn mend_part(&mut self, text: &str) {
        let mut rest = text;
        while let Some(at) = rest.find('{') {
            self.keep(&rest[..at]);
            let Parsed { value, length, .. } = parse(&rest[at..]);
            let (whole, after) = rest[at..].split_at(length);
            self.take(value, whole);
            rest = after;
        }
        self.keep(rest);
    }
}

#[cfg(test)]
mod tests;
