//! What pages report of themselves: counted and logged, without content.
use super::error::ApiError;
use domain::catalog::Nothing;
use domain::id::SessionId;
use domain::report::{PageCounts, PageIncident};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

/// Takes a report of a page, whole or not at all.
///
/// # Errors
/// 400 for numbers that no page can have; 404, 410 for its session; 429 for too many in a minute.
#[server(prefix = "/api", endpoint = "client/report", input = Json)]
pub async fn report_incident(
    session: Option<SessionId>,
    incident: Option<PageIncident>,
    counts: Option<PageCounts>,
) -> Result<Nothing, ApiError> {
    let (console, caller) = super::half::authenticated()?;
    let report = domain::report::PageReport {
        session,
        incident,
        counts,
    };
    console.take_report(&caller, &report)?;
    Ok(Nothing {})
}
