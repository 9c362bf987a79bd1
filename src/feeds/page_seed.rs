//! What the session page opens with: one fetch, or what this tab or browser knows already.
use super::kept::{self, Source};
use crate::api::error::ApiError;
use crate::api::git::{get_changed_files, get_git_status};
use crate::api::half::aside;
use crate::api::sessions::get_session_with_metadata;
use crate::browser::page::is_here;
use domain::git::{ChangedFiles, GitStatus};
use domain::id::SessionId;
use domain::snapshot::Snapshot;
use domain::window::FIRST;
use serde::{Deserialize, Serialize};

/// What the session page opens with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageSeed {
    /// The session.
    pub snapshot: Snapshot,
    /// Its changed files, if the worktree is there.
    pub files: Option<ChangedFiles>,
    /// What is not committed, if the worktree is there.
    pub status: Option<GitStatus>,
    /// Where this comes from.
    #[serde(skip)]
    pub source: Source,
}

/// The one fetch of the session page; none if this tab or browser knows the session.
///
/// # Errors
/// As [`get_session_with_metadata`].
pub async fn page_seed(id: SessionId) -> Result<PageSeed, ApiError> {
    if is_here()
        && let Some(seed) = kept::open(&id)
    {
        return Ok(seed);
    }
    let mut snapshot = get_session_with_metadata(id.clone(), None).await?;
    snapshot.thread.keep_last(FIRST);
    let mut seed = PageSeed {
        snapshot,
        files: None,
        status: None,
        source: Source::Server,
    };
    if seed.snapshot.session.worktree_revision > 0 {
        seed.files = aside(get_changed_files(id.clone())).await;
        seed.status = aside(get_git_status(id, None)).await;
    }
    Ok(seed)
}
