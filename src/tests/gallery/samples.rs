//! Sessions, threads and changes as they occur, for the gallery.
use domain::git::{ChangeKind, ChangedFile, ChangedFiles, DiffOfFile, GitStatus, StatusFile};
use domain::id::{ClientId, SessionId};
use domain::line_diff::line_diff;
use domain::session::{Row, Session, SessionStatus};
use domain::snapshot::Metadata;
use domain::thread::{Body, Cut, Entry};
use domain::time::Timestamp;
use serde_json::json;

/// The page's clock in the gallery.
pub(crate) const NOW_MS: i64 = 1_795_348_800_000;

pub(crate) fn ago(seconds: i64) -> Timestamp {
    Timestamp(NOW_MS - seconds * 1000)
}

pub(crate) fn client_id(n: u32) -> ClientId {
    ClientId::try_from(format!("4b1f0c9e-7a55-4d2e-9c11-{n:012}")).unwrap()
}

pub(crate) fn session(status: SessionStatus) -> Session {
    serde_json::from_value(json!({
        "id": "019ab7c2-53d1-7e8a-b1c4-9f2e61d0aa17",
        "title": "Retry the upload of crash reports with backoff",
        "prompt": "Crash reports are lost when the collector answers 503.",
        "agent": "claude", "model": "sonnet", "status": status,
        "statusReason": (status == SessionStatus::Pending).then_some("waits for one of 4 agents to end"),
        "repo": "/home/ida/src/lantern",
        "worktree": {
            "path": "/home/ida/.local/share/heddle/worktrees/019ab7c2",
            "branch": "heddle/retry-the-upload-of-crash-reports-61d0aa17",
            "baseBranch": "main", "baseCommit": "8c1f20d94bb0c2f94cbb7f1f2a9f0e3ad7c1e5b2",
        },
        "createdAt": ago(431), "startedAt": ago(425), "updatedAt": ago(4), "lastActivityAt": ago(4),
        "revision": 88, "worktreeRevision": 9, "agentAlive": true, "ownerId": "ida", "nodeId": "n1",
        "resumable": true,
        "queue": [{"clientId": client_id(7), "text": "Then bump the version and write the changelog entry.", "at": ago(20), "by": "ida"}],
    }))
    .unwrap()
}

pub(crate) fn metadata() -> Metadata {
    serde_json::from_value(json!({
        "durationMs": 214_000, "turns": 2, "prompts": 2, "replies": 5,
        "tokens": {"used": 91_400, "size": 200_000, "input": 412_300, "output": 9_870},
        "cost": {"amount": 0.8431, "currency": "USD"}, "plan": {"done": 2, "total": 4},
        "tools": {
            "total": 14, "byKind": {"read": 6, "search": 3, "edit": 3, "execute": 2},
            "top": [{"title": "Read", "count": 6}, {"title": "grep", "count": 3}, {"title": "cargo", "count": 2}],
        },
        "editedFiles": [{"path": "src/report/upload.rs", "edits": 2}, {"path": "src/report/backoff.rs", "edits": 1}],
        "outputBytes": 48_211, "errors": 1,
    }))
    .unwrap()
}

pub(crate) const OLD: &str = "impl Uploader {\n    /// Sends one report.\n    pub async fn send(&self, report: &Report) -> Result<(), UploadError> {\n        let answer = self.client.post(&self.url).json(report).send().await?;\n        if !answer.status().is_success() {\n            return Err(UploadError::Refused(answer.status()));\n        }\n        Ok(())\n    }\n}\n";
pub(crate) const NEW: &str = "impl Uploader {\n    /// Sends one report; tries again while the collector is busy.\n    pub async fn send(&self, report: &Report) -> Result<(), UploadError> {\n        let mut waits = Backoff::new(self.first_wait, self.longest_wait);\n        loop {\n            let answer = self.client.post(&self.url).json(report).send().await?;\n            match (answer.status(), waits.next()) {\n                (status, _) if status.is_success() => return Ok(()),\n                (status, Some(wait)) if is_busy(status) => sleep(wait).await,\n                (status, _) => return Err(UploadError::Refused(status)),\n            }\n        }\n    }\n}\n";
const ANSWER: &str = "The loss happens in `Uploader::send`: a `503` is treated like any other refusal, and the caller drops the report.\n\n## What I will change\n\n1. A small `Backoff` iterator, **1 s, 2 s, 4 s**, at most three tries.\n2. `send` asks it only when the status is `429` or `503`.\n3. A test with a collector that recovers on the third call.\n\n| status | before | after |\n|:--|:--|--:|\n| 200 | sent | sent |\n| 503 | *lost* | 3 tries |\n\n```rust\nfn is_busy(status: StatusCode) -> bool {\n    matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE)\n}\n```\n\n> The queue on disk is untouched; see [the notes](https://example.org/notes) and <b>not markup</b>.";

