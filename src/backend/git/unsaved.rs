//! What a worktree holds that is in no other place, named before it is removed.
use super::error::GitError;
use super::nested::Nested;
use super::run::Call;
use super::worktree::WorktreeGit;
use crate::error::Failed;
use domain::unsaved::{InnerRepository, Unsaved};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const IGNORED: [&str; 7] = [
    "ls-files",
    "--others",
    "--ignored",
    "--exclude-standard",
    "--directory",
    "--no-empty-directory",
    "-z",
];

impl WorktreeGit {
    /// Work that exists nowhere else: uncommitted files, commits that no other branch holds, what
    /// is in repositories inside the worktree, and ignored files.
    ///
    /// # Errors
    /// [`Failed`] if git cannot say.
    pub async fn unsaved(&self) -> Result<Unsaved, Failed> {
        if !self.path().is_dir() {
            return Ok(Unsaved::default());
        }
        let files = self.status_files(None).await?.0;
        let own = files.iter().filter(|file| file.change.own_repository);
        let own: BTreeSet<String> = own.map(|file| file.change.path.clone()).collect();
        let open = files.iter().filter(|file| file.change.is_committable());
        let (files, commits) = (open.count() as u64, self.own_commits().await?);
        let mut ignored = self.ignored().await?;
        let root = self.path().to_owned();
        let finding = tokio::task::spawn_blocking(move || repositories(&root));
        let found = finding.await.map_err(|error| Failed::internal(&error))?;
        let mut inner = self.stores_left(&found).await;
        for path in found {
            let Some(nested) = self.nested(&path) else {
                continue;
            };
            let repository = self.inner(&nested, &path).await;
            let has_work = repository.commits + repository.files > 0;
            if has_work || own.contains(&path) {
                inner.push(repository);
            }
            let of_it = nested.git(Call::new(IGNORED)).await.unwrap_or_default();
            let of_it = of_it.split('\0').filter(|name| !name.is_empty());
            ignored.extend(of_it.map(|name| format!("{path}/{name}")));
        }
        Ok(Unsaved {
            files,
            commits,
            repositories: inner,
            ignored,
        })
    }

    async fn own_commits(&self) -> Result<u64, Failed> {
        let own = format!("--exclude={}", self.worktree.branch);
        let count = Call::new(["rev-list", "--count", "HEAD", "--not", &own]);
        let count = count.args(&["--branches", "--remotes"]);
        Ok(self.line(count).await?.parse().unwrap_or(0))
    }

    async fn ignored(&self) -> Result<Vec<String>, Failed> {
        let text = self.git(Call::new(IGNORED)).await?;
        let text = String::from_utf8_lossy(&text).into_owned();
        let names = text.split('\0').filter(|name| !name.is_empty());
        Ok(names.map(str::to_owned).collect())
    }

    /// Submodules whose checkout was removed: their repositories are still beside the worktree's
    /// index, and go with it.
    async fn stores_left(&self, checked_out: &[String]) -> Vec<InnerRepository> {
        let modules = self.git_dir().join("modules");
        let folder = modules.clone();
        let finding = tokio::task::spawn_blocking(move || stores(&folder));
        let canonical = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let open = checked_out.iter().filter_map(|path| self.nested(path));
        let open = open.filter_map(|nested| nested.place.git_dir);
        let open: BTreeSet<PathBuf> = open.map(|git_dir| canonical(&git_dir)).collect();
        let mut left = Vec::new();
        for name in finding.await.unwrap_or_default() {
            let git_dir = modules.join(&name);
            if open.contains(&canonical(&git_dir)) {
                continue;
            }
            let nested = Nested::bare(git_dir, self.path(), &self.repo.person);
            let commits = self.commits_of(&nested, &name).await.unwrap_or(1);
            if commits > 0 {
                left.push(InnerRepository {
                    path: name,
                    commits,
                    files: 0,
                });
            }
        }
        left
    }

    /// What a repository inside holds of its own. One that git cannot read counts as one file.
    async fn inner(&self, nested: &Nested, path: &str) -> InnerRepository {
        let (commits, files) = tokio::join!(self.commits_of(nested, path), nested.uncommitted());
        let is_unreadable = commits.is_err() || files.is_err();
        InnerRepository {
            path: path.to_owned(),
            commits: commits.unwrap_or(0),
            files: files.unwrap_or(0).max(u64::from(is_unreadable)),
        }
    }

    /// Commits that go away with the worktree. Where the repository's store goes too, those are all
    /// that no remote has, nor the same submodule of the main checkout; else what no branch holds.
    async fn commits_of(&self, nested: &Nested, path: &str) -> Result<u64, GitError> {
        let common = nested.common_dir().await?;
        let canonical = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let goes = [canonical(self.path()), canonical(&self.git_dir())];
        let call = Call::new(["rev-list", "--count"]);
        let call = if goes.iter().any(|folder| common.starts_with(folder)) {
            let call = call.args(&["--ignore-missing", "--all", "--not", "--remotes"]);
            call.args(&self.refs_of_main(path).await).arg("--")
        } else if nested.head().await.is_some() {
            call.args(&["HEAD", "--not", "--branches", "--tags", "--remotes", "--"])
        } else {
            return Ok(0);
        };
        Ok(nested.git(call).await?.parse().unwrap_or(0))
    }

    /// Object ids that the refs of the main checkout's submodule of this path point to.
    async fn refs_of_main(&self, path: &str) -> Vec<String> {
        let Some(main) = Nested::open(&self.repo.root, path, &self.repo.person) else {
            return Vec::new();
        };
        let refs = Call::new(["for-each-ref", "--format=%(objectname)"]);
        let refs = main.git(refs).await.unwrap_or_default();
        let all = refs.lines().map(str::to_owned);
        all.chain(main.head().await).collect()
    }
}

/// Folders below `root`, relative to it, that have a `.git`; links are not followed.
fn repositories(root: &Path) -> Vec<String> {
    let (mut found, mut folders) = (Vec::new(), vec![PathBuf::new()]);
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(root.join(&folder)) else {
            continue;
        };
        for entry in entries.flatten() {
            let name = entry.file_name();
            if name == ".git" {
                found.extend(
                    folder
                        .to_str()
                        .filter(|path| !path.is_empty())
                        .map(str::to_owned),
                );
            } else if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(folder.join(name));
            }
        }
    }
    found.sort();
    found
}

/// Folders below `root`, relative to it, that are git directories.
fn stores(root: &Path) -> Vec<String> {
    let (mut found, mut folders) = (Vec::new(), vec![PathBuf::new()]);
    while let Some(folder) = folders.pop() {
        let here = root.join(&folder);
        if here.join("HEAD").is_file() && here.join("objects").is_dir() {
            found.extend(folder.to_str().map(str::to_owned));
            folders.push(folder.join("modules"));
            continue;
        }
        let entries = std::fs::read_dir(&here).into_iter().flatten().flatten();
        let inner = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
        folders.extend(inner.map(|entry| folder.join(entry.file_name())));
    }
    found
}
