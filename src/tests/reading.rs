//! Reading a thread deeply: search, the lines behind an entry, export, images that an agent shows.
use super::outside::Outside;
use super::support::{Answer, Console, until};
use serde_json::{Value, json};

/// The smallest GIF, in base64, and its bytes.
const GIF: &str = "R0lGODlhAQABAAAAADs=";
const GIF_BYTES: &[u8] = b"GIF89a\x01\0\x01\0\0\0\0;";

/// An agent that says these updates in its first turn and complains on standard error.
fn telling(updates: &[Value]) -> String {
    let said = |line: &Value| format!("printf '%s\\n' '{line}'; ");
    let answer = |n: u8, result: Value| {
        format!(
            "read l; {}",
            said(&json!({"jsonrpc": "2.0", "id": n, "result": result}))
        )
    };
    let update = |update: &Value| {
        said(
            &json!({"jsonrpc": "2.0", "method": "session/update", "params": {"sessionId": "s", "update": update}}),
        )
    };
    let told: String = updates.iter().map(update).collect();
    let end = said(&json!({"jsonrpc": "2.0", "id": 3, "result": {"stopReason": "end_turn"}}));
    let script = [
        answer(1, json!({"protocolVersion": 1, "agentCapabilities": {}})),
        answer(2, json!({"sessionId": "s"})),
        "read l; echo careful >&2; ".to_owned(),
        told,
        end,
        "sleep 600".to_owned(),
    ];
    let script = script.concat().replace('\\', "\\\\").replace('"', "\\\"");
    format!(
        "[[heddle.agents]]\nid = \"teller\"\nname = \"t\"\ncommand = [\"sh\", \"-c\", \"{script}\"]\n"
    )
}

fn chunk(text: &str) -> Value {
    json!({"sessionUpdate": "agent_message_chunk", "content": {"type": "text", "text": text}})
}

fn image() -> Value {
    json!({"type": "image", "mimeType": "image/png", "data": GIF})
}

/// A console whose agent said a text, an image, and did a call with output and an image.
fn told() -> (Console, String) {
    let call = json!({"sessionUpdate": "tool_call", "toolCallId": "t", "title": "Look around", "kind": "execute", "status": "completed",
    "rawInput": {"command": "ls"}, "locations": [{"path": "src/loom.rs"}],
    "content": [
        {"type": "content", "content": {"type": "text", "text": "````\nWarp and Weft"}},
        {"type": "content", "content": image()},
    ]});
    let console = Console::start(&telling(&[
        chunk("Die Größe "),
        chunk("zählt."),
        json!({"sessionUpdate": "agent_message_chunk", "content": image()}),
        call,
    ]));
    let id = console.create("teller", "Find the Shuttle");
    console.until(&id, "idle");
    (console, id)
}

fn entry_of(console: &Console, id: &str, kind: &str) -> Value {
    let thread = console.thread(id).into_iter();
    let mut found = thread.filter(|entry| entry["kind"] == kind);
    found
        .next()
        .unwrap_or_else(|| panic!("no {kind}: {:#?}", console.thread(id)))
}

/// A session of somebody else.
async fn foreign(console: &Console) -> String {
    let outside = Outside::open(console).await;
    outside.add_session(0xbeef, "somebody").await.to_string()
}

/// All reads of this file, for a session.
fn paths(id: &str) -> [String; 5] {
    [
        format!("/api/agent/search_thread?id={id}&query=a"),
        format!("/api/agent/get_lines?id={id}&seq=1"),
        format!("/api/agent/get_stderr?id={id}"),
        format!("/agents/{id}/export.md"),
        format!("/agents/{id}/export.json"),
    ]
}

#[track_caller]
fn refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!(answer.status, status, "{}", answer.body);
    assert_eq!(answer.json()["error"], code);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_see_a_session_learns_nothing_of_it() {
    let console = Console::start("");
    let etag = || console.get("/api/agent/list").header("etag");
    let before = etag();
    let theirs = foreign(&console).await;
    until("the row of somebody else", || {
        (etag() != before).then_some(())
    });
    let nobodys = "0199f0a0-1111-7222-8333-444455556666";
    let own = console.create("runbook", "hello");
    console.until(&own, "idle");
    for path in paths(&own) {
        assert_eq!(console.get(&path).status, 200, "{path}");
        let stranger = console.raw("GET", &path, &[("cookie", "")], "");
        let is_page = path.starts_with("/agents/");
        assert_eq!(stranger.status, if is_page { 303 } else { 401 }, "{path}");
        let foreign = [("sec-fetch-site", "cross-site")];
        let status = console.raw("GET", &path, &foreign, "").status;
        assert_eq!(status, if is_page { 200 } else { 403 }, "{path}");
    }
    for id in [theirs.as_str(), nobodys] {
        for path in paths(id) {
            refused(&console.get(&path), 404, "not_found");
        }
    }
    for path in paths("x") {
        let status = console.get(&path).status;
        assert_eq!(
            status,
            if path.starts_with("/agents/") {
                404
            } else {
                400
            },
            "{path}"
        );
    }
    let gone = json!({"id": own, "discardWork": true});
    assert_eq!(console.post("agent/delete_session", gone).status, 200);
    for path in paths(&own) {
        refused(&console.get(&path), 410, "deleted");
    }
}

