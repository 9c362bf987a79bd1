//! Messages that wait: for the end of a turn, or for a time.
use crate::attachment::Attachment;
use crate::id::ClientId;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A message that waits for the end of the turn, or for a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QueuedMessage {
    /// The client id of the command that queued it; its name in later commands.
    pub client_id: ClientId,
    /// The message.
    pub text: String,
    /// When it was queued.
    pub at: Timestamp,
    /// The user who wrote it.
    pub by: String,
    /// Images and texts that go along.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// Files that it names, relative to the worktree.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
    /// Whether it is sent as soon as the turn that is being stopped has ended.
    #[serde(default, skip_serializing_if = "is_no")]
    pub next: bool,
    /// When it is sent by itself, if it waits for a time and not for a turn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
}

impl QueuedMessage {
    /// Whether nothing but a turn holds it back.
    #[must_use]
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.not_before.is_none_or(|at| at <= now)
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the shape that serde calls"
)]
const fn is_no(flag: &bool) -> bool {
    !*flag
}
