//! What the console and its pages counted.
use super::error::ApiError;
use domain::id::SessionId;
use domain::stats::Stats;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

/// What was counted of one session, or of all: the last hour by minute, and in all.
///
/// # Errors
/// 401, 404, 410.
#[server(prefix = "/api", endpoint = "stats", input = GetUrl)]
pub async fn get_stats(session: Option<SessionId>) -> Result<Stats, ApiError> {
    let (console, caller) = super::half::authenticated()?;
    Ok(console.stats(&caller, session.as_ref()).await?)
}
