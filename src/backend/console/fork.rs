//! A new session from an entry of another one: its agent, its last commit, a worktree of its own.
use super::Console;
use super::commands::Done;
use super::input::{Caller, answered, command};
use crate::error::Failed;
use crate::git::{Repo, WorktreeGit};
use crate::store::CommandAnswer;
use domain::catalog::SessionDraft;
use domain::fork::{Memory, Origin};
use domain::id::{ClientId, SessionId};
use domain::text::cut;
use domain::thread::Body;
use serde_json::json;
use std::path::Path;

/// Bytes of the old title that the new one repeats.
const TITLE: usize = 180;

impl Console {
    /// Starts a session that goes on after an entry of another one; it is idle until a message.
    ///
    /// # Errors
    /// [`Failed::Refused`] for an entry that is no message, or an agent or repository that is no
    /// longer there.
    pub async fn fork(
        &self,
        caller: &Caller,
        client_id: &ClientId,
        id: &SessionId,
        seq: u64,
    ) -> Done {
        self.head(caller, id)?;
        let args = json!([id, seq]);
        let command = command(client_id, "agent/fork", &args, CommandAnswer::Session);
        if let Some(answer) = self.done_before(&command).await? {
            return Ok(answer);
        }
        let entry = self.store.entry(id, seq).await?;
        if !matches!(entry.body, Body::User { .. } | Body::Agent { .. }) {
            let text = "a session is forked from a message of yours or of the agent";
            return Err(Failed::Refused(text.to_owned()));
        }
        let old = self.store.record(id).await?.session;
        self.startable(&old.agent)?;
        let repo = Repo::open(Path::new(&self.known_repo(&old.repo)?)).await?;
        let base = match repo.head_of(&old.worktree.branch).await {
            Some(commit) => (old.worktree.branch, commit),
            None => (old.worktree.base_branch, old.worktree.base_commit),
        };
        let draft = SessionDraft {
            repo: old.repo,
            agent: old.agent,
            model: old.model,
            prompt: String::new(),
            title: None,
            base_branch: None,
            attachments: None,
            files: None,
        };
        let title = format!("Fork of {}", cut(&old.title, TITLE));
        let mut new = self.plan(caller, draft, title, (&repo, base))?;
        let origin = Origin {
            id: id.clone(),
            seq,
        };
        new.fork = Some(origin.said(Memory::Open));
        let git = WorktreeGit::new(repo, new.worktree.clone());
        git.create().await?;
        let made = self.store.create(new, command.clone()).await;
        if made.is_err() {
            let _ = git.remove().await;
        }
        self.settled(&command, answered(made)).await
    }
}
