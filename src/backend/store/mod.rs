//! Records on disk behind one trait: sessions, threads, commands, logins, flags.
mod address;
mod change;
mod heads;
pub mod moving;
#[cfg(test)]
mod node_suite;
mod nodes;
pub mod postgres;
mod sql;
pub mod sqlite;
#[cfg(test)]
mod suite;

pub use address::{Address, AddressError};
pub use change::{Change, CommandAnswer, CommandWrite, EntryWrite, Outgoing, StatusChange};
pub use heads::{Head, Heads};
pub use nodes::{Asked, Beat, Claim, Fence, Member, Node, NodeStore, Room};
pub use sql::OpenError;

use crate::error::Failed;
use async_trait::async_trait;
use domain::attachment::{Attachment, Enclosed};
use domain::flag::Flag;
use domain::id::{ClientId, SessionId};
use domain::search::SearchPage;
use domain::session::{Row, Session, SessionStatus, Worktree};
use domain::snapshot::{AgentState, Metadata, ThreadPage, ThreadPart};
use domain::thread::Entry;
use domain::time::Timestamp;
use std::collections::BTreeMap;

/// A session that is to be accepted.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// Its identity.
    pub id: SessionId,
    /// Name for people.
    pub title: String,
    /// The whole first prompt.
    pub prompt: String,
    /// What goes along with it.
    pub enclosed: Enclosed,
    /// Id of the agent's entry.
    pub agent: String,
    /// Model, if chosen.
    pub model: Option<String>,
    /// Absolute path of the repository.
    pub repo: String,
    /// Where the agent will work.
    pub worktree: Worktree,
    /// The user who starts it.
    pub owner: String,
    /// The node that runs it.
    pub node: String,
    /// When.
    pub now: Timestamp,
    /// The first word of a fork, which begins idle and without a message.
    pub fork: Option<String>,
}

/// A session with what only the server needs to know.
#[derive(Debug, Clone)]
pub struct Record {
    /// What everybody sees.
    pub session: Session,
    /// Its counts.
    pub metadata: Metadata,
    /// What the agent offers.
    pub agent_state: AgentState,
    /// The revision at which that changed last.
    pub agent_state_revision: u64,
    /// The agent's own name for the conversation.
    pub acp_session: Option<String>,
    /// The run of the shim that holds the agent, if any.
    pub run: Option<String>,
    /// A message that is accepted and not yet in the journal.
    pub outbox: Option<Outgoing>,
    /// Whether a person asked to stop.
    pub cancelling: bool,
    /// The last line of the journal whose effects are in the store.
    pub applied_n: u64,
    /// Fencing number of the server that owns the shim.
    pub epoch: u64,
    /// Entries of the thread.
    pub entry_count: u64,
    /// Changes since a revision below this one cannot be told.
    pub tail_from: u64,
    /// The last line that anybody said.
    pub last_line: String,
    /// Files that differ from the base.
    pub changed_files: u64,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
}

/// What a read of a page needs.
#[derive(Debug, Clone)]
pub struct View {
    /// The session.
    pub record: Record,
    /// Its thread, whole or as changes.
    pub thread: ThreadPart,
}

/// Which rows of the list are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct ListQuery {
    /// The user whose sessions are listed.
    pub owner: String,
    /// Only this status.
    pub filter: Option<SessionStatus>,
    /// Only rows that hold this text.
    pub query: Option<String>,
    /// Rows to skip.
    pub offset: u64,
    /// Rows at most.
    pub limit: u64,
}

/// What is searched for in a thread.
#[derive(Debug, Clone, Default)]
pub struct SearchQuery {
    /// What fits, [`domain::search::folded`].
    pub folded: String,
    /// Only these kinds; all if empty.
    pub kinds: Vec<&'static str>,
    /// Only entries before this place.
    pub before: Option<u64>,
}

/// Rows of the list.
#[derive(Debug, Clone)]
pub struct ListPage {
    /// In the order to show.
    pub rows: Vec<Row>,
    /// Whether there are more.
    pub more: bool,
    /// Sessions by status, unfiltered.
    pub counts: BTreeMap<String, u64>,
}

/// A command that was done before.
#[derive(Debug, Clone)]
pub struct CommandRecord {
    /// The function it called.
    pub function: String,
    /// Hash of its arguments.
    pub args_hash: String,
    /// The answer it got, as JSON.
    pub answer: String,
}

/// A browser that is logged in.
#[derive(Debug, Clone)]
pub struct Login {
    /// The user.
    pub user: String,
    /// When it logged in.
    pub created_at: Timestamp,
    /// When it was seen last.
    pub seen_at: Timestamp,
}

