//! Sessions and changes as they occur, for the gallery.
use super::threads::{NEW, OLD};
use domain::attachment::{Upload, UploadState};
use domain::author::Author;
use domain::git::{ChangeKind, ChangedFile, ChangedFiles, DiffOfFile, GitStatus, StatusFile};
use domain::id::{ClientId, SessionId};
use domain::line_diff::line_diff;
use domain::session::{Row, Session, SessionStatus};
use domain::snapshot::{AgentState, Metadata};
use domain::stats::{Counted, Minute, Stats, Tally};
use domain::submodule::Submodule;
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
        old_path: (kind == ChangeKind::Renamed).then(|| "docs/upload.md".to_owned()),
        added: Some(added),
        removed: Some(removed),
        ..ChangedFile::new(path.to_owned(), kind)
    }
}

pub(crate) fn changed_files() -> ChangedFiles {
    ChangedFiles {
        files: vec![
            change("docs/reports/upload.md", ChangeKind::Renamed, 4, 1),
            ChangedFile {
                own_repository: true,
                ..ChangedFile::new("scratch".to_owned(), ChangeKind::Untracked)
            },
            change("src/report/backoff.rs", ChangeKind::Untracked, 31, 0),
            change("src/report/mod.rs", ChangeKind::Modified, 1, 0),
            change("src/report/upload.rs", ChangeKind::Modified, 9, 5),
            change(
                "tests/fixtures/old_collector.json",
                ChangeKind::Deleted,
                0,
                12,
            ),
            ChangedFile {
                submodule: Some(Submodule {
                    old: Some("5d3c1ab79d".to_owned()),
                    new: Some("0f8c1f20d9".to_owned()),
                    has_commits: true,
                    has_changes: true,
                }),
                ..change("vendor/lantern", ChangeKind::Modified, 1, 1)
            },
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
        author: Some(Author {
            name: "Ada Lovelace".to_owned(),
            email: "ada@example.org".to_owned(),
        }),
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

/// An hour with a page that is open on an active session, and one that falls idle.
pub(crate) fn stats() -> Stats {
    let now = Timestamp(NOW_MS);
    let minutes: Vec<_> = (0..60_u64).rev().filter_map(|n| minute(n, now)).collect();
    let mut total = Tally::default();
    minutes.iter().for_each(|minute| total.add(&minute.tally));
    let counted = |n: u64, title: &str, calls: u64| Counted {
        id: format!("0199f0a0-1111-7222-8333-{n:012x}").parse().unwrap(),
        title: title.to_owned(),
        calls,
        bytes: calls * 1_234,
    };
    Stats {
        v: 1,
        server_now: now,
        started_at: Timestamp(now.0 - 7_200_000),
        session: None,
        sessions: vec![
            counted(1, "Retry failed crash report uploads with a backoff", 1_204),
            counted(2, "Weave", 96),
        ],
        minutes,
        total,
    }
}

fn minute(ago: u64, now: Timestamp) -> Option<Minute> {
    let busy = [30, 28, 31, 12, 6, 2, 0, 0, 17, 30][(ago / 6) as usize];
    let mut tally = Tally::default();
    for n in 0..busy {
        let bytes = 700 + n * n * 211;
        let status = if (n + ago).is_multiple_of(3) {
            200
        } else {
            304
        };
        let bytes = if status == 200 { bytes } else { 0 };
        tally.add_call(domain::stats::SNAPSHOT_FUNCTION, status, bytes);
        if n % 4 == 0 {
            tally.add_call("agent/list", 304, 0);
        }
        if n % 9 == 0 {
            tally.add_call("git/status", 200, 2_000);
            tally.add_call("agent/get_changed_files", 200, 900);
        }
        tally.pages.intervals[(n % 8) as usize] += 8 - n % 8;
    }
    if busy > 20 {
        tally.add_call("agent/send_message", 200, 300);
        tally.stale_incidents = u64::from(ago == 3);
        tally.pages.cache_hit = 3;
        tally.pages.cache_miss = ago % 2;
        tally.pages.not_modified = busy;
        tally.pages.ok = busy / 3;
        let names = ["transcript", "thread_sidebar", "git_section", "composer"];
        for (place, name) in names.iter().enumerate() {
            let count = (busy * 4) >> (place * 2);
            tally.pages.renders.insert((*name).to_owned(), count);
        }
        for (name, count) in [("poll", busy), ("mount", 1), ("action", 2)] {
            tally.pages.starts.insert(name.to_owned(), count);
        }
    }
    let at = Timestamp(now.0 - i64::try_from(ago).unwrap() * 60_000);
    (busy > 0).then_some(Minute { at, tally })
}

/// Why an image was not taken.
pub(crate) const REFUSED: &str = "tall.png: an image may have 10 MiB at most";

/// Images on their way and a file that is named.
pub(crate) fn enclosed() -> (Vec<Upload>, Vec<String>) {
    let upload = |key, name: &str, state| Upload {
        key,
        name: name.to_owned(),
        bytes: 482_113,
        state,
    };
    let uploads = vec![
        upload(1, "crash.png", UploadState::Sending(62)),
        upload(
            2,
            "notes.png",
            UploadState::Refused("only PNG, JPEG, GIF and WebP images can be attached".to_owned()),
        ),
    ];
    (uploads, vec!["src/lantern/wick.rs".to_owned()])
}

/// Options of an agent.
pub(crate) fn offers() -> AgentState {
    serde_json::from_value(json!({
        "options": [
            {"id": "mode", "name": "Mode", "category": "mode", "choice": {"current": "ask", "available": [
                {"id": "ask", "name": "Ask before edits"}, {"id": "auto", "name": "Accept edits"}]}},
            {"id": "fast", "name": "Fast", "choice": {"current": "true", "available": [
                {"id": "true", "name": "On"}, {"id": "false", "name": "Off"}]}},
        ],
        "models": {"current": "sonnet", "available": [{"id": "sonnet", "name": "Sonnet 5"}]},
    }))
    .unwrap()
}
