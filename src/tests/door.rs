//! The door from outside: who is let in, what bad input is told, when the console does not start.
use super::support::{Console, command, folder, request, sh};
use serde_json::{Value, json};

#[test]
fn a_login_link_is_shown_first_and_spent_once() {
    let console = Console::start("");
    let link = std::process::Command::new(env!("CARGO_BIN_EXE_heddle"))
        .args(["login-link", "--data-dir"])
        .arg(console.data())
        .output()
        .unwrap();
    let link = String::from_utf8(link.stdout).unwrap();
    let (url, token) = link.trim().split_once("/login?t=").unwrap();
    assert_eq!(url, format!("http://127.0.0.1:{}", console.port));
    let shown = request(console.port, "GET", &format!("/login?t={token}"), &[], "");
    assert_eq!(shown.status, 200);
    assert!(shown.body.contains("<form"), "a button, nothing spent");
    let form = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("origin", url),
    ];
    let spend = || request(console.port, "POST", "/login", &form, &format!("t={token}"));
    let first = spend();
    assert_eq!(
        (first.status, first.header("location").as_deref()),
        (303, Some("/"))
    );
    let cookie = first.header("set-cookie").unwrap();
    for mark in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(mark), "{cookie}");
    }
    let second = spend();
    assert_eq!((second.status, second.header("set-cookie")), (401, None));
}

#[test]
fn without_a_login_pages_lead_to_it_and_functions_say_401() {
    let console = Console::start("");
    let page = request(console.port, "GET", "/", &[], "");
    assert_eq!(
        (page.status, page.header("location").as_deref()),
        (303, Some("/login"))
    );
    let function = request(console.port, "GET", "/api/agent/list", &[], "");
    assert_eq!(
        (function.status, &function.json()["error"]),
        (401, &json!("unauthenticated"))
    );
    assert_eq!(
        request(console.port, "GET", "/healthz", &[], "").status,
        200
    );
    let host = request(console.port, "GET", "/healthz", &[("host", "evil.com")], "");
    assert_eq!(
        (host.status, &host.json()["error"]),
        (421, &json!("wrong_host"))
    );
    assert!(
        console
            .post("auth/logout", json!({}))
            .header("set-cookie")
            .unwrap()
            .contains("Max-Age=0")
    );
    assert_eq!(console.get("/api/agent/list").status, 401);
}

#[track_caller]
fn refused(console: &Console, args: &Value, status: u16, word: &str) {
    let answer = console.post("agent/create_session", args.clone());
    assert_eq!(answer.status, status, "{}", answer.body);
    let message = answer.json()["message"].as_str().unwrap().to_owned();
    assert!(message.contains(word), "{message}");
}

#[test]
fn a_session_that_cannot_start_is_told_why_and_leaves_nothing() {
    let absent = "[[heddle.agents]]\nid = 'absent'\nname = 'A'\ncommand = ['no-such-agent']\ninstall = 'npm i it'\n";
    let console = Console::start(absent);
    let repo = console.folder.path().join("repo").canonicalize().unwrap();
    let good = json!({"repo": repo, "agent": "runbook", "prompt": "x"});
    let with = |name: &str, value: Value| {
        let mut args = good.clone();
        args[name] = value;
        args
    };
    refused(&console, &with("agent", json!("nobody")), 422, "agent");
    refused(&console, &with("agent", json!("absent")), 422, "npm i it");
    refused(&console, &with("repo", json!("/nowhere")), 422, "repositor");
    refused(
        &console,
        &with("baseBranch", json!("--output=x")),
        422,
        "branch",
    );
    refused(&console, &with("prompt", json!("  ")), 422, "write");
    refused(
        &console,
        &with("prompt", json!("x".repeat(300_000))),
        413,
        "256 kB",
    );
    refused(&console, &json!({"repo": repo}), 400, "malformed");
    assert_eq!(console.get("/api/agent/list").json()["rows"], json!([]));
    assert_eq!(
        sh(
            &repo,
            "git branch --list 'heddle/*'; git worktree list | wc -l"
        ),
        "1"
    );
    assert_eq!(
        std::fs::read_dir(console.data().join("worktrees"))
            .unwrap()
            .count(),
        0
    );
}

