//! Staging, unstaging and discarding through the API: done once, told to pages, brought back.
use super::support::{Console, sh};
use serde_json::{Value, json};
use std::path::PathBuf;

const EDIT: &str = "```sh\nprintf 'one\\nmore\\n' > a.txt; echo new > n.txt\n```";

/// A session whose agent changed two files, and its worktree.
fn edited(console: &Console) -> (String, PathBuf) {
    let id = console.create("runbook", EDIT);
    let session = console.until(&id, "waiting_approval");
    let open = &session["pendingApprovals"][0];
    let thread = console.thread(&id);
    let asked = thread
        .iter()
        .find(|entry| entry["kind"] == "approval")
        .unwrap();
    let allow = &asked["options"][0]["optionId"];
    let args = json!({"id": id, "requestId": open["requestId"], "optionId": allow, "argsHash": open["argsHash"]});
    assert_eq!(console.post("agent/approve", args).status, 200);
    let session = console.until(&id, "idle");
    let path = session["worktree"]["path"].as_str().unwrap();
    (id, PathBuf::from(path))
}

fn staged(console: &Console, id: &str) -> Vec<String> {
    let status = console.get(&format!("/api/git/status?session={id}")).json();
    let files = status["files"].as_array().unwrap().iter();
    let staged = files.filter(|file| file["staged"] == true);
    staged
        .map(|file| file["path"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn files_and_hunks_are_staged_discarded_once_and_brought_back() {
    let console = Console::start("");
    let (id, worktree) = edited(&console);
    let deed = |function: &str, more: Value| {
        let mut args = json!({"session": id});
        args.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        console.post(function, args)
    };
    let before = console.session(&id)["worktreeRevision"].as_u64().unwrap();
    let answer = deed("git/stage", json!({"paths": ["n.txt"]}));
    assert_eq!((answer.status, answer.body.as_str()), (200, "{}"));
    assert_eq!(staged(&console, &id), ["n.txt"]);
    assert!(console.session(&id)["worktreeRevision"].as_u64().unwrap() > before);
    assert_eq!(deed("git/unstage", json!({"paths": ["n.txt"]})).status, 200);
    assert!(staged(&console, &id).is_empty());

    let diff = console.get(&format!("/api/git/diff?session={id}&path=a.txt"));
    let header = diff.json()["files"][0]["hunks"][0]["header"].clone();
    let hunks = json!({"hunks": [{"path": "a.txt", "header": header}]});
    assert_eq!(deed("git/stage", hunks.clone()).status, 200);
    assert_eq!(staged(&console, &id), ["a.txt"]);
    assert_eq!(deed("git/unstage", hunks).status, 200);

    let client = uuid::Uuid::new_v4().to_string();
    let discard = json!({"paths": ["a.txt", "n.txt"], "clientId": client});
    let first = deed("git/discard", discard.clone());
    assert_eq!(first.status, 200, "{}", first.body);
    assert_eq!(sh(&worktree, "cat a.txt; ls"), "one\na.txt");
    sh(&worktree, "echo again > n.txt");
    assert_eq!(deed("git/discard", discard).body, first.body, "done once");
    assert_eq!(sh(&worktree, "cat n.txt"), "again");
    let undo = first.json()["undo"].clone();
    assert_eq!(deed("git/undo_discard", json!({"undo": undo})).status, 200);
    assert_eq!(sh(&worktree, "cat a.txt n.txt"), "one\nmore\nnew");
}

#[test]
fn deeds_that_cannot_be_done_say_why_and_change_nothing() {
    let console = Console::start("");
    let (id, worktree) = edited(&console);
    let before = sh(&worktree, "git status --porcelain; cat a.txt");
    let cases = [
        ("git/stage", json!({"paths": []}), 422),
        ("git/stage", json!({}), 422),
        ("git/discard", json!({"paths": ["../x"]}), 400),
        (
            "git/discard",
            json!({"paths": ["a.txt"], "shown": {"a.txt": "0"}}),
            409,
        ),
        (
            "git/unstage",
            json!({"hunks": [{"path": "a.txt", "header": "@@ -7 +7 @@"}]}),
            409,
        ),
        ("git/undo_discard", json!({"undo": "HEAD"}), 404),
    ];
    for (function, mut args, wanted) in cases {
        args["session"] = json!(id);
        let answer = console.post(function, args.clone());
        assert_eq!(answer.status, wanted, "{function} {args}: {}", answer.body);
        args["session"] = json!(uuid::Uuid::now_v7().to_string());
        assert_eq!(console.post(function, args).status, 404, "{function}");
    }
    assert_eq!(sh(&worktree, "git status --porcelain; cat a.txt"), before);
}

#[test]
fn a_commit_that_is_asked_for_eight_times_at_once_is_made_once() {
    let console = Console::start("");
    let (id, worktree) = edited(&console);
    let client = uuid::Uuid::new_v4().to_string();
    let commit = json!({"session": id, "paths": ["n.txt"], "message": "Add n", "clientId": client});
    let answers = std::thread::scope(|scope| {
        let asked = [(); 8].map(|()| scope.spawn(|| console.post("git/commit", commit.clone())));
        asked.map(|answer| answer.join().unwrap())
    });
    for answer in &answers {
        assert_eq!((answer.status, &answer.body), (200, &answers[0].body));
    }
    assert_eq!(sh(&worktree, "git rev-list --count main..HEAD").trim(), "1");
}
