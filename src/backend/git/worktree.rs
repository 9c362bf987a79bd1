//! The worktree of one session: made and removed here, and nowhere else.
use super::config::{self, Config};
use super::error::GitError;
use super::repo::Repo;
use super::run::{Call, Place, run_with};
use crate::error::Failed;
use domain::session::Worktree;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use tokio::sync::{OnceCell, OwnedMutexGuard};

/// Turns at a repository, by its git directory, and at a worktree, by its directory.
type Turns = HashMap<PathBuf, Arc<tokio::sync::Mutex<()>>>;

/// Worktrees of a repository are made and removed one at a time: git stumbles over the record of a
/// worktree that another git is just writing. Deeds in one worktree have turns of their own.
static TURNS: LazyLock<Mutex<Turns>> = LazyLock::new(Mutex::default);

/// Git in the worktree of one session, with the directories recorded when it was made.
#[derive(Debug, Clone)]
pub struct WorktreeGit {
    pub(super) repo: Repo,
    pub(super) worktree: Worktree,
    /// The configuration, read once: a value of this type lives for one request.
    config: Arc<OnceCell<Config>>,
}

async fn turn_at(place: &Path) -> OwnedMutexGuard<()> {
    let turn = {
        let mut turns = TURNS.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(turns.entry(place.to_owned()).or_default())
    };
    turn.lock_owned().await
}

impl WorktreeGit {
    /// Names a worktree that exists or is about to.
    #[must_use]
    pub fn new(repo: Repo, worktree: Worktree) -> Self {
        Self {
            repo,
            worktree,
            config: Arc::default(),
        }
    }

    pub(super) fn path(&self) -> &Path {
        Path::new(&self.worktree.path)
    }

    /// The git directory of this worktree: named by its folder, inside the repository's.
    #[must_use]
    pub fn git_dir(&self) -> PathBuf {
        let name = self.path().file_name().unwrap_or_default();
        self.repo.git_dir.join("worktrees").join(name)
    }

    pub(super) fn place(&self) -> Place {
        Place {
            git_dir: Some(self.git_dir()),
            work_tree: self.path().to_owned(),
            common_dir: Some(self.repo.git_dir.clone()),
        }
    }

    pub(super) async fn git(&self, call: Call) -> Result<Vec<u8>, GitError> {
        if !self.path().is_dir() {
            return Err(GitError::Gone);
        }
        let place = self.place();
        let read = || config::read(&place, &self.repo.person);
        let config = self.config.get_or_try_init(read).await?;
        run_with(&place, call, config).await
    }

    pub(super) async fn line(&self, call: Call) -> Result<String, GitError> {
        Ok(String::from_utf8_lossy(&self.git(call).await?)
            .trim()
            .to_owned())
    }

    /// Waits until nobody else changes the list of the repository's worktrees.
    pub(super) async fn turn(&self) -> OwnedMutexGuard<()> {
        turn_at(&self.repo.git_dir).await
    }

    /// Waits until nobody else of this console commits here or changes the index. Deeds of git are
    /// no part of a transaction: whether one was done already is asked within its turn.
    pub async fn deed_turn(&self) -> OwnedMutexGuard<()> {
        turn_at(Path::new(&self.worktree.path)).await
    }

    /// Makes the branch and the checkout. What was made is taken back if a part fails.
    ///
    /// # Errors
    /// [`Failed::Refused`] with the number of the line in the log that says why.
    pub async fn create(&self) -> Result<(), Failed> {
        let worktree = &self.worktree;
        let _turn = self.turn().await;
        let call = Call::new(["worktree", "add", "--quiet", "--no-track", "-b"])
            .arg(&worktree.branch)
            .args_after(&[&worktree.path, &worktree.base_commit])
            .writes();
        let made = self.repo.git(call).await;
        if let Err(error) = made {
            self.take_back().await;
            return Err(error.into());
        }
        Ok(())
    }

    /// Makes the checkout of a branch that another node made, or all of it.
    ///
    /// # Errors
    /// [`Failed::Refused`] with the number of the line in the log that says why.
    pub async fn restore(&self) -> Result<(), Failed> {
        let worktree = &self.worktree;
        if self.repo.head_of(&worktree.branch).await.is_none() {
            return self.create().await;
        }
        let _turn = self.turn().await;
        let prune = Call::new(["worktree", "prune"]).writes();
        let _ = self.repo.git(prune).await;
        let call = Call::new(["worktree", "add", "--quiet", "--force"])
            .args_after(&[&worktree.path, &worktree.branch])
            .writes();
        self.repo.git(call).await?;
        Ok(())
    }

    async fn take_back(&self) {
        let _ = tokio::fs::remove_dir_all(self.path()).await;
        let prune = Call::new(["worktree", "prune"]).writes();
        let _ = self.repo.git(prune).await;
        self.drop_branch(&self.worktree.base_commit).await;
    }

    /// Deletes the branch if it still points to a commit.
    async fn drop_branch(&self, at: &str) {
        let name = format!("refs/heads/{}", self.worktree.branch);
        let call = Call::new(["update-ref", "-d", &name, at]).writes();
        let _ = self.repo.git(call).await;
    }

    /// Removes the checkout and the branch, with everything in it.
    ///
    /// # Errors
    /// [`Failed`] if the folder cannot be removed.
    pub async fn remove(&self) -> Result<(), Failed> {
        let head = self
            .line(Call::new(["rev-parse", "--verify", "--quiet", "HEAD"]))
            .await
            .ok();
        if self.path().exists() {
            tokio::fs::remove_dir_all(self.path())
                .await
                .map_err(|cause| {
                    Failed::Internal(format!("the worktree cannot be removed: {cause}"))
                })?;
        }
        let _turn = self.turn().await;
        let prune = Call::new(["worktree", "prune"]).writes();
        self.repo.git(prune).await?;
        if let Some(head) = head {
            self.drop_branch(&head).await;
        }
        Ok(())
    }
}

impl Call {
    fn args_after(self, args: &[&str]) -> Self {
        self.arg("--").args(args)
    }
}
