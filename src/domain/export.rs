//! A thread as a Markdown document, entry by entry, so that no document is ever held whole.
use crate::amount;
use crate::ansi;
use crate::git::LineKind;
use crate::line_diff::line_diff;
use crate::question::{FieldValue, Question};
use crate::session::Session;
use crate::snapshot::Metadata;
use crate::text::slug;
use crate::thread::{Approval, Body, Entry, FileDiff, ToolCall, ToolContent};
use crate::visible::command_line;
use std::fmt::Write as _;

/// Bytes of a file's name that come from the title.
const NAME: usize = 60;
/// Lines of one change that are written; the rest is counted.
const DIFF_LINES: usize = 5000;

/// A name for the file that is safe everywhere: `fix-the-build-55556666.md`.
#[must_use]
pub fn file_name(session: &Session, ending: &str) -> String {
    let slug = slug(&session.title, NAME);
    let slug = if slug.is_empty() { "session" } else { &slug };
    format!("{slug}-{}.{ending}", session.id.short())
}

/// The beginning of the document.
#[must_use]
pub fn head(session: &Session, metadata: &Metadata) -> String {
    let mut out = format!("# {}\n\n", one_line(&session.title));
    let model = session.model.as_ref().map(|model| format!(" ({model})"));
    let worktree = &session.worktree;
    let facts = [
        ("Session", format!("`{}`", session.id)),
        ("Agent", session.agent.clone() + &model.unwrap_or_default()),
        ("Repository", format!("`{}`", session.repo)),
        (
            "Branch",
            format!("`{}` from `{}`", worktree.branch, worktree.base_branch),
        ),
        ("Status", session.status.label().to_owned()),
        ("Created", session.created_at.to_string()),
        ("Last activity", session.last_activity_at.to_string()),
        ("Turns", metadata.turns.to_string()),
        ("Tool calls", metadata.tools.total.to_string()),
    ];
    for (name, value) in facts {
        let _ = writeln!(out, "- {name}: {value}");
    }
    out
}

/// An entry; `turn` is the turn of the entry before it.
#[must_use]
pub fn entry(entry: &Entry, turn: Option<u64>) -> String {
    let mut out = String::new();
    if turn != Some(entry.turn) && entry.turn > 0 {
        let _ = write!(out, "\n## Turn {}\n", entry.turn);
    }
    let _ = write!(out, "\n### {} · {}\n\n", heading(&entry.body), entry.at);
    out.push_str(&content(&entry.body));
    out
}

fn heading(body: &Body) -> String {
    match body {
        Body::User { by, .. } => format!("Message of {}", one_line(by)),
        Body::Agent { .. } => "Agent".to_owned(),
        Body::Thought { .. } => "Thought".to_owned(),
        Body::System { .. } => "Console".to_owned(),
        Body::Error { code, .. } => format!("Error ({})", one_line(code)),
        Body::Plan { .. } => "Plan".to_owned(),
        Body::Tool(call) => {
            let kind = one_line(&call.tool_kind);
            format!(
                "{} ({kind}, {})",
                one_line(&call.title),
                call.status.as_str()
            )
        }
        Body::Image(_) => "Image".to_owned(),
        Body::Approval(approval) => format!("Permission: {}", one_line(&approval.title)),
        Body::Question(_) => "Question".to_owned(),
    }
}

fn content(body: &Body) -> String {
    match body {
        Body::User {
            text,
            attachments,
            files,
            ..
        } => {
            let image = |it: &crate::attachment::Attachment| {
                let kind = if it.is_image() { "image" } else { "text" };
                format!(
                    "- {kind} `{}` ({})\n",
                    one_line(&it.name),
                    amount::bytes(it.bytes)
                )
            };
            let images: String = attachments.iter().map(image).collect();
            let files: String = files
                .iter()
                .map(|file| format!("- file `{file}`\n"))
                .collect();
            format!("{}{images}{files}", paragraph(text))
        }
        Body::Agent { text, .. } | Body::System { text, .. } => paragraph(text),
        Body::Thought { text, .. } => {
            let lines = text.lines().map(|line| format!("> {line}\n"));
            lines.collect()
        }
        Body::Error {
            text, stderr_tail, ..
        } => paragraph(text) + &fenced("Standard error", "", &stderr_tail.join("\n")),
        Body::Plan { items } => {
            let item = |item: &crate::thread::PlanItem| {
                let mark = if item.status == "completed" { 'x' } else { ' ' };
                format!("- [{mark}] {}\n", one_line(&item.text))
            };
            items.iter().map(item).collect()
        }
        Body::Tool(call) => tool(call),
        Body::Image(image) => paragraph(&image.words()),
        Body::Approval(approval) => permission(approval),
        Body::Question(asked) => question(asked),
    }
}

fn tool(call: &ToolCall) -> String {
    let mut out = String::new();
    for place in &call.locations {
        let line = place
            .line
            .map(|line| format!(":{line}"))
            .unwrap_or_default();
        let _ = writeln!(out, "- `{}{line}`", place.path);
    }
    out.push_str(&fenced(
        "Input",
        "json",
        call.input.as_deref().unwrap_or_default(),
    ));
    for content in &call.content {
        match content {
            ToolContent::Text { text } => out.push_str(&paragraph(text)),
            ToolContent::Diff(diff) => out.push_str(&change(diff)),
            ToolContent::Image(image) => out.push_str(&paragraph(&image.words())),
            ToolContent::Terminal {
                text, exit_code, ..
            } => {
                out.push_str(&fenced("Terminal", "", &ansi::plain(text)));
                if let Some(code) = exit_code {
                    let _ = writeln!(out, "Exit code {code}\n");
                }
            }
        }
    }
    if call.content.is_empty() {
        let output = ansi::plain(call.output.as_deref().unwrap_or_default());
        out.push_str(&fenced("Output", "", &output));
    }
    out
}

