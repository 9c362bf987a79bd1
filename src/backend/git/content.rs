//! What git stores for files as they stand, converted as their attributes and the configuration say.
//!
//! Git takes them in itself, through an index that only this request has: so line ends, encodings
//! and idents become what `git add` makes of them. Filters are never run; what needs one is refused.
use super::attributes::unfit;
use super::error::GitError;
use super::files::{Found, look};
use super::own_index::OwnIndex;
use super::path::check_path;
use super::run::Call;
use super::worktree::WorktreeGit;
use crate::error::Failed;
use domain::visible::reveal;
use std::collections::{BTreeMap, BTreeSet};

/// Bytes of one file that can be committed here.
const MAX_FILE: u64 = 256 * 1024 * 1024;
/// Bytes of a file whose object id readers get.
const MAX_SHOWN: u64 = 8 * 1024 * 1024;
/// Paths of one listing: a command line holds about 2 MB, a path 4 kB at most.
const LISTED: usize = 250;
/// The mode that git gives to submodules.
pub(super) const GITLINK: &str = "160000";

/// Mode and object id of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stored {
    pub(super) mode: String,
    pub(super) oid: String,
}

/// What is stored by path; none where the path goes away.
pub(super) type Contents = BTreeMap<String, Option<Stored>>;

/// What stands at a path that a person chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Standing {
    /// A file of this size.
    File(u64),
    /// A link.
    Link,
    /// A submodule, with the commit checked out in it.
    Submodule(Stored),
    /// Nothing that git tracks under this name: it was removed, or a folder took its place.
    Gone,
}

impl WorktreeGit {
    /// Stores files as `git add` would. With `--replace` among `how` what stands in the way of a path
    /// leaves the index; without it that is an error.
    pub(super) async fn store(&self, paths: &[String], how: &[&str]) -> Result<Contents, Failed> {
        let standing = self.standing(paths).await?;
        for (path, standing) in &standing {
            if matches!(standing, Standing::File(size) if *size > MAX_FILE) {
                let text = format!("{} is too large to commit here", reveal(path));
                return Err(Failed::TooLarge(text));
            }
        }
        let is_file = |standing: &Standing| matches!(standing, Standing::File(_));
        let files = standing.iter().filter(|(_, standing)| is_file(standing));
        self.refuse_filtered(files.map(|(path, _)| path)).await?;
        let taken = self.take_in(&standing, how).await;
        taken.map_err(|error| unfit(error, paths))
    }

    /// Object ids that files would be stored with, by path. What is large or cannot be read is left
    /// out. Nothing is written.
    pub(super) async fn shown_ids(&self, paths: &[String]) -> BTreeMap<String, String> {
        let Ok(found) = self.look_at(paths).await else {
            return BTreeMap::new();
        };
        let tracked = self.tracked_folders(&found).await.unwrap_or_default();
        let mut standing = BTreeMap::new();
        for (path, found) in found {
            match self.stands(&path, &found, &tracked).await {
                Ok(Standing::File(size)) if size > MAX_SHOWN => {}
                Ok(stands) => drop(standing.insert(path, stands)),
                Err(_) => {}
            }
        }
        let how = ["--replace", "--info-only"];
        let mut contents = Contents::new();
        match self.take_in(&standing, &how).await {
            Ok(all) => contents = all,
            // One that cannot be read does not hide the others.
            Err(_) => {
                for (path, standing) in standing {
                    let one = BTreeMap::from([(path, standing)]);
                    contents.extend(self.take_in(&one, &how).await.unwrap_or_default());
                }
            }
        }
        let id = |(path, stored): (String, Option<Stored>)| Some((path, stored?.oid));
        contents.into_iter().filter_map(id).collect()
    }

    /// What stands at paths that a person chose.
    pub(super) async fn standing(
        &self,
        paths: &[String],
    ) -> Result<BTreeMap<String, Standing>, Failed> {
        for path in paths {
            check_path(path).map_err(|error| Failed::Malformed(error.to_string()))?;
        }
        self.refuse_inside(paths)?;
        let found = self.look_at(paths).await?;
        let tracked = self.tracked_folders(&found).await?;
        let mut standing = BTreeMap::new();
        for (path, found) in found {
            let stands = self.stands(&path, &found, &tracked).await?;
            standing.insert(path, stands);
        }
        Ok(standing)
    }

