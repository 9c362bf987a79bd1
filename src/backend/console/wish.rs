//! What a person wants of a session: kept as it is where another node has to do it.
use super::attachments::Wanted;
use super::git::GitDeed;
use crate::agents::actor::{Ask, PersonAnswer, Reply};
use crate::store::CommandWrite;
use domain::attachment::Enclosed;
use domain::id::ClientId;
use domain::question::{QuestionAction, Values};
use serde::{Deserialize, Serialize};

/// A command for a session's task, without who gave it and under which name.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Wish {
    /// A message.
    Send { text: String, wanted: Wanted },
    /// Another text for a queued message.
    Reword { item: ClientId, text: String },
    /// Another place in the queue.
    Requeue { item: ClientId, to: usize },
    /// Stop the turn, then deliver this one.
    SendNow { item: ClientId },
    /// Drop a queued message.
    Dequeue { item: ClientId },
    /// An answer to an approval.
    Approve {
        request_id: String,
        option_id: String,
        args_hash: String,
    },
    /// An answer to a question.
    Answer {
        question_id: String,
        action: QuestionAction,
        values: Values,
    },
    /// A mode, model or option.
    SetOption { option: String, value: String },
    /// Stop the turn or the start.
    Cancel,
    /// Declare it done.
    Complete,
    /// Start the agent without a message.
    Resume,
    /// Delete it.
    Delete { discard: bool },
    /// Do something to its worktree.
    Git(GitDeed),
}

/// A wish with who has it, for another node.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Letter {
    /// The user.
    pub(super) by: String,
    /// The command.
    pub(super) command: CommandWrite,
    /// What is wanted.
    pub(super) wish: Wish,
}

impl Wish {
    /// Whether it still means the same when it is done much later.
    pub(super) fn can_wait(&self) -> bool {
        match self {
            Self::Send { .. }
            | Self::Reword { .. }
            | Self::Requeue { .. }
            | Self::Dequeue { .. } => true,
            Self::SendNow { .. }
            | Self::Approve { .. }
            | Self::Answer { .. }
            | Self::SetOption { .. }
            | Self::Cancel
            | Self::Complete
            | Self::Resume
            | Self::Delete { .. }
            | Self::Git(_) => false,
        }
    }

    /// The command as the session's task takes it; `enclosed` goes along with a message. What is
    /// done to a worktree is not for that task.
    pub(super) fn ask(
        self,
        (by, enclosed): (String, Enclosed),
        command: CommandWrite,
        reply: Reply,
    ) -> Ask {
        match self {
            Self::Send { text, wanted } => Ask::Send {
                message: (text, enclosed),
                not_before: wanted.not_before,
                by,
                command,
                reply,
            },
            Self::SendNow { item } => Ask::SendNow {
                item,
                by,
                command,
                reply,
            },
            Self::Approve {
                request_id,
                option_id,
                args_hash,
            } => Ask::Approve {
                request_id,
                option_id,
                args_hash,
                by,
                command,
                reply,
            },
            Self::Answer {
                question_id,
                action,
                values,
            } => Ask::Answer(PersonAnswer {
                question_id,
                action,
                values,
                by,
                command,
                reply,
            }),
            Self::Cancel => Ask::Cancel { by, command, reply },
            other => other.ask_unsigned(command, reply),
        }
    }

    /// Commands that do not say who gave them.
    fn ask_unsigned(self, command: CommandWrite, reply: Reply) -> Ask {
        match self {
            Self::Reword { item, text } => Ask::Reword {
                item,
                text,
                command,
                reply,
            },
            Self::Requeue { item, to } => Ask::Requeue {
                item,
                to,
                command,
                reply,
            },
            Self::Dequeue { item } => Ask::Dequeue {
                item,
                command,
                reply,
            },
            Self::SetOption { option, value } => Ask::SetOption {
                option,
                value,
                command,
                reply,
            },
            Self::Complete => Ask::Complete { command, reply },
            Self::Resume => Ask::Resume { command, reply },
            Self::Delete { discard } => Ask::Delete {
                discard,
                command,
                reply,
            },
            Self::Send { .. }
            | Self::SendNow { .. }
            | Self::Approve { .. }
            | Self::Answer { .. }
            | Self::Cancel
            | Self::Git(_) => Ask::Verify,
        }
    }
}
