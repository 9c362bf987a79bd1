//! An index that only one request has, so that the worktree's own stays as it is.
use super::error::GitError;
use super::run::Call;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// An index for one request, which goes away with it.
pub(super) struct OwnIndex {
    path: PathBuf,
}

impl Drop for OwnIndex {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

impl OwnIndex {
    /// A name for an index that is not there yet.
    pub(super) fn new(git_dir: &Path) -> Self {
        let name = format!("heddle-index-{}", uuid::Uuid::new_v4().simple());
        let path = git_dir.join(name);
        Self { path }
    }

    /// A copy of the worktree's index. It seems to be of 1970, so that git trusts no time of a
    /// file in it and compares contents.
    pub(super) async fn copy(git_dir: &Path) -> Result<Self, GitError> {
        let own = Self::new(git_dir);
        match tokio::fs::copy(git_dir.join("index"), &own.path).await {
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(own),
            Err(error) => return Err(error.into()),
        }
        let file = std::fs::File::options().write(true).open(&own.path)?;
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1))?;
        Ok(own)
    }

    pub(super) fn of(&self, call: Call) -> Call {
        call.env("GIT_INDEX_FILE", &self.path).writes()
    }
}
