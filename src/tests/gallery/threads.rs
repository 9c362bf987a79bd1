//! Threads as they occur, for the gallery.
use super::samples::{ago, client_id};
use domain::thread::{Body, Cut, Entry};
use serde_json::json;

pub(crate) const OLD: &str = "impl Uploader {\n    /// Sends one report.\n    pub async fn send(&self, report: &Report) -> Result<(), UploadError> {\n        let answer = self.client.post(&self.url).json(report).send().await?;\n        if !answer.status().is_success() {\n            return Err(UploadError::Refused(answer.status()));\n        }\n        Ok(())\n    }\n}\n";
pub(crate) const NEW: &str = "impl Uploader {\n    /// Sends one report; tries again while the collector is busy.\n    pub async fn send(&self, report: &Report) -> Result<(), UploadError> {\n        let mut waits = Backoff::new(self.first_wait, self.longest_wait);\n        loop {\n            let answer = self.client.post(&self.url).json(report).send().await?;\n            match (answer.status(), waits.next()) {\n                (status, _) if status.is_success() => return Ok(()),\n                (status, Some(wait)) if is_busy(status) => sleep(wait).await,\n                (status, _) => return Err(UploadError::Refused(status)),\n            }\n        }\n    }\n}\n";
const ANSWER: &str = "The loss happens in `Uploader::send`: a `503` is treated like any other refusal, and the caller drops the report.\n\n## What I will change\n\n1. A small `Backoff` iterator, **1 s, 2 s, 4 s**, at most three tries.\n2. `send` asks it only when the status is `429` or `503`.\n3. A test with a collector that recovers on the third call.\n\n| status | before | after |\n|:--|:--|--:|\n| 200 | sent | sent |\n| 503 | *lost* | 3 tries |\n\n```rust\nfn is_busy(status: StatusCode) -> bool {\n    matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE)\n}\n```\n\n> The queue on disk is untouched; see [the notes](https://example.org/notes) and <b>not markup</b>.";

pub(super) fn entry(seq: u64, seconds: i64, body: serde_json::Value) -> Entry {
    Entry {
        seq,
        revision: seq,
        at: ago(seconds),
        turn: 1,
        cut: None,
        body: serde_json::from_value::<Body>(body).unwrap(),
    }
}

pub(super) fn tool(
    kind: &str,
    title: &str,
    status: &str,
    content: &serde_json::Value,
) -> serde_json::Value {
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
    plan_of(&items, done)
}

/// A plan of these items, so many of them done.
pub(super) fn plan_of(items: &[&str], done: usize) -> serde_json::Value {
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

fn approval(state: &str, answer: &serde_json::Value) -> serde_json::Value {
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
        &json!([]),
    );
    search["output"] = json!("src/report/upload.rs:41\nsrc/report/queue.rs:88");
    search["input"] = json!("{\"pattern\":\"UploadError::Refused\"}");
    let mut read = tool("read", "Read src/report/upload.rs", "completed", &json!([]));
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
            tool("edit", "Edit src/report/upload.rs", "completed", &diff),
        ),
        entry(
            8,
            302,
            tool("execute", "cargo test -p lantern-report", "failed", &test),
        ),
        entry(
            9,
            60,
            json!({"kind": "agent", "text": "One test fails: the fake collector closes the connection. I will let it answer before it closes, then run the tests again.", "open": false}),
        ),
        entry(10, 4, approval("open", &json!(null))),
    ]
}

fn question(state: &str, url: Option<&str>, answer: &serde_json::Value) -> serde_json::Value {
    let fields = json!([
        {"name": "name", "label": "Name", "hint": "As it is to be woven.", "type": "text", "required": true, "default": "loom"},
        {"name": "count", "label": "Count", "type": "integer", "min": 1, "max": 9},
        {"name": "dry", "label": "Dry run", "type": "boolean", "default": true},
        {"name": "colour", "label": "Colour", "type": "choice", "options": [{"value": "r", "name": "Red"}], "default": "r"},
        {"name": "tags", "label": "Tags", "type": "choices", "options": [{"value": "a", "name": "Alpha"}, {"value": "b", "name": "Beta"}], "default": ["b"]},
    ]);
    let fields = if url.is_some() { json!([]) } else { fields };
    json!({
        "kind": "question", "questionId": "77", "message": "What is to be woven?", "fields": fields,
        "url": url, "state": state, "answer": answer,
    })
}

fn read(path: &str) -> serde_json::Value {
    let mut read = tool(
        "read",
        path,
        "completed",
        &json!([{"type": "text", "text": "fn a() {}"}]),
    );
    read["locations"] = json!([{"path": path, "line": 3}]);
    read
}

fn long_output() -> String {
    (1..=40).map(|n| format!("{n}\n")).collect()
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
            &json!([{"type": "terminal", "text": "line 1\nline 2\n"}]),
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
        entry(2, 400, tool("execute", spoofed, "aborted", &json!([]))),
        entry(
            3,
            300,
            tool(
                "fetch",
                "Fetch https://example.org/a/very/long/address/that/does/not/fit/into/one/line/of/a/narrow/page/index.html?with=query",
                "pending",
                &json!([]),
            ),
        ),
        entry(
            4,
            300,
            tool(
                "think",
                "Compare the two ways",
                "in_progress",
                &json!([{"type": "text", "text": "Some *words*."}]),
            ),
        ),
        entry(5, 200, approval("answered", &answered)),
        entry(6, 200, approval("withdrawn", &json!(null))),
        entry(7, 200, approval("void", &json!(null))),
        entry(8, 90, question("open", None, &json!(null))),
        entry(
            9,
            90,
            question(
                "open",
                Some("https://good.example@evil.example/x"),
                &json!(null),
            ),
        ),
        entry(
            10,
            80,
            question(
                "answered",
                None,
                &json!({"action": "accept", "values": {"name": "cloth", "count": 3, "tags": ["a"]}, "by": "ida", "at": ago(40)}),
            ),
        ),
        entry(11, 80, question("withdrawn", None, &json!(null))),
        entry(
            12,
            70,
            json!({"kind": "system", "code": "forked", "text": "forked from session 019ab7c2-53d1-7e8a-b1c4-9f2e61d0aa17 at entry 4: the agent got a short recap with the first message"}),
        ),
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
        entry(18, 1, read("src/a.rs")),
        entry(19, 1, read("src/b.rs")),
        entry(20, 1, tool("search", "grep x", "completed", &json!([]))),
        entry(
            21,
            1,
            json!({"kind": "image", "id": "ab", "mime": "image/png", "bytes": 12_345}),
        ),
        entry(
            22,
            1,
            tool(
                "execute",
                "seq 40",
                "completed",
                &json!([{"type": "terminal", "text": long_output(), "exitCode": 0}]),
            ),
        ),
    ]
}
