//! What a new session can be made from.
use super::error::ApiError;
use domain::catalog::{AgentType, Branch, RepoInfo};
use domain::id::ClientId;
use leptos::prelude::*;
use leptos::server_fn::codec::{GetUrl, Json};

/// The agents that are configured, and which can be started here.
///
/// # Errors
/// 401.
#[server(prefix = "/api", endpoint = "agent/available_types", input = GetUrl)]
pub async fn available_types() -> Result<Vec<AgentType>, ApiError> {
    let (console, _) = super::half::authenticated()?;
    Ok(console.agent_types().await)
}

/// Starts an agent once, without a prompt, to see whether it can be used.
///
/// # Errors
/// 401; 422 for an agent that is unknown or missing, and while another one is checked.
#[server(prefix = "/api", endpoint = "agent/check_type", input = Json)]
pub async fn check_type(
    #[server(rename = "clientId")] client_id: ClientId,
    agent: String,
) -> Result<AgentType, ApiError> {
    let (console, caller) = super::half::authenticated()?;
    super::half::parsed(&console.check_agent(&caller, &client_id, &agent).await?)
}

/// The repositories that sessions may be started in.
///
/// # Errors
/// 401.
#[server(prefix = "/api", endpoint = "repo/list", input = GetUrl)]
pub async fn list_repos() -> Result<Vec<RepoInfo>, ApiError> {
    let (console, _) = super::half::authenticated()?;
    Ok(console.repos().await)
}

/// The branches of a repository, the checked out one first.
///
/// # Errors
/// 401; 422 for a repository that is not the console's.
#[server(prefix = "/api", endpoint = "repo/branches", input = GetUrl)]
pub async fn list_branches(repo: String) -> Result<Vec<Branch>, ApiError> {
    let (console, _) = super::half::authenticated()?;
    Ok(console.branches(&repo).await?)
}
