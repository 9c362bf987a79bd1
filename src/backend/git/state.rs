//! What a worktree is like, in short: whether anything differs from the last look.
use super::worktree::WorktreeGit;
use crate::error::Failed;
use sha2::{Digest, Sha256};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// A worktree as one look found it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorktreeState {
    /// Files that differ from the base.
    pub files: u64,
    /// Whether it is as the session began: nothing differs and nothing was committed.
    pub is_untouched: bool,
    digest: [u8; 32],
}

impl WorktreeGit {
    /// Looks at the worktree: all that its pages show, and sizes and times of the files that
    /// differ, so that a change that leaves the counts alone is seen as well.
    ///
    /// # Errors
    /// [`Failed`] if git cannot say.
    pub async fn state(&self) -> Result<WorktreeState, Failed> {
        let (files, is_cut) = self.changed_files().await?;
        let status = self.status(None).await?;
        let mut digest = Sha256::new();
        digest.update(serde_json::to_vec(&files)?);
        digest.update(serde_json::to_vec(&status)?);
        let root = Path::new(&self.worktree.path);
        for file in &files {
            let known = root.join(&file.path).symlink_metadata();
            let facts = known.map(|known| {
                let time = (known.mtime(), known.mtime_nsec());
                (known.len(), known.ino(), known.mode(), time)
            });
            digest.update(format!("{facts:?}", facts = facts.ok()));
        }
        Ok(WorktreeState {
            files: files.len() as u64,
            is_untouched: files.is_empty() && !is_cut && status.head == self.worktree.base_commit,
            digest: digest.finalize().into(),
        })
    }
}
