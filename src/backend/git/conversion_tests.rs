//! What is committed here against what plain git commits, in twin repositories.
use super::tests::{Bench, sh};
use crate::error::Failed;
use domain::git::{Chosen, ChosenHunk};
use std::collections::BTreeMap;
use std::path::Path;

/// Attributes of every file, and settings of the repository.
const ATTRIBUTES: [&str; 12] = [
    "",
    "*.x text",
    "*.x text=auto",
    "*.x -text",
    "*.x text eol=crlf",
    "*.x text eol=lf",
    "*.x text=auto eol=crlf",
    "*.x eol=crlf",
    "*.x ident",
    "*.x text working-tree-encoding=UTF-16LE-BOM",
    "*.x working-tree-encoding=ISO-8859-1",
    "*.x binary",
];
const SETTINGS: [&str; 3] = [
    "core.autocrlf=false",
    "core.autocrlf=input",
    "core.autocrlf=true",
];
/// Contents as `printf` writes them.
const CONTENTS: [&str; 8] = [
    "",
    "one\\ntwo\\n",
    "one\\r\\ntwo\\r\\n",
    "one\\ntwo\\r\\n",
    "one\\r\\ntwo",
    "a\\0b\\r\\n",
    "$Id: 1234 $\\nx\\r\\n",
    "caf\\351 \\r\\n",
];

/// Commits files of all contents, then other contents, in the repository of a folder.
fn files(folder: &Path, shift: usize) {
    for n in 0..CONTENTS.len() {
        let content = CONTENTS[(n + shift) % CONTENTS.len()];
        let script = match content {
            "" => format!(": > {n}.x"),
            content => format!("printf '{content}' > {n}.x"),
        };
        sh(folder, &script);
    }
}

fn names() -> Vec<String> {
    (0..CONTENTS.len()).map(|n| format!("{n}.x")).collect()
}

#[tokio::test]
async fn a_commit_stores_what_git_add_and_git_commit_store() {
    for attributes in ATTRIBUTES {
        for setting in SETTINGS {
            check_twins(attributes, setting).await;
        }
    }
}

async fn check_twins(attributes: &str, setting: &str) {
    let bench = Bench::new();
    let (key, value) = setting.split_once('=').unwrap();
    let repo = bench.repo_path();
    // Half of the files were committed before the attributes came, with the line ends they had.
    files(&repo, 0);
    sh(&repo, "rm [4-7].x; git add . && git commit -qm raw");
    let plant = format!(
        "git config {key} {value}; echo '{attributes}' > .gitattributes; git add .gitattributes ; git commit -qm attributes"
    );
    sh(&repo, &plant);
    let git = bench.worktree().await;
    let root = Path::new(&git.worktree.path);
    sh(&repo, "git worktree add -q ../twin -b twin");
    let twin = repo.parent().unwrap().join("twin");
    for shift in [3, 6] {
        files(root, shift);
        files(&twin, shift);
        let fails = |name: &String| {
            let script = format!("git add -- {name} 2>/dev/null && echo ok || echo no");
            sh(&twin, &script) == "no"
        };
        let mut accepted = Vec::new();
        for name in names() {
            let is_refused = fails(&name);
            let stage = git
                .stage(&Chosen {
                    paths: vec![name.clone()],
                    ..Chosen::default()
                })
                .await;
            assert_eq!(
                stage.is_err(),
                is_refused,
                "{attributes} {setting} {name} {stage:?}"
            );
            // What plain git does not take is left as it was.
            match is_refused {
                true => {
                    let back = format!("git checkout -q HEAD -- {name} 2>/dev/null || rm {name}");
                    sh(&twin, &back);
                    sh(root, &back);
                }
                false => accepted.push(name),
            }
        }
        sh(&twin, "git commit -qm twin --allow-empty");
        let committed = git.commit(&accepted, "m", &BTreeMap::new()).await;
        let has_none = sh(&twin, "git show --stat --format= HEAD").is_empty();
        assert_eq!(
            committed.is_err(),
            has_none,
            "{attributes} {setting} {committed:?}"
        );
        let tree = "git rev-parse HEAD:; git ls-files -s";
        assert_eq!(sh(root, tree), sh(&twin, tree), "{attributes} {setting}");
        let clean = format!("git status --porcelain -- {}", accepted.join(" "));
        assert_eq!(sh(root, &clean), "", "{attributes} {setting}");
    }
}

