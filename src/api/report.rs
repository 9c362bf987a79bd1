//! Incidents that pages report: logged, without content.
use super::error::ApiError;
use domain::catalog::Nothing;
use domain::id::SessionId;
use domain::report::PageIncident;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

#[cfg(feature = "ssr")]
use super::authed::AuthedSession;

/// Logs an incident of a page: stale, or failed before any data.
///
/// # Errors
/// 400 for numbers that no page can have.
#[server(prefix = "/api", endpoint = "client/report", input = Json)]
pub async fn report_incident(
    session: SessionId,
    incident: PageIncident,
) -> Result<Nothing, ApiError> {
    let AuthedSession { console, caller } = AuthedSession::extract()?;
    console.note_incident(&caller, &session, incident)?;
    Ok(Nothing {})
}