/// What a change led to.
#[derive(Debug, Clone)]
pub struct Changed {
    /// The session after it, with its private part.
    pub record: Record,
    /// The entries that it wrote, with their places.
    pub entries: Vec<Entry>,
    /// The answer to the command, as JSON, if it was one.
    pub answer: Option<String>,
}

/// Records on disk. A method that returns `Ok` after a write has committed it durably.
#[async_trait]
pub trait Store: NodeStore {
    /// What is known without asking the database: owners and revisions.
    fn heads(&self) -> &Heads;
    /// Accepts a session; its prompt becomes the first entry and waits in the outbox.
    async fn create(&self, new: NewSession, command: CommandWrite) -> Result<Changed, Failed>;
    /// Changes a session in one transaction that takes one revision.
    async fn change(&self, id: &SessionId, change: Change) -> Result<Changed, Failed>;
    /// The session with its private part, deleted ones included.
    async fn record(&self, id: &SessionId) -> Result<Record, Failed>;
    /// The session and its thread: changes after `since`, else the tail.
    async fn view(&self, id: &SessionId, since: Option<u64>) -> Result<View, Failed>;
    /// Entries before `before`, `limit` at most.
    async fn older(&self, id: &SessionId, before: u64, limit: u64) -> Result<ThreadPage, Failed>;
    /// One entry, uncut.
    async fn entry(&self, id: &SessionId, seq: u64) -> Result<Entry, Failed>;
    /// The name of an entry within its session.
    async fn key(&self, id: &SessionId, seq: u64) -> Result<String, Failed>;
    /// Entries after a place, uncut, some at a time; none at the end.
    async fn whole(&self, id: &SessionId, after: u64) -> Result<Vec<Entry>, Failed>;
    /// Entries that fit, newest first.
    async fn search(&self, id: &SessionId, wanted: SearchQuery) -> Result<SearchPage, Failed>;
    /// Every entry with its key, uncut, by `seq`.
    async fn thread(&self, id: &SessionId) -> Result<Vec<(String, Entry)>, Failed>;
    /// Rows of the list.
    async fn list(&self, query: ListQuery) -> Result<ListPage, Failed>;
    /// Sessions that are not deleted.
    async fn alive(&self) -> Result<Vec<Record>, Failed>;
    /// An attachment that this user uploaded.
    async fn attachment(&self, owner: &str, id: &str) -> Result<Option<Attachment>, Failed>;
    /// Keeps an attachment together with the command that brought it, which it is the answer of.
    async fn add_attachment(
        &self,
        owner: &str,
        attachment: Attachment,
        command: CommandWrite,
        now: Timestamp,
    ) -> Result<(), Failed>;
    /// Keeps an image that an agent of this user shows.
    async fn add_shown(
        &self,
        owner: &str,
        attachment: Attachment,
        now: Timestamp,
    ) -> Result<(), Failed>;
    /// Forgets attachments that only deleted sessions used, and those from before `before` that
    /// none ever did; the ids that nobody has any more.
    async fn sweep_attachments(&self, before: Timestamp) -> Result<Vec<String>, Failed>;
    /// A command that was done before.
    async fn command(&self, id: &ClientId) -> Result<Option<CommandRecord>, Failed>;
    /// Remembers a command whose effect lies outside of the store.
    async fn remember(
        &self,
        command: CommandWrite,
        answer: &str,
        now: Timestamp,
    ) -> Result<(), Failed>;
    /// Says what the sync settings are; if they changed since the last start, the counter rises.
    async fn settle(&self, settings: String) -> Result<(), Failed>;
    /// Stores a flag, if nobody changed it since the epoch before its own.
    async fn set_flag(
        &self,
        flag: Flag,
        command: CommandWrite,
        answer: &str,
        now: Timestamp,
    ) -> Result<(), Failed>;
    /// Keeps the hash of a one-time login token.
    async fn add_login_token(&self, hash: &str, expires: Timestamp) -> Result<(), Failed>;
    /// Spends a token: true once, for a known one that has not expired.
    async fn spend_login_token(&self, hash: &str, now: Timestamp) -> Result<bool, Failed>;
    /// Keeps the hash of a browser's session id.
    async fn add_login(&self, hash: &str, login: Login) -> Result<(), Failed>;
    /// The login of a hash.
    async fn login(&self, hash: &str) -> Result<Option<Login>, Failed>;
    /// Says that a login was seen, or ends it.
    async fn touch_login(&self, hash: &str, seen: Option<Timestamp>) -> Result<(), Failed>;
}
