//! The queue of messages that wait for the end of the turn.
use super::error::ApiError;
use domain::id::{ClientId, SessionId};
use domain::session::Session;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

/// Rewords a queued message; `item` is its client id.
///
/// # Errors
/// 409 if it is no longer queued.
#[server(prefix = "/api", endpoint = "agent/update_queued", input = Json)]
pub async fn update_queued(
    #[server(rename = "clientId")] client_id: ClientId,
    id: SessionId,
    item: ClientId,
    text: String,
) -> Result<Session, ApiError> {
    let (console, caller) = super::half::authenticated()?;
    super::half::parsed(
        &console
            .update_queued(&caller, &client_id, (&id, item), text)
            .await?,
    )
}

/// Drops a queued message.
///
/// # Errors
/// 409 if it is no longer queued.
#[server(prefix = "/api", endpoint = "agent/remove_queued", input = Json)]
pub async fn remove_queued(
    #[server(rename = "clientId")] client_id: ClientId,
    id: SessionId,
    item: ClientId,
) -> Result<Session, ApiError> {
    let (console, caller) = super::half::authenticated()?;
    super::half::parsed(
        &console
            .remove_queued(&caller, &client_id, &id, item)
            .await?,
    )
}

/// Puts a queued message at place `to` of the queue, from 0; beyond the last it is the last.
///
/// # Errors
/// 409 if it is no longer queued.
#[server(prefix = "/api", endpoint = "agent/move_queued", input = Json)]
pub async fn move_queued(
    #[server(rename = "clientId")] client_id: ClientId,
    id: SessionId,
    item: ClientId,
    to: usize,
) -> Result<Session, ApiError> {
    let (console, caller) = super::half::authenticated()?;
    super::half::parsed(
        &console
            .move_queued(&caller, &client_id, (&id, item), to)
            .await?,
    )
}

/// Stops the turn, if one runs, and delivers a queued message next; the others stay in order.
///
/// # Errors
/// 409 if it is no longer queued.
#[server(prefix = "/api", endpoint = "agent/send_now", input = Json)]
pub async fn send_now(
    #[server(rename = "clientId")] client_id: ClientId,
    id: SessionId,
    item: ClientId,
) -> Result<Session, ApiError> {
    let (console, caller) = super::half::authenticated()?;
    super::half::parsed(&console.send_now(&caller, &client_id, &id, item).await?)
}