    /// Refuses files of repositories inside the worktree.
    fn refuse_inside(&self, paths: &[String]) -> Result<(), Failed> {
        let above = |path: &'_ String| {
            let ends = path.match_indices('/').map(|(end, _)| end);
            ends.map(|end| path[..end].to_owned()).collect::<Vec<_>>()
        };
        let folders: BTreeSet<String> = paths.iter().flat_map(above).collect();
        let inner = folders.iter().find(|folder| self.nested(folder).is_some());
        inner.map_or(Ok(()), |folder| {
            let text = format!(
                "{} is a repository of its own; commit inside of it",
                reveal(folder)
            );
            Err(Failed::Refused(text))
        })
    }

    async fn look_at(&self, paths: &[String]) -> Result<Vec<(String, Found)>, Failed> {
        let (root, paths) = (self.path().to_owned(), paths.to_owned());
        let looking = tokio::task::spawn_blocking(move || {
            let look = |path: String| look(&root, &path, 0).map(|found| (path, found));
            paths.into_iter().map(look).collect::<Result<_, _>>()
        });
        let found: std::io::Result<_> = looking.await.map_err(|error| Failed::internal(&error))?;
        found.map_err(|cause| Failed::Internal(format!("a file cannot be read: {cause}")))
    }

    async fn stands(
        &self,
        path: &str,
        found: &Found,
        tracked: &BTreeMap<String, Stored>,
    ) -> Result<Standing, Failed> {
        let shown = reveal(path);
        let why = match (found, tracked.get(path)) {
            (Found::File { size, .. }, _) => return Ok(Standing::File(*size)),
            (Found::Link(_), _) => return Ok(Standing::Link),
            (Found::Nothing, _) => return Ok(Standing::Gone),
            (Found::Folder, Some(stored)) if stored.mode == GITLINK => {
                let stored = self.pointer(path, stored.clone()).await;
                return Ok(Standing::Submodule(stored));
            }
            (Found::Folder | Found::BelowLink, Some(_)) => return Ok(Standing::Gone),
            (Found::Folder, None) if self.nested(path).is_some() => {
                format!("{shown} is a repository of its own; commit inside of it")
            }
            (Found::Folder, None) => format!("{shown} is a folder; choose the files in it"),
            (Found::BelowLink | Found::Other, _) => format!("{shown} is neither a file nor a link"),
        };
        Err(Failed::Refused(why))
    }

    /// Where a submodule points to now: to what is checked out in it, if anything is.
    async fn pointer(&self, path: &str, stored: Stored) -> Stored {
        let nested = self.nested(path);
        let head = match &nested {
            Some(nested) => nested.head().await,
            None => None,
        };
        let oid = head.unwrap_or(stored.oid);
        Stored { oid, ..stored }
    }

    /// What the index, or else the last commit, has at paths where folders stand, or below links.
    async fn tracked_folders(
        &self,
        found: &[(String, Found)],
    ) -> Result<BTreeMap<String, Stored>, Failed> {
        let is_other = |found: &Found| matches!(found, Found::Folder | Found::BelowLink);
        let folders = found.iter().filter(|(_, found)| is_other(found));
        let folders: Vec<String> = folders.map(|(path, _)| path.clone()).collect();
        let mut tracked = self
            .entries(Call::new(["ls-files", "-s", "-z"]), &folders)
            .await?;
        let rest: Vec<String> = folders
            .into_iter()
            .filter(|path| !tracked.contains_key(path))
            .collect();
        let of_head = Call::new(["ls-tree", "-z", "--full-tree", "HEAD"]);
        for (path, stored) in self.entries(of_head, &rest).await? {
            // What left the index already is a deletion, whatever it was.
            let mode = if stored.mode == GITLINK {
                "0"
            } else {
                &stored.mode
            };
            let is_folder = stored.mode == "040000";
            let stored = Stored {
                mode: mode.to_owned(),
                ..stored
            };
            (!is_folder).then(|| tracked.insert(path, stored));
        }
        Ok(tracked)
    }

    /// Entries of exactly these paths in a commit.
    pub(super) async fn entries_of(
        &self,
        commit: &str,
        paths: &[String],
    ) -> Result<BTreeMap<String, Stored>, Failed> {
        let list = Call::new(["ls-tree", "-r", "-z", "--full-tree", commit]);
        Ok(self.entries(list, paths).await?)
    }

    /// Entries of exactly these paths, as `ls-files -s` or `ls-tree` lists them.
    async fn entries(
        &self,
        list: Call,
        paths: &[String],
    ) -> Result<BTreeMap<String, Stored>, GitError> {
        let wanted: BTreeSet<&str> = paths.iter().map(String::as_str).collect();
        let mut entries = BTreeMap::new();
        for paths in paths.chunks(LISTED) {
            let text = self.git(list.clone().paths(paths)).await?;
            let found = String::from_utf8_lossy(&text).into_owned();
            let found = found.split('\0').filter_map(entry);
            entries.extend(found.filter(|(path, _)| wanted.contains(path.as_str())));
        }
        Ok(entries)
    }

    async fn take_in(
        &self,
        standing: &BTreeMap<String, Standing>,
        how: &[&str],
    ) -> Result<Contents, GitError> {
        let own = OwnIndex::copy(&self.git_dir()).await?;
        let (mut contents, mut gone, mut there) = (Contents::new(), String::new(), Vec::new());
        for (path, standing) in standing {
            let stored = match standing {
                Standing::Submodule(stored) => Some(stored.clone()),
                Standing::Gone => {
                    gone.push_str(path);
                    gone.push('\0');
                    None
                }
                Standing::File(_) | Standing::Link => {
                    there.push(path.clone());
                    None
                }
            };
            contents.insert(path.clone(), stored);
        }
        let update = |args: &[&str]| Call::new(["update-index", "-z"]).args(args).arg("--stdin");
        if !gone.is_empty() {
            self.git(own.of(update(&["--force-remove"]).stdin(gone)))
                .await?;
        }
        if !there.is_empty() {
            let list: String = there.iter().map(|path| format!("{path}\0")).collect();
            let how = [&["--add", "--remove"], how].concat();
            self.git(own.of(update(&how).stdin(list))).await?;
            let list = own.of(Call::new(["ls-files", "-s", "-z"]));
            for (path, stored) in self.entries(list, &there).await? {
                contents.insert(path, Some(stored));
            }
        }
        Ok(contents)
    }
}

/// `MODE OID STAGE TAB PATH` or `MODE TYPE OID TAB PATH`.
fn entry(line: &str) -> Option<(String, Stored)> {
    let (facts, path) = line.split_once('\t')?;
    let mut facts = facts.split(' ');
    let (mode, second, third) = (facts.next()?, facts.next()?, facts.next()?);
    let oid = if third.len() < second.len() {
        second
    } else {
        third
    };
    let (mode, oid) = (mode.to_owned(), oid.to_owned());
    Some((path.to_owned(), Stored { mode, oid }))
}
