//! The thread of a session: what was said, done, asked and answered, entry by entry.
pub use crate::approval::{Approval, ApprovalAnswer, ApprovalOption, ApprovalState};
use crate::attachment::Attachment;
pub use crate::cut::ENTRY_LIMIT;
use crate::flat::{FlatContent, FlatEntry};
use crate::id::ClientId;
pub use crate::image::Image;
use crate::question::Question;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// One entry of a thread. `seq` is gap-free per session, from 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "FlatEntry")]
pub struct Entry {
    /// Place in the thread.
    pub seq: u64,
    /// Revision of the session at which it changed last.
    pub revision: u64,
    /// When it was first seen.
    pub at: Timestamp,
    /// The turn it belongs to, from 1; 0 before the first.
    pub turn: u64,
    /// Set when the entry was cut for the wire.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut: Option<Cut>,
    /// What it is.
    #[serde(flatten)]
    pub body: Body,
}

/// What a cut left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cut {
    /// Size of the whole entry in bytes.
    pub bytes: u64,
}

/// The kinds of entries.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum Body {
    /// A person's message.
    User {
        /// The message.
        text: String,
        /// The command that sent it.
        client_id: ClientId,
        /// The user who wrote it.
        by: String,
        /// Images that went along.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        attachments: Vec<Attachment>,
        /// Files that it names, relative to the worktree.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        files: Vec<String>,
    },
    /// The agent's answer, markdown.
    Agent {
        /// What the agent sent.
        text: String,
        /// Whether it still grows.
        open: bool,
    },
    /// The agent's thinking, markdown.
    Thought {
        /// What the agent sent.
        text: String,
        /// Whether it still grows.
        open: bool,
    },
    /// A word of the console.
    System {
        /// Its class: `notice`, `resumed`, `interrupted`, `cancelled`, ...
        code: String,
        /// One sentence.
        text: String,
    },
    /// A failure with its evidence.
    #[serde(rename_all = "camelCase")]
    Error {
        /// Its class, as in the session's `error`.
        code: String,
        /// One sentence.
        text: String,
        /// Exit code of the agent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        exit_code: Option<i32>,
        /// Signal that ended the agent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        signal: Option<i32>,
        /// Last lines of standard error.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        stderr_tail: Vec<String>,
        /// When its provider may be asked again, if it told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_at: Option<Timestamp>,
    },
    /// The plan of a turn; one per turn, replaced as a whole.
    Plan {
        /// Its items in order.
        items: Vec<PlanItem>,
    },
    /// A tool call.
    Tool(Box<ToolCall>),
    /// An image that the agent shows.
    Image(Image),
    /// A request for permission.
    Approval(Box<Approval>),
    /// A question of the agent.
    Question(Box<Question>),
}

/// An item of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanItem {
    /// What is to be done.
    pub text: String,
    /// `high`, `medium` or `low`.
    pub priority: String,
    /// `pending`, `in_progress` or `completed`.
    pub status: String,
}

/// How far a tool call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToolStatus {
    /// Announced.
    Pending,
    /// Runs.
    InProgress,
    /// Ended well.
    Completed,
    /// Ended badly.
    Failed,
    /// Never ended: the turn was stopped, or the agent is gone.
    Aborted,
    /// Over, and the agent did not say how it ended.
    Unknown,
}

impl ToolStatus {
    /// Whether it may still change by itself.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Pending | Self::InProgress)
    }

    /// The word that the wire uses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::InProgress => "in_progress",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Aborted => "aborted",
            Self::Unknown => "unknown",
        }
    }
}

/// A tool call, merged from all that the agent said about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ToolCall {
    /// The agent's name for it.
    pub tool_call_id: String,
    /// What a person reads.
    pub title: String,
    /// `read edit delete move search execute think fetch switch_mode other`.
    pub tool_kind: String,
    /// How far it is.
    pub status: ToolStatus,
    /// Files it touches.
    #[serde(default)]
    pub locations: Vec<Location>,
    /// Its raw input as JSON text, if the agent gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<String>,
    /// Its raw output as text, if the agent gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
    /// What it produced.
    #[serde(default)]
    pub content: Vec<ToolContent>,
    /// When it was announced.
    pub started_at: Timestamp,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
}

/// A place in a file. `path` is relative to the worktree where inside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Location {
    /// The file.
    pub path: String,
    /// The line, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
}

/// What a tool call produced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "type",
    try_from = "FlatContent",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum ToolContent {
    /// Text, markdown.
    Text {
        /// What the agent sent.
        text: String,
    },
    /// A change of a file.
    Diff(FileDiff),
    /// An image.
    Image(Image),
    /// Output of a command.
    Terminal {
        /// Bytes as text, with their ANSI sequences.
        text: String,
        /// Exit code, once it ended.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        exit_code: Option<i32>,
        /// Signal that ended it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        signal: Option<String>,
    },
}

/// A change of a file as the agent tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileDiff {
    /// The file, relative to the worktree where inside it.
    pub path: String,
    /// What was there; absent for a new file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old_text: Option<String>,
    /// What is to be there.
    pub new_text: String,
}

impl Body {
    /// The words of the wire for all kinds.
    pub const KINDS: [&'static str; 10] = [
        "user", "agent", "thought", "tool", "image", "approval", "question", "plan", "system",
        "error",
    ];

    /// The word of the wire for this kind.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::User { .. } => "user",
            Self::Agent { .. } => "agent",
            Self::Thought { .. } => "thought",
            Self::System { .. } => "system",
            Self::Error { .. } => "error",
            Self::Plan { .. } => "plan",
            Self::Tool(_) => "tool",
            Self::Image(_) => "image",
            Self::Approval(_) => "approval",
            Self::Question(_) => "question",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_flat_on_the_wire() {
        let entry = Entry {
            seq: 1,
            revision: 2,
            at: Timestamp(0),
            turn: 1,
            cut: None,
            body: Body::Tool(Box::new(ToolCall {
                tool_call_id: "a".into(),
                title: "Run".into(),
                tool_kind: "execute".into(),
                status: ToolStatus::InProgress,
                locations: vec![],
                input: None,
                output: None,
                content: vec![ToolContent::Terminal {
                    text: "hi".into(),
                    exit_code: Some(0),
                    signal: None,
                }],
                started_at: Timestamp(0),
                ended_at: None,
            })),
        };
        let json = serde_json::to_value(&entry).unwrap();
        assert_eq!(json["kind"], "tool");
        assert_eq!(json["toolKind"], "execute");
        assert_eq!(json["status"], "in_progress");
        assert_eq!(json["content"][0]["type"], "terminal");
        assert_eq!(json["content"][0]["exitCode"], 0);
        assert_eq!(serde_json::from_value::<Entry>(json).unwrap(), entry);
    }
}
