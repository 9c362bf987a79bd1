//! Git through the door: what its answers say, and what is refused with which words.
use super::support::{Console, sh, until};
use serde_json::{Value, json};
use std::path::Path;

/// A finished session of a console, and the path of its worktree.
fn idle(console: &Console) -> (String, String) {
    let id = console.create("runbook", "What can you do?");
    let session = console.until(&id, "idle");
    let path = session["worktree"]["path"].as_str().unwrap().to_owned();
    (id, path)
}

fn status(console: &Console, id: &str) -> Value {
    console.get(&format!("/api/git/status?session={id}")).json()
}

fn commit(console: &Console, id: &str, paths: &[&str]) -> super::support::Answer {
    let args = json!({"session": id, "paths": paths, "message": "m"});
    console.post("git/commit", args)
}

#[test]
fn work_in_a_submodule_is_a_row_and_holds_a_delete_back_by_name() {
    let console = Console::start("");
    let folder = console.folder.path();
    sh(
        folder,
        "git init -q -b main lib; cd lib; git config user.name L; git config user.email l@b.c; echo 1 > f; git add f; git commit -qm 1
         cd ../repo; git -c protocol.file.allow=always submodule add -q ../lib lib; git commit -qm lib",
    );
    let script = "```sh\ngit -c protocol.file.allow=always submodule update --init -q && cd lib && git config user.name L && git config user.email l@b.c && echo 2 > f && git commit -qam 2 && echo 3 > f\n```";
    let id = console.create("runbook", script);
    console.answer(&id, "allow_once");
    console.until(&id, "idle");
    let files = console.get(&format!("/api/agent/get_changed_files?id={id}"));
    let row = files.json()["files"][0].clone();
    assert_eq!(
        (&row["path"], &row["kind"]),
        (&json!("lib"), &json!("modified"))
    );
    let submodule = &row["submodule"];
    assert_ne!(submodule["old"], submodule["new"]);
    assert_eq!(submodule["old"].as_str().unwrap().len(), 40);
    assert_eq!(
        (&submodule["hasCommits"], &submodule["hasChanges"]),
        (&json!(true), &json!(true))
    );
    assert_eq!(commit(&console, &id, &["lib"]).status, 200);
    let delete = |discard: bool| {
        console.post(
            "agent/delete_session",
            json!({"id": id, "discardWork": discard}),
        )
    };
    let refused = delete(false);
    let message = refused.json()["message"].as_str().unwrap().to_owned();
    assert_eq!(refused.status, 422, "{message}");
    assert!(
        message.contains("lib (1 commit of its own, 1 uncommitted file)"),
        "{message}"
    );
    assert_eq!(delete(true).status, 200);
}

#[test]
fn repositories_inside_say_so_and_the_rest_is_committed() {
    let console = Console::start("");
    let (id, path) = idle(&console);
    sh(
        Path::new(&path),
        "git init -q inner; git worktree add -q ./in -b in 2>/dev/null; echo n > n.txt",
    );
    let files = status(&console, &id)["files"].clone();
    let own: Vec<_> = files
        .as_array()
        .unwrap()
        .iter()
        .map(|file| (&file["path"], &file["ownRepository"]))
        .collect();
    let yes = json!(true);
    let (inner, nested) = (json!("inner"), json!("in"));
    assert_eq!(own[..2], [(&nested, &yes), (&inner, &yes)]);
    let refused = commit(&console, &id, &["inner"]);
    assert_eq!(refused.status, 422, "{}", refused.body);
    assert!(
        refused.body.contains("inner is a repository of its own"),
        "{}",
        refused.body
    );
    assert_eq!(commit(&console, &id, &["n.txt"]).status, 200);
}

#[test]
fn the_answer_says_who_signs_and_nothing_is_committed_while_nobody_does() {
    let console = Console::start("");
    let (id, path) = idle(&console);
    std::fs::write(Path::new(&path).join("n.txt"), "n\n").unwrap();
    let author = json!({"name": "Ann", "email": "a@b.c"});
    assert_eq!(status(&console, &id)["author"], author);
    // An empty name is none, whatever the configuration of this machine says.
    let repo = console.folder.path().join("repo");
    sh(&repo, "git config user.name ''");
    let refused = commit(&console, &id, &["n.txt"]);
    assert_eq!(refused.status, 422, "{}", refused.body);
    assert!(
        refused.body.contains("git config --global user.name"),
        "{}",
        refused.body
    );
    assert_eq!(status(&console, &id)["author"], Value::Null);
    assert_eq!(sh(&repo, "git log --all --format=%an | sort -u"), "Ann");
}

#[test]
fn words_of_git_stay_in_the_log() {
    let console = Console::start("");
    let (id, path) = idle(&console);
    std::fs::write(Path::new(&path).join("n.txt"), "n\n").unwrap();
    let repo = console.folder.path().join("repo");
    sh(
        &repo,
        "chmod a-w .git/objects 2>/dev/null; for d in .git/worktrees/*; do echo broken > $d/HEAD; done",
    );
    let refused = commit(&console, &id, &["n.txt"]);
    assert!(refused.status >= 400);
    let names = console.folder.path().to_string_lossy().into_owned();
    assert!(
        !refused.body.contains("fatal") && !refused.body.contains(&names),
        "{}",
        refused.body
    );
    let message = refused.json()["message"].as_str().unwrap().to_owned();
    let incident = message.rsplit(' ').next().unwrap();
    until("the reason in the log", || {
        let log = std::fs::read_to_string(console.folder.path().join("stderr.txt")).unwrap();
        let mut lines = log.lines();
        lines
            .find(|line| line.contains(incident) && line.contains("fatal"))
            .map(str::to_owned)
    });
}
