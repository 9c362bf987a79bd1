//! Settings that hold at run time: the rollout flags.
use super::error::ApiError;
use domain::flag::{Flag, Flags};
use domain::id::ClientId;
use leptos::prelude::*;
use leptos::server_fn::codec::{GetUrl, Json};

/// The flags, and the arm that the caller gets.
///
/// # Errors
/// 401.
#[server(prefix = "/api", endpoint = "settings/flags", input = GetUrl)]
pub async fn get_flags() -> Result<Flags, ApiError> {
    let (console, caller) = super::half::authenticated()?;
    Ok(console.flags(&caller))
}

/// Changes a flag that is still at `epoch`.
///
/// # Errors
/// 409 if somebody changed it; 422 for a share above 100 or an unknown flag.
#[server(prefix = "/api", endpoint = "settings/flags", input = Json)]
pub async fn set_flag(
    #[server(rename = "clientId")] client_id: ClientId,
    #[server(flatten)] flag: Flag,
) -> Result<Flags, ApiError> {
    let (console, caller) = super::half::authenticated()?;
    super::half::parsed(&console.set_flag(&caller, &client_id, flag).await?)
}
