//! Reads of sessions.
use super::error::ApiError;
use domain::catalog::PathMatches;
use domain::id::SessionId;
use domain::session::Session;
use domain::snapshot::{SessionList, Snapshot, ThreadPage};
use domain::thread::Entry;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

/// The caller's sessions, those that wait for a person first; `cursor` is from an answer before.
///
/// # Errors
/// 400 for an unknown status or cursor; 401.
#[server(prefix = "/api", endpoint = "agent/list", input = GetUrl)]
pub async fn list_sessions(
    filter: Option<String>,
    query: Option<String>,
    cursor: Option<String>,
) -> Result<SessionList, ApiError> {
    let (console, caller) = super::half::authenticated()?;
    let list = console
        .list(&caller, filter.as_deref(), query, cursor.as_deref())
        .await?;
    super::half::reply_validator(&list.etag);
    Ok(list)
}

/// The session alone.
///
/// # Errors
/// 401, 404, 410.
#[server(prefix = "/api", endpoint = "agent/get", input = GetUrl)]
pub async fn get_session(id: SessionId) -> Result<Session, ApiError> {
    let (console, caller) = super::half::authenticated()?;
    Ok(console.session(&caller, &id).await?)
}

/// All that the session page shows: changes after revision `since`, else the tail of the thread.
///
/// # Errors
/// 401, 404, 410.
#[server(prefix = "/api", endpoint = "agent/get_session_with_metadata", input = GetUrl)]
pub async fn get_session_with_metadata(
    id: SessionId,
    since: Option<u64>,
) -> Result<Snapshot, ApiError> {
    let (console, caller) = super::half::authenticated()?;
    let snapshot = console.snapshot(&caller, &id, since).await?;
    super::half::reply_validator(&snapshot.etag);
    Ok(snapshot)
}

/// Entries before place `before`, 200 at most.
///
/// # Errors
/// 401, 404, 410.
#[server(prefix = "/api", endpoint = "agent/get_thread", input = GetUrl)]
pub async fn get_thread(
    id: SessionId,
    before: u64,
    limit: Option<u64>,
) -> Result<ThreadPage, ApiError> {
    let (console, caller) = super::half::authenticated()?;
    Ok(console.older(&caller, &id, before, limit).await?)
}

/// One entry, uncut.
///
/// # Errors
/// 401, 404, 410.
#[server(prefix = "/api", endpoint = "agent/get_entry", input = GetUrl)]
pub async fn get_entry(id: SessionId, seq: u64) -> Result<Entry, ApiError> {
    let (console, caller) = super::half::authenticated()?;
    Ok(console.entry(&caller, &id, seq).await?)
}

/// Files of the worktree that fit what was typed, best first.
///
/// # Errors
/// 401, 404, 410; 413 for a worktree of too many files; 503 while it is not there.
#[server(prefix = "/api", endpoint = "agent/complete_path", input = GetUrl)]
pub async fn complete_path(id: SessionId, query: String) -> Result<PathMatches, ApiError> {
    let (console, caller) = super::half::authenticated()?;
    Ok(console.complete_path(&caller, &id, &query).await?)
}
