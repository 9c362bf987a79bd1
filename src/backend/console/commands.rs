//! Commands of callers: each is done once, however often it arrives.
use super::Console;
use super::attachments::Wanted;
use super::input::{Caller, answered, check_title, command};
use super::wish::Wish;
use crate::error::Failed;
use crate::store::{Change, CommandAnswer, CommandWrite};
use domain::id::{ClientId, SessionId};
use domain::time::Timestamp;
use serde_json::{Value, json};

/// The longest that a message may wait for its time, in milliseconds: 31 days.
const FARTHEST_MS: u64 = 31 * 86_400_000;

/// The answer of a command, as JSON of the shape that the contract names.
pub type Done = Result<String, Failed>;

impl Console {
    /// Renames a session, if it is still at the revision that the caller saw.
    ///
    /// # Errors
    /// [`Failed::Conflict`] with the session as it is.
    pub async fn update_session(
        &self,
        caller: &Caller,
        client_id: &ClientId,
        place: (&SessionId, u64),
        title: Option<String>,
    ) -> Done {
        let (id, revision) = place;
        self.head(caller, id)?;
        let args = json!([id, revision, title]);
        let command = command(
            client_id,
            "agent/update_session",
            &args,
            CommandAnswer::Session,
        );
        if let Some(answer) = self.done_before(&command).await? {
            return Ok(answer);
        }
        let change = Change {
            title: title.as_deref().map(check_title).transpose()?,
            if_revision: Some(revision),
            command: Some(command.clone()),
            ..Change::at(self.setup.clock.now())
        };
        let changed = self.store.change(id, change).await;
        self.settled(&command, answered(changed)).await
    }

    /// Sends a message: delivered at once or queued while the agent works.
    ///
    /// # Errors
    /// [`Failed`] as for every command.
    pub async fn send_message(
        &self,
        caller: &Caller,
        client_id: &ClientId,
        id: &SessionId,
        (text, wanted): (String, Wanted),
    ) -> Done {
        if wanted.has_attachments() {
            self.check_length(&text)?;
        } else {
            self.check_prompt(&text)?;
        }
        let now = self.setup.clock.now();
        let is_far = |at: &Timestamp| at.since(now) > FARTHEST_MS;
        if wanted.not_before.as_ref().is_some_and(is_far) {
            let text = "a message can wait for 31 days at most";
            return Err(Failed::Refused(text.to_owned()));
        }
        let args = wanted.args(vec![json!(id), json!(text)]);
        let command = command(
            client_id,
            "agent/send_message",
            &args,
            CommandAnswer::Message,
        );
        self.hand_over(caller, id, command, Wish::Send { text, wanted })
            .await
    }

    /// Answers an approval; `chosen` is the option and the hash of what the person saw.
    ///
    /// # Errors
    /// [`Failed::Conflict`] if it is no longer open or asks something else by now.
    pub async fn approve(
        &self,
        caller: &Caller,
        client_id: &ClientId,
        place: (&SessionId, String),
        chosen: (String, String),
    ) -> Done {
        let ((id, request_id), (option_id, args_hash)) = (place, chosen);
        let args = json!([id, request_id, option_id, args_hash]);
        let command = command(client_id, "agent/approve", &args, CommandAnswer::Session);
        let wish = Wish::Approve {
            request_id,
            option_id,
            args_hash,
        };
        self.hand_over(caller, id, command, wish).await
    }

    /// Sets a mode, model or option of the live agent.
    ///
    /// # Errors
    /// [`Failed::Refused`] if it offers none such or does not run.
    pub async fn set_option(
        &self,
        caller: &Caller,
        client_id: &ClientId,
        id: &SessionId,
        chosen: (String, String),
    ) -> Done {
        let (option, value) = chosen;
        let args = json!([id, option, value]);
        let command = command(client_id, "agent/set_option", &args, CommandAnswer::Session);
        self.hand_over(caller, id, command, Wish::SetOption { option, value })
            .await
    }

    /// Stops the turn or the start.
    ///
    /// # Errors
    /// [`Failed::Refused`] if nothing runs.
    pub async fn cancel(&self, caller: &Caller, client_id: &ClientId, id: &SessionId) -> Done {
        let command = plain(client_id, "agent/cancel", id);
        self.hand_over(caller, id, command, Wish::Cancel).await
    }

    /// Declares a session done.
    ///
    /// # Errors
    /// [`Failed::Refused`] while a turn is open.
    pub async fn complete(&self, caller: &Caller, client_id: &ClientId, id: &SessionId) -> Done {
        let command = plain(client_id, "agent/complete", id);
        self.hand_over(caller, id, command, Wish::Complete).await
    }

    /// Starts the agent again without a message.
    ///
    /// # Errors
    /// [`Failed::Refused`] while it works.
    pub async fn resume(&self, caller: &Caller, client_id: &ClientId, id: &SessionId) -> Done {
        let command = plain(client_id, "agent/resume", id);
        self.hand_over(caller, id, command, Wish::Resume).await
    }

    /// Deletes a session with its worktree.
    ///
    /// # Errors
    /// [`Failed::Refused`] if it holds work that exists nowhere else and `discard` is false.
    pub async fn delete_session(
        &self,
        caller: &Caller,
        client_id: &ClientId,
        id: &SessionId,
        discard: bool,
    ) -> Done {
        let args = json!([id, discard]);
        let command = command(
            client_id,
            "agent/delete_session",
            &args,
            CommandAnswer::Nothing,
        );
        if let Some(answer) = self.done_before(&command).await? {
            return Ok(answer);
        }
        self.hand_over(caller, id, command, Wish::Delete { discard })
            .await
    }
}

fn plain(client_id: &ClientId, function: &str, id: &SessionId) -> CommandWrite {
    command(
        client_id,
        function,
        &Value::from(id.as_str()),
        CommandAnswer::Session,
    )
}
