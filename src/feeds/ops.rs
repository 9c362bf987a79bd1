//! Own actions: what they do to the session that is shown until the server's data holds it.
use super::source::OpAnswer;
use crate::api::commands;
use crate::api::error::{ApiError, Code};
use crate::api::queue;
use domain::attachment::Enclosed;
use domain::id::{ClientId, SessionId};
use domain::session::{QueuedMessage, Session, SessionStatus};
use domain::snapshot::{AgentOption, AgentState};
use domain::time::Timestamp;

/// How often a title is sent again while an agent that works moves the revision on.
const RENAME_TRIES: u32 = 20;

/// What a person does with a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// Renames it.
    Rename(String),
    /// Renames it over what somebody else wrote meanwhile: the title, and what was seen of theirs.
    Overwrite(String, u64, String),
    /// Writes a message, with what goes along.
    Send(String, Enclosed),
    /// Writes a message that is sent at a time.
    SendAt(String, Enclosed, Timestamp),
    /// Answers an approval: request, option, hash of what was shown.
    Approve(String, String, String),
    /// Stops it.
    Cancel,
    /// Declares it done.
    Complete,
    /// Starts the agent again.
    Resume,
    /// Rewords a queued message.
    Reword(ClientId, String),
    /// Drops a queued message.
    Dequeue(ClientId),
    /// Puts a queued message at a place, from 0.
    Move(ClientId, usize),
    /// Sends a queued message now.
    SendNow(ClientId),
    /// Sets a mode, model or option of the agent.
    SetOption(String, String),
}

/// A deed under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Op {
    pub(super) deed: Deed,
    pub(super) client_id: ClientId,
    /// Whether the agent was at work when it was done: then a message is queued.
    pub(super) is_busy: bool,
}

/// A message that is shown before the server's data holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingMessage {
    /// Its command.
    pub client_id: ClientId,
    /// The message.
    pub text: String,
}

/// A deed that was taken back.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// What was wanted.
    pub deed: Deed,
    /// Why not.
    pub error: ApiError,
}

impl Op {
    /// What the deed does to the session that is shown.
    pub(super) fn apply(&self, session: &mut Session) {
        match &self.deed {
            Deed::Rename(title) | Deed::Overwrite(title, ..) => session.title.clone_from(title),
            Deed::Send(text, enclosed) if self.is_busy => self.enqueue(text, enclosed, session),
            Deed::Send(..) | Deed::Resume => {
                session.status = SessionStatus::Pending;
                session.status_reason = Some("sending".to_owned());
                session.completed_at = None;
            }
            Deed::Approve(request, ..) => {
                session
                    .pending_approvals
                    .retain(|open| open.request_id != *request);
            }
            Deed::Cancel => session.status_reason = Some("stopping".to_owned()),
            Deed::Complete => session.status = SessionStatus::Completed,
            Deed::Reword(item, text) => {
                let queued = session
                    .queue
                    .iter_mut()
                    .filter(|queued| queued.client_id == *item);
                queued.for_each(|queued| queued.text.clone_from(text));
            }
            Deed::Dequeue(item) => session.queue.retain(|queued| queued.client_id != *item),
            Deed::Move(item, to) => requeue(session, item, *to),
            Deed::SendNow(item) => requeue(session, item, 0),
            Deed::SetOption(..) | Deed::SendAt(..) => {}
        }
    }

    /// The text of a message that is being sent.
    pub(super) fn message(&self) -> Option<&str> {
        match &self.deed {
            Deed::Send(text, _) | Deed::SendAt(text, ..) => Some(text),
            Deed::Rename(_)
            | Deed::Overwrite(..)
            | Deed::Approve(..)
            | Deed::Cancel
            | Deed::Complete
            | Deed::Resume
            | Deed::Reword(..)
            | Deed::Dequeue(_)
            | Deed::Move(..)
            | Deed::SendNow(_)
            | Deed::SetOption(..) => None,
        }
    }

