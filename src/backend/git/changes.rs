//! Which files differ: from the base of the session, and from its last commit.
use super::files::{Found, look};
use super::run::Call;
use super::worktree::WorktreeGit;
use crate::error::Failed;
use domain::git::{ChangeKind, ChangedFile, GitStatus, StatusFile};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Bytes of a new file whose lines are counted. Larger ones are listed without a count.
const COUNTED: u64 = 2 * 1024 * 1024;
/// Files of one answer at the most.
const MAX_FILES: usize = 5000;

impl WorktreeGit {
    /// Every file that differs from the base, committed or not, by path; and whether there are more.
    ///
    /// # Errors
    /// [`Failed`] if git cannot say.
    pub async fn changed_files(&self) -> Result<(Vec<ChangedFile>, bool), Failed> {
        self.listed(None, MAX_FILES).await
    }

    /// As [`Self::changed_files`], of one path if it is given, `most` at the most.
    pub(super) async fn listed(
        &self,
        path: Option<&str>,
        most: usize,
    ) -> Result<(Vec<ChangedFile>, bool), Failed> {
        let base = self.worktree.base_commit.clone();
        let (files, untracked) = tokio::join!(self.differing(&base), self.untracked());
        Ok(self.together(files?, untracked?, path, most))
    }

    /// Tracked and untracked files by path. Only those that are told are looked into.
    fn together(
        &self,
        mut files: BTreeMap<String, ChangedFile>,
        untracked: Vec<String>,
        path: Option<&str>,
        most: usize,
    ) -> (Vec<ChangedFile>, bool) {
        let mut names: BTreeSet<String> = files.keys().cloned().collect();
        names.extend(untracked);
        names.retain(|name| path.is_none_or(|path| name == path));
        let is_cut = names.len() > most;
        let root = Path::new(&self.worktree.path);
        let file = |name: String| files.remove(&name).unwrap_or_else(|| new_file(root, &name));
        (names.into_iter().take(most).map(file).collect(), is_cut)
    }

    /// Tracked files that differ from a commit, with line counts, by path.
    pub(super) async fn differing(
        &self,
        commit: &str,
    ) -> Result<BTreeMap<String, ChangedFile>, Failed> {
        let call = |how: &[&str]| {
            let call = Call::new(["diff", "--raw", "-z", "--abbrev=40", "--no-ext-diff"]);
            let call = how.iter().fold(call, |call, arg| call.arg(*arg));
            call.arg("--no-textconv")
                .arg("--no-color")
                .arg("--ignore-submodules=all")
                .arg(commit)
                .arg("--")
        };
        let counted = self.git(call(&["--numstat", "-M", "-C"])).await;
        let text = match counted {
            // A pipe or device in the place of a file cannot be counted.
            Err(Failed::Refused(text)) if text.contains("unsupported file type") => {
                self.git(call(&["--no-renames"])).await?
            }
            counted => counted?,
        };
        Ok(parse_diff(&text))
    }

    async fn untracked(&self) -> Result<Vec<String>, Failed> {
        let call = Call::new(["ls-files", "--others", "--exclude-standard", "-z"]);
        Ok(parts(&self.git(call).await?))
    }

    /// Files that are not committed, by path; and whether there are more.
    pub(super) async fn status_files(
        &self,
        path: Option<&str>,
    ) -> Result<(Vec<StatusFile>, bool), Failed> {
        let cached = [
            "diff",
            "--cached",
            "--name-only",
            "-z",
            "--no-ext-diff",
            "HEAD",
            "--",
        ];
        let staged = self.git(Call::new(cached));
        let (files, untracked, staged) =
            tokio::join!(self.differing("HEAD"), self.untracked(), staged);
        let staged: BTreeSet<String> = parts(&staged?).into_iter().collect();
        let (files, is_cut) = self.together(files?, untracked?, path, MAX_FILES);
        let status = |change: ChangedFile| StatusFile {
            staged: staged.contains(&change.path),
            change,
            oid: None,
        };
        Ok((files.into_iter().map(status).collect(), is_cut))
    }

    /// Branch, head and what is not committed.
    ///
    /// # Errors
    /// [`Failed`] if git cannot say.
    pub async fn status(&self, path: Option<&str>) -> Result<GitStatus, Failed> {
        let base = &self.worktree.base_commit;
        let range = format!("{base}..HEAD");
        let heads = self.line(Call::new([
            "rev-parse",
            "HEAD^{commit}",
            "--symbolic-full-name",
            "HEAD",
        ]));
        let ahead = self.line(Call::new(["rev-list", "--count", &range, "--"]));
        let (heads, ahead, files) = tokio::join!(heads, ahead, self.status_files(path));
        let (heads, ahead, (files, truncated)) = (heads?, ahead?, files?);
        let mut heads = heads.lines();
        let head = heads.next().unwrap_or_default().to_owned();
        let branch = heads
            .next()
            .and_then(|name| name.strip_prefix("refs/heads/"))
            .map(str::to_owned);
        Ok(GitStatus {
            branch,
            head,
            base_branch: self.worktree.base_branch.clone(),
            base_commit: base.clone(),
            ahead: ahead.parse().unwrap_or(0),
            files,
            truncated,
        })
    }
}

