//! What a new session can be made from: repositories, branches, agents.
use crate::session::QueuedMessage;
use crate::thread::Entry;
use serde::{Deserialize, Serialize};

/// What is known about an agent on this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Readiness {
    /// A check opened a conversation.
    Ready,
    /// A program is not found.
    Missing,
    /// A check was answered that a login is needed.
    Login,
    /// Found, and not checked, or the check failed.
    #[default]
    Unknown,
}

/// An agent as the new-session page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AgentType {
    /// Its name in commands.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// Whether it can be started here.
    pub available: bool,
    /// What is known about it.
    #[serde(default)]
    pub state: Readiness,
    /// Why not, or how the last check failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How to install it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub install: Option<String>,
    /// What to do when it asks for a login.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
    /// Whether nobody has seen it at work with this console.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub untried: bool,
    /// How long ago it was checked, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked_ago_ms: Option<u64>,
    /// Models to choose from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<String>,
}

/// A repository as the new-session page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepoInfo {
    /// Absolute path; its name in commands.
    pub path: String,
    /// The last part of the path.
    pub name: String,
    /// Why no session can be started in it, if so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A local branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Branch {
    /// Its name without `refs/heads/`.
    pub name: String,
    /// The commit it points to.
    pub commit: String,
    /// Whether the main checkout is on it.
    pub is_head: bool,
}

/// What a new session is to be.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionDraft {
    /// Path of the repository.
    pub repo: String,
    /// Id of the agent's entry.
    pub agent: String,
    /// Model, if chosen.
    pub model: Option<String>,
    /// The first message.
    pub prompt: String,
    /// Name; made from the prompt if absent.
    pub title: Option<String>,
    /// Branch to start from; the checked out one if absent.
    pub base_branch: Option<String>,
    /// Ids of images that go along with the first message.
    pub attachments: Option<Vec<String>>,
    /// Files that it names, relative to the repository.
    pub files: Option<Vec<String>>,
}

/// Files of a worktree that fit what was typed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PathMatches {
    /// Relative to the worktree, best first.
    pub paths: Vec<String>,
}

/// The answer of `agent/send_message`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sent {
    /// The entry, if the message goes to the agent at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<Entry>,
    /// The queued message, if the agent is at work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queued: Option<QueuedMessage>,
    /// The revision that holds it.
    pub revision: u64,
}

/// An answer without content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Nothing {}