fn entry(seq: u64, seconds: i64, body: serde_json::Value) -> Entry {
    Entry {
        seq,
        revision: seq,
        at: ago(seconds),
        turn: 1,
        cut: None,
        body: serde_json::from_value::<Body>(body).unwrap(),
    }
}

fn tool(kind: &str, title: &str, status: &str, content: serde_json::Value) -> serde_json::Value {
    let ended = (status == "completed" || status == "failed").then(|| ago(300));
    json!({
        "kind": "tool", "toolCallId": title, "title": title, "toolKind": kind, "status": status,
        "locations": [], "content": content, "startedAt": ago(302), "endedAt": ended,
    })
}

fn plan(done: usize) -> serde_json::Value {
    let items = [
        "Find where reports are lost",
        "Add the backoff",
        "Use it in the uploader",
        "Prove it with a test",
    ];
    let item = |(at, text): (usize, &&str)| {
        let status = match at {
            at if at < done => "completed",
            at if at == done => "in_progress",
            _ => "pending",
        };
        json!({"text": text, "priority": "medium", "status": status})
    };
    json!({"kind": "plan", "items": items.iter().enumerate().map(item).collect::<Vec<_>>()})
}

fn approval(state: &str, answer: serde_json::Value) -> serde_json::Value {
    json!({
        "kind": "approval", "requestId": "r1", "title": "Run the tests of the report crate",
        "argv": ["cargo", "test", "-p", "lantern-report", "--", "--nocapture", "it's busy"],
        "cwd": "/home/ida/.local/share/heddle/worktrees/019ab7c2", "text": "", "argsHash": "h",
        "options": [
            {"optionId": "a", "name": "Allow once", "kind": "allow_once"},
            {"optionId": "b", "name": "Always allow cargo test", "kind": "allow_always"},
            {"optionId": "c", "name": "Deny", "kind": "reject_once"},
        ],
        "state": state, "answer": answer,
    })
}

/// A thread in the midst of work: the last entry asks for permission.
pub(crate) fn working_thread() -> Vec<Entry> {
    let terminal = "\u{1b}[32m   Compiling\u{1b}[0m lantern-report v0.4.1\n\u{1b}[32m    Finished\u{1b}[0m `test` profile in 6.21s\n\nrunning 3 tests\ntest backoff::doubles ... \u{1b}[32mok\u{1b}[0m\ntest upload::sends ... \u{1b}[32mok\u{1b}[0m\ntest upload::recovers ... \u{1b}[1;31mFAILED\u{1b}[0m\n";
    let mut search = tool(
        "search",
        "grep -rn 'UploadError::Refused' src",
        "completed",
        json!([]),
    );
    search["output"] = json!("src/report/upload.rs:41\nsrc/report/queue.rs:88");
    search["input"] = json!("{\"pattern\":\"UploadError::Refused\"}");
    let mut read = tool("read", "Read src/report/upload.rs", "completed", json!([]));
    read["locations"] = json!([{"path": "src/report/upload.rs", "line": 34}]);
    let diff =
        json!([{"type": "diff", "path": "src/report/upload.rs", "oldText": OLD, "newText": NEW}]);
    let test = json!([{"type": "terminal", "text": terminal, "exitCode": 101}]);
    vec![
        entry(
            1,
            431,
            json!({"kind": "user", "text": "Crash reports are lost when the collector answers 503.\nRetry with backoff, three tries at most, and prove it with a test.", "clientId": client_id(1), "by": "ida"}),
        ),
        entry(
            2,
            424,
            json!({"kind": "thought", "text": "**Looking for the upload path**\nThe reports go through a queue first.", "open": false}),
        ),
        entry(3, 420, search),
        entry(4, 418, read),
        entry(5, 400, plan(2)),
        entry(
            6,
            390,
            json!({"kind": "agent", "text": ANSWER, "open": false}),
        ),
        entry(
            7,
            310,
            tool("edit", "Edit src/report/upload.rs", "completed", diff),
        ),
        entry(
            8,
            302,
            tool("execute", "cargo test -p lantern-report", "failed", test),
        ),
        entry(
            9,
            60,
            json!({"kind": "agent", "text": "One test fails: the fake collector closes the connection. I will let it answer before it closes, then run the tests again.", "open": false}),
        ),
        entry(10, 4, approval("open", json!(null))),
    ]
}

