//! Throws changes away, whole files or single hunks, and brings them back byte by byte.
//!
//! What is thrown away is kept as it stands, not as git would convert it: so it comes back the same,
//! whatever its line ends and filters are.
use super::commit::{check_shown, index_lines};
use super::content::{Contents, Standing, Stored};
use super::files::{Found, look};
use super::person::Signers;
use super::put::{Put, put, remove, remove_empty_above};
use super::run::Call;
use super::stage::check;
use super::worktree::WorktreeGit;
use crate::error::Failed;
use domain::author::Author;
use domain::git::Chosen;
use domain::visible::reveal;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Why a commit is kept that no branch holds.
const KEPT: &str = "heddle: what was thrown away";
/// Bytes of one file that can be thrown away.
const MAX_FILE: u64 = 256 * 1024 * 1024;

impl WorktreeGit {
    /// Puts whole files back to the last commit, and takes hunks back to what they were; new files
    /// are removed. What is thrown away is kept under a private ref; its commit is the answer.
    ///
    /// # Errors
    /// As [`Self::stage`], and [`Failed::Refused`] if files that were not chosen would go too.
    pub async fn discard(&self, chosen: &Chosen) -> Result<String, Failed> {
        check(chosen)?;
        let patch = self.patch(&chosen.hunks).await?;
        let hunks = chosen.hunks.iter().map(|hunk| hunk.path.clone());
        let touched: BTreeSet<String> = chosen.paths.iter().cloned().chain(hunks).collect();
        let listed: Vec<String> = touched.iter().cloned().collect();
        let standing = self.standing(&listed).await?;
        refuse_submodules(&standing)?;
        self.refuse_bystanders(&touched)?;
        let undo = self.keep(&standing, &chosen.shown).await?;
        self.apply(&patch, &["--reverse"]).await?;
        let known = self.known(&chosen.paths).await?;
        for path in chosen.paths.iter().filter(|path| !known.contains(path)) {
            remove(self.path(), path)?;
        }
        let call = Call::new(["restore", "--staged", "--worktree", "--source=HEAD"]);
        self.with_paths(call, &known).await?;
        Ok(undo)
    }

