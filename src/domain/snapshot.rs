//! What one request of the session page answers: session, metadata and thread, whole or as changes.
use crate::flag::Arm;
use crate::session::{Row, Session};
use crate::thread::Entry;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Version of the wire shapes; part of every validator.
pub const SCHEMA: u32 = 1;

/// Counts about a session, kept as it grows.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Metadata {
    /// Time spent in ended turns, in milliseconds.
    pub duration_ms: u64,
    /// Turns begun.
    pub turns: u64,
    /// Messages of people.
    pub prompts: u64,
    /// Messages of the agent.
    pub replies: u64,
    /// Tokens, where the agent tells.
    pub tokens: Tokens,
    /// Cost, where the agent tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<Cost>,
    /// Progress of the latest plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<PlanProgress>,
    /// Tool calls.
    pub tools: ToolCounts,
    /// Files that tool calls edited, most edits first.
    pub edited_files: Vec<EditedFile>,
    /// Bytes of text and output that the agent produced.
    pub output_bytes: u64,
    /// Failures.
    pub errors: u64,
}

/// Tokens as the agent tells them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Tokens {
    /// In the context now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used: Option<u64>,
    /// Size of the context.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Read so far.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<u64>,
    /// Written so far.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<u64>,
}

/// Cost so far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    /// In units of the currency.
    pub amount: f64,
    /// ISO 4217.
    pub currency: String,
}

/// Progress of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanProgress {
    /// Items completed.
    pub done: u64,
    /// Items in all.
    pub total: u64,
}

/// Counts of tool calls.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ToolCounts {
    /// In all.
    pub total: u64,
    /// By kind.
    pub by_kind: BTreeMap<String, u64>,
    /// The most used titles, most first, five at most.
    pub top: Vec<TopTool>,
}

/// A title and how often it was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopTool {
    /// The first word of the call's title.
    pub title: String,
    /// How often.
    pub count: u64,
}

/// A file and how often it was edited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditedFile {
    /// Relative to the worktree.
    pub path: String,
    /// Edits.
    pub edits: u64,
}

/// How the page is to keep itself fresh. Defaults: the ticket's polling strategy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncSettings {
    /// The rollout arm.
    pub arm: String,
    /// Interval of an active session, and of an idle one that just changed.
    pub base_ms: u64,
    /// Growth of the idle interval per unchanged answer, in percent.
    pub factor_percent: u64,
    /// Longest idle interval.
    pub cap_ms: u64,
    /// Jitter of intervals, in percent either way.
    pub jitter_percent: u64,
    /// Stale after this many intervals without a validation.
    pub stale_factor: u64,
    /// Distance of checks of a terminal session without push.
    pub terminal_check_ms: u64,
}

impl Default for SyncSettings {
    fn default() -> Self {
        Self {
            arm: Arm::Push.as_str().to_owned(),
            base_ms: 2000,
            factor_percent: 150,
            cap_ms: 30_000,
            jitter_percent: 0,
            stale_factor: 2,
            terminal_check_ms: 60_000,
        }
    }
}

/// Modes, options, models and commands that the agent offers.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AgentState {
    /// Modes and the current one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modes: Option<Choice>,
    /// Other options.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<AgentOption>,
    /// Models and the current one (agents that do not tell them as options).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub models: Option<Choice>,
    /// Slash commands.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<AgentCommand>,
}

/// A choice among named values.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Choice {
    /// The value in force.
    pub current: String,
    /// The values that may be chosen.
    pub available: Vec<ChoiceValue>,
}

/// A value of a choice.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ChoiceValue {
    /// The agent's name for it.
    pub id: String,
    /// What a person reads.
    pub name: String,
}

/// An option of the agent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AgentOption {
    /// The agent's name for it.
    pub id: String,
    /// What a person reads.
    pub name: String,
    /// `mode`, `model`, `thought_level`, ...
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Its values.
    pub choice: Choice,
}

/// A slash command of the agent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AgentCommand {
    /// Without the slash.
    pub name: String,
    /// One sentence.
    pub description: String,
    /// What may follow it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// Whether a thread answer replaces or changes what the page has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThreadMode {
    /// The last entries; they replace what is loaded.
    Tail,
    /// Every entry changed after `from`.
    Changes,
}

/// The thread part of an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ThreadPart {
    /// Replace or change.
    pub mode: ThreadMode,
    /// The revision that the changes start from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<u64>,
    /// Entries of the thread in all.
    pub total: u64,
    /// By ascending `seq`.
    pub entries: Vec<Entry>,
}

impl ThreadPart {
    /// Leaves only so many of the last entries.
    pub fn keep_last(&mut self, count: usize) {
        let more = self.entries.len().saturating_sub(count);
        self.entries.drain(..more);
    }
}

/// The answer of `agent/get_session_with_metadata`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    /// Version of the shape.
    pub v: u32,
    /// Validator of this state for this viewer.
    pub etag: String,
    /// Revision of the session.
    pub revision: u64,
    /// When the session changed last.
    pub updated_at: Timestamp,
    /// The server's clock.
    pub server_now: Timestamp,
    /// How to keep fresh.
    pub sync: SyncSettings,
    /// The session, always whole.
    pub session: Session,
    /// Its counts, always whole.
    pub metadata: Metadata,
    /// What the agent offers, if it changed since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_state: Option<AgentState>,
    /// The thread.
    pub thread: ThreadPart,
}

/// The answer of `agent/list`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionList {
    /// Version of the shape.
    pub v: u32,
    /// Validator of this list for this viewer.
    pub etag: String,
    /// Counter of changes of all sessions.
    pub revision: u64,
    /// The server's clock.
    pub server_now: Timestamp,
    /// How to keep fresh.
    pub sync: SyncSettings,
    /// In the order to show.
    pub rows: Vec<Row>,
    /// Cursor of the next page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Sessions by status.
    pub counts: BTreeMap<String, u64>,
}

/// Older entries of a thread.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ThreadPage {
    /// By ascending `seq`.
    pub entries: Vec<Entry>,
    /// Whether there are older ones.
    pub has_older: bool,
}
