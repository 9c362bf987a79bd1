//! Git for callers: in the worktree of their own session only.
use super::Console;
use super::input::{Caller, command};
use crate::agents::actor::Ask;
use crate::error::Failed;
use crate::git::{Repo, WorktreeGit};
use crate::store::{Change, CommandAnswer};
use domain::git::{ChangedFiles, Diff, GitStatus};
use domain::id::{ClientId, SessionId};
use std::collections::BTreeMap;
use std::path::Path;

impl Console {
    pub(super) async fn worktree(
        &self,
        caller: &Caller,
        id: &SessionId,
    ) -> Result<(WorktreeGit, u64), Failed> {
        self.head(caller, id)?;
        let session = self.store.record(id).await?.session;
        if !Path::new(&session.worktree.path).is_dir() {
            return Err(if session.worktree_revision == 0 {
                Failed::Unavailable("the worktree of this session is not there yet".to_owned())
            } else {
                Failed::Refused("the worktree of this session is gone".to_owned())
            });
        }
        let repo = Repo::known(Path::new(&session.repo)).await?;
        Ok((
            WorktreeGit::new(repo, session.worktree),
            session.worktree_revision,
        ))
    }

    /// Every file that differs from the base of the session.
    ///
    /// # Errors
    /// [`Failed::Unavailable`] while the worktree is not there.
    pub async fn changed_files(
        &self,
        caller: &Caller,
        id: &SessionId,
    ) -> Result<ChangedFiles, Failed> {
        let (git, worktree_revision) = self.worktree(caller, id).await?;
        let (files, truncated) = git.changed_files().await?;
        Ok(ChangedFiles {
            files,
            worktree_revision,
            truncated,
        })
    }

    /// Branch, head and what is not committed.
    ///
    /// # Errors
    /// [`Failed::Unavailable`] while the worktree is not there.
    pub async fn git_status(
        &self,
        caller: &Caller,
        id: &SessionId,
        path: Option<&str>,
    ) -> Result<GitStatus, Failed> {
        self.worktree(caller, id).await?.0.status(path).await
    }

    /// The diff of one file, or of all, against the base.
    ///
    /// # Errors
    /// [`Failed::Malformed`] for a path outside, [`Failed::NotFound`] for one that did not change.
    pub async fn git_diff(
        &self,
        caller: &Caller,
        id: &SessionId,
        path: Option<&str>,
    ) -> Result<Diff, Failed> {
        self.worktree(caller, id).await?.0.diff(path).await
    }

    /// Commits the chosen files as they stand. Answers `{commit}` as JSON.
    ///
    /// # Errors
    /// As [`WorktreeGit::commit`].
    pub async fn git_commit(
        &self,
        caller: &Caller,
        client_id: &ClientId,
        id: &SessionId,
        wanted: (Vec<String>, String, BTreeMap<String, String>),
    ) -> Result<String, Failed> {
        let (paths, message, shown) = wanted;
        let args = serde_json::json!([id, paths, message, shown]);
        let command = command(client_id, "git/commit", &args, CommandAnswer::Nothing);
        let (git, _) = self.worktree(caller, id).await?;
        if let Some(answer) = self.done_before(&command).await? {
            return Ok(answer);
        }
        let committed = git.commit(&paths, &message, &shown).await?;
        let answer = serde_json::to_string(&committed)?;
        let now = self.setup.clock.now();
        self.store.remember(command, &answer, now).await?;
        let change = Change {
            is_activity: true,
            worktree_touched: true,
            ..Change::at(now)
        };
        self.store.change(id, change).await?;
        self.actors.tell(id, Ask::Touched).await?;
        Ok(answer)
    }
}