    fn enqueue(&self, text: &str, enclosed: &Enclosed, session: &mut Session) {
        if session
            .queue
            .iter()
            .any(|queued| queued.client_id == self.client_id)
        {
            return;
        }
        session.queue.push(QueuedMessage {
            client_id: self.client_id.clone(),
            text: text.to_owned(),
            at: Timestamp::default(),
            by: String::new(),
            attachments: enclosed.attachments.clone(),
            files: enclosed.files.clone(),
            next: false,
            not_before: None,
        });
    }

    /// Sends the deed; `revision` and `title` are of the session as the server told it last.
    pub(super) async fn send(self, id: SessionId, revision: u64, title: String) -> OpAnswer {
        let client_id = self.client_id;
        let session = match self.deed {
            Deed::Rename(wanted) => return rename(id, (revision, title), wanted).await,
            Deed::Overwrite(wanted, revision, title) => {
                return rename(id, (revision, title), wanted).await;
            }
            Deed::Send(text, with) => {
                let (images, files) = (with.ids(), with.paths());
                let sent = commands::send_message(client_id, id, text, images, files, None);
                return Ok((sent.await?.revision, None));
            }
            Deed::SendAt(text, with, at) => {
                let (images, files) = (with.ids(), with.paths());
                let sent = commands::send_message(client_id, id, text, images, files, Some(at));
                return Ok((sent.await?.revision, None));
            }
            Deed::Approve(request, option, hash) => {
                commands::approve(client_id, id, request, option, hash).await?
            }
            Deed::Cancel => commands::cancel(client_id, id).await?,
            Deed::Complete => commands::complete(client_id, id).await?,
            Deed::Resume => commands::resume(client_id, id).await?,
            Deed::Reword(item, text) => queue::update_queued(client_id, id, item, text).await?,
            Deed::Dequeue(item) => queue::remove_queued(client_id, id, item).await?,
            Deed::Move(item, to) => queue::move_queued(client_id, id, item, to).await?,
            Deed::SendNow(item) => queue::send_now(client_id, id, item).await?,
            Deed::SetOption(option, value) => {
                commands::set_option(client_id, id, option, value).await?
            }
        };
        Ok(told(&session))
    }
}

fn requeue(session: &mut Session, item: &ClientId, to: usize) {
    let queue = &mut session.queue;
    if let Some(from) = queue.iter().position(|queued| queued.client_id == *item) {
        let message = queue.remove(from);
        queue.insert(to.min(queue.len()), message);
    }
}

/// What the agent offers, with a choice as it will be.
pub(super) fn chosen(state: &mut AgentState, option: &str, value: &str) {
    let known = |it: &&mut AgentOption| it.id == option;
    let choice = match state.options.iter_mut().find(known) {
        Some(found) => Some(&mut found.choice),
        None if option == "mode" => state.modes.as_mut(),
        None => state.models.as_mut(),
    };
    if let Some(choice) = choice {
        value.clone_into(&mut choice.current);
    }
}

fn told(session: &Session) -> (u64, Option<domain::session::Phase>) {
    (session.revision, Some(session.status.phase()))
}

/// Renames; a conflict about anything else than the title is no conflict for a person.
async fn rename(id: SessionId, seen: (u64, String), wanted: String) -> OpAnswer {
    let (mut revision, title) = seen;
    for _ in 0..RENAME_TRIES {
        let answer =
            commands::update_session(new_client_id(), id.clone(), revision, Some(wanted.clone()));
        match answer.await {
            Ok(session) => return Ok(told(&session)),
            Err(ApiError {
                error: Code::Conflict,
                current: Some(current),
                ..
            }) if current.title == title => {
                revision = current.revision;
            }
            Err(error) => return Err(error),
        }
    }
    Err(ApiError::new(
        Code::Unavailable,
        "the session changes too fast; try again",
    ))
}

/// A fresh name for a command.
#[expect(clippy::expect_used, reason = "a UUID is a UUID")]
pub(super) fn new_client_id() -> ClientId {
    ClientId::try_from(uuid::Uuid::new_v4().to_string()).expect("a UUID is a UUID")
}
