//! Shapes of the wire before they are taken apart by kind: read in one pass, without buffering.
use crate::approval::{Approval, ApprovalAnswer, ApprovalOption, ApprovalState};
use crate::attachment::Attachment;
use crate::id::ClientId;
use crate::image::Image;
use crate::question::{Field, Question, QuestionAction, QuestionAnswer, Values};
use crate::thread::{
    Body, Cut, Entry, FileDiff, Location, PlanItem, ToolCall, ToolContent, ToolStatus,
};
use crate::time::Timestamp;
use serde::Deserialize;

/// Why a flat shape is none of the kinds.
#[derive(Debug, thiserror::Error)]
pub enum NotThatShape {
    /// A field of its kind is not there.
    #[error("missing field `{0}`")]
    Missing(&'static str),
    /// No such kind.
    #[error("unknown kind {0:?}")]
    Kind(String),
}

/// The field, or that it is not there.
pub(crate) fn need<T>(field: Option<T>, name: &'static str) -> Result<T, NotThatShape> {
    field.ok_or(NotThatShape::Missing(name))
}

fn image(
    id: Option<String>,
    mime: Option<String>,
    bytes: Option<u64>,
) -> Result<Image, NotThatShape> {
    Ok(Image {
        id: need(id, "id")?,
        mime: need(mime, "mime")?,
        bytes: need(bytes, "bytes")?,
    })
}

/// An entry with the fields of every kind.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FlatEntry {
    seq: u64,
    revision: u64,
    at: Timestamp,
    turn: u64,
    cut: Option<Cut>,
    kind: String,
    text: Option<String>,
    client_id: Option<ClientId>,
    by: Option<String>,
    #[serde(default)]
    attachments: Vec<Attachment>,
    #[serde(default)]
    files: Vec<String>,
    open: Option<bool>,
    code: Option<String>,
    exit_code: Option<i32>,
    signal: Option<i32>,
    #[serde(default)]
    stderr_tail: Vec<String>,
    retry_at: Option<Timestamp>,
    items: Option<Vec<PlanItem>>,
    tool_call_id: Option<String>,
    title: Option<String>,
    tool_kind: Option<String>,
    status: Option<ToolStatus>,
    #[serde(default)]
    locations: Vec<Location>,
    input: Option<String>,
    output: Option<String>,
    #[serde(default)]
    content: Vec<ToolContent>,
    started_at: Option<Timestamp>,
    ended_at: Option<Timestamp>,
    request_id: Option<String>,
    argv: Option<Vec<String>>,
    cwd: Option<String>,
    #[serde(default)]
    diffs: Vec<FileDiff>,
    options: Option<Vec<ApprovalOption>>,
    args_hash: Option<String>,
    state: Option<ApprovalState>,
    question_id: Option<String>,
    message: Option<String>,
    #[serde(default)]
    fields: Vec<Field>,
    url: Option<String>,
    answer: Option<FlatAnswer>,
    id: Option<String>,
    mime: Option<String>,
    bytes: Option<u64>,
}

/// An answer to an approval or to a question.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FlatAnswer {
    option_id: Option<String>,
    kind: Option<String>,
    action: Option<QuestionAction>,
    #[serde(default)]
    values: Values,
    by: String,
    at: Timestamp,
}

impl TryFrom<FlatEntry> for Entry {
    type Error = NotThatShape;

    fn try_from(flat: FlatEntry) -> Result<Self, NotThatShape> {
        let (seq, revision, at) = (flat.seq, flat.revision, flat.at);
        let (turn, cut) = (flat.turn, flat.cut);
        let body = flat.body()?;
        Ok(Self {
            seq,
            revision,
            at,
            turn,
            cut,
            body,
        })
    }
}

impl FlatEntry {
    fn body(self) -> Result<Body, NotThatShape> {
        Ok(match self.kind.as_str() {
            "user" => Body::User {
                text: need(self.text, "text")?,
                client_id: need(self.client_id, "clientId")?,
                by: need(self.by, "by")?,
                attachments: self.attachments,
                files: self.files,
            },
            "agent" => Body::Agent {
                text: need(self.text, "text")?,
                open: need(self.open, "open")?,
            },
            "thought" => Body::Thought {
                text: need(self.text, "text")?,
                open: need(self.open, "open")?,
            },
            "system" => Body::System {
                code: need(self.code, "code")?,
                text: need(self.text, "text")?,
            },
            "error" => Body::Error {
                code: need(self.code, "code")?,
                text: need(self.text, "text")?,
                exit_code: self.exit_code,
                signal: self.signal,
                stderr_tail: self.stderr_tail,
                retry_at: self.retry_at,
            },
            "plan" => Body::Plan {
                items: need(self.items, "items")?,
            },
            "tool" => Body::Tool(Box::new(self.tool()?)),
            "image" => Body::Image(image(self.id, self.mime, self.bytes)?),
            "approval" => Body::Approval(Box::new(self.approval()?)),
            "question" => Body::Question(Box::new(self.question()?)),
            _ => return Err(NotThatShape::Kind(self.kind)),
        })
    }

