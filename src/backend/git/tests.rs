//! Git against real repositories, friendly and hostile ones.
use super::person::Person;
use super::*;
use crate::error::Failed;
use domain::git::{ChangeKind, LineKind};
use domain::session::Worktree;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub(super) struct Bench {
    folder: tempfile::TempDir,
}

pub(super) fn sh(folder: &Path, script: &str) -> String {
    let output = std::process::Command::new("sh")
        .args(["-ec", script])
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{script}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

const INIT: &str = "git init -q -b main . && git config user.name Ann && git config user.email a@b.c \
                    && printf 'one\\ntwo\\n' > a.txt && echo x > b.txt && git add . && git commit -qm first";

impl Bench {
    pub(super) fn new() -> Self {
        let bench = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        std::fs::create_dir(bench.repo_path()).unwrap();
        sh(&bench.repo_path(), INIT);
        bench
    }

    /// A person whose home is a folder of the bench, and whose machine has no settings.
    pub(super) fn person(&self) -> Person {
        let home = self.folder.path().canonicalize().unwrap().join("home");
        Person::from_env(|name| match name {
            "HOME" => Some(home.clone().into()),
            "GIT_CONFIG_NOSYSTEM" => Some("1".into()),
            _ => None,
        })
    }

    pub(super) fn home(&self) -> PathBuf {
        let home = self.folder.path().canonicalize().unwrap().join("home");
        std::fs::create_dir_all(&home).unwrap();
        home
    }

    pub(super) fn repo_path(&self) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join("repo")
    }

    pub(super) async fn worktree(&self) -> WorktreeGit {
        let git = self.named("0199-w").await;
        git.create().await.unwrap();
        git
    }

    /// A worktree that is not made yet.
    async fn named(&self, name: &str) -> WorktreeGit {
        let repo = Repo::open_for(&self.repo_path(), self.person()).await;
        let repo = repo.unwrap();
        let (base_branch, base_commit) = repo.base(None).await.unwrap();
        let path = self
            .folder
            .path()
            .canonicalize()
            .unwrap()
            .join(name)
            .display()
            .to_string();
        let branch = format!("heddle/try-{name}");
        WorktreeGit::new(
            repo,
            Worktree {
                path,
                branch,
                base_branch,
                base_commit,
            },
        )
    }
}

/// Digests of all that a session must leave alone in the main checkout.
fn main_checkout(repo: &Path) -> String {
    sh(
        repo,
        "git for-each-ref | grep -v refs/heads/heddle/; cat .git/HEAD; sha256sum .git/index a.txt b.txt .git/config",
    )
}

#[tokio::test]
async fn a_session_gets_its_own_checkout_and_the_main_one_is_never_touched() {
    let bench = Bench::new();
    let before = main_checkout(&bench.repo_path());
    let git = bench.worktree().await;
    let root = PathBuf::from(&git.worktree.path);
    std::fs::write(root.join("a.txt"), "one\n2\nthree\n").unwrap();
    std::fs::write(root.join("new file.txt"), "n\n").unwrap();
    let files = git.changed_files().await.unwrap().0;
    let told: Vec<_> = files
        .iter()
        .map(|f| (f.path.as_str(), f.kind, f.added, f.removed))
        .collect();
    assert_eq!(
        told,
        [
            ("a.txt", ChangeKind::Modified, Some(2), Some(1)),
            ("new file.txt", ChangeKind::Untracked, Some(1), Some(0))
        ]
    );
    let paths = ["a.txt".to_owned()];
    let done = git
        .commit(&paths, "Change a", &BTreeMap::new())
        .await
        .unwrap();
    assert_eq!(sh(&root, "git rev-parse HEAD"), done.commit);
    assert_eq!(sh(&root, "git log -1 --format=%an:%s"), "Ann:Change a");
    assert_eq!(sh(&root, "git status --porcelain"), "?? \"new file.txt\"");
    assert_eq!(git.status(None).await.unwrap().ahead, 1);
    git.remove().await.unwrap();
    assert!(!root.exists());
    assert_eq!(sh(&bench.repo_path(), "git branch --list 'heddle/*'"), "");
    assert_eq!(main_checkout(&bench.repo_path()), before);
}

