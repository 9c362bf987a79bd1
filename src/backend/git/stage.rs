//! Puts changes into the index, takes them out and throws them away: whole files, or single hunks.
use super::path::check_path;
use super::run::Call;
use super::worktree::WorktreeGit;
use crate::error::Failed;
use domain::git::{Chosen, ChosenHunk};
use rustix::fs::{AtFlags, Mode, OFlags, ResolveFlags, open, openat2, unlinkat};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Files and hunks of one request.
const MOST: usize = 5000;

impl WorktreeGit {
    /// Puts what is chosen into the index, as it stands in the worktree.
    ///
    /// # Errors
    /// [`Failed::Malformed`] for a path outside, [`Failed::Refused`] for nothing or no file,
    /// [`Failed::Conflict`] if something changed since it was shown.
    pub async fn stage(&self, chosen: &Chosen) -> Result<(), Failed> {
        check(chosen)?;
        let patch = self.patch(&chosen.hunks).await?;
        let lines = self.index_lines(&chosen.paths, &chosen.shown).await?;
        self.apply(&patch, &["--cached"]).await?;
        self.write_index(lines).await
    }

    /// Takes what is chosen out of the index; the worktree stays as it is.
    ///
    /// # Errors
    /// As [`Self::stage`].
    pub async fn unstage(&self, chosen: &Chosen) -> Result<(), Failed> {
        check(chosen)?;
        let patch = self.patch(&chosen.hunks).await?;
        self.apply(&patch, &["--cached", "--reverse"]).await?;
        if chosen.paths.is_empty() {
            return Ok(());
        }
        let call = Call::new(["restore", "--staged", "--source=HEAD"]);
        self.with_paths(call, &self.known(&chosen.paths).await?)
            .await
    }

    /// Puts whole files back to the last commit, and takes hunks back to what they were; new files
    /// are removed. What is thrown away is kept under a private ref; its commit is the answer.
    ///
    /// # Errors
    /// As [`Self::stage`].
    pub async fn discard(&self, chosen: &Chosen) -> Result<String, Failed> {
        check(chosen)?;
        let patch = self.patch(&chosen.hunks).await?;
        let hunks = chosen.hunks.iter().map(|hunk| hunk.path.clone());
        let touched: BTreeSet<String> = chosen.paths.iter().cloned().chain(hunks).collect();
        let touched: Vec<String> = touched.into_iter().collect();
        let undo = self.keep(&touched, &chosen.shown).await?;
        self.apply(&patch, &["--reverse"]).await?;
        let known = self.known(&chosen.paths).await?;
        let call = Call::new(["restore", "--staged", "--worktree", "--source=HEAD"]);
        self.with_paths(call, &known).await?;
        for path in chosen.paths.iter().filter(|path| !known.contains(path)) {
            self.remove_file(path)?;
        }
        Ok(undo)
    }

    /// Brings back what was thrown away.
    ///
    /// # Errors
    /// [`Failed::NotFound`] if nothing is kept under this name.
    pub async fn bring_back(&self, undo: &str) -> Result<(), Failed> {
        let gone = || Failed::NotFound("nothing is kept under this name".to_owned());
        let is_name = undo.len() == 40 && undo.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_name {
            return Err(gone());
        }
        let kept = Call::new(["rev-parse", "--verify", "--quiet"]).arg(self.kept_name(undo));
        if self.line(kept).await.map_err(|_| gone())? != undo {
            return Err(gone());
        }
        let parent = format!("{undo}^");
        let list = Call::new(["diff-tree", "-r", "--name-only", "--no-renames", "-z"]);
        let paths = self.git(list.arg(parent).arg(undo)).await?;
        let source = format!("--source={undo}");
        let call = Call::new(["restore", "--worktree"]).arg(source);
        self.with_paths(call, &names(&paths)).await
    }

    /// Keeps files as they stand in a commit that no branch holds.
    async fn keep(
        &self,
        paths: &[String],
        shown: &BTreeMap<String, String>,
    ) -> Result<String, Failed> {
        let lines = self.index_lines(paths, shown).await?;
        let head = self
            .line(Call::new(["rev-parse", "--verify", "HEAD^{commit}"]))
            .await?;
        let commit = self.commit_of(&head, &lines, KEPT).await?;
        let Some(commit) = commit else {
            return Err(Failed::Refused("there is nothing to discard".to_owned()));
        };
        let name = self.kept_name(&commit);
        let update = Call::new(["update-ref", "-m", KEPT]).arg(name).arg(&commit);
        self.git(update.writes()).await?;
        Ok(commit)
    }

    fn kept_name(&self, commit: &str) -> String {
        let folder = Path::new(&self.worktree.path).file_name();
        let folder = folder.unwrap_or_default().to_string_lossy();
        format!("refs/heddle/discarded/{folder}/{commit}")
    }

    /// Those of these paths that the index or the last commit has.
    async fn known(&self, paths: &[String]) -> Result<Vec<String>, Failed> {
        let list = |call: Call| {
            let call = call.arg("--");
            paths.iter().fold(call, |call, path| call.arg(path))
        };
        let index = list(Call::new(["ls-files", "-z"]));
        let head = list(Call::new([
            "ls-tree",
            "-r",
            "--name-only",
            "--full-tree",
            "-z",
            "HEAD",
        ]));
        let (index, head) = tokio::try_join!(self.git(index), self.git(head))?;
        let all: BTreeSet<String> = names(&index).into_iter().chain(names(&head)).collect();
        let is_known = |path: &&String| all.contains(*path);
        Ok(paths.iter().filter(is_known).cloned().collect())
    }

