//! What git says of a session's worktree, and commits in it.
use super::error::ApiError;
use domain::git::{ChangedFiles, Committed, Diff, GitStatus};
use domain::id::{ClientId, SessionId};
use leptos::prelude::*;
use leptos::server_fn::codec::{GetUrl, Json};
use std::collections::BTreeMap;

#[cfg(feature = "ssr")]
use super::authed::{AuthedSession, parsed};

/// Every file that differs from the base of the session.
///
/// # Errors
/// 401, 404, 410; 503 while the worktree is not there.
#[server(prefix = "/api", endpoint = "agent/get_changed_files", input = GetUrl)]
pub async fn get_changed_files(id: SessionId) -> Result<ChangedFiles, ApiError> {
    let AuthedSession { console, caller } = AuthedSession::extract()?;
    Ok(console.changed_files(&caller, &id).await?)
}

/// Branch, head and what is not committed.
///
/// # Errors
/// 401, 404, 410; 503 while the worktree is not there.
#[server(prefix = "/api", endpoint = "git/status", input = GetUrl)]
pub async fn get_git_status(
    session: SessionId,
    path: Option<String>,
) -> Result<GitStatus, ApiError> {
    let AuthedSession { console, caller } = AuthedSession::extract()?;
    Ok(console
        .git_status(&caller, &session, path.as_deref())
        .await?)
}

/// The diff of one file, or of all, against the base of the session.
///
/// # Errors
/// 400 for a path outside; 404 for one that did not change.
#[server(prefix = "/api", endpoint = "git/diff", input = GetUrl)]
pub async fn get_git_diff(session: SessionId, path: Option<String>) -> Result<Diff, ApiError> {
    let AuthedSession { console, caller } = AuthedSession::extract()?;
    Ok(console.git_diff(&caller, &session, path.as_deref()).await?)
}

/// Commits the chosen files as they stand; `shown` holds object ids of what the person saw.
///
/// # Errors
/// 409 if a file or the branch moved since; 422 for an empty message or nothing to commit.
#[server(prefix = "/api", endpoint = "git/commit", input = Json)]
pub async fn commit_files(
    #[server(rename = "clientId")] client_id: ClientId,
    session: SessionId,
    paths: Vec<String>,
    message: String,
    shown: Option<BTreeMap<String, String>>,
) -> Result<Committed, ApiError> {
    let AuthedSession { console, caller } = AuthedSession::extract()?;
    let wanted = (paths, message, shown.unwrap_or_default());
    parsed(
        &console
            .git_commit(&caller, &client_id, &session, wanted)
            .await?,
    )
}
