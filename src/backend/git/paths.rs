//! Paths that people name: found by what they typed, checked before an agent is told of them.
use super::files::{Found, look};
use super::path::check_path;
use super::repo::Repo;
use super::run::Call;
use super::worktree::WorktreeGit;
use crate::error::Failed;
use domain::path_match::best;
use std::path::Path;

/// Paths that are offered at the most.
const OFFERED: usize = 20;

fn no_file(path: &str) -> Failed {
    let path = domain::text::cut(path, 200);
    Failed::Refused(format!("there is no file {path} in the worktree"))
}

fn checked(path: &str) -> Result<(), Failed> {
    check_path(path).map_err(|bad| Failed::Refused(bad.to_string()))
}

impl WorktreeGit {
    /// Files of the worktree, tracked or new but not ignored, that fit `query` best.
    ///
    /// # Errors
    /// [`Failed`] if git cannot list them.
    pub async fn find_files(&self, query: &str) -> Result<Vec<String>, Failed> {
        let list = [
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ];
        let listed = self.git(Call::new(list)).await?;
        let (query, root) = (query.to_owned(), self.worktree.path.clone());
        let found = tokio::task::spawn_blocking(move || {
            let listed = String::from_utf8_lossy(&listed);
            let paths = listed.split('\0').filter(|path| !path.is_empty());
            // What was deleted and not committed is listed too.
            let is_there = |path: &&str| Path::new(&root).join(path).is_file();
            let found = best(&query, paths, 3 * OFFERED);
            let there = found.into_iter().filter(is_there).take(OFFERED);
            there.map(str::to_owned).collect()
        });
        found.await.map_err(|error| Failed::internal(&error))
    }

    /// Whether each of these is a file inside the worktree.
    ///
    /// # Errors
    /// [`Failed::Refused`] for the first that is not, or leads out of it.
    pub fn check_files(&self, paths: &[String]) -> Result<(), Failed> {
        for path in paths {
            checked(path)?;
            let found = look(Path::new(&self.worktree.path), path, 0);
            if !matches!(found, Ok(Found::File { .. })) {
                return Err(no_file(path));
            }
        }
        Ok(())
    }
}

impl Repo {
    /// Whether each of these is a file in a commit.
    ///
    /// # Errors
    /// [`Failed::Refused`] for the first that is not.
    pub async fn check_files(&self, commit: &str, paths: &[String]) -> Result<(), Failed> {
        if paths.is_empty() {
            return Ok(());
        }
        paths.iter().try_for_each(|path| checked(path))?;
        let list = Call::new(["ls-tree", "-z", "--full-tree", commit, "--"]);
        let list = paths.iter().fold(list, |call, path| call.arg(path));
        let listed = self.git(list).await?;
        let listed = String::from_utf8_lossy(&listed);
        for path in paths {
            let is_file = |line: &str| {
                let named = line.split_once('\t').is_some_and(|(_, name)| name == path);
                named && line.starts_with("100")
            };
            if !listed.split('\0').any(is_file) {
                return Err(no_file(path));
            }
        }
        Ok(())
    }
}
