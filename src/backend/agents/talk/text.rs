//! Small rules about text: paths, cuts, hashes and what a content block reads as.
use super::images::named;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Longest text of a message, in bytes; the parts of a call are 1 MiB together.
pub(super) const TEXT_MAX: usize = 1024 * 1024;

const CUT: &str = "\n[cut: the agent sent more]";

/// Appends to a text that may not grow over `max` bytes; says so once.
pub(super) fn append(text: &mut String, more: &str, max: usize) {
    if text.len() > max {
        return;
    }
    if text.len() + more.len() <= max {
        text.push_str(more);
        return;
    }
    text.push_str(head(more, max - text.len()));
    // The note lifts the length over `max`, which ends the growth.
    text.push_str(CUT);
}

/// A text of `max` bytes at most, with a note if it was longer.
pub(super) fn cut(text: &str, max: usize) -> String {
    let mut kept = String::new();
    append(&mut kept, text, max);
    kept
}

/// The longest head of `max` bytes at most that ends between characters.
pub(super) fn head(text: &str, max: usize) -> &str {
    let mut end = max.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// An absolute path without `.`, `..` and doubled slashes; no look at the disk.
pub(super) fn tidy_path(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// A path as the thread shows it: relative to the worktree where inside it, else absolute.
pub(super) fn shown_path(worktree: &str, path: &str) -> String {
    let path = path.strip_prefix("file://").unwrap_or(path);
    let absolute = if path.starts_with('/') {
        tidy_path(path)
    } else {
        tidy_path(&format!("{worktree}/{path}"))
    };
    match absolute.strip_prefix(worktree.trim_end_matches('/')) {
        Some("") => ".".to_owned(),
        Some(inside) if inside.starts_with('/') => inside[1..].to_owned(),
        _ => absolute,
    }
}

/// The same value with the keys of its objects in order.
pub(super) fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut pairs: Vec<_> = map.iter().collect();
            pairs.sort_by_key(|(key, _)| key.as_str());
            Value::Object(
                pairs
                    .into_iter()
                    .map(|(key, value)| (key.clone(), sorted(value)))
                    .collect(),
            )
        }
        Value::Array(items) => Value::Array(items.iter().map(sorted).collect()),
        other => other.clone(),
    }
}

/// JSON for people, keys in order.
pub(super) fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(&sorted(value)).unwrap_or_default()
}

/// SHA-256 of the canonical JSON of a value, lower-case hex.
pub(super) fn hash(value: &Value) -> String {
    domain::text::hex(&Sha256::digest(sorted(value).to_string().as_bytes()))
}

/// A UUID that follows from where and what it is for.
pub(super) fn derived_uuid(worktree: &str, purpose: &str, n: u64) -> String {
    let digest = Sha256::digest(format!("{worktree}\0{purpose}\0{n}").as_bytes());
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes)
        .into_uuid()
        .to_string()
}

/// A line without its terminal sequences and control characters.
pub(crate) fn plain(line: &str) -> String {
    let mut kept = String::with_capacity(line.len());
    let mut chars = line.chars().peekable();
    while let Some(char) = chars.next() {
        if char == '\u{1b}' {
            if chars.next_if_eq(&'[').is_some() {
                while chars.next().is_some_and(|char| !char.is_ascii_alphabetic()) {}
            }
        } else if char == '\t' || !char.is_control() {
            kept.push(char);
        }
    }
    kept
}

/// A string field of an object.
pub(super) fn string<'a>(value: &'a Value, field: &str) -> Option<&'a str> {
    value.get(field).and_then(Value::as_str)
}

/// A number that fits an `i32`.
pub(super) fn int(value: &Value, field: &str) -> Option<i32> {
    value
        .get(field)
        .and_then(Value::as_i64)
        .and_then(|number| i32::try_from(number).ok())
}

/// Whether a value says nothing.
pub(super) fn is_void(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// What a content block reads as.
pub(super) fn block(content: &Value) -> String {
    let kind = string(content, "type").unwrap_or_default();
    match kind {
        "text" => string(content, "text").unwrap_or_default().to_owned(),
        "resource_link" => {
            let uri = string(content, "uri").unwrap_or_default();
            format!("[{}]({uri})", string(content, "name").unwrap_or(uri))
        }
        "resource" => {
            let resource = content.get("resource").unwrap_or(&Value::Null);
            match string(resource, "text") {
                Some(text) => text.to_owned(),
                None => named(string(resource, "uri").unwrap_or("resource"), resource),
            }
        }
        // Its type was lost on the way, or never told.
        "" => string(content, "text").unwrap_or_default().to_owned(),
        other => named(head(other, 64), content),
    }
}

/// What a JSON-RPC error says.
pub(super) fn rpc_error(error: &Value) -> String {
    let message = string(error, "message").unwrap_or("unknown error");
    let data = error.get("data").unwrap_or(&Value::Null);
    let detail = data
        .as_str()
        .or_else(|| string(data, "message"))
        .or_else(|| string(data, "details"))
        .or_else(|| string(data, "error"))
        .filter(|detail| !message.contains(detail));
    let whole = match detail {
        Some(detail) => format!("{message}: {detail}"),
        None => message.to_owned(),
    };
    cut(&whole, 4096)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(path: &str, shown: &str) {
        assert_eq!(shown_path("/srv/demo", path), shown);
    }

    #[test]
    fn paths_are_relative_inside_the_worktree_and_absolute_outside() {
        check("/srv/demo/a/b.txt", "a/b.txt");
        check("a//./b.txt", "a/b.txt");
        check("../other/b.txt", "/srv/other/b.txt");
        check("/srv/demo/../x", "/srv/x");
        check("/srv/demonstration", "/srv/demonstration");
        check("file:///srv/demo/x", "x");
        check("/srv/demo/", ".");
    }

    #[test]
    fn the_hash_does_not_depend_on_the_order_of_keys() {
        assert_eq!(
            hash(&json!({"a": 1, "b": [{"c": 2, "d": 3}]})),
            hash(&json!({"b": [{"d": 3, "c": 2}], "a": 1}))
        );
        assert_ne!(hash(&json!({"a": 1})), hash(&json!({"a": 2})));
    }

    #[test]
    fn a_text_stops_growing_at_its_limit_and_says_so_once() {
        let mut text = String::new();
        for _ in 0..10 {
            append(&mut text, "äö", 7);
        }
        assert_eq!(text, format!("äöä{CUT}"));
    }

    #[test]
    fn terminal_sequences_are_taken_out_of_standard_error() {
        assert_eq!(
            plain("\u{1b}[2mtime\u{1b}[0m \u{1b}[31mERROR\u{1b}[0m x"),
            "time ERROR x"
        );
    }
}
