//! A session that is to be started again: what it was started with, whole.
use crate::api::error::ApiError;
use crate::api::sessions::{get_entry, get_session, get_thread};
use domain::id::SessionId;
use domain::thread::{Body, Entry};
use serde::{Deserialize, Serialize};

/// Entries among which the first message is looked for: words of the console may come before it.
const BEGINNING: u64 = 20;

/// What a session was started with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Again {
    /// Path of the repository.
    pub repo: String,
    /// The branch it started from.
    pub branch: String,
    /// Id of the agent's entry.
    pub agent: String,
    /// Model, if chosen.
    pub model: Option<String>,
    /// The first message.
    pub prompt: String,
}

/// Reads what a session was started with.
///
/// # Errors
/// 401, 404, 410.
pub(super) async fn again(id: SessionId) -> Result<Again, ApiError> {
    let session = get_session(id.clone()).await?;
    let page = get_thread(id.clone(), BEGINNING, None).await?;
    let is_message = |entry: &Entry| matches!(entry.body, Body::User { .. });
    let mut first = page.entries.into_iter().find(is_message);
    let cut = first.as_ref().filter(|entry| entry.cut.is_some());
    if let Some(seq) = cut.map(|entry| entry.seq) {
        first = Some(get_entry(id, seq).await?);
    }
    let prompt = match first.map(|entry| entry.body) {
        Some(Body::User { text, .. }) => text,
        _ => session.prompt,
    };
    Ok(Again {
        repo: session.repo,
        branch: session.worktree.base_branch,
        agent: session.agent,
        model: session.model,
        prompt,
    })
}
