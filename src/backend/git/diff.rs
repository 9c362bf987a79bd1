//! The diff of files against the base, as hunks of lines.
use super::changes::SUBMODULES;
use super::files::{Found, look};
use super::path::check_path;
use super::run::Call;
use super::worktree::WorktreeGit;
use crate::error::Failed;
use domain::diff;
use domain::git::{ChangeKind, ChangedFile, Diff, DiffLine, DiffOfFile, Hunk, LineKind};
use std::path::Path;

/// Bytes of one file's diff. Source: security 5.2.
const MAX_BYTES: usize = 2 * 1024 * 1024;
/// Bytes of all lines of one answer, about. Source: issue 3, 1 MB an answer.
const MAX_ANSWER: usize = 700 * 1024;
/// Bytes of a line on the wire beside its text.
const AROUND_LINE: usize = 60;
/// Lines of one file's diff. Source: security 5.2.
const MAX_LINES: usize = 5000;
/// Files of one answer. Source: security 5.2.
const MAX_FILES: usize = 300;

impl WorktreeGit {
    /// The diff of one file, or of all that changed, against the base.
    ///
    /// # Errors
    /// [`Failed::Malformed`] for a path outside; [`Failed::NotFound`] for one that did not change.
    pub async fn diff(&self, path: Option<&str>) -> Result<Diff, Failed> {
        Box::pin(self.read_diff(path)).await
    }

    async fn read_diff(&self, path: Option<&str>) -> Result<Diff, Failed> {
        if let Some(path) = path {
            check_path(path).map_err(|error| Failed::Malformed(error.to_string()))?;
        }
        let (changed, is_cut) = self.listed(path, MAX_FILES).await?;
        if let (Some(path), true) = (path, changed.is_empty()) {
            return Err(Failed::NotFound(format!("{path} did not change")));
        }
        let mut files = Vec::with_capacity(changed.len());
        let mut room = MAX_ANSWER;
        let paths: Vec<String> = changed.iter().map(|file| file.path.clone()).collect();
        let mut ids = self.shown_ids(&paths).await;
        let new = changed
            .iter()
            .filter(|file| file.kind == ChangeKind::Untracked);
        let new = new
            .filter(|file| !file.own_repository)
            .map(|file| &file.path);
        let otherwise = self.shown_otherwise(new).await?;
        for file in changed {
            let oid = ids.remove(&file.path);
            let is_otherwise = otherwise.contains(&file.path);
            let mut file = self.diff_of(file, oid, is_otherwise).await;
            fit(&mut file, &mut room);
            files.push(file);
        }
        Ok(Diff {
            files,
            truncated: is_cut,
        })
    }

    /// The diff of one file; one that cannot be read is shown without lines.
    async fn diff_of(
        &self,
        change: ChangedFile,
        oid: Option<String>,
        is_otherwise: bool,
    ) -> DiffOfFile {
        let lines = match change.kind {
            _ if change.binary || change.own_repository => Ok((Vec::new(), false)),
            ChangeKind::Untracked if is_otherwise => self.patched_lines(&change.path).await,
            ChangeKind::Untracked => self.new_lines(&change.path),
            ChangeKind::Added
            | ChangeKind::Modified
            | ChangeKind::Deleted
            | ChangeKind::Renamed
            | ChangeKind::Copied
            | ChangeKind::TypeChanged
            | ChangeKind::Conflicted => self.tracked_lines(&change).await,
        };
        let (hunks, truncated) = lines.unwrap_or((Vec::new(), true));
        DiffOfFile {
            change,
            hunks,
            truncated,
            oid,
        }
    }

    async fn tracked_lines(&self, change: &ChangedFile) -> Result<(Vec<Hunk>, bool), Failed> {
        let mut call = Call::new(["diff", "-p", "-M", "-C", "--no-ext-diff"])
            .args(&["--no-textconv", "--no-color", SUBMODULES])
            .args(&["--submodule=short", &self.worktree.base_commit, "--"]);
        if let Some(old) = &change.old_path {
            call = call.arg(old);
        }
        let text = self.git(call.arg(&change.path)).await?;
        Ok(hunks_of(&text, &change.path))
    }

    /// The lines of a new file whose bytes git shows in another way.
    async fn patched_lines(&self, path: &str) -> Result<(Vec<Hunk>, bool), Failed> {
        match self.patch_of_new(path).await {
            Ok(text) => Ok(hunks_of(&text, path)),
            Err(_) => self.new_lines(path),
        }
    }

    fn new_lines(&self, path: &str) -> Result<(Vec<Hunk>, bool), Failed> {
        let found = look(Path::new(&self.worktree.path), path, MAX_BYTES as u64)
            .map_err(|cause| Failed::Internal(format!("a file cannot be read: {cause}")))?;
        let (bytes, size) = match found {
            Found::File { bytes, size, .. } => (bytes, size),
            Found::Link(target) => {
                let size = target.len() as u64;
                (target, size)
            }
            Found::Folder | Found::BelowLink | Found::Other | Found::Nothing => {
                return Ok((Vec::new(), false));
            }
        };
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let all = text.lines().count();
        let line = |(at, text): (usize, &str)| DiffLine {
            kind: LineKind::Added,
            old: None,
            new: Some(at as u64 + 1),
            text: text.to_owned(),
        };
        let lines: Vec<_> = text.lines().take(MAX_LINES).enumerate().map(line).collect();
        let truncated = all > MAX_LINES || size > bytes.len() as u64;
        let header = format!("@@ -0,0 +1,{all} @@");
        Ok((
            if lines.is_empty() {
                Vec::new()
            } else {
                vec![Hunk { header, lines }]
            },
            truncated,
        ))
    }
}

/// The hunks of a patch, and whether there is more.
fn hunks_of(text: &[u8], path: &str) -> (Vec<Hunk>, bool) {
    let is_cut = text.len() > MAX_BYTES;
    let text = String::from_utf8_lossy(&text[..text.len().min(MAX_BYTES)]);
    let (hunks, is_long) = diff::parse(diff::section(&text, path), MAX_LINES);
    (hunks, is_cut || is_long)
}

/// Leaves out the lines that find no room in the answer any more.
fn fit(file: &mut DiffOfFile, room: &mut usize) {
    let mut is_full = false;
    for hunk in &mut file.hunks {
        hunk.lines.retain(|line| {
            let size = line.text.len() + AROUND_LINE;
            is_full = is_full || size > *room;
            *room -= if is_full { 0 } else { size };
            !is_full
        });
    }
    file.hunks.retain(|hunk| !hunk.lines.is_empty());
    if is_full {
        *room = 0;
        file.truncated = true;
    }
}
