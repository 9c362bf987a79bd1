//! Which files differ: from the base of the session, and from its last commit.
use super::files::{Found, look};
use super::raw_diff::{parse_diff, parts};
use super::run::Call;
use super::submodules::complete;
use super::worktree::WorktreeGit;
use crate::error::Failed;
use domain::git::{ChangeKind, ChangedFile, GitStatus, StatusFile};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Bytes of a new file whose lines are counted. Larger ones are listed without a count.
const COUNTED: u64 = 2 * 1024 * 1024;
/// Bytes at the beginning of a file that say whether it is text. Source: git, `buffer_is_binary`.
const LOOKED_AT: usize = 8000;
/// Files of one answer at the most.
const MAX_FILES: usize = 5000;

/// How git looks at submodules: which commit is checked out, without starting git inside of them.
pub(super) const SUBMODULES: &str = "--ignore-submodules=dirty";

/// What git does not track.
#[derive(Debug, Default)]
struct Untracked {
    files: Vec<String>,
    /// Folders that are repositories of their own.
    repositories: BTreeSet<String>,
}

impl WorktreeGit {
    /// Every file that differs from the base, committed or not, by path; and whether there are more.
    ///
    /// # Errors
    /// [`Failed`] if git cannot say.
    pub async fn changed_files(&self) -> Result<(Vec<ChangedFile>, bool), Failed> {
        // On the heap: who draws a page moves this future about on the stack.
        Box::pin(self.listed(None, MAX_FILES)).await
    }

    /// As [`Self::changed_files`], of one path if it is given, `most` at the most.
    pub(super) async fn listed(
        &self,
        path: Option<&str>,
        most: usize,
    ) -> Result<(Vec<ChangedFile>, bool), Failed> {
        let base = self.worktree.base_commit.clone();
        let (files, untracked) = tokio::try_join!(self.differing(&base), self.untracked())?;
        let (mut files, is_cut) = self.together(files, untracked, path, most);
        self.recount(&mut files).await?;
        Ok((files, is_cut))
    }

    /// Tracked and untracked files by path. Only those that are told are looked into.
    fn together(
        &self,
        mut files: BTreeMap<String, ChangedFile>,
        untracked: Untracked,
        path: Option<&str>,
        most: usize,
    ) -> (Vec<ChangedFile>, bool) {
        let mut names: BTreeSet<String> = files.keys().cloned().collect();
        names.extend(untracked.files);
        names.extend(untracked.repositories.iter().cloned());
        names.retain(|name| path.is_none_or(|path| name == path));
        let is_cut = names.len() > most;
        let root = Path::new(&self.worktree.path);
        let file = |name: String| match files.remove(&name) {
            Some(file) => file,
            None if untracked.repositories.contains(&name) => repository(name),
            None => new_file(root, &name),
        };
        (names.into_iter().take(most).map(file).collect(), is_cut)
    }

    /// Tracked files that differ from a commit, with line counts, and changed submodules, by path.
    pub(super) async fn differing(
        &self,
        commit: &str,
    ) -> Result<BTreeMap<String, ChangedFile>, Failed> {
        let call = |how: &[&str]| {
            let call = Call::new(["diff", "--raw", "-z", "--no-abbrev", "--no-ext-diff"]);
            let call = call.args(how).args(&["--no-textconv", "--no-color"]);
            call.args(&[SUBMODULES, "--submodule=short", commit, "--"])
        };
        let counted = async {
            match self.git(call(&["--numstat", "-M", "-C"])).await {
                // A pipe or device in the place of a file cannot be counted.
                Err(error) if error.names("unsupported file type") => {
                    self.git(call(&["--no-renames"])).await
                }
                counted => counted,
            }
        };
        let (text, submodules) = tokio::try_join!(counted, self.submodules())?;
        let mut files = parse_diff(&text);
        complete(&mut files, submodules);
        Ok(files)
    }

    async fn untracked(&self) -> Result<Untracked, Failed> {
        let call = Call::new(["ls-files", "--others", "--exclude-standard", "-z"]);
        let mut untracked = Untracked::default();
        for name in parts(&self.git(call).await?) {
            match name.strip_suffix('/') {
                Some(folder) => drop(untracked.repositories.insert(folder.to_owned())),
                None => untracked.files.push(name),
            }
        }
        Ok(untracked)
    }

    /// Files that are not committed, by path; and whether there are more.
    pub(super) async fn status_files(
        &self,
        path: Option<&str>,
    ) -> Result<(Vec<StatusFile>, bool), Failed> {
        let cached = ["diff", "--cached", "--name-only", "-z", "--no-ext-diff"];
        let cached = Call::new(cached).args(&[SUBMODULES, "HEAD", "--"]);
        let staged = async { Ok(self.git(cached).await?) };
        let (files, untracked, staged) =
            tokio::try_join!(self.differing("HEAD"), self.untracked(), staged)?;
        let staged: BTreeSet<String> = parts(&staged).into_iter().collect();
        let (mut files, is_cut) = self.together(files, untracked, path, MAX_FILES);
        self.recount(&mut files).await?;
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
        // On the heap, as above.
        Box::pin(self.read_status(path)).await
    }

    async fn read_status(&self, path: Option<&str>) -> Result<GitStatus, Failed> {
        let base = &self.worktree.base_commit;
        let range = format!("{base}..HEAD");
        let heads = self.line(Call::new([
            "rev-parse",
            "HEAD^{commit}",
            "--symbolic-full-name",
            "HEAD",
        ]));
        let ahead = self.line(Call::new(["rev-list", "--count", &range, "--"]));
        let place = self.place();
        let author = self.repo.person.author(&place);
        let (heads, ahead, files, author) =
            tokio::join!(heads, ahead, self.status_files(path), author);
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
            author: author?,
            files,
            truncated,
        })
    }
}

fn repository(path: String) -> ChangedFile {
    let mut file = ChangedFile::new(path, ChangeKind::Untracked);
    file.own_repository = true;
    file
}

fn new_file(root: &Path, path: &str) -> ChangedFile {
    let mut file = ChangedFile::new(path.to_owned(), ChangeKind::Untracked);
    match look(root, path, COUNTED) {
        Ok(Found::File { bytes, size, .. }) if size <= COUNTED => {
            // Git takes a file as binary for a NUL at its beginning.
            file.binary = bytes.iter().take(LOOKED_AT).any(|byte| *byte == 0);
            if !file.binary {
                file.added = Some(count_lines(&bytes));
                file.removed = Some(0);
            }
        }
        Ok(Found::Link(_)) => (file.added, file.removed) = (Some(1), Some(0)),
        Ok(
            Found::File { .. } | Found::Folder | Found::BelowLink | Found::Other | Found::Nothing,
        )
        | Err(_) => {}
    }
    file
}

/// Lines of a file, an unfinished last one included.
fn count_lines(bytes: &[u8]) -> u64 {
    let ends = bytes.iter().filter(|byte| **byte == b'\n').count() as u64;
    ends + u64::from(!bytes.is_empty() && !bytes.ends_with(b"\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_as_a_reader_does() {
        assert_eq!(
            [b"".as_slice(), b"a", b"a\n", b"a\nb"].map(count_lines),
            [0, 1, 1, 2]
        );
    }
}