#[test]
fn answers_under_api_are_json_whatever_was_asked() {
    let console = Console::start("");
    let json = [("content-type", "application/json")];
    let some = "0199f0a0-1111-7222-8333-444455556666";
    let cases: [(&str, String, u16); 9] = [
        ("GET", "/api/nothing".into(), 404),
        ("GET", "/api/agent/cancel".into(), 405),
        ("POST", "/api/agent/get".into(), 405),
        ("DELETE", "/api/agent/get".into(), 405),
        ("GET", "/api/agent/get?id=x".into(), 400),
        ("GET", format!("/api/agent/get?id={some}"), 404),
        (
            "GET",
            format!("/api/agent/get_session_with_metadata?id={some}&since="),
            400,
        ),
        ("GET", "/api/agent/list?filter=nonsense".into(), 400),
        ("GET", "/api/agent/list?cursor=x".into(), 400),
    ];
    for (method, path, status) in cases {
        let answer = console.raw(method, &path, &json, "{}");
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.body);
        assert_eq!(
            answer.header("content-type").as_deref(),
            Some("application/json"),
            "{path}"
        );
        assert!(answer.json()["message"].is_string(), "{path}");
    }
    let broken = console.raw("POST", "/api/agent/cancel", &json, "{\"id\":");
    assert_eq!(broken.status, 400, "{}", broken.body);
    let list = console.raw("POST", "/api/agent/cancel", &json, "[\"x\"]");
    assert_eq!(list.status, 400, "{}", list.body);
    assert_eq!(
        console.get("/api").header("content-type").as_deref(),
        Some("application/json")
    );
    let large = console.raw(
        "POST",
        "/api/agent/send_message",
        &json,
        &"x".repeat(1_100_000),
    );
    assert_eq!(
        (large.status, &large.json()["error"]),
        (413, &json!("too_large"))
    );
    let form = console.raw(
        "GET",
        "/api/agent/get?id=x",
        &[("accept", "text/html"), ("referer", "https://evil.com/")],
        "",
    );
    assert_eq!(form.header("location"), None);
}

#[test]
fn pages_are_whole_on_the_server_with_their_status_and_policy() {
    let console = Console::start("");
    let id = console.create("runbook", "What can you do?");
    console.until(&id, "idle");
    let page = console.get(&format!("/agents/{id}"));
    assert_eq!(page.status, 200);
    for text in [
        "What can you do?",
        "data-testid=\"thread-sidebar\"",
        "data-testid=\"git-section\"",
    ] {
        assert!(page.body.contains(text), "{text}");
    }
    assert_eq!(page.header("etag"), None);
    assert_eq!(page.header("cache-control").as_deref(), Some("no-store"));
    let policy = page.header("content-security-policy").unwrap();
    assert!(
        policy.contains("'nonce-") && !policy.contains("unsafe-inline"),
        "{policy}"
    );
    let again = console.raw(
        "GET",
        &format!("/agents/{id}"),
        &[("if-none-match", "*")],
        "",
    );
    assert_eq!(again.status, 200);
    assert_eq!(
        console
            .get("/agents/0199f0a0-1111-7222-8333-444455556666")
            .status,
        404
    );
    assert_eq!(console.get("/agents/nonsense").status, 404);
    assert_eq!(console.get("/no/such/page").status, 404);
}

#[track_caller]
fn does_not_start(folder: &tempfile::TempDir, port: u16, code: i32, word: &str) {
    let status = command(folder.path(), port).output().unwrap().status;
    let said = std::fs::read_to_string(folder.path().join("stderr.txt")).unwrap();
    assert_eq!(status.code(), Some(code), "{said}");
    assert!(said.contains(word), "{said}");
}

#[test]
fn a_console_that_cannot_start_says_why_in_one_sentence() {
    let console = Console::start("");
    does_not_start(&console.folder, 0, 1, "held by another console");
    does_not_start(&folder(""), console.port, 1, "in use");
    let broken = folder("");
    std::fs::remove_dir_all(broken.path().join("repo/.git")).unwrap();
    does_not_start(&broken, 0, 1, "not a git repository");
    let file = folder("");
    std::fs::write(file.path().join("data"), "a file").unwrap();
    does_not_start(&file, 0, 1, "data directory");
    let bare = folder("");
    let status = command(bare.path(), 0)
        .env("PATH", bare.path())
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(1));
    let said = std::fs::read_to_string(bare.path().join("stderr.txt")).unwrap();
    assert!(said.contains("git is not installed"), "{said}");
    let wrong = folder("[[heddle.agents]]\nid = 'x'\n");
    does_not_start(&wrong, 0, 1, "configuration");
}

#[test]
fn the_address_in_the_environment_beats_the_one_in_the_file() {
    use std::io::{BufRead, BufReader};
    let file = "[package.metadata.leptos]\noutput-name = 'heddle'\nsite-root = 'x'\nsite-addr = '127.0.0.1:1'\n";
    for config in ["", file] {
        let folder = folder(config);
        let mut process = std::process::Command::new(env!("CARGO_BIN_EXE_heddle"))
            .arg("serve")
            .args([
                "--data-dir",
                "data",
                "--repo",
                "repo",
                "--config",
                "Leptos.toml",
            ])
            .current_dir(folder.path())
            .env("LEPTOS_SITE_ADDR", "127.0.0.1:0")
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        process.kill().unwrap();
        process.wait().unwrap();
        assert!(line.starts_with("listening on http://127.0.0.1:"), "{line}");
        assert!(
            !line.trim_end().ends_with(":3000") && !line.trim_end().ends_with(":1"),
            "{line}"
        );
    }
}
