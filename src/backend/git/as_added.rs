//! New files as git would show them once they were added, where that differs from their bytes: with
//! another encoding in the worktree, or attributes that say what is text.
//!
//! Nothing is written to the repository: index and objects are those of the request.
use super::error::GitError;
use super::own_index::OwnIndex;
use super::raw_diff::parse_diff;
use super::run::Call;
use super::worktree::WorktreeGit;
use domain::git::{ChangeKind, ChangedFile};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// An index with new files in it, and a folder for their objects.
pub(super) struct AsAdded {
    index: OwnIndex,
    objects: PathBuf,
    beside: PathBuf,
}

impl Drop for AsAdded {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.objects);
    }
}

impl AsAdded {
    fn of(&self, call: Call) -> Call {
        let call = call.env("GIT_OBJECT_DIRECTORY", &self.objects);
        let call = call.env("GIT_ALTERNATE_OBJECT_DIRECTORIES", &self.beside);
        self.index.of(call)
    }
}

impl WorktreeGit {
    /// Those of these paths that git may show otherwise than by their bytes.
    pub(super) async fn shown_otherwise<'a>(
        &self,
        paths: impl IntoIterator<Item = &'a String>,
    ) -> Result<BTreeSet<String>, GitError> {
        let list: String = paths.into_iter().map(|path| format!("{path}\0")).collect();
        if list.is_empty() {
            return Ok(BTreeSet::new());
        }
        let check = [
            "check-attr",
            "-z",
            "--stdin",
            "working-tree-encoding",
            "diff",
        ];
        let text = self.git(Call::new(check).stdin(list)).await?;
        let text = String::from_utf8_lossy(&text);
        let (mut parts, mut found) = (text.split('\0'), BTreeSet::new());
        while let (Some(path), Some(_attribute), Some(value)) =
            (parts.next(), parts.next(), parts.next())
        {
            if value != "unspecified" {
                found.insert(path.to_owned());
            }
        }
        Ok(found)
    }

    /// Counts the lines of new files as git does, where that is not what their bytes say. One that
    /// git cannot take in stays as it is.
    pub(super) async fn recount(&self, files: &mut [ChangedFile]) -> Result<(), GitError> {
        let is_new = |file: &&ChangedFile| {
            let is_counted = file.added.is_some() || file.binary;
            file.kind == ChangeKind::Untracked && is_counted
        };
        let new = files.iter().filter(is_new).map(|file| &file.path);
        let otherwise = self.shown_otherwise(new).await?;
        if otherwise.is_empty() {
            return Ok(());
        }
        let Ok(added) = self.as_added(&otherwise).await else {
            return Ok(());
        };
        let call = Call::new([
            "diff",
            "--cached",
            "--raw",
            "--numstat",
            "-z",
            "--no-renames",
        ]);
        let call = call.args(&["--no-abbrev", "--no-ext-diff", "--no-textconv", "HEAD"]);
        let text = self.git(added.of(call.paths(&otherwise))).await?;
        let counted = parse_diff(&text);
        for file in files
            .iter_mut()
            .filter(|file| otherwise.contains(&file.path))
        {
            if let Some(counted) = counted.get(&file.path) {
                file.binary = counted.binary;
                (file.added, file.removed) = (counted.added, counted.removed);
            }
        }
        Ok(())
    }

    /// The patch that adds a new file.
    pub(super) async fn patch_of_new(&self, path: &str) -> Result<Vec<u8>, GitError> {
        let paths = BTreeSet::from([path.to_owned()]);
        let added = self.as_added(&paths).await?;
        let call = Call::new(["diff", "--cached", "-p", "--no-ext-diff", "--no-textconv"]);
        let call = call.args(&["--no-color", "--no-renames", "HEAD"]);
        self.git(added.of(call.paths(&paths))).await
    }

    async fn as_added(&self, paths: &BTreeSet<String>) -> Result<AsAdded, GitError> {
        let name = format!("heddle-objects-{}", uuid::Uuid::new_v4().simple());
        let added = AsAdded {
            index: OwnIndex::copy(&self.git_dir()).await?,
            objects: self.git_dir().join(name),
            beside: self.repo.git_dir.join("objects"),
        };
        tokio::fs::create_dir(&added.objects).await?;
        let list: String = paths.iter().map(|path| format!("{path}\0")).collect();
        let update = [
            "update-index",
            "-z",
            "--add",
            "--remove",
            "--replace",
            "--stdin",
        ];
        self.git(added.of(Call::new(update).stdin(list))).await?;
        Ok(added)
    }
}