#[tokio::test]
async fn a_diff_shows_tracked_new_deleted_and_moved_files() {
    let bench = Bench::new();
    let git = bench.worktree().await;
    let root = PathBuf::from(&git.worktree.path);
    sh(
        &root,
        "printf 'one\\nzwei\\n' > a.txt; git mv b.txt c.txt; printf 'x\\ny' > n.txt; printf '\\0' > bin",
    );
    let all = git.diff(None).await.unwrap().files;
    let of = |path: &str| all.iter().find(|file| file.change.path == path).unwrap();
    let kinds: Vec<_> = of("a.txt").hunks[0]
        .lines
        .iter()
        .map(|line| line.kind)
        .collect();
    assert_eq!(
        kinds,
        [LineKind::Context, LineKind::Removed, LineKind::Added]
    );
    assert_eq!(of("c.txt").change.old_path.as_deref(), Some("b.txt"));
    assert_eq!(of("n.txt").hunks[0].lines.len(), 2);
    assert!(of("bin").change.binary && of("bin").hunks.is_empty());
    assert!(matches!(
        git.diff(Some("../x")).await,
        Err(Failed::Malformed(_))
    ));
    assert!(matches!(
        git.diff(Some("nothing")).await,
        Err(Failed::NotFound(_))
    ));
}

#[tokio::test]
async fn a_commit_takes_deletions_links_and_modes_as_they_stand() {
    let bench = Bench::new();
    let git = bench.worktree().await;
    let root = PathBuf::from(&git.worktree.path);
    sh(
        &root,
        "rm b.txt; ln -s a.txt l; printf '#!/bin/sh\\n' > run; chmod +x run; echo z > ./-odd",
    );
    let paths = ["b.txt", "l", "run", "-odd"].map(str::to_owned);
    git.commit(&paths, "All", &BTreeMap::new()).await.unwrap();
    assert_eq!(
        sh(&root, "git ls-tree --name-only HEAD | tr '\\n' ' '"),
        "-odd a.txt l run"
    );
    assert_eq!(
        sh(&root, "git ls-tree HEAD run l | cut -c1-6 | tr '\\n' ' '"),
        "120000 100755"
    );
    assert_eq!(sh(&root, "git status --porcelain"), "");
}

#[tokio::test]
async fn a_file_that_changed_since_it_was_shown_is_not_committed() {
    let bench = Bench::new();
    let git = bench.worktree().await;
    let file = PathBuf::from(&git.worktree.path).join("a.txt");
    std::fs::write(&file, "shown\n").unwrap();
    let oid = git.diff(Some("a.txt")).await.unwrap().files[0]
        .oid
        .clone()
        .unwrap();
    std::fs::write(&file, "changed behind the back\n").unwrap();
    let shown = BTreeMap::from([("a.txt".to_owned(), oid)]);
    let paths = ["a.txt".to_owned()];
    assert!(matches!(
        git.commit(&paths, "m", &shown).await,
        Err(Failed::Conflict { .. })
    ));
    assert!(matches!(
        git.commit(&paths, " ", &shown).await,
        Err(Failed::Refused(_))
    ));
    std::fs::write(&file, "one\ntwo\n").unwrap();
    let nothing = git.commit(&paths, "m", &BTreeMap::new()).await;
    assert!(matches!(nothing, Err(Failed::Refused(_))));
}