#[tokio::test]
async fn counts_of_lines_are_those_of_the_commit() {
    let bench = Bench::new();
    let repo = bench.repo_path();
    sh(
        &repo,
        "printf '*.bat text eol=crlf\\n*.u text working-tree-encoding=UTF-16LE\\n*.b -diff\\n*.t diff\\n' > .gitattributes; printf 'a\\r\\nb\\r\\nc\\r\\n' > x.bat; git add . && git commit -qm bat",
    );
    let git = bench.worktree().await;
    let root = Path::new(&git.worktree.path);
    sh(
        root,
        "printf 'a\\r\\nB\\r\\nc\\r\\n' > x.bat; printf 'n\\r\\n' > n.bat; printf 'x%08000d\\0' 1 > late; printf 'a\\0' > nul; printf 'a\\0\\n\\0b\\0\\n\\0' > x.u; echo b > x.b; printf 'a\\0\\n' > x.t; echo n > n.b",
    );
    let rows = git.changed_files().await.unwrap().0;
    let shown: String = rows
        .iter()
        .map(|row| {
            let count =
                |count: Option<u64>| count.map_or("-".to_owned(), |count| count.to_string());
            format!(
                "{}\t{}\t{}\n",
                count(row.added),
                count(row.removed),
                row.path
            )
        })
        .collect();
    let lines = &git.diff(Some("x.u")).await.unwrap().files[0].hunks[0].lines;
    let lines: Vec<_> = lines.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(lines, ["a", "b"]);
    let paths: Vec<String> = rows.into_iter().map(|row| row.path).collect();
    git.commit(&paths, "all", &BTreeMap::new()).await.unwrap();
    let counted = sh(root, "git show --numstat --format= HEAD");
    assert_eq!(shown.trim(), counted);
    assert_eq!(
        sh(
            root,
            "git show HEAD:x.bat | od -c | grep -c '\\\\r' || true"
        ),
        "0"
    );
    assert_eq!(sh(root, "git status --porcelain"), "");
}

#[tokio::test]
async fn line_ends_of_the_persons_own_configuration_count() {
    let bench = Bench::new();
    std::fs::write(
        bench.home().join(".gitconfig"),
        "[core]\n autocrlf = input\n",
    )
    .unwrap();
    let git = bench.worktree().await;
    let root = Path::new(&git.worktree.path);
    sh(root, "printf 'one\\r\\ntwo\\r\\n' > n.txt");
    git.commit(&["n.txt".to_owned()], "m", &BTreeMap::new())
        .await
        .unwrap();
    assert_eq!(sh(root, "git show HEAD:n.txt | wc -c"), "8");
}

#[tokio::test]
async fn what_is_discarded_comes_back_byte_by_byte_whatever_its_attributes() {
    for attributes in ATTRIBUTES.iter().chain(&["*.x filter=lfs"]) {
        let bench = Bench::new();
        let repo = bench.repo_path();
        sh(
            &repo,
            &format!("echo '{attributes}' > .gitattributes; git add . && git commit -qm a"),
        );
        let git = bench.worktree().await;
        let root = Path::new(&git.worktree.path);
        files(root, 1);
        let before = sh(root, "sha256sum *.x");
        let chosen = Chosen {
            paths: names(),
            ..Chosen::default()
        };
        let undo = git.discard(&chosen).await.unwrap();
        assert_eq!(
            sh(root, "git status --porcelain; ls | grep -c x$ || true"),
            "0"
        );
        git.bring_back(&undo).await.unwrap();
        assert_eq!(sh(root, "sha256sum *.x"), before, "{attributes}");
    }
}

