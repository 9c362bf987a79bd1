//! Reads that go deep into a session: search, journal lines, standard error.
use super::error::ApiError;
use domain::id::SessionId;
use domain::journal::{RawLines, StderrLines};
use domain::search::SearchPage;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

/// Entries that hold a text, newest first, 50 at most; `kinds` is a list with commas.
///
/// # Errors
/// 400 for a query that is empty or too long, or an unknown kind; 401, 404, 410.
#[server(prefix = "/api", endpoint = "agent/search_thread", input = GetUrl)]
pub async fn search_thread(
    id: SessionId,
    query: String,
    kinds: Option<String>,
    before: Option<u64>,
) -> Result<SearchPage, ApiError> {
    let (console, caller) = super::half::authenticated()?;
    let wanted = (query.as_str(), kinds.as_deref().unwrap_or_default());
    Ok(console.search_thread(&caller, &id, wanted, before).await?)
}

/// The journal lines that an entry came from, those above `after`.
///
/// # Errors
/// 401, 404, 410; 500 for a journal that cannot be read.
#[server(prefix = "/api", endpoint = "agent/get_lines", input = GetUrl)]
pub async fn get_lines(id: SessionId, seq: u64, after: Option<u64>) -> Result<RawLines, ApiError> {
    let (console, caller) = super::half::authenticated()?;
    let place = (seq, after.unwrap_or(0));
    Ok(console.lines(&caller, &id, place).await?)
}

/// The last 50 lines that the agent wrote to standard error.
///
/// # Errors
/// 401, 404, 410; 500 for a journal that cannot be read.
#[server(prefix = "/api", endpoint = "agent/get_stderr", input = GetUrl)]
pub async fn get_stderr(id: SessionId) -> Result<StderrLines, ApiError> {
    let (console, caller) = super::half::authenticated()?;
    Ok(console.stderr(&caller, &id).await?)
}
