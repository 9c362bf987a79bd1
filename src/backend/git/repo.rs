//! A repository that sessions may be started in: checked once, never changed outside of `heddle/`.
use super::error::GitError;
use super::person::{Person, Signers};
use super::run::{Call, Place, run};
use crate::error::Failed;
use domain::catalog::Branch;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, PoisonError};

/// Repositories that were opened, by the path that named them.
static KNOWN: LazyLock<Mutex<HashMap<PathBuf, Repo>>> = LazyLock::new(Mutex::default);

/// A repository with a main checkout.
#[derive(Debug, Clone)]
pub struct Repo {
    /// Absolute path of the main checkout.
    pub root: PathBuf,
    /// Absolute path of its git directory.
    pub git_dir: PathBuf,
    /// Whose configuration counts besides the repository's.
    pub(super) person: Person,
}

impl Repo {
    /// Finds the repository of a folder.
    ///
    /// # Errors
    /// [`Failed::Refused`] with one sentence if there is none that a session can use.
    pub async fn open(path: &Path) -> Result<Self, Failed> {
        Self::open_for(path, Person::of_process()).await
    }

    /// As [`Self::open`], for somebody else.
    pub(super) async fn open_for(path: &Path, person: Person) -> Result<Self, Failed> {
        let shown = path.display();
        let root = path
            .canonicalize()
            .map_err(|_| Failed::Refused(format!("{shown} does not exist or cannot be read")))?;
        let place = Place {
            git_dir: None,
            work_tree: root.clone(),
            common_dir: None,
        };
        let call = Call::new(["rev-parse", "--is-bare-repository", "--absolute-git-dir"]);
        let answer = match run(&place, &person, call).await {
            Ok(answer) => String::from_utf8_lossy(&answer).into_owned(),
            Err(error) if error.names("bareRepository") => {
                return Err(bare(&root));
            }
            Err(error) if error.names("not a git repository") => {
                let text = format!("{shown} is not a git repository; run `git init` there first");
                return Err(Failed::Refused(text));
            }
            Err(other) => return Err(other.into()),
        };
        let mut lines = answer.lines();
        if lines.next() == Some("true") {
            return Err(bare(&root));
        }
        let call = Call::new(["rev-parse", "--show-toplevel", "--git-common-dir"]);
        let top = run(&place, &person, call).await?;
        let top = String::from_utf8_lossy(&top).into_owned();
        let mut top = top.lines();
        let work_tree = PathBuf::from(top.next().unwrap_or_default());
        let common = root.join(top.next().unwrap_or_default());
        let git_dir = common.canonicalize().map_err(GitError::Io)?;
        Ok(Self {
            root: work_tree,
            git_dir,
            person,
        })
    }

    /// The repository of a folder that was opened before, without asking git again.
    ///
    /// # Errors
    /// As [`Repo::open`].
    pub async fn known(path: &Path) -> Result<Self, Failed> {
        let known = KNOWN
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(path)
            .cloned();
        if let Some(repo) = known.filter(|repo| repo.git_dir.is_dir()) {
            return Ok(repo);
        }
        // On the heap: who draws a page moves this future about on the stack.
        let repo = Box::pin(Self::open(path)).await?;
        KNOWN
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(path.to_owned(), repo.clone());
        Ok(repo)
    }

    /// Runs git in the main checkout.
    pub(super) async fn git(&self, call: Call) -> Result<Vec<u8>, GitError> {
        run(&self.place(), &self.person, call).await
    }

    pub(super) fn place(&self) -> Place {
        let (git_dir, work_tree) = (Some(self.git_dir.clone()), self.root.clone());
        Place {
            git_dir,
            work_tree,
            common_dir: None,
        }
    }

    /// Its branches, the one of the main checkout first, then by last commit; not the console's own.
    ///
    /// # Errors
    /// [`Failed::Refused`] if git says no.
    pub async fn branches(&self) -> Result<Vec<Branch>, Failed> {
        let format = "--format=%(HEAD)%00%(refname:strip=2)%00%(objectname)";
        let call = Call::new([
            "for-each-ref",
            "--sort=-committerdate",
            format,
            "refs/heads/",
        ]);
        let text = self.git(call).await?;
        let text = String::from_utf8_lossy(&text).into_owned();
        let mut branches: Vec<Branch> = text.lines().filter_map(branch).collect();
        branches.retain(|branch| !branch.name.starts_with("heddle/"));
        branches.sort_by_key(|branch| !branch.is_head);
        Ok(branches)
    }

    /// The commit that a branch points to, also one of the console's own.
    pub async fn head_of(&self, branch: &str) -> Option<String> {
        let name = format!("refs/heads/{branch}^{{commit}}");
        let call = Call::new(["rev-parse", "--verify", "--quiet", &name]);
        let text = self.git(call).await.ok()?;
        Some(String::from_utf8_lossy(&text).trim().to_owned())
    }

    /// The branch and commit that a session starts from: the named branch, else the checked out one.
    ///
    /// # Errors
    /// [`Failed::Refused`] if the branch is unknown, HEAD is detached, or there is no commit.
    pub async fn base(&self, wanted: Option<&str>) -> Result<(String, String), Failed> {
        let branches = self.branches().await?;
        let shown = self.root.display();
        if let Some(wanted) = wanted {
            let found = branches.into_iter().find(|branch| branch.name == wanted);
            let missing = || {
                Failed::Refused(format!(
                    "{shown} has no branch of this name; choose one of its branches"
                ))
            };
            return found
                .map(|branch| (branch.name, branch.commit))
                .ok_or_else(missing);
        }
        if let Some(head) = branches.iter().find(|branch| branch.is_head) {
            return Ok((head.name.clone(), head.commit.clone()));
        }
        let head = Call::new(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]);
        let head = self.git(head).await;
        Err(Failed::Refused(match head {
            Ok(_) => format!("HEAD of {shown} is detached; choose a base branch"),
            Err(_) => format!("{shown} has no commit yet; make a first commit"),
        }))
    }

    /// Whether git knows who signs commits here.
    ///
    /// # Errors
    /// [`Failed`] if git cannot be run.
    pub async fn is_signed(&self) -> Result<bool, Failed> {
        Ok(self.person.signers(&self.place()).await?.is_some())
    }

    /// Who signs a commit at a place of this repository.
    ///
    /// # Errors
    /// [`Failed::Refused`] with what to run if nobody is named.
    pub(super) async fn signers(&self, place: &Place) -> Result<Signers, Failed> {
        let found = self.person.signers(place).await?;
        found.ok_or_else(|| Failed::Refused(domain::author::NOBODY_SIGNS.to_owned()))
    }
}

fn bare(path: &Path) -> Failed {
    let text = format!(
        "{} is a bare repository; use a clone with a working tree",
        path.display()
    );
    Failed::Refused(text)
}

fn branch(line: &str) -> Option<Branch> {
    let mut parts = line.split('\0');
    let is_head = parts.next()? == "*";
    Some(Branch {
        name: parts.next()?.to_owned(),
        commit: parts.next()?.to_owned(),
        is_head,
    })
}