#[tokio::test]
async fn a_hunk_of_a_file_with_other_line_ends_is_staged_and_discarded() {
    let bench = Bench::new();
    sh(
        &bench.repo_path(),
        "echo '*.bat text eol=crlf' > .gitattributes; seq 1 40 | sed 's/$/\\r/' > x.bat; git add . && git commit -qm bat",
    );
    let git = bench.worktree().await;
    let root = Path::new(&git.worktree.path);
    sh(
        root,
        "sed -i 's/^3\\r/three\\r/; s/^30\\r/thirty\\r/' x.bat",
    );
    let diff = git.diff(Some("x.bat")).await.unwrap().files.remove(0);
    assert_eq!((diff.hunks.len(), diff.change.added), (2, Some(2)));
    let hunk = |n: usize| Chosen {
        hunks: vec![ChosenHunk {
            path: "x.bat".to_owned(),
            header: diff.hunks[n].header.clone(),
        }],
        ..Chosen::default()
    };
    git.stage(&hunk(0)).await.unwrap();
    assert_eq!(sh(root, "git diff --cached --numstat"), "1\t1\tx.bat");
    git.discard(&hunk(1)).await.unwrap();
    let left = sh(root, "tr -cd '\\r' < x.bat | wc -c; grep -c th x.bat");
    assert_eq!(left, "40\n1");
}

#[tokio::test]
async fn a_file_with_a_filter_is_refused_by_name_and_never_stored_raw() {
    let bench = Bench::new();
    let repo = bench.repo_path();
    sh(
        &repo,
        "echo '*.bin filter=lfs diff=lfs merge=lfs -text' > .gitattributes; git add . && git commit -qm lfs
         git config filter.lfs.clean 'git-lfs clean -- %f'; git config filter.lfs.required true",
    );
    let git = bench.worktree().await;
    let root = Path::new(&git.worktree.path);
    sh(root, "head -c 5000000 /dev/zero > big.bin; echo n > n.txt");
    let paths = ["big.bin".to_owned(), "n.txt".to_owned()];
    let refused = git.commit(&paths, "m", &BTreeMap::new()).await;
    let Err(Failed::Refused(text)) = refused else {
        panic!("not refused: {refused:?}");
    };
    assert!(
        text.contains("big.bin") && text.contains("filter lfs (Git LFS)"),
        "{text}"
    );
    let chosen = Chosen {
        paths: paths.to_vec(),
        ..Chosen::default()
    };
    assert!(matches!(git.stage(&chosen).await, Err(Failed::Refused(_))));
    assert_eq!(sh(root, "git diff --cached --name-only"), "");
    assert_eq!(
        sh(
            &repo,
            "find .git/objects -size +3k -type f | grep -v pack | wc -l"
        ),
        "0"
    );
    git.commit(&["n.txt".to_owned()], "m", &BTreeMap::new())
        .await
        .unwrap();
}

#[tokio::test]
async fn repositories_with_long_object_ids_work() {
    let bench = Bench::new();
    let repo = bench.repo_path();
    sh(
        &repo,
        "rm -rf .git && git init -q -b main --object-format=sha256 . && git config user.name A && git config user.email a@b.c
         git add . && git commit -qm first",
    );
    let git = bench.worktree().await;
    let root = Path::new(&git.worktree.path);
    sh(root, "rm b.txt; echo more >> a.txt; echo n > n.txt");
    let oid = git.diff(Some("a.txt")).await.unwrap().files[0]
        .oid
        .clone()
        .unwrap();
    assert_eq!(oid.len(), 64);
    let shown = BTreeMap::from([("a.txt".to_owned(), oid)]);
    let paths = ["a.txt", "b.txt"].map(str::to_owned);
    let commit = git.commit(&paths, "m", &shown).await.unwrap().commit;
    assert_eq!(commit.len(), 64);
    let chosen = Chosen {
        paths: vec!["n.txt".to_owned()],
        ..Chosen::default()
    };
    let undo = git.discard(&chosen).await.unwrap();
    git.bring_back(&undo).await.unwrap();
    assert_eq!(sh(root, "git status --porcelain; cat n.txt"), "?? n.txt\nn");
}
