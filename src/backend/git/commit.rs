//! Commits exactly the chosen files as they stand, through an index of its own.
use super::files::{Found, look};
use super::path::check_path;
use super::run::Call;
use super::worktree::WorktreeGit;
use crate::error::Failed;
use domain::git::Committed;
use std::collections::BTreeMap;
use std::path::Path;

/// Bytes of one file that can be committed here.
const MAX_FILE: u64 = 256 * 1024 * 1024;
/// Bytes of a file whose object id is told to readers.
const MAX_SHOWN: u64 = 8 * 1024 * 1024;
/// Bytes of a commit message.
const MAX_MESSAGE: usize = 64 * 1024;
const NO_OBJECT: &str = "0000000000000000000000000000000000000000";

impl WorktreeGit {
    /// Commits the chosen paths on the session's branch.
    ///
    /// `shown` holds object ids of what the person saw, by path; a file that changed since is refused.
    ///
    /// # Errors
    /// [`Failed::Refused`] for an empty message or nothing to commit, [`Failed::Conflict`] if a file
    /// or the branch moved in the meantime, [`Failed::Malformed`] for a path outside.
    pub async fn commit(
        &self,
        paths: &[String],
        message: &str,
        shown: &BTreeMap<String, String>,
    ) -> Result<Committed, Failed> {
        check(paths, message)?;
        let listed = self.index_lines(paths, shown).await?;
        let head = self
            .line(Call::new(["rev-parse", "--verify", "HEAD^{commit}"]))
            .await?;
        let Some(commit) = self.commit_of(&head, &listed, message).await? else {
            return Err(Failed::Refused(
                "the chosen files hold nothing new to commit".to_owned(),
            ));
        };
        self.move_branch(&commit, &head).await?;
        self.write_index(listed).await?;
        Ok(Committed { commit })
    }

    /// A commit of these lines on top of `head`, which no branch holds yet; none if they change
    /// nothing.
    pub(super) async fn commit_of(
        &self,
        head: &str,
        listed: &[u8],
        message: &str,
    ) -> Result<Option<String>, Failed> {
        let index = self
            .git_dir()
            .join(format!("heddle-index-{}", uuid::Uuid::new_v4().simple()));
        let tree = self.tree_of(&index, head, listed).await;
        let _ = tokio::fs::remove_file(&index).await;
        let tree = tree?;
        let of_head = format!("{head}^{{tree}}");
        let before = Call::new(["rev-parse", "--verify"]).arg(of_head);
        if tree == self.line(before).await? {
            return Ok(None);
        }
        self.commit_tree(&tree, head, message).await.map(Some)
    }

    /// Puts lines of `update-index --index-info` into the worktree's index.
    pub(super) async fn write_index(&self, lines: Vec<u8>) -> Result<(), Failed> {
        if lines.is_empty() {
            return Ok(());
        }
        let update = Call::new(["update-index", "-z", "--index-info"]);
        self.git(update.stdin(lines).writes()).await.map(drop)
    }

    async fn tree_of(&self, index: &Path, head: &str, listed: &[u8]) -> Result<String, Failed> {
        let own = |call: Call| call.env("GIT_INDEX_FILE", index).writes();
        self.git(own(Call::new(["read-tree", head]))).await?;
        let update = Call::new(["update-index", "-z", "--index-info"]).stdin(listed);
        self.git(own(update)).await?;
        self.line(own(Call::new(["write-tree"]))).await
    }

    async fn commit_tree(&self, tree: &str, head: &str, message: &str) -> Result<String, Failed> {
        let (name, mail) = self.repo.author().await;
        let call = Call::new(["commit-tree", tree, "-p", head, "-F", "-"])
            .env("GIT_AUTHOR_NAME", &name)
            .env("GIT_AUTHOR_EMAIL", &mail)
            .env("GIT_COMMITTER_NAME", &name)
            .env("GIT_COMMITTER_EMAIL", &mail)
            .stdin(format!("{}\n", message.trim_end()))
            .writes();
        self.line(call).await
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

    /// Lines for `update-index --index-info`, with every file's content stored as an object.
    pub(super) async fn index_lines(
        &self,
        paths: &[String],
        shown: &BTreeMap<String, String>,
    ) -> Result<Vec<u8>, Failed> {
        let mut lines = Vec::new();
        for path in paths {
            let content = self
                .content_id(path, MAX_FILE, &["hash-object", "-w"])
                .await?;
            let oid = content.as_ref().map(|(_, oid)| oid.as_str());
            if shown
                .get(path)
                .is_some_and(|seen| oid != Some(seen.as_str()))
            {
                return Err(Failed::conflict(
                    "a file changed since it was shown; look at it again",
                ));
            }
            let (mode, oid) = content.unwrap_or_else(|| ("0".to_owned(), NO_OBJECT.to_owned()));
            lines.extend_from_slice(format!("{mode} {oid}\t{path}\0").as_bytes());
        }
        Ok(lines)
    }

    /// The object id that a file has now, for the reader; none if it is large or no file. Nothing is
    /// written.
    pub(super) async fn shown_id(&self, path: &str) -> Option<String> {
        let content = self.content_id(path, MAX_SHOWN, &["hash-object"]).await;
        content.ok().flatten().map(|(_, oid)| oid)
    }

    /// Mode and object id of what stands at a path; none if nothing does.
    async fn content_id(
        &self,
        path: &str,
        limit: u64,
        hash: &[&str],
    ) -> Result<Option<(String, String)>, Failed> {
        check_path(path).map_err(|error| Failed::Malformed(error.to_string()))?;
        let (root, name) = (self.worktree.path.clone(), path.to_owned());
        let found = tokio::task::spawn_blocking(move || look(Path::new(&root), &name, limit + 1))
            .await
            .map_err(|error| Failed::internal(&error))?
            .map_err(|cause| Failed::Internal(format!("a file cannot be read: {cause}")))?;
        let (mode, bytes) = match found {
            Found::File { size, .. } if size > limit => {
                return Err(Failed::TooLarge(format!(
                    "{path} is too large to commit here"
                )));
            }
            Found::File {
                bytes,
                is_executable: true,
                ..
            } => ("100755", bytes),
            Found::File { bytes, .. } => ("100644", bytes),
            Found::Link(target) => ("120000", target),
            Found::Nothing => return Ok(None),
            Found::Other => {
                return Err(Failed::Refused(format!(
                    "{path} is neither a file nor a link"
                )));
            }
        };
        let call = Call::new(hash.iter().copied())
            .arg("--stdin")
            .arg("--no-filters");
        let call = call.stdin(bytes).writes();
        Ok(Some((mode.to_owned(), self.line(call).await?)))
    }
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
