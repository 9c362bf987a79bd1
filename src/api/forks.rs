//! New sessions from entries of others.
use super::error::ApiError;
use domain::id::{ClientId, SessionId};
use domain::session::Session;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

/// Starts a session that goes on after the entry `seq` of another one; it is idle until a message.
///
/// # Errors
/// 422 for an entry that is no message, or an agent or repository that is no longer there.
#[server(prefix = "/api", endpoint = "agent/fork", input = Json)]
pub async fn fork_session(
    #[server(rename = "clientId")] client_id: ClientId,
    id: SessionId,
    seq: u64,
) -> Result<Session, ApiError> {
    let (console, caller) = super::half::authenticated()?;
    super::half::parsed(&console.fork(&caller, &client_id, &id, seq).await?)
}
