//! Commits exactly the chosen files as they stand, through an index of its own.
use super::content::{Contents, Stored};
use super::own_index::OwnIndex;
use super::person::Signers;
use super::raw_diff::parts;
use super::run::Call;
use super::worktree::WorktreeGit;
use crate::error::Failed;
use domain::git::Committed;
use domain::visible::reveal;
use std::collections::BTreeMap;

/// Bytes of a commit message.
const MAX_MESSAGE: usize = 64 * 1024;

impl WorktreeGit {
    /// Commits the chosen paths on the session's branch.
    ///
    /// `shown` holds object ids of what the person saw, by path; a file that changed since is refused.
    ///
    /// # Errors
    /// [`Failed::Refused`] for an empty message, nothing to commit, or nobody who signs, [`Failed::Conflict`] if a file
    /// or the branch moved in the meantime, [`Failed::Malformed`] for a path outside.
    pub async fn commit(
        &self,
        paths: &[String],
        message: &str,
        shown: &BTreeMap<String, String>,
    ) -> Result<Committed, Failed> {
        check(paths, message)?;
        let signers = self.repo.signers(&self.place()).await?;
        let contents = self.store(paths, &["--replace"]).await?;
        check_shown(&contents, shown)?;
        let head = self.head().await?;
        let listed = index_lines(&contents, &head);
        let tree = self.tree_of(&head, &listed).await?;
        self.check_only(&head, &tree, &contents).await?;
        let commit = self.commit_tree(&tree, &head, message, &signers).await?;
        self.move_branch(&commit, &head).await?;
        self.write_index(listed).await?;
        Ok(Committed { commit })
    }

    pub(super) async fn head(&self) -> Result<String, Failed> {
        let call = Call::new(["rev-parse", "--verify", "HEAD^{commit}"]);
        Ok(self.line(call).await?)
    }

    /// Paths that differ between two trees.
    pub(super) async fn between(&self, from: &str, to: &str) -> Result<Vec<String>, Failed> {
        let list = ["diff-tree", "-r", "--name-only", "--no-renames", "-z"];
        let list = Call::new(list).args(&["--ignore-submodules=none", from, to]);
        Ok(parts(&self.git(list).await?))
    }

    /// Whether a tree differs from `head` in the chosen files, and in nothing else.
    async fn check_only(&self, head: &str, tree: &str, chosen: &Contents) -> Result<(), Failed> {
        let changed = self.between(head, tree).await?;
        if changed.is_empty() {
            let text = "the chosen files hold nothing new to commit".to_owned();
            return Err(Failed::Refused(text));
        }
        let other = changed.iter().find(|path| !chosen.contains_key(*path));
        other.map_or(Ok(()), |path| {
            Err(Failed::Refused(format!(
                "a chosen file takes the place of {path}, which git still tracks; choose its deletion too",
                path = reveal(path)
            )))
        })
    }

    /// Puts lines of `update-index --index-info` into the worktree's index.
    pub(super) async fn write_index(&self, lines: Vec<u8>) -> Result<(), Failed> {
        if lines.is_empty() {
            return Ok(());
        }
        let update = Call::new(["update-index", "-z", "--index-info"]);
        self.git(update.stdin(lines).writes()).await?;
        Ok(())
    }

    /// The tree of `head` with these lines of `update-index --index-info`.
    pub(super) async fn tree_of(&self, head: &str, listed: &[u8]) -> Result<String, Failed> {
        let own = OwnIndex::new(&self.git_dir());
        self.git(own.of(Call::new(["read-tree", head]))).await?;
        let update = Call::new(["update-index", "-z", "--index-info"]).stdin(listed);
        self.git(own.of(update)).await?;
        Ok(self.line(own.of(Call::new(["write-tree"]))).await?)
    }

    /// A commit of a tree on top of `head`, which no branch holds yet.
    pub(super) async fn commit_tree(
        &self,
        tree: &str,
        head: &str,
        message: &str,
        signers: &Signers,
    ) -> Result<String, Failed> {
        let Signers { author, committer } = signers;
        let call = Call::new(["commit-tree", tree, "-p", head, "-F", "-"])
            .env("GIT_AUTHOR_NAME", &author.name)
            .env("GIT_AUTHOR_EMAIL", &author.email)
            .env("GIT_COMMITTER_NAME", &committer.name)
            .env("GIT_COMMITTER_EMAIL", &committer.email)
            .stdin(format!("{}\n", message.trim_end()))
            .writes();
        Ok(self.line(call).await?)
    }

    async fn move_branch(&self, commit: &str, head: &str) -> Result<(), Failed> {
        let branch = self
            .line(Call::new(["symbolic-ref", "--quiet", "HEAD"]))
            .await
            .map_err(|_| {
                Failed::Refused("the worktree is on no branch; check one out".to_owned())
            })?;
        if !branch.starts_with("refs/heads/") {
            return Err(Failed::Refused(
                "the worktree is on no branch; check one out".to_owned(),
            ));
        }
        let reason = "heddle: commit of chosen files";
        let call = Call::new(["update-ref", "-m", reason, &branch, commit, head]).writes();
        let moved = self.git(call).await;
        moved
            .map(|_| ())
            .map_err(|_| Failed::conflict("the branch moved in the meantime; look again"))
    }
}

/// Whether each file is as it was shown.
///
/// # Errors
/// [`Failed::Conflict`] if one changed since.
pub(super) fn check_shown(
    contents: &Contents,
    shown: &BTreeMap<String, String>,
) -> Result<(), Failed> {
    let oid = |path: &String| contents.get(path)?.as_ref().map(|stored| &stored.oid);
    let is_other =
        |(path, seen): (&String, &String)| contents.contains_key(path) && oid(path) != Some(seen);
    match shown.iter().any(is_other) {
        true => Err(Failed::conflict(
            "a file changed since it was shown; look at it again",
        )),
        false => Ok(()),
    }
}

/// Lines for `update-index --index-info`, what goes away first. `like` is an object id of the
/// repository: ids have its length.
pub(super) fn index_lines(contents: &Contents, like: &str) -> Vec<u8> {
    let gone = contents.iter().filter(|(_, stored)| stored.is_none());
    let none = "0".repeat(like.len());
    let mut lines: String = gone
        .map(|(path, _)| format!("0 {none}\t{path}\0"))
        .collect();
    for (path, stored) in contents {
        if let Some(Stored { mode, oid }) = stored {
            lines.push_str(&format!("{mode} {oid}\t{path}\0"));
        }
    }
    lines.into_bytes()
}

fn check(paths: &[String], message: &str) -> Result<(), Failed> {
    if message.trim().is_empty() {
        return Err(Failed::Refused("write a commit message".to_owned()));
    }
    if message.len() > MAX_MESSAGE || message.contains('\0') {
        return Err(Failed::Refused(
            "this commit message is too long".to_owned(),
        ));
    }
    if paths.is_empty() {
        return Err(Failed::Refused("choose at least one file".to_owned()));
    }
    Ok(())
}
