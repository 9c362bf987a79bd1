//! The statistics, read once for the page that shows them.
use crate::api::error::ApiError;
use crate::api::stats::get_stats;
use domain::stats::Stats;

/// The one fetch of the statistics' page; the session is as the address names it.
///
/// # Errors
/// 401; 404 for a session that there is not, 410 for one that was deleted.
pub async fn stats_of(session: Option<String>) -> Result<Stats, ApiError> {
    match session.map(|id| id.parse()).transpose() {
        Ok(session) => get_stats(session).await,
        Err(_) => Err(ApiError::not_found("there is no such session")),
    }
}
