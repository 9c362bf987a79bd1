//! Who asks, and whether what they ask has a shape that can be done.
use super::{Console, Done};
use crate::error::Failed;
use crate::store::{Changed, CommandAnswer, CommandWrite, Head};
use domain::id::{ClientId, SessionId};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Bytes of a title.
const TITLE: usize = 200;

/// A user who is logged in. Made from a login only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    user: Arc<str>,
    scope: Arc<str>,
}

impl Caller {
    pub(super) fn new(user: &str) -> Self {
        Self {
            user: user.into(),
            scope: hash(&format!("{user}:owner"))[..8].into(),
        }
    }

    /// The user's id.
    #[must_use]
    pub fn user(&self) -> &str {
        &self.user
    }

    /// 8 hex digits of the user and the rights: part of every validator.
    #[must_use]
    pub fn scope(&self) -> &str {
        &self.scope
    }
}

/// SHA-256 of a text, in hex.
pub(super) fn hash(text: &str) -> String {
    domain::text::hex(&Sha256::digest(text.as_bytes()))
}

/// A command of a caller, with a digest of what it asks.
pub(super) fn command(
    client_id: &ClientId,
    function: &str,
    args: &serde_json::Value,
    answer: CommandAnswer,
) -> CommandWrite {
    let (client_id, function) = (client_id.clone(), function.to_owned());
    CommandWrite {
        client_id,
        args_hash: hash(&format!("{function}\n{args}")),
        function,
        answer,
    }
}

impl Console {
    /// The head of a session of this caller; another's is as unknown as one that never was.
    ///
    /// # Errors
    /// [`Failed::NotFound`], [`Failed::Deleted`].
    pub fn head(&self, caller: &Caller, id: &SessionId) -> Result<Head, Failed> {
        let head = self
            .store
            .heads()
            .get(id)
            .filter(|head| head.owner == caller.user());
        let head = head.ok_or_else(|| Failed::NotFound("there is no such session".to_owned()))?;
        if head.is_deleted {
            Err(Failed::Deleted)
        } else {
            Ok(head)
        }
    }

    /// The answer that a command got before; a conflict if it asked something else then.
    pub(super) async fn done_before(
        &self,
        command: &CommandWrite,
    ) -> Result<Option<String>, Failed> {
        let Some(known) = self.store.command(&command.client_id).await? else {
            return Ok(None);
        };
        if known.function == command.function && known.args_hash == command.args_hash {
            return Ok(Some(known.answer));
        }
        Err(Failed::conflict(
            "this clientId was used for another command",
        ))
    }

    /// What a command led to; if the same one was done elsewhere meanwhile, what that was answered.
    pub(super) async fn settled(&self, command: &CommandWrite, outcome: Done) -> Done {
        match &outcome {
            Err(Failed::Conflict { .. }) => match self.done_before(command).await {
                Ok(Some(answer)) => Ok(answer),
                _ => outcome,
            },
            _ => outcome,
        }
    }

    pub(super) fn check_prompt(&self, text: &str) -> Result<(), Failed> {
        if text.trim().is_empty() {
            return Err(Failed::Refused("write what the agent should do".to_owned()));
        }
        self.check_length(text)
    }

    pub(super) fn check_length(&self, text: &str) -> Result<(), Failed> {
        let most = self.setup.limits.prompt_bytes;
        if text.len() > most {
            let text = domain::typing::too_long(text.len() as u64, most as u64);
            return Err(Failed::TooLarge(text.unwrap_or_default()));
        }
        Ok(())
    }
}

/// What a change answers to the command that made it.
pub(super) fn answered(changed: Result<Changed, Failed>) -> Done {
    Ok(changed?.answer.unwrap_or_default())
}

/// A title without line breaks, or why not.
pub(super) fn check_title(title: &str) -> Result<String, Failed> {
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    if title.is_empty() {
        return Err(Failed::Refused(
            "a title needs at least one letter".to_owned(),
        ));
    }
    if title.len() > TITLE {
        return Err(Failed::Refused(format!(
            "a title may have {TITLE} bytes at most"
        )));
    }
    Ok(title)
}
