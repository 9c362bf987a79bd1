//! A repository inside of a worktree: a submodule, one made there, or another worktree.
//!
//! Its configuration is as hostile as the rest of the worktree, so git runs in it as everywhere here.
use super::error::GitError;
use super::files::{Found, look};
use super::person::Person;
use super::run::{Call, Place, run};
use super::worktree::WorktreeGit;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// Bytes of a `.git` file: a path with its name before it.
const MAX_LINK: u64 = 8192;

/// A repository inside of a worktree, by its git directory.
#[derive(Debug, Clone)]
pub(super) struct Nested {
    pub(super) place: Place,
    person: Person,
}

impl WorktreeGit {
    /// The repository whose checkout is this folder of the worktree; none if it is none.
    pub(super) fn nested(&self, path: &str) -> Option<Nested> {
        Nested::open(self.path(), path, &self.repo.person)
    }
}

impl Nested {
    /// The repository whose checkout is this folder below `root`; none if it is none.
    pub(super) fn open(root: &Path, path: &str, person: &Person) -> Option<Self> {
        let folder = root.join(path);
        let git_dir = match look(root, &format!("{path}/.git"), MAX_LINK).ok()? {
            Found::Folder => folder.join(".git"),
            Found::File { bytes, .. } => {
                let named = bytes.strip_prefix(b"gitdir: ")?.trim_ascii_end();
                folder.join(OsStr::from_bytes(named))
            }
            Found::Link(target) => folder.join(OsStr::from_bytes(&target)),
            Found::BelowLink | Found::Other | Found::Nothing => return None,
        };
        let place = Place {
            git_dir: Some(git_dir),
            work_tree: folder,
            common_dir: None,
        };
        let person = person.clone();
        Some(Self { place, person })
    }

    /// A git directory whose checkout is gone; git runs in a folder that is there.
    pub(super) fn bare(git_dir: PathBuf, folder: &Path, person: &Person) -> Self {
        let place = Place {
            git_dir: Some(git_dir),
            work_tree: folder.to_owned(),
            common_dir: None,
        };
        let person = person.clone();
        Self { place, person }
    }

    pub(super) async fn git(&self, call: Call) -> Result<String, GitError> {
        let text = run(&self.place, &self.person, call).await?;
        Ok(String::from_utf8_lossy(&text)
            .trim_end_matches('\n')
            .to_owned())
    }

    /// The commit checked out; none if there is none yet.
    pub(super) async fn head(&self) -> Option<String> {
        let call = Call::new(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]);
        self.git(call).await.ok()
    }

    /// Files that are not committed in it. Submodules of its own count if they point elsewhere.
    pub(super) async fn uncommitted(&self) -> Result<u64, GitError> {
        let status = ["status", "--porcelain=v1", "-z", "--no-renames", "-unormal"];
        let call = Call::new(status).arg("--ignore-submodules=dirty");
        let text = self.git(call).await?;
        let count = text.split('\0').filter(|line| !line.is_empty()).count();
        Ok(count as u64)
    }

    /// Commits of its checkout that no remote-tracking branch has.
    pub(super) async fn unpushed(&self) -> Result<u64, GitError> {
        if self.head().await.is_none() {
            return Ok(0);
        }
        let call = Call::new(["rev-list", "--count", "HEAD", "--not", "--remotes", "--"]);
        Ok(self.git(call).await?.parse().unwrap_or(0))
    }

    /// Where its refs and objects are.
    pub(super) async fn common_dir(&self) -> Result<PathBuf, GitError> {
        let call = Call::new(["rev-parse", "--path-format=absolute", "--git-common-dir"]);
        let path = PathBuf::from(self.git(call).await?);
        Ok(path.canonicalize().unwrap_or(path))
    }
}