    fn tool(self) -> Result<ToolCall, NotThatShape> {
        Ok(ToolCall {
            tool_call_id: need(self.tool_call_id, "toolCallId")?,
            title: need(self.title, "title")?,
            tool_kind: need(self.tool_kind, "toolKind")?,
            status: need(self.status, "status")?,
            locations: self.locations,
            input: self.input,
            output: self.output,
            content: self.content,
            started_at: need(self.started_at, "startedAt")?,
            ended_at: self.ended_at,
        })
    }

    fn question(self) -> Result<Question, NotThatShape> {
        let answer = self.answer.map(|told| {
            Ok(QuestionAnswer {
                action: need(told.action, "action")?,
                values: told.values,
                by: told.by,
                at: told.at,
            })
        });
        Ok(Question {
            question_id: need(self.question_id, "questionId")?,
            message: need(self.message, "message")?,
            fields: self.fields,
            url: self.url,
            state: need(self.state, "state")?,
            answer: answer.transpose()?,
        })
    }

    fn approval(self) -> Result<Approval, NotThatShape> {
        let answer = self.answer.map(|told| {
            Ok(ApprovalAnswer {
                option_id: need(told.option_id, "optionId")?,
                kind: need(told.kind, "kind")?,
                by: told.by,
                at: told.at,
            })
        });
        Ok(Approval {
            request_id: need(self.request_id, "requestId")?,
            tool_call_id: self.tool_call_id,
            title: need(self.title, "title")?,
            argv: self.argv,
            cwd: self.cwd,
            text: need(self.text, "text")?,
            diffs: self.diffs,
            options: need(self.options, "options")?,
            args_hash: need(self.args_hash, "argsHash")?,
            state: need(self.state, "state")?,
            answer: answer.transpose()?,
        })
    }
}

/// A piece of a tool call's content with the fields of every kind.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FlatContent {
    r#type: String,
    text: Option<String>,
    path: Option<String>,
    old_text: Option<String>,
    new_text: Option<String>,
    exit_code: Option<i32>,
    signal: Option<String>,
    id: Option<String>,
    mime: Option<String>,
    bytes: Option<u64>,
}

impl TryFrom<FlatContent> for ToolContent {
    type Error = NotThatShape;

    fn try_from(flat: FlatContent) -> Result<Self, NotThatShape> {
        Ok(match flat.r#type.as_str() {
            "text" => Self::Text {
                text: need(flat.text, "text")?,
            },
            "diff" => Self::Diff(FileDiff {
                path: need(flat.path, "path")?,
                old_text: flat.old_text,
                new_text: need(flat.new_text, "newText")?,
            }),
            "image" => Self::Image(image(flat.id, flat.mime, flat.bytes)?),
            "terminal" => Self::Terminal {
                text: need(flat.text, "text")?,
                exit_code: flat.exit_code,
                signal: flat.signal,
            },
            _ => return Err(NotThatShape::Kind(flat.r#type)),
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::thread::{Entry, ToolContent};

    fn refusal(json: &str) -> String {
        serde_json::from_str::<Entry>(json).unwrap_err().to_string()
    }

    #[test]
    fn an_entry_without_a_field_of_its_kind_is_refused_by_name() {
        let start = r#"{"seq":1,"revision":1,"at":"2026-01-01T00:00:00.000Z","turn":1"#;
        assert!(refusal(&format!(r#"{start},"kind":"agent","text":"x"}}"#)).contains("open"));
        assert!(refusal(&format!(r#"{start},"kind":"image","id":"x"}}"#)).contains("mime"));
        assert!(refusal(&format!(r#"{start},"kind":"dream"}}"#)).contains("dream"));
        assert!(refusal(&format!(r#"{start},"kind":"tool","title":"x"}}"#)).contains("toolCallId"));
    }

    #[test]
    fn content_of_a_kind_that_nobody_knows_is_refused() {
        let error = serde_json::from_str::<ToolContent>(r#"{"type":"smell"}"#).unwrap_err();
        assert!(error.to_string().contains("smell"));
    }
}