#[tokio::test]
async fn one_odd_path_does_not_hide_the_others_and_reading_writes_nothing() {
    let bench = Bench::new();
    let git = bench.worktree().await;
    let root = PathBuf::from(&git.worktree.path);
    sh(
        &root,
        "rm a.txt; mkfifo a.txt; rm b.txt; mkdir b.txt; echo x > b.txt/x; git init -q nested; echo n > n.txt",
    );
    let objects = || sh(&bench.repo_path(), "find .git/objects -type f | wc -l");
    let before = objects();
    let paths: Vec<String> = git
        .changed_files()
        .await
        .unwrap()
        .0
        .into_iter()
        .map(|file| file.path)
        .collect();
    for path in ["a.txt", "b.txt", "b.txt/x", "n.txt"] {
        assert!(paths.contains(&path.to_owned()), "{path} in {paths:?}");
    }
    let diff = git.diff(None).await.unwrap();
    let new = diff
        .files
        .iter()
        .find(|file| file.change.path == "n.txt")
        .unwrap();
    assert!(new.oid.is_some() && new.hunks.len() == 1);
    git.status(None).await.unwrap();
    assert_eq!(objects(), before);
}

#[tokio::test]
async fn unsaved_work_is_counted() {
    let bench = Bench::new();
    let git = bench.worktree().await;
    let unsaved = async || {
        let unsaved = git.unsaved().await.unwrap();
        (unsaved.files, unsaved.commits)
    };
    assert_eq!(unsaved().await, (0, 0));
    let root = PathBuf::from(&git.worktree.path);
    std::fs::write(root.join("n"), "n").unwrap();
    assert_eq!(unsaved().await, (1, 0));
    git.commit(&["n".to_owned()], "n", &BTreeMap::new())
        .await
        .unwrap();
    assert_eq!(unsaved().await, (0, 1));
    sh(&bench.repo_path(), "git branch keep heddle/try-0199-w");
    assert_eq!(unsaved().await, (0, 0), "another branch holds it");
}

#[track_caller]
fn refused(result: Result<impl std::fmt::Debug, Failed>, word: &str) {
    match result {
        Err(Failed::Refused(text)) => assert!(text.contains(word), "{text}"),
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test]
async fn folders_that_no_session_can_use_are_refused_in_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    refused(Repo::open(&root.join("none")).await, "does not exist");
    refused(Repo::open(root).await, "not a git repository");
    sh(
        root,
        "git init -q --bare bare.git; git init -q -b main empty; git init -q -b main d",
    );
    refused(Repo::open(&root.join("bare.git")).await, "bare");
    refused(
        Repo::open(&root.join("empty"))
            .await
            .unwrap()
            .base(None)
            .await,
        "no commit",
    );
    sh(
        &root.join("d"),
        &format!("{INIT} && git checkout -q --detach"),
    );
    let detached = Repo::open(&root.join("d")).await.unwrap();
    refused(detached.base(None).await, "detached");
    refused(detached.base(Some("--output=x")).await, "no branch");
    assert_eq!(detached.base(Some("main")).await.unwrap().0, "main");
}

#[tokio::test]
async fn worktrees_of_a_repository_are_made_one_after_the_other() {
    let bench = Bench::new();
    let (first, second) = (bench.named("0199-a").await, bench.named("0199-b").await);
    let turn = first.turn().await;
    let soon = std::time::Duration::from_millis(500);
    assert!(tokio::time::timeout(soon, second.create()).await.is_err());
    assert!(!Path::new(&second.worktree.path).exists());
    drop(turn);
    let (first, second) = tokio::join!(first.create(), second.create());
    first.and(second).unwrap();
    assert_eq!(sh(&bench.repo_path(), "git worktree list | wc -l"), "3");
}

#[tokio::test]
async fn a_failed_creation_leaves_nothing_half_made() {
    let bench = Bench::new();
    let repo = Repo::open(&bench.repo_path()).await.unwrap();
    let path = bench.folder.path().join("w").display().to_string();
    let worktree = Worktree {
        path: path.clone(),
        branch: "heddle/x-1".into(),
        base_branch: "main".into(),
        base_commit: "1234567890123456789012345678901234567890".into(),
    };
    assert!(WorktreeGit::new(repo, worktree).create().await.is_err());
    assert!(!Path::new(&path).exists());
    assert_eq!(
        sh(
            &bench.repo_path(),
            "git branch --list 'heddle/*'; git worktree list | wc -l"
        ),
        "1"
    );
}

