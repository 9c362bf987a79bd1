//! What git says of a session's worktree, and commits in it.
use super::error::ApiError;
use domain::catalog::Nothing;
use domain::git::{ChangedFiles, ChosenHunk, Committed, Diff, Discarded, GitStatus};
use domain::id::{ClientId, SessionId};
use leptos::prelude::*;
use leptos::server_fn::codec::{GetUrl, Json};
use std::collections::BTreeMap;

/// Every file that differs from the base of the session.
///
/// # Errors
/// 401, 404, 410; 503 while the worktree is not there.
#[server(prefix = "/api", endpoint = "agent/get_changed_files", input = GetUrl)]
pub async fn get_changed_files(id: SessionId) -> Result<ChangedFiles, ApiError> {
    let (console, caller) = super::half::authenticated()?;
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
    let (console, caller) = super::half::authenticated()?;
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
    let (console, caller) = super::half::authenticated()?;
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
    let (console, caller) = super::half::authenticated()?;
    let wanted = (paths, message, shown.unwrap_or_default());
    super::half::parsed(
        &console
            .git_commit(&caller, &client_id, &session, wanted)
            .await?,
    )
}

/// Puts files, or hunks of `git/diff`, into the index.
///
/// # Errors
/// 409 if something changed since it was shown; 422 for nothing, or what is neither file nor link.
#[server(prefix = "/api", endpoint = "git/stage", input = Json)]
pub async fn stage_changes(
    #[server(rename = "clientId")] client_id: ClientId,
    session: SessionId,
    paths: Option<Vec<String>>,
    hunks: Option<Vec<ChosenHunk>>,
    shown: Option<BTreeMap<String, String>>,
) -> Result<Nothing, ApiError> {
    let chosen = super::half::chosen(paths, hunks, shown);
    super::half::change_index(&client_id, &session, super::half::IndexDeed::Stage(chosen)).await
}

/// Takes files or hunks out of the index.
///
/// # Errors
/// 409 if something changed since it was shown; 422 for nothing, or what is neither file nor link.
#[server(prefix = "/api", endpoint = "git/unstage", input = Json)]
pub async fn unstage_changes(
    #[server(rename = "clientId")] client_id: ClientId,
    session: SessionId,
    paths: Option<Vec<String>>,
    hunks: Option<Vec<ChosenHunk>>,
    shown: Option<BTreeMap<String, String>>,
) -> Result<Nothing, ApiError> {
    let chosen = super::half::chosen(paths, hunks, shown);
    super::half::change_index(
        &client_id,
        &session,
        super::half::IndexDeed::Unstage(chosen),
    )
    .await
}

/// Puts files back to the last commit and takes hunks back; the answer brings them back.
///
/// # Errors
/// 409 if something changed since it was shown; 422 for nothing, or what is neither file nor link.
#[server(prefix = "/api", endpoint = "git/discard", input = Json)]
pub async fn discard_changes(
    #[server(rename = "clientId")] client_id: ClientId,
    session: SessionId,
    paths: Option<Vec<String>>,
    hunks: Option<Vec<ChosenHunk>>,
    shown: Option<BTreeMap<String, String>>,
) -> Result<Discarded, ApiError> {
    let chosen = super::half::chosen(paths, hunks, shown);
    super::half::change_index(
        &client_id,
        &session,
        super::half::IndexDeed::Discard(chosen),
    )
    .await
}

/// Brings back what was thrown away.
///
/// # Errors
/// 404 if nothing is kept under this name.
#[server(prefix = "/api", endpoint = "git/undo_discard", input = Json)]
pub async fn undo_discard(
    #[server(rename = "clientId")] client_id: ClientId,
    session: SessionId,
    undo: String,
) -> Result<Nothing, ApiError> {
    super::half::change_index(
        &client_id,
        &session,
        super::half::IndexDeed::BringBack(undo),
    )
    .await
}
