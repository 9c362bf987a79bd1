//! The repositories of the console: only these may hold sessions.
use super::Console;
use crate::error::Failed;
use crate::git::Repo;
use domain::catalog::{Branch, RepoInfo};
use std::path::Path;

impl Console {
    /// The repositories, with the reason where one cannot be used.
    pub async fn repos(&self) -> Vec<RepoInfo> {
        let mut all = Vec::with_capacity(self.setup.repos.len());
        for path in &self.setup.repos {
            let usable = match Repo::open(path).await {
                Ok(repo) => repo.branches().await.and_then(|branches| {
                    let none = || {
                        Failed::Refused(
                            "the repository has no commit yet; make a first commit".to_owned(),
                        )
                    };
                    if branches.is_empty() {
                        Err(none())
                    } else {
                        Ok(())
                    }
                }),
                Err(error) => Err(error),
            };
            all.push(RepoInfo {
                path: path.display().to_string(),
                name: name(path),
                reason: usable.err().map(|error| error.to_string()),
            });
        }
        all
    }

    /// The branches of a repository.
    ///
    /// # Errors
    /// [`Failed::NotFound`] for one that is not the console's.
    pub async fn branches(&self, repo: &str) -> Result<Vec<Branch>, Failed> {
        let path = self.known_repo(repo)?;
        Repo::open(Path::new(&path)).await?.branches().await
    }

    /// The path as configured, if it is one of the console's repositories.
    pub(super) fn known_repo(&self, repo: &str) -> Result<String, Failed> {
        let is_it = |path: &&std::path::PathBuf| {
            path.as_path() == Path::new(repo)
                || path
                    .canonicalize()
                    .ok()
                    .is_some_and(|whole| whole == Path::new(repo))
        };
        let unknown = || {
            let text = "this repository is not one of the console's; start it with --repo PATH";
            Failed::Refused(text.to_owned())
        };
        self.setup
            .repos
            .iter()
            .find(is_it)
            .map(|path| path.display().to_string())
            .ok_or_else(unknown)
    }
}

fn name(path: &Path) -> String {
    path.file_name().map_or_else(
        || "/".to_owned(),
        |name| name.to_string_lossy().into_owned(),
    )
}
