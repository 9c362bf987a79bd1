//! What people give along with messages, and how they steer what waits: from outside.
use super::support::{Answer, Console, sh, until};
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt;

const BYTES: &str = "application/octet-stream";
const HELD: &str = "```sh\necho held\n```";

/// The smallest PNG there is: one grey point.
fn png() -> Vec<u8> {
    let mut image =
        b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0\x3a\x7e\x9b\x55".to_vec();
    image.extend_from_slice(b"\0\0\0\x0aIDATx\x9cc`\0\0\0\x02\0\x01\x48\xaf\xa4\x71");
    image.extend_from_slice(b"\0\0\0\0IEND\xaeB`\x82");
    image
}

fn fresh() -> String {
    uuid::Uuid::new_v4().to_string()
}

#[track_caller]
fn uploaded(console: &Console, name: &str, image: &[u8]) -> Value {
    let answer = console.upload(&format!("clientId={}&name={name}", fresh()), BYTES, image);
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

fn send(console: &Console, id: &str, message: Value) -> Answer {
    let mut args = json!({"id": id, "text": "look"});
    if let (Some(args), Value::Object(more)) = (args.as_object_mut(), message) {
        args.extend(more);
    }
    console.post("agent/send_message", args)
}

#[test]
fn an_image_is_kept_once_shown_to_its_owner_and_reaches_the_agent() {
    let console = Console::start("");
    let kept = uploaded(&console, "a%20b.png", &png());
    assert_eq!(
        (&kept["name"], &kept["mime"]),
        (&json!("a b.png"), &json!("image/png"))
    );
    assert_eq!(kept["bytes"], png().len());
    uploaded(&console, "again.png", &png());
    let folder = console.data().join("attachments");
    let files: Vec<_> = std::fs::read_dir(&folder).unwrap().flatten().collect();
    assert_eq!(files.len(), 1);
    assert_eq!(
        files[0].metadata().unwrap().permissions().mode() & 0o777,
        0o600
    );
    let path = format!("/api/attachment/get?id={}", kept["id"].as_str().unwrap());
    let shown = console.get(&path);
    assert_eq!((shown.status, &shown.bytes), (200, &png()));
    for (name, value) in [
        ("content-type", "image/png"),
        ("x-content-type-options", "nosniff"),
        ("content-disposition", "inline"),
        ("content-security-policy", "default-src 'none'; sandbox"),
        ("cache-control", "private, max-age=31536000, immutable"),
    ] {
        assert_eq!(shown.header(name).as_deref(), Some(value));
    }
    assert_eq!(console.raw("GET", &path, &[("cookie", "")], "").status, 401);

    let repo = console.folder.path().join("repo").canonicalize().unwrap();
    let new = json!({"repo": repo, "agent": "runbook", "prompt": "look", "attachments": [kept["id"]], "files": ["a.txt"]});
    let created = console.post("agent/create_session", new);
    assert_eq!(created.status, 200, "{}", created.body);
    let id = created.json()["id"].as_str().unwrap().to_owned();
    console.until(&id, "idle");
    let thread = console.thread(&id);
    assert_eq!(thread[0]["attachments"][0]["mime"], "image/png");
    assert_eq!(
        (&thread[0]["files"], &thread[0]["text"]),
        (&json!(["a.txt"]), &json!("look"))
    );
    let said = thread
        .iter()
        .find(|entry| entry["kind"] == "agent")
        .unwrap();
    let said = said["text"].as_str().unwrap();
    let size = png().len();
    assert!(
        said.contains(&format!(
            "an image (image/png, {size} bytes) and the file a.txt"
        )),
        "{said}"
    );
    // A message to the agent that lives is taken the same way.
    let sent = send(
        &console,
        &id,
        json!({"attachments": [kept["id"], kept["id"]]}),
    );
    assert_eq!(
        sent.json()["entry"]["attachments"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn a_text_is_attached_as_a_file_that_the_agent_can_read() {
    let console = Console::start("");
    let id = console.create("runbook", "look");
    console.until(&id, "idle");
    let text = "a line\n".repeat(100_000);
    let upload = |kind: &str, content: &[u8]| {
        let query = format!("clientId={}&name=long.txt{kind}", fresh());
        console.upload(&query, BYTES, content)
    };
    assert_eq!(upload("", text.as_bytes()).status, 415, "sent as an image");
    assert_eq!(upload("&kind=text", b"a\0b").status, 415);
    assert_eq!(upload("&kind=sound", text.as_bytes()).status, 400);
    let kept = upload("&kind=text", text.as_bytes()).json();
    assert_eq!(
        (&kept["mime"], &kept["bytes"]),
        (&json!("text/plain"), &json!(text.len()))
    );
    let path = format!("/api/attachment/get?id={}", kept["id"].as_str().unwrap());
    let shown = console.get(&path);
    let kind = shown.header("content-type");
    assert_eq!(kind.as_deref(), Some("text/plain; charset=utf-8"));
    assert_eq!(shown.body, text);
    let sent = send(
        &console,
        &id,
        json!({"text": "", "attachments": [kept["id"]]}),
    );
    assert_eq!(sent.status, 200, "{}", sent.body);
    console.until(&id, "idle");
    let thread = console.thread(&id);
    let said = thread
        .iter()
        .rfind(|entry| entry["kind"] == "agent")
        .unwrap();
    assert!(said["text"].as_str().unwrap().contains("the file long.txt"));
    let journal = console.data().join(format!("sessions/{id}/journal.jsonl"));
    let journal = std::fs::read_to_string(journal).unwrap();
    let path = console
        .data()
        .join("attachments")
        .join(kept["id"].as_str().unwrap());
    assert!(journal.contains(&format!("file://{}", path.display())));
    assert_eq!(std::fs::read_to_string(path).unwrap(), text);
}

#[test]
fn an_image_needs_no_words_but_files_alone_do() {
    let console = Console::start("");
    let id = console.create("runbook", "look");
    console.until(&id, "idle");
    let kept = uploaded(&console, "a.png", &png());
    let image = json!({"text": "", "attachments": [kept["id"]]});
    let sent = send(&console, &id, image);
    assert_eq!(sent.status, 200, "{}", sent.body);
    console.until(&id, "idle");
    let thread = console.thread(&id);
    let said = thread
        .iter()
        .rfind(|entry| entry["kind"] == "user")
        .unwrap();
    assert_eq!(
        (&said["text"], &said["attachments"][0]["id"]),
        (&json!(""), &kept["id"])
    );
    let answer = thread
        .iter()
        .rfind(|entry| entry["kind"] == "agent")
        .unwrap();
    assert!(
        answer["text"]
            .as_str()
            .unwrap()
            .contains("an image (image/png")
    );
    let journal =
        std::fs::read_to_string(console.data().join(format!("sessions/{id}/journal.jsonl")));
    assert!(!journal.unwrap().contains(r#"{\"text\":\"\""#));
    let alone = send(&console, &id, json!({"text": " ", "files": ["a.txt"]}));
    assert_eq!(alone.status, 422, "{}", alone.body);
}

#[test]
fn uploads_that_are_no_images_or_too_large_are_refused() {
    let console = Console::start("");
    let (large, mut png_large) = (vec![0; 10 * 1024 * 1024 + 1], png());
    png_large.resize(10 * 1024 * 1024 + 1, 0);
    let page = b"<!DOCTYPE html><script>alert(1)</script><p>a page, and no image</p>".as_slice();
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>".as_slice();
    let image = png();
    let named = |name: &str| format!("clientId={}&name={name}", fresh());
    let cases: Vec<(String, &str, &[u8], u16, &str)> = vec![
        (named("a.png"), BYTES, b"", 400, "malformed"),
        (named("a.png"), BYTES, &large, 413, "too_large"),
        (named("a.png"), BYTES, &png_large, 413, "too_large"),
        (named("a.png"), BYTES, page, 415, "unsupported_type"),
        (named("a.svg"), BYTES, svg, 415, "unsupported_type"),
        (named("a.png"), BYTES, &image[..8], 415, "unsupported_type"),
        (named("a.png"), "image/png", &image, 415, "unsupported_type"),
        (named("a.png"), "text/html", &image, 415, "unsupported_type"),
        ("name=a.png".to_owned(), BYTES, &image, 400, "malformed"),
        (
            "clientId=x&name=a.png".to_owned(),
            BYTES,
            &image,
            400,
            "malformed",
        ),
        (
            format!("clientId={}", fresh()),
            BYTES,
            &image,
            400,
            "malformed",
        ),
        (named("a.png&session=x"), BYTES, &image, 400, "malformed"),
        (
            named("a.png&session=0199f0a0-1111-7222-8333-444455556666"),
            BYTES,
            &image,
            404,
            "not_found",
        ),
    ];
    for (query, kind, body, status, code) in cases {
        let answer = console.upload(&query, kind, body);
        assert_eq!(answer.status, status, "{query} {kind}: {}", answer.body);
        assert_eq!(answer.json()["error"], code, "{query}");
    }
    let query = named("a.png");
    assert_eq!(console.upload(&query, BYTES, &image).status, 200);
    assert_eq!(console.upload(&query, BYTES, &image).status, 200);
    let other = b"GIF89a\x01\0\x01\0\0\0\0;";
    assert_eq!(console.upload(&query, BYTES, other).status, 409);
    for id in ["", "x", "../heddle.db", &"0".repeat(64)] {
        let answer = console.get(&format!("/api/attachment/get?id={id}"));
        assert_eq!(answer.status, 404, "{id}");
    }
    let foreign = [("origin", "http://evil.com")];
    assert_eq!(
        console
            .raw("POST", "/api/attachment/upload", &foreign, "x")
            .status,
        403
    );
    let stranger = [("cookie", ""), ("content-type", BYTES)];
    assert_eq!(
        console
            .raw("POST", "/api/attachment/upload", &stranger, "x")
            .status,
        401
    );
}

#[test]
fn a_message_takes_only_images_and_files_that_there_are() {
    let console = Console::start("");
    let id = console.create("runbook", "hello");
    let path = console.until(&id, "idle")["worktree"]["path"]
        .as_str()
        .unwrap()
        .to_owned();
    sh(
        std::path::Path::new(&path),
        "ln -s /etc/passwd out; mkdir d; echo x > d/new.txt; mkfifo pipe",
    );
    let many: Vec<String> = (0..21).map(|n| format!("{n}.txt")).collect();
    for wrong in [
        json!({"attachments": ["0".repeat(64)]}),
        json!({"attachments": ["../heddle.db"]}),
        json!({"files": ["../../heddle.db"]}),
        json!({"files": ["/etc/passwd"]}),
        json!({"files": [".git"]}),
        json!({"files": ["out"]}),
        json!({"files": ["d"]}),
        json!({"files": ["pipe"]}),
        json!({"files": ["none.txt"]}),
        json!({"files": [""]}),
        json!({"files": many}),
    ] {
        let answer = send(&console, &id, wrong.clone());
        assert_eq!(
            (answer.status, &answer.json()["error"]),
            (422, &json!("refused")),
            "{wrong}"
        );
    }
    assert_eq!(send(&console, &id, json!({"attachments": "x"})).status, 400);
    let sent = send(
        &console,
        &id,
        json!({"files": ["a.txt", "d/new.txt", "a.txt"]}),
    );
    assert_eq!(
        sent.json()["entry"]["files"],
        json!(["a.txt", "d/new.txt"]),
        "{}",
        sent.body
    );
    let repo = console.folder.path().join("repo").canonicalize().unwrap();
    for wrong in ["none.txt", "../repo/a.txt", ".git/config"] {
        let new = json!({"repo": repo, "agent": "runbook", "prompt": "look", "files": [wrong]});
        assert_eq!(
            console.post("agent/create_session", new).status,
            422,
            "{wrong}"
        );
    }
}

/// An agent that takes no images.
fn blind() -> String {
    let answer = |n: u8, result: &str| {
        format!(r#"read l; echo '{{"jsonrpc":"2.0","id":{n},"result":{result}}}'; "#)
    };
    let say = r#"echo '{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s","update":{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"hm"}}}}'; "#;
    let start = answer(1, r#"{"protocolVersion":1,"agentCapabilities":{}}"#);
    let open = answer(2, r#"{"sessionId":"s"}"#);
    let turn = r#"read l; echo "$l" > prompt.json; "#;
    let end = r#"echo '{"jsonrpc":"2.0","id":3,"result":{"stopReason":"end_turn"}}'; sleep 600"#;
    let script = format!("{start}{open}{turn}{say}{end}");
    let script = script.replace('\\', "\\\\").replace('"', "\\\"");
    format!(
        "[[heddle.agents]]\nid = \"blind\"\nname = \"b\"\ncommand = [\"sh\", \"-c\", \"{script}\"]\n"
    )
}

#[test]
fn an_agent_without_images_gets_none_and_the_thread_says_so() {
    let console = Console::start(&blind());
    let kept = uploaded(&console, "shot.png", &png());
    let repo = console.folder.path().join("repo").canonicalize().unwrap();
    let new = json!({"repo": repo, "agent": "blind", "prompt": "look", "attachments": [kept["id"]], "files": ["a.txt"]});
    let id = console.post("agent/create_session", new).json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let session = console.until(&id, "idle");
    let thread = console.thread(&id);
    let notes: Vec<_> = thread
        .iter()
        .filter(|entry| entry["kind"] == "system")
        .collect();
    assert_eq!(notes.len(), 1, "{thread:#?}");
    assert_eq!(
        notes[0]["text"],
        "shot.png was not sent: this agent takes no images"
    );
    let path = session["worktree"]["path"].as_str().unwrap();
    let prompt = std::fs::read_to_string(format!("{path}/prompt.json")).unwrap();
    let prompt: Value = serde_json::from_str(&prompt).unwrap();
    let blocks = prompt["params"]["prompt"].as_array().unwrap();
    assert_eq!(blocks.len(), 2);
    assert_eq!(blocks[1]["uri"], format!("file://{path}/a.txt"));
    let refused = send(&console, &id, json!({"attachments": [kept["id"]]}));
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("takes no images"), "{}", refused.body);
}

#[test]
fn images_go_with_the_last_session_that_used_them() {
    let console = Console::start("");
    let (kept, draft) = (
        uploaded(&console, "a.png", &png()),
        uploaded(&console, "b.gif", b"GIF89a\x01\0\x01\0\0\0\0;"),
    );
    let made = |_| {
        let id = console.create("runbook", "hello");
        console.until(&id, "idle");
        send(&console, &id, json!({"attachments": [kept["id"]]}));
        console.until(&id, "idle");
        id
    };
    let sessions: Vec<String> = (0..2).map(made).collect();
    let shown = |image: &Value| {
        let id = image["id"].as_str().unwrap();
        console.get(&format!("/api/attachment/get?id={id}")).status
    };
    let remove = |id: &str| {
        let answer = console.post(
            "agent/delete_session",
            json!({"id": id, "discardWork": true}),
        );
        assert_eq!(answer.status, 200, "{}", answer.body);
    };
    remove(&sessions[0]);
    assert_eq!(shown(&kept), 200);
    remove(&sessions[1]);
    assert_eq!((shown(&kept), shown(&draft)), (404, 200));
    let left = std::fs::read_dir(console.data().join("attachments"))
        .unwrap()
        .count();
    assert_eq!(left, 1);
}

fn texts(console: &Console, id: &str) -> Vec<String> {
    let session = console.session(id);
    let queue = session["queue"].as_array().unwrap().iter();
    queue
        .map(|queued| queued["text"].as_str().unwrap().to_owned())
        .collect()
}

fn queued(console: &Console, id: &str, text: &str) -> Value {
    send(console, id, json!({"text": text})).json()["queued"]["clientId"].clone()
}

#[test]
fn queued_messages_are_moved_and_conflicts_are_told() {
    let console = Console::start("");
    let id = console.create("runbook", HELD);
    console.until(&id, "waiting_approval");
    let [_, two, three] = ["one", "two", "three"].map(|text| queued(&console, &id, text));
    let put = |item: &Value, to: usize| {
        console.post(
            "agent/move_queued",
            json!({"id": id, "item": item, "to": to}),
        )
    };
    assert_eq!(put(&three, 0).status, 200);
    assert_eq!(texts(&console, &id), ["three", "one", "two"]);
    put(&three, 1);
    assert_eq!(texts(&console, &id), ["one", "three", "two"]);
    put(&three, 99);
    assert_eq!(texts(&console, &id), ["one", "two", "three"]);
    console.post("agent/remove_queued", json!({"id": id, "item": two}));
    let gone = put(&two, 0);
    assert_eq!(
        (gone.status, gone.json()["current"]["id"].as_str()),
        (409, Some(id.as_str()))
    );
    let gone = console.post("agent/send_now", json!({"id": id, "item": two}));
    assert_eq!(gone.status, 409);
    assert_eq!(put(&json!("x"), 0).status, 400);
}

#[test]
fn a_message_that_is_sent_now_ends_the_turn_and_goes_first() {
    let console = Console::start("");
    let id = console.create("runbook", HELD);
    console.until(&id, "waiting_approval");
    queued(&console, &id, "one");
    let two = queued(&console, &id, HELD);
    queued(&console, &id, "three");
    let answer = console.post("agent/send_now", json!({"id": id, "item": two}));
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.json()["queue"][0]["next"], true);
    until("the next turn", || {
        let session = console.session(&id);
        let waits =
            session["status"] == "waiting_approval" && session["queue"].as_array()?.len() == 2;
        waits.then_some(())
    });
    assert_eq!(texts(&console, &id), ["one", "three"]);
    let kinds: Vec<String> = console
        .thread(&id)
        .iter()
        .map(|entry| entry["kind"].as_str().unwrap().to_owned())
        .collect();
    let (stopped, next) = (
        kinds.iter().position(|kind| kind == "system").unwrap(),
        kinds.iter().rposition(|kind| kind == "user").unwrap(),
    );
    assert!(stopped < next, "{kinds:?}");
    console.answer(&id, "allow_once");
    until("an empty queue", || {
        (console.session(&id)["queue"] == json!([])).then_some(())
    });
    console.until(&id, "idle");
    let thread = console.thread(&id);
    let said: Vec<_> = thread
        .iter()
        .filter(|entry| entry["kind"] == "user")
        .map(|entry| entry["text"].as_str().unwrap())
        .collect();
    assert_eq!(said[1..], [HELD, "one", "three"]);
}

#[test]
fn after_a_stop_what_waits_stays_until_it_is_sent_now() {
    let console = Console::start("");
    let id = console.create("runbook", HELD);
    console.until(&id, "waiting_approval");
    queued(&console, &id, "one");
    let two = queued(&console, &id, "two");
    console.post("agent/cancel", json!({"id": id}));
    console.until(&id, "cancelled");
    assert_eq!(texts(&console, &id), ["one", "two"]);
    let answer = console.post("agent/send_now", json!({"id": id, "item": two}));
    assert_eq!(answer.status, 200, "{}", answer.body);
    until("both", || {
        let said = console.thread(&id);
        let said: Vec<_> = said
            .iter()
            .filter(|entry| entry["kind"] == "user")
            .collect();
        (said.len() == 3 && said[1]["text"] == "two" && said[2]["text"] == "one").then_some(())
    });
}

#[test]
fn paths_are_completed_from_what_is_tracked_or_new_and_not_ignored() {
    let console = Console::start("");
    let id = console.create("runbook", "hello");
    let path = console.until(&id, "idle")["worktree"]["path"]
        .as_str()
        .unwrap()
        .to_owned();
    sh(
        std::path::Path::new(&path),
        "mkdir -p src; echo x > src/alpha.rs; echo x > beta.txt; echo '*.log' > .gitignore; echo x > a.log; rm a.txt",
    );
    let find = |query: &str| {
        let answer = console.get(&format!("/api/agent/complete_path?id={id}&query={query}"));
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()["paths"].clone()
    };
    assert_eq!(find("al"), json!(["src/alpha.rs"]));
    assert_eq!(find("src/"), json!(["src/alpha.rs"]));
    assert_eq!(find(""), json!(["beta.txt", ".gitignore", "src/alpha.rs"]));
    assert_eq!(find("log"), json!([]));
    assert_eq!(find(&"x".repeat(300)), json!([]));
    let none = "/api/agent/complete_path?id=0199f0a0-1111-7222-8333-444455556666&query=a";
    assert_eq!(console.get(none).status, 404);
}
