//! Git for callers: in the worktree of their own session only.
use super::Console;
use super::far::Far;
use super::input::{Caller, command};
use super::wish::{Letter, Wish};
use crate::agents::actor::Ask;
use crate::error::Failed;
use crate::git::{Repo, WorktreeGit};
use crate::store::{Change, CommandAnswer, CommandWrite};
use domain::git::{ChangedFiles, Chosen, Diff, Discarded, GitStatus};
use domain::id::{ClientId, SessionId};
use serde::{Deserialize, Serialize};
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
        if let Some(answer) = self.far(caller, id, || Far::ChangedFiles).await? {
            return Ok(answer);
        }
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
        let far = || Far::Status {
            path: path.map(str::to_owned),
        };
        if let Some(answer) = self.far(caller, id, far).await? {
            return Ok(answer);
        }
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
        let far = || Far::Diff {
            path: path.map(str::to_owned),
        };
        if let Some(answer) = self.far(caller, id, far).await? {
            return Ok(answer);
        }
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
        let deed = GitDeed::Commit {
            paths,
            message,
            shown,
        };
        self.git_deed(caller, id, command, deed).await
    }

    /// Puts changes into the index, takes them out, throws them away, or brings those back. Answers
    /// `{}`, or for what is thrown away `{undo}`, as JSON.
    ///
    /// # Errors
    /// As [`WorktreeGit::stage`].
    pub async fn git_index(
        &self,
        caller: &Caller,
        client_id: &ClientId,
        id: &SessionId,
        deed: IndexDeed,
    ) -> Result<String, Failed> {
        let args = serde_json::json!([id, deed]);
        let command = command(client_id, deed.function(), &args, CommandAnswer::Nothing);
        self.git_deed(caller, id, command, GitDeed::Index(deed))
            .await
    }

    /// Has something done to a worktree by the node that has it.
    async fn git_deed(
        &self,
        caller: &Caller,
        id: &SessionId,
        command: CommandWrite,
        deed: GitDeed,
    ) -> Result<String, Failed> {
        let Some(owner) = self.owner_elsewhere(caller, id).await? else {
            return self.do_git(caller, id, command, deed).await;
        };
        if let Some(answer) = self.done_before(&command).await? {
            return Ok(answer);
        }
        let letter = Letter {
            by: caller.user().to_owned(),
            command,
            wish: Wish::Git(deed),
        };
        self.send_to(&owner.node.name, id, &letter).await
    }

    /// Does something to a worktree of this node once, and says that it changed.
    pub(super) async fn do_git(
        &self,
        caller: &Caller,
        id: &SessionId,
        command: CommandWrite,
        deed: GitDeed,
    ) -> Result<String, Failed> {
        let (git, _) = self.worktree(caller, id).await?;
        let _turn = git.deed_turn().await;
        if let Some(answer) = self.done_before(&command).await? {
            return Ok(answer);
        }
        let answer = act(&git, deed).await?;
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

async fn act(git: &WorktreeGit, deed: GitDeed) -> Result<String, Failed> {
    let deed = match deed {
        GitDeed::Index(deed) => deed,
        GitDeed::Commit {
            paths,
            message,
            shown,
        } => {
            let committed = git.commit(&paths, &message, &shown).await?;
            return Ok(serde_json::to_string(&committed)?);
        }
    };
    match &deed {
        IndexDeed::Stage(chosen) => git.stage(chosen).await?,
        IndexDeed::Unstage(chosen) => git.unstage(chosen).await?,
        IndexDeed::BringBack(undo) => git.bring_back(undo).await?,
        IndexDeed::Discard(chosen) => {
            let undo = git.discard(chosen).await?;
            return Ok(serde_json::to_string(&Discarded { undo })?);
        }
    }
    Ok("{}".to_owned())
}

/// What is done to a worktree.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum GitDeed {
    /// Files are committed.
    Commit {
        paths: Vec<String>,
        message: String,
        shown: BTreeMap<String, String>,
    },
    /// Something is done to its changes.
    Index(IndexDeed),
}

/// What is done to the changes of a worktree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum IndexDeed {
    /// They are put into the index.
    Stage(Chosen),
    /// They are taken out of it.
    Unstage(Chosen),
    /// They are thrown away.
    Discard(Chosen),
    /// What was thrown away comes back.
    BringBack(String),
}

impl IndexDeed {
    const fn function(&self) -> &'static str {
        match self {
            Self::Stage(_) => "git/stage",
            Self::Unstage(_) => "git/unstage",
            Self::Discard(_) => "git/discard",
            Self::BringBack(_) => "git/undo_discard",
        }
    }
}
