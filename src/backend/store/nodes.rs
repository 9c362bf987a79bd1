//! Nodes that share a store: who is there, who owns which session, what one asks of another.
use super::Changed;
use crate::error::Failed;
use async_trait::async_trait;
use domain::id::{ClientId, SessionId};
use domain::time::Timestamp;
use std::collections::BTreeMap;

/// A node as it tells of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// Names its data directory, so that two consoles never share a name.
    pub home: String,
    /// Where the other nodes reach it.
    pub url: Option<String>,
    /// What it says about itself.
    pub labels: BTreeMap<String, String>,
    /// Agent processes that it may have at once.
    pub capacity: u64,
    /// Agent processes that it has.
    pub live: u64,
}

/// A node as the others see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// What it told of itself last.
    pub node: Node,
    /// When that was, by the clock of the database.
    pub seen_at: Timestamp,
    /// Whether its lease still stands.
    pub is_there: bool,
}

/// What a sign of life led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beat {
    /// The lease stood and is longer now.
    Stood,
    /// The node is new, or its lease had run out: others may have its sessions.
    RanOut,
    /// Another console has this name.
    Taken,
}

/// Who may write to a session: its node, at the number under which it took the session over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fence {
    /// The node.
    pub node: String,
    /// The number.
    pub epoch: u64,
}

/// A node that wants sessions.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The node.
    pub node: String,
    /// The folder of its worktrees.
    pub worktrees: String,
    /// When.
    pub now: Timestamp,
}

/// What a node has room for.
#[derive(Debug, Clone)]
pub struct Room {
    /// Sessions of this repository.
    pub repo: String,
    /// With one of these agents.
    pub agents: Vec<String>,
    /// So many at the most.
    pub most: u64,
}

/// A command for a session of another node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The command.
    pub client_id: ClientId,
    /// The session.
    pub session: SessionId,
    /// All of it, as JSON.
    pub wish: String,
    /// When it was asked.
    pub at: Timestamp,
}

/// What several nodes do in one store.
#[async_trait]
pub trait NodeStore: Send + Sync + 'static {
    /// A sign of life; the lease stands for `lease_ms` from now, for ever if there is none.
    async fn beat(&self, node: Node, lease_ms: Option<u64>) -> Result<Beat, Failed>;
    /// All nodes by name.
    async fn members(&self) -> Result<Vec<Member>, Failed>;
    /// Makes sessions whose node is gone interrupted, some at a time; those that were.
    async fn expire(&self, now: Timestamp) -> Result<Vec<SessionId>, Failed>;
    /// Takes over one session, whose node must be gone.
    async fn claim(&self, id: &SessionId, claim: Claim) -> Result<Changed, Failed>;
    /// Takes over sessions that nobody began, from nodes that are gone or full.
    async fn claim_pending(&self, claim: Claim, room: Room) -> Result<Vec<SessionId>, Failed>;
    /// Keeps a command for whoever owns the session; the same one twice is one.
    async fn ask(&self, asked: Asked) -> Result<(), Failed>;
    /// Commands for sessions of a node that nobody answered, oldest first.
    async fn asked(&self, node: &str) -> Result<Vec<Asked>, Failed>;
    /// Answers a command.
    async fn tell(&self, id: &ClientId, answer: &str) -> Result<(), Failed>;
    /// The answer of a command, if there is one.
    async fn told(&self, id: &ClientId) -> Result<Option<String>, Failed>;
    /// Forgets commands that were asked before a time and are answered.
    async fn forget_asks(&self, before: Timestamp) -> Result<(), Failed>;
}
