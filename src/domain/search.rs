//! Search in a thread: what of an entry is searched, where it fits, and what is shown of it.
use crate::ansi;
use crate::thread::{Approval, Body, FileDiff, ToolCall, ToolContent};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Letters of what is searched for, at the most.
pub const QUERY: usize = 200;
/// Hits of one answer at the most.
pub const HITS: usize = 50;
/// Letters shown before what fits.
const BEFORE: usize = 40;
/// Letters shown from there on.
const AFTER: usize = 160;

/// What is shown of a hit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snippet {
    /// Part of the text, in one line.
    pub text: String,
    /// Where in it the fit begins, in characters.
    pub start: u64,
    /// How long it is, in characters.
    pub length: u64,
}

/// An entry that fits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchHit {
    /// Its place in the thread.
    pub seq: u64,
    /// Its kind.
    pub kind: String,
    /// The turn it belongs to.
    pub turn: u64,
    /// When it was first seen.
    pub at: Timestamp,
    /// The first fit in it.
    pub snippet: Snippet,
}

/// The answer of `agent/search_thread`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SearchPage {
    /// Newest first.
    pub hits: Vec<SearchHit>,
    /// `before` for what was not looked at; none when everything was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
}

/// A text as it is compared: every letter in lower case.
#[must_use]
pub fn folded(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

/// The first place in the entry where the query, [`folded`], fits.
#[must_use]
pub fn find(body: &Body, query: &str) -> Option<Snippet> {
    let mut found = None;
    visit(body, &mut |text| {
        if found.is_none() {
            found = snippet(text, query);
        }
    });
    found
}

/// Where it fits, with what stands around it.
fn snippet(text: &str, query: &str) -> Option<Snippet> {
    let text = match text.contains('\u{1b}') {
        true => Cow::Owned(ansi::plain(text)),
        false => Cow::Borrowed(text),
    };
    let at = folded(&text).find(query)?;
    let (start, end) = (place(&text, at), place(&text, at + query.len()));
    let head = text[..start].char_indices().rev().take(BEFORE).last();
    let from = head.map_or(start, |(at, _)| at);
    let (before, fit) = (one_line(&text[from..start]), one_line(&text[start..end]));
    let after: String = text[end..].chars().take(AFTER).collect();
    let before = before.trim_start();
    Some(Snippet {
        text: format!("{before}{fit}{}", one_line(&after).trim_end()),
        start: before.chars().count() as u64,
        length: fit.chars().count() as u64,
    })
}

/// The byte of a text whose folded form has this byte there.
fn place(text: &str, folded: usize) -> usize {
    let mut passed = 0;
    for (at, letter) in text.char_indices() {
        if passed >= folded {
            return at;
        }
        passed += letter.to_lowercase().map(char::len_utf8).sum::<usize>();
    }
    text.len()
}

fn one_line(text: &str) -> String {
    let letter = |letter: char| if letter.is_whitespace() { ' ' } else { letter };
    text.chars().map(letter).collect()
}

/// The texts of an entry that are searched, what tells most first.
fn visit(body: &Body, see: &mut impl FnMut(&str)) {
    match body {
        Body::User {
            text,
            attachments,
            files,
            ..
        } => {
            see(text);
            files.iter().for_each(|file| see(file));
            attachments.iter().for_each(|image| see(&image.name));
        }
        Body::Agent { text, .. } | Body::Thought { text, .. } | Body::System { text, .. } => {
            see(text);
        }
        Body::Error {
            text, stderr_tail, ..
        } => {
            see(text);
            stderr_tail.iter().for_each(|line| see(line));
        }
        Body::Plan { items } => items.iter().for_each(|item| see(&item.text)),
        Body::Tool(call) => visit_call(call, see),
        Body::Image(image) => see(&image.mime),
        Body::Approval(approval) => visit_approval(approval, see),
        Body::Question(question) => {
            see(&question.message);
            question.fields.iter().for_each(|field| see(&field.label));
            question.url.iter().for_each(|url| see(url));
        }
    }
}

fn visit_call(call: &ToolCall, see: &mut impl FnMut(&str)) {
    see(&call.title);
    call.locations.iter().for_each(|place| see(&place.path));
    for content in &call.content {
        match content {
            ToolContent::Text { text } | ToolContent::Terminal { text, .. } => see(text),
            ToolContent::Diff(diff) => visit_diff(diff, see),
            ToolContent::Image(image) => see(&image.mime),
        }
    }
    call.input.iter().for_each(|text| see(text));
    call.output.iter().for_each(|text| see(text));
}

fn visit_approval(approval: &Approval, see: &mut impl FnMut(&str)) {
    see(&approval.title);
    see(&approval.text);
    if let Some(argv) = &approval.argv {
        see(&argv.join(" "));
    }
    approval.diffs.iter().for_each(|diff| visit_diff(diff, see));
}

fn visit_diff(diff: &FileDiff, see: &mut impl FnMut(&str)) {
    see(&diff.path);
    see(&diff.new_text);
    diff.old_text.iter().for_each(|text| see(text));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agent(text: &str) -> Body {
        Body::Agent {
            text: text.to_owned(),
            open: false,
        }
    }

    #[track_caller]
    fn check(text: &str, query: &str, wanted: Option<(&str, u64, u64)>) {
        let found = find(&agent(text), &folded(query));
        let shown = found
            .as_ref()
            .map(|it| (it.text.as_str(), it.start, it.length));
        assert_eq!(shown, wanted);
    }

    #[test]
    fn letters_fit_in_either_case_and_are_shown_as_they_are() {
        check("Die GRÖSSE zählt", "größe", None);
        check("Die Größe zählt", "GRÖ", Some(("Die Größe zählt", 4, 3)));
        check("İstanbul Abc", "ABC", Some(("İstanbul Abc", 9, 3)));
        check("ΌΔΟΣ", "όδος", None);
        check("ΌΔΟΣ", "ΌΔΟΣ", Some(("ΌΔΟΣ", 0, 4)));
        check("a\n\tb", "B", Some(("a  b", 3, 1)));
        check("a", "b", None);
    }

    #[test]
    fn a_snippet_is_short_and_in_one_line() {
        let text = format!("{}needle{}", "x ".repeat(500), " y".repeat(500));
        let found = find(&agent(&text), "needle").unwrap();
        assert_eq!((found.start, found.length), (40, 6));
        assert!(found.text.chars().count() <= 40 + 6 + 160);
    }

    #[test]
    fn output_is_searched_without_its_colours_and_calls_by_all_that_they_say() {
        let call = |content: &str| -> Body {
            let json = format!(
                r#"{{"kind":"tool","toolCallId":"a","title":"Run it","toolKind":"execute","status":"completed","input":"{{}}","output":"end","locations":[{{"path":"src/x.rs"}}],"content":[{content}],"startedAt":"1970-01-01T00:00:00.000Z"}}"#
            );
            serde_json::from_str(&json).unwrap()
        };
        let terminal = call(r#"{"type":"terminal","text":"o\u001b[31mk test\u001b[0m"}"#);
        assert_eq!(find(&terminal, "ok test").unwrap().text, "ok test");
        let diff = call(r#"{"type":"diff","path":"p.rs","newText":"new","oldText":"old"}"#);
        for query in ["run", "src/x", "p.rs", "new", "old", "end"] {
            assert!(find(&diff, query).is_some(), "{query}");
        }
        assert_eq!(find(&diff, "absent"), None);
    }
}
