//! Commands of people; each carries the caller's `clientId` and is done once.
use super::error::ApiError;
use domain::catalog::{Nothing, Sent, SessionDraft};
use domain::id::{ClientId, SessionId};
use domain::session::Session;
use domain::time::Timestamp;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

/// Accepts a session; durable before it answers.
///
/// # Errors
/// 413 for a long prompt; 422 for an unknown agent, repository, branch, image or file, or an empty
/// prompt.
#[server(prefix = "/api", endpoint = "agent/create_session", input = Json)]
pub async fn create_session(
    #[server(rename = "clientId")] client_id: ClientId,
    #[server(flatten)] new: SessionDraft,
) -> Result<Session, ApiError> {
    let (console, caller) = super::half::authenticated()?;
    super::half::parsed(&console.create_session(&caller, &client_id, new).await?)
}

/// Renames a session that is still at `revision`.
///
/// # Errors
/// 409 with the session as it is.
#[server(prefix = "/api", endpoint = "agent/update_session", input = Json)]
pub async fn update_session(
    #[server(rename = "clientId")] client_id: ClientId,
    id: SessionId,
    revision: u64,
    title: Option<String>,
) -> Result<Session, ApiError> {
    let (console, caller) = super::half::authenticated()?;
    super::half::parsed(
        &console
            .update_session(&caller, &client_id, (&id, revision), title)
            .await?,
    )
}

/// Sends a message: to the agent at once, or into the queue while it works or until a time.
///
/// # Errors
/// 413, 422 for an empty one, an unknown image or file, or images that the agent does not take.
#[server(prefix = "/api", endpoint = "agent/send_message", input = Json)]
pub async fn send_message(
    #[server(rename = "clientId")] client_id: ClientId,
    id: SessionId,
    text: String,
    attachments: Option<Vec<String>>,
    files: Option<Vec<String>>,
    #[server(rename = "notBefore")] not_before: Option<Timestamp>,
) -> Result<Sent, ApiError> {
    let (console, caller) = super::half::authenticated()?;
    let wanted = super::half::Wanted {
        attachments,
        files,
        not_before,
    };
    let message = (text, wanted);
    super::half::parsed(
        &console
            .send_message(&caller, &client_id, &id, message)
            .await?,
    )
}

/// Answers an approval; the first answer wins.
///
/// # Errors
/// 409 if it is no longer open, or asks something else than `argsHash` by now.
#[server(prefix = "/api", endpoint = "agent/approve", input = Json)]
pub async fn approve(
    #[server(rename = "clientId")] client_id: ClientId,
    id: SessionId,
    #[server(rename = "requestId")] request_id: String,
    #[server(rename = "optionId")] option_id: String,
    #[server(rename = "argsHash")] args_hash: String,
) -> Result<Session, ApiError> {
    let (console, caller) = super::half::authenticated()?;
    let (place, chosen) = ((&id, request_id), (option_id, args_hash));
    super::half::parsed(&console.approve(&caller, &client_id, place, chosen).await?)
}

/// Sets a mode, model or option of the live agent.
///
/// # Errors
/// 422 if it offers none such or does not run.
#[server(prefix = "/api", endpoint = "agent/set_option", input = Json)]
pub async fn set_option(
    #[server(rename = "clientId")] client_id: ClientId,
    id: SessionId,
    option: String,
    value: String,
) -> Result<Session, ApiError> {
    let (console, caller) = super::half::authenticated()?;
    super::half::parsed(
        &console
            .set_option(&caller, &client_id, &id, (option, value))
            .await?,
    )
}

/// Stops the turn or the start.
///
/// # Errors
/// 422 if nothing runs.
#[server(prefix = "/api", endpoint = "agent/cancel", input = Json)]
pub async fn cancel(
    #[server(rename = "clientId")] client_id: ClientId,
    id: SessionId,
) -> Result<Session, ApiError> {
    let (console, caller) = super::half::authenticated()?;
    super::half::parsed(&console.cancel(&caller, &client_id, &id).await?)
}

/// Declares a session done.
///
/// # Errors
/// 422 while a turn is open.
#[server(prefix = "/api", endpoint = "agent/complete", input = Json)]
pub async fn complete(
    #[server(rename = "clientId")] client_id: ClientId,
    id: SessionId,
) -> Result<Session, ApiError> {
    let (console, caller) = super::half::authenticated()?;
    super::half::parsed(&console.complete(&caller, &client_id, &id).await?)
}

/// Starts the agent again without a message.
///
/// # Errors
/// 422 while it works.
#[server(prefix = "/api", endpoint = "agent/resume", input = Json)]
pub async fn resume(
    #[server(rename = "clientId")] client_id: ClientId,
    id: SessionId,
) -> Result<Session, ApiError> {
    let (console, caller) = super::half::authenticated()?;
    super::half::parsed(&console.resume(&caller, &client_id, &id).await?)
}

/// Deletes a session with its worktree.
///
/// # Errors
/// 422 if it holds work that exists nowhere else and `discardWork` is false.
#[server(prefix = "/api", endpoint = "agent/delete_session", input = Json)]
pub async fn delete_session(
    #[server(rename = "clientId")] client_id: ClientId,
    id: SessionId,
    #[server(rename = "discardWork")] discard_work: bool,
) -> Result<Nothing, ApiError> {
    let (console, caller) = super::half::authenticated()?;
    super::half::parsed(
        &console
            .delete_session(&caller, &client_id, &id, discard_work)
            .await?,
    )
}
