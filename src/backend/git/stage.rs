//! Puts changes into the index and takes them out: whole files, or single hunks.
use super::commit::{check_shown, index_lines};
use super::error::GitError;
use super::path::check_path;
use super::raw_diff::parts;
use super::run::Call;
use super::worktree::WorktreeGit;
use crate::error::Failed;
use domain::git::{Chosen, ChosenHunk};
use std::collections::{BTreeMap, BTreeSet};

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
        let hunks = chosen.hunks.iter().map(|hunk| &hunk.path);
        self.refuse_filtered(hunks).await?;
        let contents = self.store(&chosen.paths, &[]).await?;
        check_shown(&contents, &chosen.shown)?;
        let lines = index_lines(&contents, &self.head().await?);
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
        let head = self.head().await?;
        let mut of_head = self.entries_of(&head, &chosen.paths).await?;
        let before = |path: &String| (path.clone(), of_head.remove(path));
        let contents = chosen.paths.iter().map(before).collect();
        self.write_index(index_lines(&contents, &head)).await
    }

    /// Those of these paths that the index or the last commit has.
    pub(super) async fn known(&self, paths: &[String]) -> Result<Vec<String>, Failed> {
        let head = ["ls-tree", "-r", "--name-only", "--full-tree", "-z", "HEAD"];
        let index = self.git(Call::new(["ls-files", "-z"]).paths(paths));
        let (index, head) = tokio::try_join!(index, self.git(Call::new(head).paths(paths)))?;
        let all: BTreeSet<String> = parts(&index).into_iter().chain(parts(&head)).collect();
        let is_known = |path: &&String| all.contains(*path);
        Ok(paths.iter().filter(is_known).cloned().collect())
    }

    pub(super) async fn with_paths(&self, call: Call, paths: &[String]) -> Result<(), Failed> {
        if paths.is_empty() {
            return Ok(());
        }
        let call = call
            .arg("--pathspec-from-file=-")
            .arg("--pathspec-file-nul");
        let list: String = paths.iter().map(|path| format!("{path}\0")).collect();
        self.git(call.stdin(list).writes()).await?;
        Ok(())
    }

    /// The patch of hunks against the base, as `git/diff` shows them.
    pub(super) async fn patch(&self, hunks: &[ChosenHunk]) -> Result<Vec<u8>, Failed> {
        let mut by_path: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for hunk in hunks {
            by_path.entry(&hunk.path).or_default().insert(&hunk.header);
        }
        let mut patch = Vec::new();
        for (path, headers) in by_path {
            let call = Call::new(["diff", "-p", "--full-index", "--binary", "--no-renames"])
                .args(&["--no-ext-diff", "--no-textconv", "--no-color"])
                .args(&["--ignore-submodules=all", &self.worktree.base_commit])
                .paths([&path.to_owned()]);
            let text = self.git(call).await?;
            patch.extend(cut(&text, &headers).ok_or_else(moved)?);
        }
        Ok(patch)
    }

    pub(super) async fn apply(&self, patch: &[u8], how: &[&str]) -> Result<(), Failed> {
        if patch.is_empty() {
            return Ok(());
        }
        let call = Call::new(["apply", "--whitespace=nowarn"]);
        let call = call.args(how);
        match self.git(call.stdin(patch).writes()).await {
            Ok(_) => Ok(()),
            Err(GitError::Refused { .. }) => Err(moved()),
            Err(other) => Err(other.into()),
        }
    }
}

fn moved() -> Failed {
    Failed::conflict("a hunk changed since it was shown; look at it again")
}

pub(super) fn check(chosen: &Chosen) -> Result<(), Failed> {
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
