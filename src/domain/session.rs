//! A session as everybody sees it: identity, status, worktree, queue, open approvals.
pub use crate::failure::{Failure, FailureCode, meaning};
use crate::id::SessionId;
pub use crate::queued::QueuedMessage;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Code of the `system` entry that begins a turn which no prompt asked for.
pub const BY_ITSELF: &str = "by_itself";

/// What a session is doing. Meanings: contract, "Status".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionStatus {
    /// Accepted; waits for capacity, worktree or process.
    Pending,
    /// The agent is being started or resumed.
    Running,
    /// A turn is in progress.
    Working,
    /// A turn has an open permission.
    WaitingApproval,
    /// The agent asked a question and the turn waits.
    WaitingInput,
    /// No turn, queue empty.
    Idle,
    /// A person declared it done.
    Completed,
    /// A person stopped it.
    Cancelled,
    /// Start or turn ended without success.
    Failed,
    /// Agent and shim are gone and the journal holds no end.
    Interrupted,
}

/// How fresh a page of such a session must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Something happens.
    Active,
    /// Nothing happens, but may.
    Idle,
    /// Over, until somebody writes again.
    Terminal,
}

impl Phase {
    /// The word that the wire and the page use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Idle => "idle",
            Self::Terminal => "terminal",
        }
    }
}

impl SessionStatus {
    /// Every status, in the order of the contract.
    pub const ALL: [Self; 10] = [
        Self::Pending,
        Self::Running,
        Self::Working,
        Self::WaitingApproval,
        Self::WaitingInput,
        Self::Idle,
        Self::Completed,
        Self::Cancelled,
        Self::Failed,
        Self::Interrupted,
    ];

    /// The word that the wire uses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Working => "working",
            Self::WaitingApproval => "waiting_approval",
            Self::WaitingInput => "waiting_input",
            Self::Idle => "idle",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
            Self::Interrupted => "interrupted",
        }
    }

    /// What a person reads.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::Running => "Starting",
            Self::Working => "Working",
            Self::WaitingApproval => "Needs approval",
            Self::WaitingInput => "Needs an answer",
            Self::Idle => "Idle",
            Self::Completed => "Completed",
            Self::Cancelled => "Stopped",
            Self::Failed => "Failed",
            Self::Interrupted => "Interrupted",
        }
    }

    /// The status of a word of the wire.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }

    /// How fresh its page must be.
    #[must_use]
    pub const fn phase(self) -> Phase {
        match self {
            Self::Pending
            | Self::Running
            | Self::Working
            | Self::WaitingApproval
            | Self::WaitingInput => Phase::Active,
            Self::Idle => Phase::Idle,
            Self::Completed | Self::Cancelled | Self::Failed | Self::Interrupted => Phase::Terminal,
        }
    }

    /// Whether a person is waited for.
    #[must_use]
    pub const fn waits_for_person(self) -> bool {
        matches!(self, Self::WaitingApproval | Self::WaitingInput)
    }

    /// The rank in the list of sessions: waiting for a person, then active, then the rest.
    #[must_use]
    pub const fn rank(self) -> u8 {
        match (self.waits_for_person(), self.phase()) {
            (true, _) => 0,
            (false, Phase::Active) => 1,
            (false, Phase::Idle | Phase::Terminal) => 2,
        }
    }
}

/// The worktree of a session. `path` is absolute.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Worktree {
    /// Absolute path of the checkout.
    pub path: String,
    /// Its branch, `heddle/<slug>-<short id>`.
    pub branch: String,
    /// The branch it started from.
    pub base_branch: String,
    /// The commit it started from, 40 or 64 hex digits.
    pub base_commit: String,
}

/// An approval that waits for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PendingApproval {
    /// Its name in `agent/approve`.
    pub request_id: String,
    /// The thread entry that shows it.
    pub seq: u64,
    /// What the agent wants to do.
    pub title: String,
    /// Hash of what was asked; sent back with the answer.
    pub args_hash: String,
    /// When it was asked.
    pub at: Timestamp,
}

/// A session without its thread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// Identity.
    pub id: SessionId,
    /// Name for people.
    pub title: String,
    /// The first prompt, cut to 2 kB; empty in copies that a browser keeps.
    #[serde(default)]
    pub prompt: String,
    /// Id of the agent's entry in the configuration.
    pub agent: String,
    /// Model, where the agent offers a choice.
    #[serde(default)]
    pub model: Option<String>,
    /// What it does.
    pub status: SessionStatus,
    /// Why it is so, where that is not plain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_reason: Option<String>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Failure>,
    /// Absolute path of the repository.
    pub repo: String,
    /// Where the agent works.
    pub worktree: Worktree,
    /// When it was accepted.
    pub created_at: Timestamp,
    /// When the agent was first started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// When it reached a terminal status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<Timestamp>,
    /// When anything of it changed last.
    pub updated_at: Timestamp,
    /// When agent or person did something last.
    pub last_activity_at: Timestamp,
    /// Counter of changes; the only thing that orders versions.
    pub revision: u64,
    /// Counter of changes in the worktree.
    pub worktree_revision: u64,
    /// Whether the agent's process is there.
    pub agent_alive: bool,
    /// The user it belongs to.
    pub owner_id: String,
    /// The console node that runs it.
    pub node_id: String,
    /// Whether a message would continue the conversation.
    pub resumable: bool,
    /// Messages that wait for the end of the turn.
    #[serde(default)]
    pub queue: Vec<QueuedMessage>,
    /// Approvals that wait for a person.
    #[serde(default)]
    pub pending_approvals: Vec<PendingApproval>,
}

/// One line of the list of sessions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// Identity.
    pub id: SessionId,
    /// Name for people.
    pub title: String,
    /// Absolute path of the repository.
    pub repo: String,
    /// Branch of the worktree.
    pub branch: String,
    /// Id of the agent's entry.
    pub agent: String,
    /// Model, if chosen.
    #[serde(default)]
    pub model: Option<String>,
    /// What it does.
    pub status: SessionStatus,
    /// Why, where not plain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_reason: Option<String>,
    /// Whether a person is waited for.
    pub waiting: bool,
    /// The last line that anybody said, 200 characters at most.
    pub last_line: String,
    /// Files that differ from the base.
    pub changed_files: u64,
    /// When agent or person did something last.
    pub last_activity_at: Timestamp,
    /// Counter of changes.
    pub revision: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_has_one_word_and_one_phase() {
        for status in SessionStatus::ALL {
            assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
            assert_eq!(SessionStatus::parse(status.as_str()), Some(status));
        }
        assert_eq!(SessionStatus::Interrupted.phase(), Phase::Terminal);
        assert_eq!(SessionStatus::Pending.phase(), Phase::Active);
        assert_eq!(SessionStatus::Idle.phase(), Phase::Idle);
    }

    #[test]
    fn the_list_shows_those_that_wait_for_a_person_first() {
        assert!(SessionStatus::WaitingApproval.rank() < SessionStatus::Working.rank());
        assert!(SessionStatus::Working.rank() < SessionStatus::Completed.rank());
    }
}
