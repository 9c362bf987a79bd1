//! Changes that ride in the stream of events: the same as an answer, gapless, and for owners alone.
use super::events::{Event, Page, rename};
use super::support::Console;
use serde_json::{Value, json};

fn snapshot(event: &Event) -> Value {
    assert_eq!(event.name, "session.changes", "{event:?}");
    serde_json::from_str(&event.data).unwrap()
}

fn revision(console: &Console, id: &str) -> u64 {
    console.session(id)["revision"].as_u64().unwrap()
}

/// The changes that lead to a revision, put together: each has to follow on the one before.
fn followed(page: &Page, mut held: u64, wanted: u64) -> Vec<Value> {
    let mut all = Vec::new();
    while held < wanted {
        let changes = snapshot(&page.next());
        assert_eq!(changes["thread"]["mode"], "changes");
        assert!(changes["thread"]["from"].as_u64().unwrap() <= held, "a gap");
        held = changes["revision"].as_u64().unwrap();
        all.push(changes);
    }
    all
}

#[test]
fn changes_in_the_stream_are_what_a_read_would_have_answered() {
    let console = Console::start("");
    let (id, _) = console.quiet();
    let held = revision(&console, &id);
    let first = rename(&console, &id, "One");
    let page = Page::open(&console, &format!("session={id}&since={held}"), None);
    assert_eq!(page.next().verdict(), "gap");
    let mut streamed = followed(&page, held, first).pop().unwrap();
    let path = format!("/api/agent/get_session_with_metadata?id={id}&since={held}");
    let mut read = console.get(&path).json();
    for answer in [&mut streamed, &mut read] {
        answer["serverNow"] = json!(null);
    }
    assert_eq!(streamed, read);
    let second = rename(&console, &id, "Two");
    let event = page.next();
    assert_eq!(event.id.split('.').count(), 3, "{event:?}");
    let next = snapshot(&event);
    assert_eq!(next["thread"]["from"], first);
    assert_eq!(next["revision"], second);
    assert_eq!(next["session"]["title"], "Two");
}

#[test]
fn a_stream_begins_with_the_truth_also_when_nothing_is_missing() {
    let console = Console::start("");
    let (id, _) = console.quiet();
    let held = revision(&console, &id);
    let page = Page::open(&console, &format!("session={id}&since={held}"), None);
    assert_eq!(page.next().verdict(), "gap");
    let changes = snapshot(&page.next());
    assert_eq!(changes["revision"], held);
    assert_eq!(changes["thread"]["entries"], json!([]));
    // A page that knows of more than there is has to ask.
    let ahead = Page::open(&console, &format!("session={id}&since={}", held + 5), None);
    assert_eq!(ahead.next().verdict(), "gap");
    assert_eq!(ahead.next().update().revision, held);
}

#[test]
fn what_an_agent_says_reaches_every_reader_gapless_and_in_order() {
    let console = Console::start("");
    let (id, _) = console.quiet();
    let held = revision(&console, &id);
    let query = format!("session={id}&since={held}");
    let pages: Vec<Page> = (0..3).map(|_| Page::open(&console, &query, None)).collect();
    for page in &pages {
        assert_eq!(page.next().verdict(), "gap");
    }
    let text = "```say\none\n```\n```sh\nprintf 'two'\n```\n";
    let sent = console.post("agent/send_message", json!({"id": id, "text": text}));
    assert_eq!(sent.status, 200, "{}", sent.body);
    console.until(&id, "waiting_approval");
    let waits = revision(&console, &id);
    let whole = console.thread(&id);
    for page in &pages {
        let mut entries = std::collections::BTreeMap::new();
        for changes in followed(page, held, waits) {
            for entry in changes["thread"]["entries"].as_array().unwrap() {
                entries.insert(entry["seq"].as_u64().unwrap(), entry.clone());
            }
        }
        for (seq, entry) in entries {
            assert_eq!(whole[usize::try_from(seq).unwrap() - 1], entry);
        }
    }
}

#[test]
fn changes_that_are_too_long_for_a_stream_are_told_and_read() {
    let console = Console::start("");
    let (id, _) = console.quiet();
    let held = revision(&console, &id);
    for _ in 0..3 {
        let text = "long ".repeat(6000);
        let sent = console.post("agent/send_message", json!({"id": id, "text": text}));
        assert_eq!(sent.status, 200, "{}", sent.body);
        console.until(&id, "idle");
    }
    let page = Page::open(&console, &format!("session={id}&since={held}"), None);
    assert_eq!(page.next().verdict(), "gap");
    let told = page.next().update().revision;
    let path = format!("/api/agent/get_session_with_metadata?id={id}&since={held}");
    let read = console.get(&path);
    assert!(read.body.len() > 64 * 1024);
    assert!(read.json()["revision"].as_u64() >= Some(told));
    assert_eq!(read.json()["thread"]["mode"], "changes");
    // What follows is short again.
    let renamed = rename(&console, &id, "Short");
    let next = followed(&page, told, renamed).pop().unwrap();
    assert_eq!(next["session"]["title"], "Short");
}

#[test]
fn a_session_that_is_deleted_is_told_without_its_content() {
    let console = Console::start("");
    let (id, _) = console.quiet();
    let held = revision(&console, &id);
    let page = Page::open(&console, &format!("session={id}&since={held}"), None);
    assert_eq!(page.next().verdict(), "gap");
    assert_eq!(snapshot(&page.next())["revision"], held);
    let deleted = console.post(
        "agent/delete_session",
        json!({"id": id, "discardWork": true}),
    );
    assert_eq!(deleted.status, 200, "{}", deleted.body);
    let mut last = page.next();
    while last.name == "session.changes" {
        last = page.next();
    }
    assert!(last.update().revision > held);
}

#[test]
fn a_revision_that_is_none_is_refused() {
    let console = Console::start("");
    let (id, _) = console.quiet();
    for query in [
        format!("session={id}&since=x"),
        format!("since=1&session={id}"),
        format!("session={id}&since="),
    ] {
        let answer = console.get(&format!("/api/events?{query}"));
        assert_eq!(answer.status, 400, "{query} {}", answer.body);
    }
}