#[tokio::test]
async fn nothing_that_a_hostile_repository_plants_is_run() {
    let bench = Bench::new();
    let marker = bench.folder.path().canonicalize().unwrap().join("ran");
    let evil = format!("touch {}; cat", marker.display());
    let repo = bench.repo_path();
    let plant = format!(
        "printf '* filter=evil.x diff=evil merge=evil\\n*.txt filter=x=y\\nn.txt filter=\\377\\n' > .gitattributes; git add .gitattributes; git commit -qm a
         printf '[filter \"x=y\"]\\n clean = {evil}\\n smudge = {evil}\\n[filter \"\\377\"]\\n clean = {evil}\\n smudge = {evil}\\n[filter \"a b=c\"]\\n clean = {evil}\\n' >> .git/config
         mkdir -p .git/info; cp .gitattributes .git/info/attributes
         git config core.fsmonitor '{evil}'; git config diff.external '{evil}'
         git config filter.evil.x.clean '{evil}'; git config filter.evil.x.smudge '{evil}'
         git config filter.evil.x.process '{evil}'; git config filter.evil.x.required true
         git config diff.evil.command '{evil}'; git config diff.evil.textconv '{evil}'
         git config core.hooksPath .evil; git config core.sshCommand '{evil}'
         git config gpg.program '{evil}'; git config commit.gpgSign true; git config core.pager '{evil}'
         mkdir .evil
         for h in pre-commit post-index-change reference-transaction post-checkout commit-msg; do
           printf '#!/bin/sh\\n{evil}\\n' > .git/hooks/$h; cp .git/hooks/$h .evil/; chmod +x .git/hooks/$h .evil/$h; done"
    );
    sh(&repo, &plant);
    let _ = std::fs::remove_file(&marker);
    let git = bench.worktree().await;
    let root = PathBuf::from(&git.worktree.path);
    std::fs::write(root.join("a.txt"), "other\n").unwrap();
    std::fs::write(root.join("n.txt"), "new\n").unwrap();
    git.status(None).await.unwrap();
    git.diff(None).await.unwrap();
    for (path, filter) in [("a.txt", "x=y"), ("n.txt", "\u{fffd}")] {
        let paths = [path.to_owned()];
        let commit = git.commit(&paths, "m", &BTreeMap::new()).await;
        refused(commit, &format!("{path} goes through the filter {filter}"));
    }
    sh(&root, "rm b.txt");
    let paths = ["b.txt".to_owned()];
    git.commit(&paths, "m", &BTreeMap::new()).await.unwrap();
    let chosen = domain::git::Chosen {
        paths: vec!["a.txt".to_owned(), "n.txt".to_owned()],
        ..Default::default()
    };
    let undo = git.discard(&chosen).await.unwrap();
    git.bring_back(&undo).await.unwrap();
    assert_eq!(git.unsaved().await.unwrap().commits, 1);
    std::fs::write(
        root.join(".git"),
        format!("gitdir: {}", repo.join("evil").display()),
    )
    .unwrap();
    git.changed_files().await.unwrap();
    git.remove().await.unwrap();
    assert!(!marker.exists(), "a planted command ran");
}

#[tokio::test]
async fn a_diff_of_many_long_files_stays_below_a_megabyte_and_says_what_is_left_out() {
    let bench = Bench::new();
    let git = bench.worktree().await;
    let root = PathBuf::from(&git.worktree.path);
    let script = "for n in 1 2 3 4 5 6; do seq -f 'a line with the number %g, and \"quotes\"' 4000 > $n.txt; done";
    sh(&root, script);
    let diff = git.diff(None).await.unwrap();
    let bytes = serde_json::to_vec(&diff).unwrap().len();
    assert!((400_000..1_000_000).contains(&bytes), "{bytes}");
    let cut: Vec<_> = diff.files.iter().map(|file| file.truncated).collect();
    assert_eq!(cut.len(), 6);
    assert!(
        !cut[0] && cut[5] && diff.files[5].hunks.is_empty(),
        "{cut:?}"
    );
}
