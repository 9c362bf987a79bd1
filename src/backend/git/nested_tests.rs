//! Submodules, repositories inside the worktree, and what takes the place of something tracked.
use super::tests::{Bench, sh};
use super::worktree::WorktreeGit;
use crate::error::Failed;
use domain::git::{ChangedFile, Chosen};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A bench whose repository has the submodule `lib`, made in the worktree too.
async fn with_submodule() -> (Bench, WorktreeGit) {
    let bench = Bench::new();
    let outside = bench.home().join("lib.git");
    let make = "git init -q -b main lib && cd lib && git config user.name L && git config user.email l@b.c && echo 1 > f && git add f && git commit -qm 1";
    sh(&bench.home(), make);
    sh(
        &bench.home(),
        "git clone -q --bare lib lib.git && rm -rf lib",
    );
    let add = format!(
        "git -c protocol.file.allow=always submodule add -q {} lib && git commit -qm lib",
        outside.display()
    );
    sh(&bench.repo_path(), &add);
    let git = bench.worktree().await;
    sh(
        git.path(),
        "git -c protocol.file.allow=always submodule update --init -q && cd lib && git config user.name L && git config user.email l@b.c",
    );
    (bench, git)
}

async fn row(git: &WorktreeGit, path: &str) -> Option<ChangedFile> {
    let files = git.status(None).await.unwrap().files;
    let of_base = git.changed_files().await.unwrap().0;
    let open = files.into_iter().find(|file| file.change.path == path);
    let of_base = of_base.into_iter().find(|file| file.path == path);
    let open = open.map(|file| file.change);
    assert!(open.is_none() || open == of_base, "{open:?} {of_base:?}");
    open
}

fn chosen(paths: &[&str]) -> Chosen {
    Chosen {
        paths: paths.iter().map(|path| (*path).to_owned()).collect(),
        ..Chosen::default()
    }
}

async fn commit(git: &WorktreeGit, paths: &[&str]) -> Result<String, Failed> {
    let paths: Vec<String> = paths.iter().map(|path| (*path).to_owned()).collect();
    let done = git.commit(&paths, "m", &BTreeMap::new()).await;
    done.map(|done| done.commit)
}

async fn unsaved(git: &WorktreeGit) -> String {
    git.unsaved().await.unwrap().sentence().unwrap_or_default()
}