#[test]
fn arguments_that_make_no_sense_are_refused() {
    let console = Console::start("");
    let id = console.create("runbook", "hello");
    let long = "x".repeat(201);
    for query in [
        "".to_owned(),
        "query=".to_owned(),
        format!("query={long}"),
        "query=a&kinds=user,dream".to_owned(),
        "query=a&before=x".to_owned(),
        "query=a&before=-1".to_owned(),
    ] {
        let path = format!("/api/agent/search_thread?id={id}&{query}");
        refused(&console.get(&path), 400, "malformed");
    }
    for query in ["", "seq=x", "seq=-1", "seq=1&after=x"] {
        let path = format!("/api/agent/get_lines?id={id}&{query}");
        refused(&console.get(&path), 400, "malformed");
    }
    let path = format!("/api/agent/get_lines?id={id}&seq=999");
    refused(&console.get(&path), 404, "not_found");
    for function in ["search_thread?query=a&", "get_lines?seq=1&", "get_stderr?"] {
        let path = format!("/api/agent/{function}id={id}");
        assert_eq!(console.raw("POST", &path, &[], "{}").status, 415, "{path}");
    }
}

#[test]
fn a_thread_is_searched_in_all_that_it_says() {
    let (console, id) = told();
    let find = |query: &str| {
        let path = format!("/api/agent/search_thread?id={id}&{query}");
        let answer = console.get(&path);
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()
    };
    let kinds = |query: &str| {
        let hits = find(query)["hits"].as_array().unwrap().clone();
        let kinds = hits
            .iter()
            .map(|hit| hit["kind"].as_str().unwrap().to_owned());
        kinds.collect::<Vec<_>>()
    };
    let hit = &find("query=GR%C3%96%C3%9FE")["hits"][0];
    assert_eq!((&hit["kind"], &hit["turn"]), (&json!("agent"), &json!(1)));
    let snippet = json!({"text": "Die Größe zählt.", "start": 4, "length": 5});
    assert_eq!(hit["snippet"], snippet);
    assert!(hit["at"].is_string() && hit["seq"].is_u64());
    assert_eq!(kinds("query=shuttle"), ["user"]);
    assert_eq!(kinds("query=warp"), ["tool"]);
    assert_eq!(kinds("query=loom.RS"), ["tool"]);
    assert_eq!(kinds("query=look+around"), ["tool"]);
    assert_eq!(kinds("query=warp&kinds=user,agent"), Vec::<String>::new());
    assert_eq!(kinds("query=warp&kinds=user,tool"), ["tool"]);
    assert_eq!(kinds("query=%25"), Vec::<String>::new());
    let seq = &find("query=shuttle")["hits"][0]["seq"];
    assert_eq!(
        kinds(&format!("query=shuttle&before={seq}")),
        Vec::<String>::new()
    );
    assert!(find("query=shuttle").get("next").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_of_many_hits_goes_on_from_answer_to_answer() {
    let console = Console::start("");
    let id = console.create("runbook", "hello");
    console.until(&id, "idle");
    let outside = Outside::open(&console).await;
    let needles = (0..120).map(|n| format!("needle {n}"));
    outside.add_entries(&id.parse().unwrap(), needles).await;
    let (mut found, mut before) = (Vec::new(), String::new());
    loop {
        let path = format!("/api/agent/search_thread?id={id}&query=NEEDLE{before}");
        let page = console.get(&path).json();
        let hits = page["hits"].as_array().unwrap();
        assert!(hits.len() <= 50);
        found.extend(hits.iter().map(|hit| hit["seq"].as_u64().unwrap()));
        match page.get("next") {
            Some(next) => before = format!("&before={next}"),
            None => break,
        }
    }
    assert_eq!(found.len(), 120);
    assert!(found.windows(2).all(|pair| pair[0] > pair[1]));
}

#[test]
fn an_entry_has_the_lines_that_it_came_from() {
    let (console, id) = told();
    let lines = |kind: &str, more: &str| {
        let seq = entry_of(&console, &id, kind)["seq"].clone();
        let path = format!("/api/agent/get_lines?id={id}&seq={seq}{more}");
        console.get(&path).json()
    };
    let said = lines("agent", "");
    assert_eq!(said["more"], false);
    let said = said["lines"].as_array().unwrap().clone();
    assert_eq!(said.len(), 2, "{said:#?}");
    assert_eq!(said[0]["dir"], "a2c");
    let raw: Value = serde_json::from_str(said[1]["raw"].as_str().unwrap()).unwrap();
    assert_eq!(raw["params"]["update"]["content"]["text"], "zählt.");
    let rest = lines("agent", &format!("&after={}", said[0]["n"]));
    assert_eq!(rest["lines"], json!([said[1]]));

    let asked = lines("user", "")["lines"].as_array().unwrap().clone();
    assert_eq!(asked.len(), 2);
    assert_eq!(
        (&asked[0]["dir"], &asked[1]["dir"]),
        (&json!("c2a"), &json!("a2c"))
    );
    assert!(
        asked[0]["raw"]
            .as_str()
            .unwrap()
            .contains("Find the Shuttle")
    );
    assert!(asked[1]["raw"].as_str().unwrap().contains("end_turn"));
    for kind in ["tool", "image"] {
        assert_eq!(
            lines(kind, "")["lines"].as_array().unwrap().len(),
            1,
            "{kind}"
        );
    }
    let stderr = format!("/api/agent/get_stderr?id={id}");
    until("the complaint", || {
        (console.get(&stderr).json() == json!({"lines": ["careful"]})).then_some(())
    });
}

#[test]
fn images_of_an_agent_are_kept_shown_and_removed_with_their_session() {
    let (console, id) = told();
    let shown = entry_of(&console, &id, "image");
    let call = entry_of(&console, &id, "tool");
    assert_eq!(
        (&shown["mime"], &shown["bytes"]),
        (&json!("image/gif"), &json!(14))
    );
    let image = &call["content"][1];
    assert_eq!(
        (&image["type"], &image["id"]),
        (&json!("image"), &shown["id"])
    );
    assert!(image.get("data").is_none());
    let path = format!("/api/attachment/get?id={}", shown["id"].as_str().unwrap());
    let got = console.get(&path);
    assert_eq!((got.status, got.bytes.as_slice()), (200, GIF_BYTES));
    assert_eq!(got.header("content-type").as_deref(), Some("image/gif"));
    let page = console.get(&format!("/agents/{id}")).body;
    assert!(
        page.contains(&path) && page.contains("GIF image, 14 B"),
        "{page}"
    );
    let gone = json!({"id": id, "discardWork": true});
    assert_eq!(console.post("agent/delete_session", gone).status, 200);
    assert_eq!(console.get(&path).status, 404);
}

#[test]
fn a_session_is_saved_as_markdown_and_as_json() {
    let (console, id) = told();
    let title = json!({"id": id, "revision": console.session(&id)["revision"], "title": "../Fix \"the\" Läuse\u{202e}"});
    assert_eq!(console.post("agent/update_session", title).status, 200);
    let markdown = console.get(&format!("/agents/{id}/export.md"));
    let short = &id[28..];
    let saved = format!("attachment; filename=\"fix-the-l-use-{short}.md\"");
    assert_eq!(markdown.header("content-disposition"), Some(saved));
    assert_eq!(
        markdown.header("content-type").as_deref(),
        Some("text/markdown; charset=utf-8")
    );
    assert_eq!(
        markdown.header("x-content-type-options").as_deref(),
        Some("nosniff")
    );
    let text = markdown.body;
    for part in [
        "\n## Turn 1\n",
        "### Message of owner",
        "Find the Shuttle",
        "Die Größe zählt.",
        "### Look around (execute, completed)",
        "- `src/loom.rs`",
        "GIF image, 14 B",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    let json = console.get(&format!("/agents/{id}/export.json"));
    let saved = json.header("content-disposition").unwrap();
    assert!(saved.ends_with(&format!("-{short}.json\"")), "{saved}");
    let json = json.json();
    assert_eq!(
        (&json["v"], &json["session"]["id"]),
        (&json!(1), &json!(id))
    );
    assert_eq!(json["metadata"]["turns"], 1);
    assert_eq!(json["entries"], json!(console.thread(&id)));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_holds_every_entry_uncut_however_many_there_are() {
    let console = Console::start("");
    let id = console.create("runbook", "hello");
    console.until(&id, "idle");
    let before = console.thread(&id).len();
    let outside = Outside::open(&console).await;
    let long = (0..60).map(|_| format!("{} end", "word ".repeat(20_000)));
    outside.add_entries(&id.parse().unwrap(), long).await;
    let json = console.get(&format!("/agents/{id}/export.json")).json();
    let entries = json["entries"].as_array().unwrap();
    assert_eq!(entries.len(), before + 60);
    let places: Vec<u64> = entries
        .iter()
        .map(|entry| entry["seq"].as_u64().unwrap())
        .collect();
    assert_eq!(places, (1..=before as u64 + 60).collect::<Vec<_>>());
    assert!(entries.iter().all(|entry| entry.get("cut").is_none()));
    let text = console.get(&format!("/agents/{id}/export.md")).body;
    assert_eq!(text.matches("word  end").count(), 60);
}
