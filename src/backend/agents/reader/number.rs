//! Numbers of any size: what no number of ours can hold stays as it was written.
use serde_json::{Map, Number, Value};

/// Key of the object that stands for an id that no number of ours can hold.
const EXACT: &str = "\u{0}number";

/// What a bare word stands for.
pub(super) fn word(token: &str) -> Value {
    match token {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        "null" | "NaN" | "Infinity" | "-Infinity" | "undefined" => Value::Null,
        token => number(token).unwrap_or_else(|| Value::from(token)),
    }
}

fn number(token: &str) -> Option<Value> {
    if !token.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first)) {
        return None;
    }
    if let Ok(number) = token.parse::<i64>() {
        return Some(number.into());
    }
    if let Ok(number) = token.parse::<u64>() {
        return Some(number.into());
    }
    let number: f64 = token.parse().ok()?;
    Number::from_f64(number).map(Value::Number)
}

/// An id of a message as it was written: it must come back to the agent digit by digit.
pub(super) fn id(token: &str) -> Value {
    let value = word(token);
    let is_number = number(token).is_some() || token.parse::<f64>().is_ok();
    let written = value.to_string();
    if !is_number || written == token {
        return value;
    }
    let exact = (EXACT.to_owned(), Value::from(token));
    Value::Object(Map::from_iter([exact]))
}

/// Whether an id is one that no number of ours can hold.
#[must_use]
pub fn is_exact(id: &Value) -> bool {
    id.get(EXACT).is_some_and(Value::is_string)
}

/// The JSON of an id, as the agent wrote it.
#[must_use]
pub fn id_json(id: &Value) -> String {
    match id.get(EXACT).and_then(Value::as_str) {
        Some(token) => token.to_owned(),
        None => id.to_string(),
    }
}