/// Every kind of entry in its rarer states.
pub(crate) fn rare_thread() -> Vec<Entry> {
    let spoofed = "rm -rf build\u{202e} # txt.exe\u{1b}[8m";
    let mut cut = entry(
        14,
        30,
        tool(
            "execute",
            "journalctl -b",
            "completed",
            json!([{"type": "terminal", "text": "line 1\nline 2\n"}]),
        ),
    );
    cut.cut = Some(Cut { bytes: 1_240_000 });
    let answered = json!({"optionId": "c", "kind": "reject_once", "by": "ida", "at": ago(40)});
    vec![
        entry(
            1,
            500,
            json!({"kind": "system", "code": "resumed", "text": "The session was resumed."}),
        ),
        entry(2, 400, tool("execute", spoofed, "aborted", json!([]))),
        entry(
            3,
            300,
            tool(
                "fetch",
                "Fetch https://example.org/a/very/long/address/that/does/not/fit/into/one/line/of/a/narrow/page/index.html?with=query",
                "pending",
                json!([]),
            ),
        ),
        entry(
            4,
            300,
            tool(
                "think",
                "Compare the two ways",
                "in_progress",
                json!([{"type": "text", "text": "Some *words*."}]),
            ),
        ),
        entry(5, 200, approval("answered", answered)),
        entry(6, 200, approval("withdrawn", json!(null))),
        entry(7, 200, approval("void", json!(null))),
        cut,
        entry(
            15,
            20,
            json!({"kind": "error", "code": "exit", "text": "The agent exited in the middle of the turn.", "exitCode": 137, "stderrTail": ["node:internal/process", "FATAL ERROR: heap out of memory"]}),
        ),
        entry(
            16,
            2,
            json!({"kind": "thought", "text": "Maybe the queue", "open": true}),
        ),
        entry(
            17,
            1,
            json!({"kind": "agent", "text": "I am looking into the qu", "open": true}),
        ),
    ]
}

fn change(path: &str, kind: ChangeKind, added: u64, removed: u64) -> ChangedFile {
    ChangedFile {
        path: path.to_owned(),
        old_path: (kind == ChangeKind::Renamed).then(|| "docs/upload.md".to_owned()),
        kind,
        added: Some(added),
        removed: Some(removed),
        binary: false,
    }
}

pub(crate) fn changed_files() -> ChangedFiles {
    ChangedFiles {
        files: vec![
            change("docs/reports/upload.md", ChangeKind::Renamed, 4, 1),
            change("src/report/backoff.rs", ChangeKind::Untracked, 31, 0),
            change("src/report/mod.rs", ChangeKind::Modified, 1, 0),
            change("src/report/upload.rs", ChangeKind::Modified, 9, 5),
            change(
                "tests/fixtures/old_collector.json",
                ChangeKind::Deleted,
                0,
                12,
            ),
        ],
        worktree_revision: 9,
    }
}

pub(crate) fn git_status() -> GitStatus {
    let files = changed_files()
        .files
        .into_iter()
        .skip(1)
        .map(|change| StatusFile {
            change,
            staged: false,
            oid: None,
        });
    GitStatus {
        branch: Some("heddle/retry-the-upload-of-crash-reports-61d0aa17".to_owned()),
        head: "0f".repeat(20),
        base_branch: "main".to_owned(),
        base_commit: "8c1f20d94bb0c2f94cbb7f1f2a9f0e3ad7c1e5b2".to_owned(),
        ahead: 1,
        files: files.collect(),
    }
}

pub(crate) fn open_diff() -> DiffOfFile {
    DiffOfFile {
        change: change("src/report/upload.rs", ChangeKind::Modified, 9, 5),
        hunks: line_diff(OLD, NEW, 400).hunks,
        truncated: false,
        oid: None,
    }
}

pub(crate) fn rows() -> Vec<Row> {
    let row = |(n, status): (usize, SessionStatus)| {
        Row {
        id: SessionId::try_from(format!("019ab7c2-53d1-7e8a-b1c4-9f2e61d0aa{n:02}")).unwrap(),
        title: ["Retry the upload of crash reports with backoff", "Why is the nightly build slow?", "Port the settings page"][n % 3].to_owned(),
        repo: "/home/ida/src/lantern".to_owned(),
        branch: format!("heddle/retry-the-upload-61d0aa{n:02}"),
        agent: ["claude", "runbook", "codex"][n % 3].to_owned(),
        model: (n % 3 == 0).then(|| "sonnet".to_owned()),
        status,
        status_reason: None,
        waiting: status.waits_for_person(),
        last_line: ["Run the tests of the report crate", "The linker takes 41 s of the 63 s; mold would cut that to 6 s, and the rest is proc macros.", ""][n % 3].to_owned(),
        changed_files: (n as u64 * 3) % 7,
        last_activity_at: ago(i64::try_from(n * n * n).unwrap() * 90 + 2),
        revision: 3,
    }
    };
    let mut rows: Vec<Row> = SessionStatus::ALL
        .into_iter()
        .enumerate()
        .map(row)
        .collect();
    rows.sort_by_key(|row| row.status.rank());
    rows
}
