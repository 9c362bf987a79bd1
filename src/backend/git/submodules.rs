//! Submodules of a worktree, as rows among its changes.
use super::content::GITLINK;
use super::error::GitError;
use super::nested::Nested;
use super::run::Call;
use super::worktree::WorktreeGit;
use domain::git::{ChangeKind, ChangedFile};
use domain::submodule::Submodule;
use std::collections::BTreeMap;

/// Submodules that are looked into for one answer.
const LOOKED_INTO: usize = 50;

/// What is checked out in a submodule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct CheckedOut {
    head: Option<String>,
    has_commits: bool,
    has_changes: bool,
}

impl WorktreeGit {
    /// Paths of the submodules that the index has.
    pub(super) async fn gitlinks(&self) -> Result<Vec<String>, GitError> {
        let text = self.git(Call::new(["ls-files", "-s", "-z"])).await?;
        let lines = text.split(|byte| *byte == 0);
        let links = lines.filter(|line| line.starts_with(GITLINK.as_bytes()));
        let path = |line: &[u8]| {
            let tab = line.iter().position(|byte| *byte == b'\t')?;
            Some(String::from_utf8_lossy(&line[tab + 1..]).into_owned())
        };
        Ok(links.filter_map(path).collect())
    }

    /// What is checked out in each submodule that is made.
    pub(super) async fn submodules(&self) -> Result<BTreeMap<String, CheckedOut>, GitError> {
        let paths = self.gitlinks().await?;
        let made = paths.into_iter().filter_map(|path| {
            let nested = self.nested(&path)?;
            Some(async move { (path, checked_out(&nested).await) })
        });
        let looking = futures::future::join_all(made.take(LOOKED_INTO));
        Ok(looking.await.into_iter().collect())
    }
}

async fn checked_out(nested: &Nested) -> CheckedOut {
    let (head, commits, files) =
        tokio::join!(nested.head(), nested.unpushed(), nested.uncommitted());
    CheckedOut {
        head,
        has_commits: commits.is_ok_and(|count| count > 0),
        has_changes: files.is_ok_and(|count| count > 0),
    }
}

/// Says of submodules among the changes what is checked out in them, and adds those that changed
/// only inside.
pub(super) fn complete(
    files: &mut BTreeMap<String, ChangedFile>,
    submodules: BTreeMap<String, CheckedOut>,
) {
    for (path, found) in submodules {
        match files.get_mut(&path) {
            Some(ChangedFile {
                submodule: Some(submodule),
                ..
            }) => {
                submodule.new = found.head;
                submodule.has_commits = found.has_commits;
                submodule.has_changes = found.has_changes;
            }
            None if found.has_changes => {
                let mut file = ChangedFile::new(path.clone(), ChangeKind::Modified);
                file.submodule = Some(Submodule {
                    old: found.head.clone(),
                    new: found.head,
                    has_commits: found.has_commits,
                    has_changes: true,
                });
                files.insert(path, file);
            }
            Some(_) | None => {}
        }
    }
}
