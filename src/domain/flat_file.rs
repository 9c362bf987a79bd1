//! A changed file on the wire before it is taken apart: read in one pass, without buffering.
use crate::flat::{NotThatShape, need};
use crate::git::{ChangeKind, ChangedFile, DiffOfFile, Hunk, StatusFile};
use crate::submodule::Submodule;
use serde::Deserialize;

/// A changed file with what `git/status` and `git/diff` add to it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FlatFile {
    path: String,
    old_path: Option<String>,
    kind: ChangeKind,
    added: Option<u64>,
    removed: Option<u64>,
    #[serde(default)]
    binary: bool,
    submodule: Option<Submodule>,
    #[serde(default)]
    own_repository: bool,
    oid: Option<String>,
    staged: Option<bool>,
    hunks: Option<Vec<Hunk>>,
    #[serde(default)]
    truncated: bool,
}

impl FlatFile {
    fn change(self) -> ChangedFile {
        ChangedFile {
            path: self.path,
            old_path: self.old_path,
            kind: self.kind,
            added: self.added,
            removed: self.removed,
            binary: self.binary,
            submodule: self.submodule,
            own_repository: self.own_repository,
        }
    }
}

impl TryFrom<FlatFile> for StatusFile {
    type Error = NotThatShape;

    fn try_from(mut flat: FlatFile) -> Result<Self, NotThatShape> {
        Ok(Self {
            staged: need(flat.staged, "staged")?,
            oid: flat.oid.take(),
            change: flat.change(),
        })
    }
}

impl TryFrom<FlatFile> for DiffOfFile {
    type Error = NotThatShape;

    fn try_from(mut flat: FlatFile) -> Result<Self, NotThatShape> {
        Ok(Self {
            hunks: need(flat.hunks.take(), "hunks")?,
            truncated: flat.truncated,
            oid: flat.oid.take(),
            change: flat.change(),
        })
    }
}