    async fn with_paths(&self, call: Call, paths: &[String]) -> Result<(), Failed> {
        if paths.is_empty() {
            return Ok(());
        }
        let call = call
            .arg("--pathspec-from-file=-")
            .arg("--pathspec-file-nul");
        let list: String = paths.iter().map(|path| format!("{path}\0")).collect();
        self.git(call.stdin(list).writes()).await.map(drop)
    }

    /// The patch of hunks against the base, as `git/diff` shows them.
    async fn patch(&self, hunks: &[ChosenHunk]) -> Result<Vec<u8>, Failed> {
        let mut by_path: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for hunk in hunks {
            by_path.entry(&hunk.path).or_default().insert(&hunk.header);
        }
        let mut patch = Vec::new();
        for (path, headers) in by_path {
            let call = Call::new(["diff", "-p", "--full-index", "--binary", "--no-renames"])
                .arg("--no-ext-diff")
                .arg("--no-textconv")
                .arg("--no-color")
                .arg("--ignore-submodules=all")
                .arg(&self.worktree.base_commit)
                .arg("--")
                .arg(path);
            let text = self.git(call).await?;
            patch.extend(cut(&text, &headers).ok_or_else(moved)?);
        }
        Ok(patch)
    }

    async fn apply(&self, patch: &[u8], how: &[&str]) -> Result<(), Failed> {
        if patch.is_empty() {
            return Ok(());
        }
        let call = Call::new(["apply", "--whitespace=nowarn"]);
        let call = how.iter().fold(call, |call, arg| call.arg(*arg));
        let applied = self.git(call.stdin(patch).writes()).await;
        applied.map(drop).map_err(|error| match error {
            Failed::Refused(_) => moved(),
            other => other,
        })
    }

    /// Removes a file that git does not know, without following a link out of the worktree.
    fn remove_file(&self, path: &str) -> Result<(), Failed> {
        let gone = |cause: rustix::io::Errno| match cause {
            rustix::io::Errno::NOENT => Ok(()),
            cause => Err(Failed::Refused(format!(
                "{path} cannot be removed: {cause}"
            ))),
        };
        let (folder, name) = path.rsplit_once('/').unwrap_or((".", path));
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let inside = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS;
        let removed = open(&self.worktree.path, flags, Mode::empty())
            .and_then(|root| openat2(root, folder, flags, Mode::empty(), inside))
            .and_then(|folder| unlinkat(folder, name, AtFlags::empty()));
        removed.or_else(gone)
    }
}

/// Why a commit is kept that no branch holds.
const KEPT: &str = "heddle: what was thrown away";

fn moved() -> Failed {
    Failed::conflict("a hunk changed since it was shown; look at it again")
}

fn check(chosen: &Chosen) -> Result<(), Failed> {
    let count = chosen.paths.len() + chosen.hunks.len();
    if count == 0 {
        let text = "choose at least one file or hunk".to_owned();
        return Err(Failed::Refused(text));
    }
    if count > MOST {
        let text = format!("choose {MOST} files and hunks at most");
        return Err(Failed::TooLarge(text));
    }
    let hunks = chosen.hunks.iter().map(|hunk| &hunk.path);
    for path in chosen.paths.iter().chain(hunks) {
        check_path(path).map_err(|error| Failed::Malformed(error.to_string()))?;
    }
    let is_both = |hunk: &ChosenHunk| chosen.paths.contains(&hunk.path);
    if chosen.hunks.iter().any(is_both) {
        let text = "a file is chosen whole or by its hunks, not both".to_owned();
        return Err(Failed::Malformed(text));
    }
    Ok(())
}

fn names(bytes: &[u8]) -> Vec<String> {
    let parts = bytes
        .split(|byte| *byte == 0)
        .filter(|part| !part.is_empty());
    parts
        .map(|part| String::from_utf8_lossy(part).into_owned())
        .collect()
}

/// The patch of one file without the hunks that are not wanted; none if one is not there.
fn cut(patch: &[u8], headers: &BTreeSet<&str>) -> Option<Vec<u8>> {
    let mut kept = Vec::new();
    let mut found = BTreeSet::new();
    let mut is_wanted = true;
    for line in patch.split_inclusive(|byte| *byte == b'\n') {
        if line.starts_with(b"@@ ") {
            let header = String::from_utf8_lossy(line)
                .trim_end_matches('\n')
                .to_owned();
            is_wanted = headers.contains(header.as_str());
            if is_wanted {
                found.insert(header);
            }
        }
        if is_wanted {
            kept.extend_from_slice(line);
        }
    }
    (found.len() == headers.len()).then_some(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_is_cut_to_the_hunks_that_are_wanted() {
        let patch = b"diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-a\n+b\n@@ -9 +9 @@ fn\n-c\n+d\n\\ No newline at end of file\n";
        let cut = |headers: &[&str]| cut(patch, &headers.iter().copied().collect());
        let text = String::from_utf8(cut(&["@@ -9 +9 @@ fn"]).unwrap()).unwrap();
        assert_eq!(
            text,
            "diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -9 +9 @@ fn\n-c\n+d\n\\ No newline at end of file\n"
        );
        assert_eq!(cut(&["@@ -1 +1 @@", "@@ -9 +9 @@ fn"]).unwrap(), patch);
        assert_eq!(cut(&["@@ -2 +2 @@"]), None);
    }
}
