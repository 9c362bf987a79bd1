//! Sessions and changes as they occur, for the gallery.
use super::threads::{NEW, OLD};
use domain::git::{ChangeKind, ChangedFile, ChangedFiles, DiffOfFile, GitStatus, StatusFile};
use domain::id::{ClientId, SessionId};
use domain::line_diff::line_diff;
use domain::session::{Row, Session, SessionStatus};
use domain::snapshot::Metadata;
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
        truncated: false,
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
        truncated: false,
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
