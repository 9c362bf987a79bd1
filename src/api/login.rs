//! Ending a login.
use super::error::ApiError;
use domain::catalog::Nothing;
use domain::id::ClientId;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

/// Ends the caller's login; the cookie is taken back.
///
/// # Errors
/// 401.
#[server(prefix = "/api", endpoint = "auth/logout", input = Json)]
pub async fn end_login(
    #[server(rename = "clientId")] client_id: ClientId,
) -> Result<Nothing, ApiError> {
    let (console, _) = super::half::authenticated()?;
    let _ = client_id;
    super::half::end_cookie(&console).await?;
    Ok(Nothing {})
}
