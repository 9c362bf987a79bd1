//! Index deeds against real repositories: what they change, what they leave, what they keep.
use super::tests::{Bench, sh};
use super::*;
use crate::error::Failed;
use domain::git::{Chosen, ChosenHunk};
use std::path::Path;

const LINES: &str = "seq 1 40 > long.txt && git add . && git commit -qm long";

async fn bench() -> (Bench, WorktreeGit) {
    let bench = Bench::new();
    sh(&bench.repo_path(), LINES);
    let git = bench.worktree().await;
    sh(
        Path::new(&git.worktree.path),
        "sed -i 's/^3$/three/; s/^30$/thirty/' long.txt && echo more >> a.txt && rm b.txt && echo new > n.txt",
    );
    (bench, git)
}

fn paths(paths: &[&str]) -> Chosen {
    Chosen {
        paths: paths.iter().map(|path| (*path).to_owned()).collect(),
        ..Chosen::default()
    }
}

/// The hunk of a file whose lines hold a text.
async fn hunk(git: &WorktreeGit, path: &str, text: &str) -> Chosen {
    let diff = git.diff(Some(path)).await.unwrap();
    let mut hunks = diff.files[0].hunks.iter();
    let has = |line: &domain::git::DiffLine| line.text == text;
    let hunk = hunks.find(|hunk| hunk.lines.iter().any(has)).unwrap();
    Chosen {
        hunks: vec![ChosenHunk {
            path: path.to_owned(),
            header: hunk.header.clone(),
        }],
        ..Chosen::default()
    }
}

fn told(git: &WorktreeGit, script: &str) -> String {
    sh(Path::new(&git.worktree.path), script)
}

const STAGED: &str = "git diff --cached --name-status --no-renames";

#[tokio::test]
async fn files_are_staged_and_unstaged_whole() {
    let (_bench, git) = bench().await;
    let all = paths(&["a.txt", "b.txt", "n.txt"]);
    git.stage(&all).await.unwrap();
    assert_eq!(told(&git, STAGED), "M\ta.txt\nD\tb.txt\nA\tn.txt");
    git.unstage(&paths(&["b.txt", "n.txt"])).await.unwrap();
    assert_eq!(told(&git, STAGED), "M\ta.txt");
    assert_eq!(
        told(&git, "cat n.txt; test -e b.txt || echo gone"),
        "new\ngone"
    );
}

#[tokio::test]
async fn one_hunk_is_staged_and_unstaged_and_the_other_stays() {
    let (_bench, git) = bench().await;
    let three = hunk(&git, "long.txt", "three").await;
    git.stage(&three).await.unwrap();
    let staged = told(&git, "git diff --cached -U0 | grep '^[+-][a-z0-9]'");
    assert_eq!(staged, "-3\n+three");
    git.unstage(&three).await.unwrap();
    assert_eq!(told(&git, STAGED), "");
    assert_eq!(told(&git, "grep -c 'th[ir]' long.txt"), "2");
}

#[tokio::test]
async fn what_is_discarded_is_gone_and_comes_back() {
    let (bench, git) = bench().await;
    let before = told(
        &git,
        "sha256sum a.txt long.txt n.txt; git status --porcelain",
    );
    let checkout = sh(&bench.repo_path(), "git status --porcelain; cat a.txt");
    let undo = git
        .discard(&paths(&["a.txt", "b.txt", "n.txt"]))
        .await
        .unwrap();
    assert_eq!(told(&git, "git status --porcelain"), "M long.txt");
    assert_eq!(told(&git, "cat a.txt b.txt"), "one\ntwo\nx");
    git.bring_back(&undo).await.unwrap();
    let after = told(
        &git,
        "sha256sum a.txt long.txt n.txt; git status --porcelain",
    );
    assert_eq!(before, after);
    assert_eq!(
        sh(&bench.repo_path(), "git status --porcelain; cat a.txt"),
        checkout
    );
    let branches = sh(
        &bench.repo_path(),
        "git branch --contains HEAD --format='%(refname)'",
    );
    assert!(!branches.contains("discarded"), "{branches}");
}

#[tokio::test]
async fn one_hunk_is_discarded_and_the_other_stays() {
    let (_bench, git) = bench().await;
    let thirty = hunk(&git, "long.txt", "thirty").await;
    let undo = git.discard(&thirty).await.unwrap();
    let left = told(&git, "git diff -U0 long.txt | grep '^[+-][a-z0-9]'");
    assert_eq!(left, "-3\n+three");
    git.bring_back(&undo).await.unwrap();
    assert_eq!(told(&git, "grep -c 'th[ir]' long.txt"), "2");
}

#[tokio::test]
async fn what_changed_since_it_was_shown_is_left_alone() {
    let (_bench, git) = bench().await;
    let three = hunk(&git, "long.txt", "three").await;
    told(
        &git,
        "sed -i 1,2d long.txt && sed -i 's/three/drei/' long.txt",
    );
    let before = told(&git, "sha256sum long.txt");
    for refused in [
        git.stage(&three).await.err(),
        git.discard(&three).await.err(),
    ] {
        assert!(
            matches!(refused, Some(Failed::Conflict { .. })),
            "{refused:?}"
        );
    }
    let mut seen = paths(&["a.txt"]);
    seen.shown.insert("a.txt".to_owned(), "0".repeat(40));
    assert!(matches!(
        git.discard(&seen).await,
        Err(Failed::Conflict { .. })
    ));
    assert_eq!(told(&git, "sha256sum long.txt"), before);
    assert_eq!(told(&git, "tail -n 1 a.txt"), "more");
}

#[tokio::test]
async fn bad_input_is_refused_and_no_link_is_followed() {
    let (bench, git) = bench().await;
    for path in ["../repo/a.txt", "/etc/passwd", ".git/config", ""] {
        assert!(
            matches!(
                git.discard(&paths(&[path])).await,
                Err(Failed::Malformed(_))
            ),
            "{path}"
        );
    }
    assert!(matches!(
        git.stage(&Chosen::default()).await,
        Err(Failed::Refused(_))
    ));
    let mut both = hunk(&git, "long.txt", "three").await;
    both.paths.push("long.txt".to_owned());
    assert!(matches!(git.stage(&both).await, Err(Failed::Malformed(_))));
    let clean = sh(
        Path::new(&git.worktree.path),
        "git checkout -q -- a.txt && echo ok",
    );
    assert_eq!(clean, "ok");
    assert!(matches!(
        git.discard(&paths(&["a.txt"])).await,
        Err(Failed::Refused(_))
    ));
    for undo in ["x", &"0".repeat(40), "refs/heads/main"] {
        assert!(
            matches!(git.bring_back(undo).await, Err(Failed::NotFound(_))),
            "{undo}"
        );
    }
    let outside = bench.repo_path().join("b.txt");
    told(&git, &format!("ln -s {} out", bench.repo_path().display()));
    let through = git.discard(&paths(&["out/b.txt"])).await;
    assert!(through.is_err() && outside.exists(), "{through:?}");
    told(&git, "ln -s b.txt link");
    git.discard(&paths(&["link"])).await.unwrap();
    assert_eq!(told(&git, "test -L link || echo gone"), "gone");
}