    /// Brings back what was thrown away.
    ///
    /// # Errors
    /// [`Failed::NotFound`] if nothing is kept under this name.
    pub async fn bring_back(&self, undo: &str) -> Result<(), Failed> {
        let gone = || Failed::NotFound("nothing is kept under this name".to_owned());
        let is_long = undo.len() == 40 || undo.len() == 64;
        if !is_long || !undo.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(gone());
        }
        let kept = Call::new(["rev-parse", "--verify", "--quiet"]).arg(self.kept_name(undo));
        if self.line(kept).await.map_err(|_| gone())? != undo {
            return Err(gone());
        }
        let paths = self.between(&format!("{undo}^"), undo).await?;
        let kept = self.entries_of(undo, &paths).await?;
        for path in paths.iter().filter(|path| !kept.contains_key(*path)) {
            remove(self.path(), path)?;
            remove_empty_above(self.path(), path);
        }
        for (path, Stored { mode, oid }) in kept {
            let blob = self.git(Call::new(["cat-file", "blob", &oid])).await?;
            let what = match mode.as_str() {
                "120000" => Put::Link(&blob),
                mode => Put::File(&blob, mode == "100755"),
            };
            put(self.path(), &path, &what)?;
        }
        Ok(())
    }

    /// Keeps files as they stand in a commit that no branch holds.
    async fn keep(
        &self,
        standing: &BTreeMap<String, Standing>,
        shown: &BTreeMap<String, String>,
    ) -> Result<String, Failed> {
        let mut contents = Contents::new();
        for path in standing.keys() {
            contents.insert(path.clone(), self.raw(path).await?);
        }
        self.check_unchanged(standing, shown).await?;
        let head = self.head().await?;
        let tree = self.tree_of(&head, &index_lines(&contents, &head)).await?;
        if self.between(&head, &tree).await?.is_empty() {
            return Err(Failed::Refused("there is nothing to discard".to_owned()));
        }
        let commit = self.commit_tree(&tree, &head, KEPT, &nobody()).await?;
        let update = Call::new(["update-ref", "-m", KEPT]).arg(self.kept_name(&commit));
        self.git(update.arg(&commit).writes()).await?;
        Ok(commit)
    }

    /// Whether what was shown still stands.
    async fn check_unchanged(
        &self,
        standing: &BTreeMap<String, Standing>,
        shown: &BTreeMap<String, String>,
    ) -> Result<(), Failed> {
        let paths: Vec<String> = standing.keys().cloned().collect();
        let seen = paths.iter().filter(|path| shown.contains_key(*path));
        let seen: Vec<String> = seen.cloned().collect();
        if seen.is_empty() {
            return Ok(());
        }
        let mut ids = self.shown_ids(&seen).await;
        let stored = |path: String| {
            let oid = ids.remove(&path);
            let stored = oid.map(|oid| Stored {
                mode: String::new(),
                oid,
            });
            (path, stored)
        };
        check_shown(&seen.into_iter().map(stored).collect(), shown)
    }

    /// A file as it stands, stored without any conversion; none if there is none.
    async fn raw(&self, path: &str) -> Result<Option<Stored>, Failed> {
        let (root, name) = (self.path().to_owned(), path.to_owned());
        let looking = tokio::task::spawn_blocking(move || look(&root, &name, MAX_FILE + 1));
        let found = looking.await.map_err(|error| Failed::internal(&error))??;
        let (mode, bytes) = match found {
            Found::File { size, .. } if size > MAX_FILE => {
                let text = format!("{} is too large to be kept", reveal(path));
                return Err(Failed::TooLarge(text));
            }
            Found::File {
                bytes,
                is_executable,
                ..
            } => (if is_executable { "100755" } else { "100644" }, bytes),
            Found::Link(target) => ("120000", target),
            Found::Folder | Found::BelowLink | Found::Nothing | Found::Other => return Ok(None),
        };
        let call = Call::new(["hash-object", "-w", "--stdin", "--no-filters"]);
        let oid = self.line(call.stdin(bytes).writes()).await?;
        let mode = mode.to_owned();
        Ok(Some(Stored { mode, oid }))
    }

    fn kept_name(&self, commit: &str) -> String {
        let folder = self.path().file_name();
        let folder = folder.unwrap_or_default().to_string_lossy();
        format!("refs/heddle/discarded/{folder}/{commit}")
    }

    /// Refuses to throw away what stands where a file would be put back, if it was not chosen: git
    /// would remove it to make room.
    fn refuse_bystanders(&self, chosen: &BTreeSet<String>) -> Result<(), Failed> {
        for path in chosen {
            let mut other = self.in_the_way(path, chosen);
            if let Ok(Found::Folder) = look(self.path(), path, 0) {
                other = other.or_else(|| inside(self.path(), path, chosen));
            }
            if let Some(other) = other {
                let (path, other) = (reveal(path), reveal(&other));
                return Err(Failed::Refused(format!(
                    "{other} stands where {path} would be put back; choose it too, or move it away"
                )));
            }
        }
        Ok(())
    }

    /// A file in the place of one of the folders above a path.
    fn in_the_way(&self, path: &str, chosen: &BTreeSet<String>) -> Option<String> {
        let mut folders = path.match_indices('/').map(|(end, _)| &path[..end]);
        let folder = folders.find(|folder| {
            let found = look(self.path(), folder, 0);
            let is_other = matches!(
                found,
                Ok(Found::File { .. } | Found::Link(_) | Found::Other)
            );
            is_other && !chosen.contains(*folder)
        })?;
        Some(folder.to_owned())
    }
}

fn refuse_submodules(standing: &BTreeMap<String, Standing>) -> Result<(), Failed> {
    let mut all = standing.iter();
    let found = all.find(|(_, standing)| matches!(standing, Standing::Submodule(_)));
    found.map_or(Ok(()), |(path, _)| {
        let text = format!(
            "{} is a submodule; put it back with git in it",
            reveal(path)
        );
        Err(Failed::Refused(text))
    })
}

/// Something in a folder that is not chosen: files, links, and folders that are repositories.
fn inside(root: &Path, path: &str, chosen: &BTreeSet<String>) -> Option<String> {
    let mut folders = vec![PathBuf::from(path)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(root.join(&folder)).ok()?.flatten() {
            let path = folder.join(entry.file_name());
            let name = path.to_string_lossy().into_owned();
            match entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                true => folders.push(path),
                false if chosen.contains(&name) => {}
                false => return Some(name),
            }
        }
    }
    None
}

/// Who stands in what is kept: it is nobody's commit.
fn nobody() -> Signers {
    let nobody = Author {
        name: "discarded".to_owned(),
        email: "discarded@localhost".to_owned(),
    };
    Signers {
        author: nobody.clone(),
        committer: nobody,
    }
}
