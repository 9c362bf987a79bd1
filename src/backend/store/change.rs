//! What may change about a session in one transaction.
use super::Fence;
use domain::attachment::Attachment;
use domain::id::ClientId;
use domain::session::{Failure, QueuedMessage, SessionStatus, Worktree};
use domain::snapshot::{AgentState, Metadata};
use domain::thread::Body;
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};

/// An entry to write; one with the same key is replaced and keeps its place and time.
#[derive(Debug, Clone, PartialEq)]
pub struct EntryWrite {
    /// Its name within the session.
    pub key: String,
    /// The turn it belongs to.
    pub turn: u64,
    /// When it was first seen.
    pub at: Timestamp,
    /// What it is.
    pub body: Body,
}

/// A message on its way to the agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outgoing {
    /// The command that sent it; its key in the journal.
    pub client_id: ClientId,
    /// The message.
    pub text: String,
    /// The user who wrote it.
    pub by: String,
    /// Images that go along.
    #[serde(default)]
    pub attachments: Vec<Attachment>,
    /// Files that it names.
    #[serde(default)]
    pub files: Vec<String>,
}

impl Outgoing {
    /// What the thread shows of it.
    #[must_use]
    pub fn body(&self) -> Body {
        Body::User {
            text: self.text.clone(),
            client_id: self.client_id.clone(),
            by: self.by.clone(),
            attachments: self.attachments.clone(),
            files: self.files.clone(),
        }
    }
}

impl From<QueuedMessage> for Outgoing {
    fn from(queued: QueuedMessage) -> Self {
        Self {
            client_id: queued.client_id,
            text: queued.text,
            by: queued.by,
            attachments: queued.attachments,
            files: queued.files,
        }
    }
}

/// A new status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusChange {
    /// What it does now.
    pub status: SessionStatus,
    /// Why, where not plain.
    pub reason: Option<String>,
    /// Why it failed.
    pub error: Option<Failure>,
}

impl StatusChange {
    /// A status that speaks for itself.
    #[must_use]
    pub fn plain(status: SessionStatus) -> Self {
        Self {
            status,
            reason: None,
            error: None,
        }
    }

    /// A status with a reason.
    #[must_use]
    pub fn because(status: SessionStatus, reason: &str) -> Self {
        Self {
            status,
            reason: Some(reason.to_owned()),
            error: None,
        }
    }

    /// A failure.
    #[must_use]
    pub fn failed(error: Failure) -> Self {
        Self {
            status: SessionStatus::Failed,
            reason: None,
            error: Some(error),
        }
    }
}

/// The shape of a command's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum CommandAnswer {
    /// The session after the change.
    Session,
    /// `{entry?, queued?, revision}`.
    Message,
    /// `{}`.
    Nothing,
}

/// A command to remember with the change that it makes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandWrite {
    /// Its identity.
    pub client_id: ClientId,
    /// The function it calls.
    pub function: String,
    /// Hash of its arguments.
    pub args_hash: String,
    /// What it is answered.
    pub answer: CommandAnswer,
}

/// A change; what is `None` or empty stays.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// When it happens.
    pub now: Timestamp,
    /// Whether agent or person did something (moves `lastActivityAt`).
    pub is_activity: bool,
    /// Refuse with a conflict if the revision is another.
    pub if_revision: Option<u64>,
    /// Entries to write, in order.
    pub entries: Vec<EntryWrite>,
    /// Name for people.
    pub title: Option<String>,
    /// Status.
    pub status: Option<StatusChange>,
    /// Whether the agent's process is there.
    pub agent_alive: Option<bool>,
    /// Whether a message would continue the conversation.
    pub resumable: Option<bool>,
    /// The agent's own name for the conversation.
    pub acp_session: Option<Option<String>>,
    /// The run of the shim.
    pub run: Option<Option<String>>,
    /// Fencing number.
    pub epoch: Option<u64>,
    /// The node that owns it from now on.
    pub node: Option<String>,
    /// Refuse if another node took it over, or this one did anew.
    pub fence: Option<Fence>,
    /// The last applied line of the journal.
    pub applied_n: Option<u64>,
    /// Whether the worktree may have changed.
    pub worktree_touched: bool,
    /// Files that differ from the base.
    pub changed_files: Option<u64>,
    /// The worktree, once it exists.
    pub worktree: Option<Worktree>,
    /// Counts.
    pub metadata: Option<Metadata>,
    /// What the agent offers.
    pub agent_state: Option<AgentState>,
    /// A message to queue.
    pub enqueue: Option<QueuedMessage>,
    /// A queued message to reword.
    pub reword: Option<(ClientId, String)>,
    /// A queued message to drop.
    pub dequeue: Option<ClientId>,
    /// A queued message to put at this place, from 0.
    pub requeue: Option<(ClientId, usize)>,
    /// The first queued message is sent as soon as the turn ends, or is so no longer.
    pub send_next: Option<bool>,
    /// The message on its way.
    pub outbox: Option<Option<Outgoing>>,
    /// Whether a person asked to stop.
    pub cancelling: Option<bool>,
    /// Whether it is deleted now.
    pub deleted: bool,
    /// The command that makes this change.
    pub command: Option<CommandWrite>,
}

impl Change {
    /// An empty change at a time.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self {
            now,
            ..Self::default()
        }
    }
}