/// The parts of a NUL-separated list; names that are not UTF-8 are shown with marks.
fn parts(text: &[u8]) -> Vec<String> {
    let text = text.strip_suffix(b"\0").unwrap_or(text);
    if text.is_empty() {
        return Vec::new();
    }
    text.split(|byte| *byte == 0)
        .map(|part| String::from_utf8_lossy(part).into_owned())
        .collect()
}

fn new_file(root: &Path, path: &str) -> ChangedFile {
    let mut file = ChangedFile {
        path: path.to_owned(),
        old_path: None,
        kind: ChangeKind::Untracked,
        added: None,
        removed: None,
        binary: false,
    };
    match look(root, path, COUNTED) {
        Ok(Found::File { bytes, size, .. }) if size <= COUNTED => {
            file.binary = bytes.contains(&0);
            if !file.binary {
                file.added = Some(count_lines(&bytes));
                file.removed = Some(0);
            }
        }
        Ok(Found::Link(_)) => (file.added, file.removed) = (Some(1), Some(0)),
        _ => {}
    }
    file
}

/// Lines of a file, an unfinished last one included.
fn count_lines(bytes: &[u8]) -> u64 {
    let ends = bytes.iter().filter(|byte| **byte == b'\n').count() as u64;
    ends + u64::from(!bytes.is_empty() && !bytes.ends_with(b"\n"))
}

/// What `diff --raw --numstat -z` printed: raw records first, then counts.
fn parse_diff(text: &[u8]) -> BTreeMap<String, ChangedFile> {
    let mut files = BTreeMap::new();
    let mut parts = parts(text).into_iter();
    while let Some(part) = parts.next() {
        if let Some(raw) = part.strip_prefix(':') {
            if let Some(file) = raw_record(raw, &mut parts) {
                files.insert(file.path.clone(), file);
            }
        } else {
            count_record(&part, &mut parts, &mut files);
        }
    }
    files
}

fn raw_record(raw: &str, parts: &mut impl Iterator<Item = String>) -> Option<ChangedFile> {
    let kind = match raw.split(' ').nth(4)?.chars().next()? {
        'A' => ChangeKind::Added,
        'D' => ChangeKind::Deleted,
        'R' => ChangeKind::Renamed,
        'C' => ChangeKind::Copied,
        'T' => ChangeKind::TypeChanged,
        'U' => ChangeKind::Conflicted,
        _ => ChangeKind::Modified,
    };
    let first = parts.next()?;
    let (path, old_path) = match kind {
        ChangeKind::Renamed | ChangeKind::Copied => (parts.next()?, Some(first)),
        _ => (first, None),
    };
    Some(ChangedFile {
        path,
        old_path,
        kind,
        added: None,
        removed: None,
        binary: false,
    })
}

fn count_record(
    part: &str,
    parts: &mut impl Iterator<Item = String>,
    files: &mut BTreeMap<String, ChangedFile>,
) {
    let mut fields = part.splitn(3, '\t');
    let (Some(added), Some(removed), Some(path)) = (fields.next(), fields.next(), fields.next())
    else {
        return;
    };
    let path = if path.is_empty() {
        let _old = parts.next();
        parts.next().unwrap_or_default()
    } else {
        path.to_owned()
    };
    if let Some(file) = files.get_mut(&path) {
        file.binary = added == "-";
        file.added = added.parse().ok();
        file.removed = removed.parse().ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_and_numstat_records_become_one_file_each() {
        let text = b":100644 100644 aa bb M\0src/a.rs\0:100644 100644 aa bb R090\0old name\0new\tname\0\
                     :000000 100644 00 bb A\0pic.png\x003\t1\tsrc/a.rs\x002\t0\t\0old name\0new\tname\0-\t-\tpic.png\0";
        let files = parse_diff(text);
        assert_eq!(files["src/a.rs"].added, Some(3));
        assert_eq!(files["new\tname"].old_path.as_deref(), Some("old name"));
        assert_eq!(files["new\tname"].kind, ChangeKind::Renamed);
        assert_eq!(files["new\tname"].added, Some(2));
        assert!(files["pic.png"].binary);
    }

    #[test]
    fn lines_are_counted_as_a_reader_does() {
        assert_eq!(
            [b"".as_slice(), b"a", b"a\n", b"a\nb"].map(count_lines),
            [0, 1, 1, 2]
        );
    }
}
