//! What git says of a worktree: branch, changed files, diffs.
use crate::author::Author;
use crate::flat_file::FlatFile;
use crate::submodule::Submodule;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How a file differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// New and known to git.
    Added,
    /// Other content or mode.
    Modified,
    /// Gone.
    Deleted,
    /// Moved, perhaps changed.
    Renamed,
    /// A copy of another.
    Copied,
    /// New and unknown to git.
    Untracked,
    /// File became link or the like.
    TypeChanged,
    /// Both sides of a merge changed it.
    Conflicted,
}

impl ChangeKind {
    /// The letter that git uses.
    #[must_use]
    pub const fn letter(self) -> &'static str {
        match self {
            Self::Added => "A",
            Self::Modified => "M",
            Self::Deleted => "D",
            Self::Renamed => "R",
            Self::Copied => "C",
            Self::Untracked => "?",
            Self::TypeChanged => "T",
            Self::Conflicted => "U",
        }
    }

    /// The word that a person reads.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Modified => "modified",
            Self::Deleted => "deleted",
            Self::Renamed => "renamed",
            Self::Copied => "copied",
            Self::Untracked => "new",
            Self::TypeChanged => "type changed",
            Self::Conflicted => "conflicted",
        }
    }
}

/// A file that differs. Paths are relative to the worktree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChangedFile {
    /// The file.
    pub path: String,
    /// Where it was, if it moved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old_path: Option<String>,
    /// How it differs.
    pub kind: ChangeKind,
    /// Lines added; absent if binary or too large to count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub added: Option<u64>,
    /// Lines removed; absent if binary or too large to count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed: Option<u64>,
    /// Whether git takes it as binary.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub binary: bool,
    /// What a submodule points to; absent for everything else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submodule: Option<Submodule>,
    /// Whether it is a repository of its own inside the worktree that git does not track. It cannot
    /// be committed here.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub own_repository: bool,
}

impl ChangedFile {
    /// A change without lines counted.
    #[must_use]
    pub const fn new(path: String, kind: ChangeKind) -> Self {
        Self {
            path,
            old_path: None,
            kind,
            added: None,
            removed: None,
            binary: false,
            submodule: None,
            own_repository: false,
        }
    }

    /// What a reader sees if it is a repository: that git leaves it alone, or what a submodule
    /// points to and holds.
    #[must_use]
    pub fn repository_words(&self) -> Option<String> {
        if self.own_repository {
            return Some("a repository of its own".to_owned());
        }
        self.submodule.as_ref().map(Submodule::words)
    }

    /// Whether a commit here can hold it: not a repository of its own, nor what changed only inside
    /// a submodule.
    #[must_use]
    pub fn is_committable(&self) -> bool {
        let is_moved = |submodule: &Submodule| submodule.old != submodule.new;
        !self.own_repository && self.submodule.as_ref().is_none_or(is_moved)
    }
}

/// The answer of `agent/get_changed_files`: against the base of the session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChangedFiles {
    /// By path.
    pub files: Vec<ChangedFile>,
    /// The worktree revision they were read at.
    pub worktree_revision: u64,
    /// Set if there are more files than are told.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
}

/// A file of `git/status`: against HEAD, with what is staged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", try_from = "FlatFile")]
pub struct StatusFile {
    /// The change in the worktree against HEAD.
    #[serde(flatten)]
    pub change: ChangedFile,
    /// Whether the index differs from HEAD for it.
    pub staged: bool,
    /// Object id of the content that is shown; sent back on commit. Absent if deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oid: Option<String>,
}

/// The answer of `git/status`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GitStatus {
    /// Branch of the worktree; absent if detached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// The commit checked out.
    pub head: String,
    /// The branch the session started from.
    pub base_branch: String,
    /// The commit the session started from.
    pub base_commit: String,
    /// Commits since the base.
    pub ahead: u64,
    /// Who signs the next commit, as git's configuration says; absent if it names nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<Author>,
    /// Files that are not committed, by path.
    pub files: Vec<StatusFile>,
    /// Set if there are more files than are told.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
}

/// A hunk, by the header that `git/diff` gave it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChosenHunk {
    /// The file.
    pub path: String,
    /// The line that begins with `@@`.
    pub header: String,
}

/// What of a worktree is meant: whole files, and single hunks of others.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    /// Files.
    pub paths: Vec<String>,
    /// Hunks.
    pub hunks: Vec<ChosenHunk>,
    /// Object ids of what the person saw, by path.
    pub shown: BTreeMap<String, String>,
}

/// The answer of `git/discard`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discarded {
    /// What brings it back.
    pub undo: String,
}

/// Kind of a line of a diff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// On both sides.
    Context,
    /// Only on the new side.
    Added,
    /// Only on the old side.
    Removed,
}

/// A line of a diff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiffLine {
    /// Side.
    pub kind: LineKind,
    /// Number on the old side, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old: Option<u64>,
    /// Number on the new side, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new: Option<u64>,
    /// Without its line end.
    pub text: String,
}

/// A hunk of a diff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hunk {
    /// What git prints between and after the `@@`.
    pub header: String,
    /// Its lines.
    pub lines: Vec<DiffLine>,
}

/// The diff of one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", try_from = "FlatFile")]
pub struct DiffOfFile {
    /// What changed.
    #[serde(flatten)]
    pub change: ChangedFile,
    /// The hunks; empty if binary.
    pub hunks: Vec<Hunk>,
    /// Set if lines were left out because the diff is too large.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
    /// Object id of the new side; absent if deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oid: Option<String>,
}

/// The answer of `git/diff`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diff {
    /// By path.
    pub files: Vec<DiffOfFile>,
    /// Set if there are more files than are told.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
}

/// The answer of `git/commit`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Committed {
    /// Object id of the new commit.
    pub commit: String,
}