#[track_caller]
fn refused<T: std::fmt::Debug>(answer: Result<T, Failed>, words: &str) {
    match answer {
        Err(Failed::Refused(text)) => assert!(text.contains(words), "{text}"),
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test]
async fn a_submodule_that_nobody_touched_is_no_change_and_holds_nothing_back() {
    let (_bench, git) = with_submodule().await;
    assert_eq!(row(&git, "lib").await, None);
    assert_eq!(unsaved(&git).await, "");
}

#[tokio::test]
async fn commits_in_a_submodule_are_a_row_and_are_committed_as_a_pointer_and_hold_a_delete_back() {
    let (_bench, git) = with_submodule().await;
    let before = sh(git.path(), "git -C lib rev-parse HEAD");
    sh(git.path(), "cd lib && echo 2 > f && git commit -qam 2");
    let after = sh(git.path(), "git -C lib rev-parse HEAD");
    let file = row(&git, "lib").await.unwrap();
    let submodule = file.submodule.clone().unwrap();
    assert_eq!(
        (submodule.old, submodule.new),
        (Some(before), Some(after.clone()))
    );
    assert!(submodule.has_commits && !submodule.has_changes && file.is_committable());
    let diff = git.diff(Some("lib")).await.unwrap().files.remove(0);
    assert_eq!(diff.oid.as_deref(), Some(after.as_str()));
    assert!(diff.hunks[0].lines[1].text.contains(&after));
    assert!(unsaved(&git).await.contains("lib (1 commit of its own)"));
    let shown = BTreeMap::from([("lib".to_owned(), after.clone())]);
    git.commit(&["lib".to_owned()], "m", &shown).await.unwrap();
    let listed = sh(git.path(), "git ls-tree HEAD lib; git status --porcelain");
    assert_eq!(listed, format!("160000 commit {after}\tlib"));
    assert!(unsaved(&git).await.contains("lib (1 commit of its own)"));
    sh(
        git.path(),
        "cd lib && git push -q origin HEAD:refs/heads/two 2>/dev/null",
    );
    assert!(!unsaved(&git).await.contains("lib"));
}

#[tokio::test]
async fn changes_in_a_submodule_are_a_row_that_cannot_be_committed_and_hold_a_delete_back() {
    let (_bench, git) = with_submodule().await;
    sh(git.path(), "echo 3 > lib/f; echo n > lib/n; echo x > x");
    let file = row(&git, "lib").await.unwrap();
    let submodule = file.submodule.clone().unwrap();
    assert!(submodule.has_changes && !submodule.has_commits && !file.is_committable());
    assert_eq!(submodule.old, submodule.new);
    assert!(
        unsaved(&git)
            .await
            .contains("1 uncommitted file; repository inside it: lib (2 uncommitted files)")
    );
    refused(commit(&git, &["lib"]).await, "nothing new");
    refused(git.discard(&chosen(&["lib"])).await, "is a submodule");
    commit(&git, &["lib", "x"]).await.unwrap();
    sh(
        git.path(),
        "cd lib && git checkout -q -- . && rm n && git stash list",
    );
    assert_eq!(row(&git, "lib").await, None);
}

#[tokio::test]
async fn line_ends_of_the_persons_configuration_are_no_change_in_a_submodule() {
    let (bench, git) = with_submodule().await;
    std::fs::write(
        bench.home().join(".gitconfig"),
        "[core]\n autocrlf = true\n",
    )
    .unwrap();
    sh(
        git.path(),
        "cd lib && git -c core.autocrlf=true reset -q && rm f && git -c core.autocrlf=true checkout -q f",
    );
    assert_eq!(sh(git.path(), "tr -cd '\\r' < lib/f | wc -c"), "1");
    assert_eq!(row(&git, "lib").await, None);
}

#[tokio::test]
async fn a_branch_or_stash_that_only_a_submodule_has_holds_a_delete_back() {
    let (bench, git) = with_submodule().await;
    sh(
        git.path(),
        "cd lib && git checkout -q -b try && echo 2 > f && git commit -qam 2 && git checkout -q --detach HEAD~ ",
    );
    assert!(unsaved(&git).await.contains("lib (1 commit of its own)"));
    // The main checkout's submodule has it too: nothing is lost.
    sh(
        &bench.repo_path(),
        &format!("cd lib && git fetch -q {}/lib try:try", git.worktree.path),
    );
    assert_eq!(unsaved(&git).await, "");
    sh(git.path(), "cd lib && echo 3 > f && git stash -q");
    assert!(unsaved(&git).await.contains("lib ("));
    // The checkout can go; the commits are still beside the worktree, and go with it.
    sh(
        git.path(),
        "git rm -qf lib && git -c user.name=x -c user.email=x@y commit -qm gone",
    );
    let text = unsaved(&git).await;
    assert!(
        text.contains("1 commit on no other branch; repository inside it: lib ("),
        "{text}"
    );
}

#[tokio::test]
async fn a_submodule_is_staged_and_unstaged() {
    let (_bench, git) = with_submodule().await;
    sh(git.path(), "cd lib && echo 2 > f && git commit -qam 2");
    git.stage(&chosen(&["lib"])).await.unwrap();
    assert_eq!(sh(git.path(), "git diff --cached --name-only"), "lib");
    git.unstage(&chosen(&["lib"])).await.unwrap();
    assert_eq!(sh(git.path(), "git diff --cached --name-only"), "");
}

#[tokio::test]
async fn repositories_inside_are_rows_that_cannot_be_committed_and_the_rest_is() {
    let bench = Bench::new();
    let git = bench.worktree().await;
    sh(
        git.path(),
        "git init -q empty; git init -q full; cd full; git config user.name F; git config user.email f@b.c
         echo 1 > f; git add f; git commit -qm 1; cd ..; git worktree add -q ./in -b in 2>/dev/null; echo n > n.txt",
    );
    let status = git.status(None).await.unwrap().files;
    let shown: Vec<_> = status
        .iter()
        .map(|file| (file.change.path.as_str(), file.change.own_repository))
        .collect();
    let rows = [
        ("empty", true),
        ("full", true),
        ("in", true),
        ("n.txt", false),
    ];
    assert_eq!(shown, rows);
    refused(
        commit(&git, &["full/f"]).await,
        "full is a repository of its own",
    );
    refused(
        git.discard(&chosen(&["full/f"])).await,
        "full is a repository of its own",
    );
    for path in ["empty", "full", "in"] {
        refused(commit(&git, &[path]).await, "a repository of its own");
        refused(git.stage(&chosen(&[path])).await, "a repository of its own");
        refused(
            git.discard(&chosen(&[path])).await,
            "a repository of its own",
        );
        assert!(
            git.diff(Some(path)).await.unwrap().files[0]
                .hunks
                .is_empty()
        );
    }
    let committable = status.iter().filter(|file| file.change.is_committable());
    let committable: Vec<_> = committable.map(|file| file.change.path.as_str()).collect();
    commit(&git, &committable).await.unwrap();
    let text = unsaved(&git).await;
    assert!(
        text.contains("repositories inside it: empty, full (1 commit of its own), in"),
        "{text}"
    );
    sh(
        git.path(),
        "echo x > in/x; cd in && git checkout -q --detach && git -c user.name=x -c user.email=x@y commit -q --allow-empty -m d",
    );
    let text = unsaved(&git).await;
    assert!(
        text.contains("in (1 commit of its own, 1 uncommitted file)"),
        "{text}"
    );
}

#[tokio::test]
async fn ignored_files_and_repositories_are_named_before_they_go() {
    let bench = Bench::new();
    let git = bench.worktree().await;
    let repo = bench.repo_path();
    sh(
        &repo,
        "printf '.env\\ntarget/\\nwork/\\n' >> .git/info/exclude",
    );
    sh(
        git.path(),
        "echo key > .env; mkdir -p target/debug; echo o > target/debug/o; git init -q work; echo w > work/w",
    );
    assert!(git.status(None).await.unwrap().files.is_empty());
    let text = unsaved(&git).await;
    assert!(
        text.contains("repository inside it: work (1 uncommitted file)"),
        "{text}"
    );
    assert!(
        text.contains("ignored files: .env, target/, work/"),
        "{text}"
    );
    git.remove().await.unwrap();
}

#[tokio::test]
async fn a_link_replaced_by_a_folder_is_committed_as_a_deletion_and_its_files_apart() {
    let bench = Bench::new();
    sh(
        &bench.repo_path(),
        "ln -s b.txt lnk; git add . ; git commit -qm link",
    );
    let git = bench.worktree().await;
    sh(git.path(), "rm lnk; mkdir lnk; echo g > lnk/g");
    let words = "choose its deletion too";
    refused(git.stage(&chosen(&["lnk/g"])).await, words);
    refused(commit(&git, &["lnk/g"]).await, words);
    assert_eq!(
        sh(
            git.path(),
            "git diff --cached --name-only; git status --porcelain"
        ),
        "D lnk"
    );
    git.stage(&chosen(&["lnk"])).await.unwrap();
    assert_eq!(sh(git.path(), "git diff --cached --name-status"), "D\tlnk");
    commit(&git, &["lnk"]).await.unwrap();
    assert_eq!(sh(git.path(), "git status --porcelain"), "?? lnk/");
    commit(&git, &["lnk/g"]).await.unwrap();
    assert_eq!(
        sh(git.path(), "git status --porcelain; git ls-files lnk"),
        "lnk/g"
    );
}

#[tokio::test]
async fn a_link_and_the_folder_in_its_place_are_committed_or_thrown_away_together() {
    let bench = Bench::new();
    sh(
        &bench.repo_path(),
        "ln -s b.txt lnk; mkdir d; echo x > d/x; git add . ; git commit -qm link",
    );
    let git = bench.worktree().await;
    sh(
        git.path(),
        "rm lnk; mkdir lnk; echo g > lnk/g; rm -r d; echo file > d",
    );
    refused(
        git.discard(&chosen(&["lnk"])).await,
        "lnk/g stands where lnk would be put back",
    );
    refused(
        git.discard(&chosen(&["d/x"])).await,
        "d stands where d/x would be put back",
    );
    refused(commit(&git, &["d"]).await, "d/x");
    let all = chosen(&["lnk", "lnk/g", "d", "d/x"]);
    let before = sh(git.path(), "cat lnk/g d; git status --porcelain");
    let undo = git.discard(&all).await.unwrap();
    assert_eq!(
        sh(git.path(), "git status --porcelain; readlink lnk; cat d/x"),
        "b.txt\nx"
    );
    git.bring_back(&undo).await.unwrap();
    assert_eq!(
        sh(git.path(), "cat lnk/g d; git status --porcelain"),
        before
    );
    git.stage(&all).await.unwrap();
    git.unstage(&all).await.unwrap();
    assert_eq!(
        sh(git.path(), "cat lnk/g d; git status --porcelain"),
        before
    );
    commit(&git, &["lnk", "lnk/g", "d", "d/x"]).await.unwrap();
    assert_eq!(
        sh(git.path(), "git status --porcelain; git ls-files d lnk"),
        "d\nlnk/g"
    );
}

#[tokio::test]
async fn a_folder_replaced_by_a_link_is_committed_and_thrown_away_with_its_files() {
    let bench = Bench::new();
    sh(
        &bench.repo_path(),
        "mkdir -p d/e; echo x > d/x; echo y > d/e/y; git add . ; git commit -qm d",
    );
    let git = bench.worktree().await;
    sh(git.path(), "rm -r d; ln -s ../repo d");
    let all = ["d", "d/e/y", "d/x"];
    refused(commit(&git, &["d"]).await, "choose its deletion too");
    let undo = git.discard(&chosen(&all)).await.unwrap();
    assert_eq!(sh(git.path(), "git status --porcelain; cat d/x"), "x");
    git.bring_back(&undo).await.unwrap();
    git.stage(&chosen(&all)).await.unwrap();
    let undo = git.discard(&chosen(&all)).await.unwrap();
    assert_eq!(sh(git.path(), "git status --porcelain; cat d/x"), "x");
    git.bring_back(&undo).await.unwrap();
    commit(&git, &all).await.unwrap();
    assert_eq!(
        sh(
            git.path(),
            "git status --porcelain; git ls-files -s d | cut -c1-6"
        ),
        "120000"
    );
    assert!(bench.repo_path().join("d/x").exists());
}

#[tokio::test]
async fn nothing_that_a_hostile_submodule_plants_is_run() {
    let (bench, git) = with_submodule().await;
    let marker: PathBuf = bench.home().join("ran");
    let evil = format!("touch {}; cat", marker.display());
    let plant = format!(
        "git config core.fsmonitor '{evil}'; git config core.hooksPath .evil; git config diff.external '{evil}'
         git config filter.e.clean '{evil}'; git config filter.e.process '{evil}'; git config diff.submodule diff
         mkdir .evil; for h in post-index-change pre-commit reference-transaction; do printf '#!/bin/sh\\n{evil}\\n' > .evil/$h; chmod +x .evil/$h; done
         echo '* filter=e diff=e' > .gitattributes; git config diff.e.textconv '{evil}'; git config diff.e.command '{evil}'; echo 9 > f"
    );
    sh(&git.path().join("lib"), &plant);
    sh(
        git.path(),
        "git config diff.submodule diff; git init -q inner",
    );
    sh(&git.path().join("inner"), &plant);
    let _ = std::fs::remove_file(&marker);
    git.status(None).await.unwrap();
    git.changed_files().await.unwrap();
    git.diff(None).await.unwrap();
    let _ = commit(&git, &["lib"]).await;
    let _ = git.unsaved().await.unwrap();
    assert!(!marker.exists(), "a planted command ran");
}

#[tokio::test]
async fn the_one_who_signs_is_found_by_gits_own_rules() {
    let bench = Bench::new();
    sh(
        &bench.repo_path(),
        "git config --unset user.name; git config --unset user.email",
    );
    let config = bench.home().join(".config/git");
    std::fs::create_dir_all(&config).unwrap();
    let git = bench.worktree().await;
    let signs = async || {
        let author = git.status(None).await.unwrap().author;
        author.map(|author| format!("{} <{}>", author.name, author.email))
    };
    sh(git.path(), "echo 1 > n.txt");
    assert_eq!(signs().await, None);
    refused(
        commit(&git, &["n.txt"]).await,
        "git config --global user.name",
    );
    assert_eq!(sh(git.path(), "git status --porcelain"), "?? n.txt");
    std::fs::write(
        config.join("config"),
        "[user]\n name = Xenia\n email = x@home\n",
    )
    .unwrap();
    assert_eq!(signs().await.unwrap(), "Xenia <x@home>");
    let include = format!(
        "[user]\n name = Xenia\n email = x@home\n[includeIf \"gitdir:{}/\"]\n path = work\n",
        bench.repo_path().display()
    );
    std::fs::write(config.join("config"), include).unwrap();
    std::fs::write(config.join("work"), "[user]\n email = x@work\n").unwrap();
    assert_eq!(signs().await.unwrap(), "Xenia <x@work>");
    commit(&git, &["n.txt"]).await.unwrap();
    let signed = sh(git.path(), "git log -1 --format='%an <%ae> %cn <%ce>'");
    assert_eq!(signed, "Xenia <x@work> Xenia <x@work>");
    std::fs::write(bench.home().join(".gitconfig"), "[user]\n name = Home\n").unwrap();
    assert_eq!(signs().await.unwrap(), "Home <x@work>");
    sh(&bench.repo_path(), "git config user.name Repo");
    sh(&bench.repo_path(), "git config author.email author@repo");
    assert_eq!(signs().await.unwrap(), "Repo <author@repo>");
    sh(git.path(), "echo 2 > n.txt");
    commit(&git, &["n.txt"]).await.unwrap();
    let signed = sh(git.path(), "git log -1 --format='%an <%ae> %cn <%ce>'");
    assert_eq!(signed, "Repo <author@repo> Repo <x@work>");
}

#[tokio::test]
async fn nobody_needs_to_sign_what_is_thrown_away() {
    let bench = Bench::new();
    sh(
        &bench.repo_path(),
        "git config --unset user.name; git config --unset user.email",
    );
    let git = bench.worktree().await;
    sh(git.path(), "echo 1 > n.txt");
    let undo = git.discard(&chosen(&["n.txt"])).await.unwrap();
    git.bring_back(&undo).await.unwrap();
    assert!(Path::new(&git.worktree.path).join("n.txt").exists());
}

#[tokio::test]
async fn what_a_page_asks_for_is_small_on_the_stack() {
    let bench = Bench::new();
    let git = bench.worktree().await;
    let sizes = [
        size_of_val(&git.status(None)),
        size_of_val(&git.changed_files()),
        size_of_val(&git.diff(None)),
    ];
    assert!(sizes.iter().all(|size| *size <= 256), "{sizes:?}");
}