fn permission(approval: &Approval) -> String {
    let command = approval.argv.as_deref().map(command_line);
    let mut out = fenced("Command", "sh", &command.unwrap_or_default());
    out.push_str(&fenced("Asked", "", &approval.text));
    approval
        .diffs
        .iter()
        .for_each(|diff| out.push_str(&change(diff)));
    if let Some(answer) = &approval.answer {
        let _ = writeln!(
            out,
            "Answered by {}: {}\n",
            one_line(&answer.by),
            answer.kind
        );
    }
    out
}

fn question(asked: &Question) -> String {
    let mut out = paragraph(&asked.message);
    for field in &asked.fields {
        let _ = writeln!(out, "- {}", one_line(&field.label));
    }
    if let Some(answer) = &asked.answer {
        let _ = writeln!(out, "\nAnswered by {}", one_line(&answer.by));
    }
    for (name, value) in asked.answer.iter().flat_map(|answer| &answer.values) {
        let value = match value {
            FieldValue::Text(text) => text.clone(),
            FieldValue::Number(number) => number.to_string(),
            FieldValue::Flag(flag) => flag.to_string(),
            FieldValue::List(values) => values.join(", "),
        };
        let _ = writeln!(out, "- {}: {}", one_line(name), one_line(&value));
    }
    out
}

fn change(diff: &FileDiff) -> String {
    let old = diff.old_text.as_deref().unwrap_or_default();
    let found = line_diff(old, &diff.new_text, DIFF_LINES);
    let mut text = String::new();
    for hunk in found.hunks {
        let _ = writeln!(text, "@@ {}", hunk.header);
        for line in hunk.lines {
            let sign = match line.kind {
                LineKind::Context => ' ',
                LineKind::Added => '+',
                LineKind::Removed => '-',
            };
            let _ = writeln!(text, "{sign}{}", line.text);
        }
    }
    if found.is_truncated {
        text.push_str("@@ more lines were left out\n");
    }
    let title = format!("`{}` +{} -{}", diff.path, found.added, found.removed);
    fenced(&title, "diff", &text)
}

fn paragraph(text: &str) -> String {
    match text.trim_end() {
        "" => String::new(),
        text => format!("{text}\n\n"),
    }
}

/// A text in a fence that is longer than any run of its mark inside; nothing for nothing.
fn fenced(title: &str, language: &str, text: &str) -> String {
    if text.trim().is_empty() {
        return String::new();
    }
    let runs = text.split(|letter| letter != '`').map(str::len);
    let fence = "`".repeat(runs.max().unwrap_or(0).max(2) + 1);
    let text = text.strip_suffix('\n').unwrap_or(text);
    format!("{title}:\n\n{fence}{language}\n{text}\n{fence}\n\n")
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(json: &str) -> String {
        let whole =
            format!(r#"{{"seq":3,"revision":1,"at":"2026-11-22T12:00:00.000Z","turn":2,{json}}}"#);
        entry(&serde_json::from_str(&whole).unwrap(), Some(1))
    }

    #[test]
    fn a_turn_and_an_entry_have_headings() {
        assert_eq!(
            written(r#""kind":"agent","text":"Done.\n","open":false"#),
            "\n## Turn 2\n\n### Agent · 2026-11-22T12:00:00.000Z\n\nDone.\n\n"
        );
        let plan = written(
            r#""kind":"plan","items":[{"text":"a","priority":"low","status":"completed"}]"#,
        );
        assert!(plan.ends_with("\n\n- [x] a\n"), "{plan}");
        let thought = written(r#""kind":"thought","text":"a\nb","open":false"#);
        assert!(thought.ends_with("\n\n> a\n> b\n"), "{thought}");
    }

    #[test]
    fn output_and_changes_are_fenced_longer_than_what_they_hold() {
        let call = written(
            r#""kind":"tool","toolCallId":"a","title":"Run\nit","toolKind":"execute","status":"failed","startedAt":"1970-01-01T00:00:00.000Z","content":[{"type":"terminal","text":"\u001b[31m````\u001b[0m\nx\n","exitCode":1},{"type":"diff","path":"a.rs","oldText":"a\n```\n","newText":"b\n```\n"}]"#,
        );
        assert!(call.contains("### Run it (execute, failed)"), "{call}");
        assert!(
            call.contains("Terminal:\n\n`````\n````\nx\n`````\n\nExit code 1\n"),
            "{call}"
        );
        let diff = "`a.rs` +1 -1:\n\n````diff\n@@ line 1\n-a\n+b\n ```\n````\n";
        assert!(call.contains(diff), "{call}");
    }

    #[test]
    fn a_permission_tells_command_and_answer() {
        let asked = written(
            r#""kind":"approval","requestId":"r","title":"Run","argv":["sh","-c","it's"],"text":"","options":[],"argsHash":"h","state":"answered","answer":{"optionId":"a","kind":"allow_once","by":"ida","at":"1970-01-01T00:00:00.000Z"}"#,
        );
        assert!(asked.contains("```sh\nsh -c 'it'\\''s'\n```"), "{asked}");
        assert!(asked.contains("Answered by ida: allow_once"), "{asked}");
    }
}
