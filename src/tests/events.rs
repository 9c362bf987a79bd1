//! The stream of events from outside: what is told, to whom, for how long, and what is missed.
use super::outside::Outside;
use super::support::{Console, request, sh, until};
use domain::push::SessionUpdated;
use serde_json::json;
use std::io::{BufRead, BufReader, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// Longest wait for an event.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Debug, Clone, Default)]
pub(super) struct Event {
    pub(super) name: String,
    pub(super) id: String,
    pub(super) data: String,
    retry: String,
}

impl Event {
    #[track_caller]
    pub(super) fn update(&self) -> SessionUpdated {
        assert_eq!(self.name, "session.updated", "{self:?}");
        serde_json::from_str(&self.data).unwrap()
    }

    #[track_caller]
    pub(super) fn verdict(&self) -> &str {
        assert_eq!(self.name, "resume", "{self:?}");
        match self.data.as_str() {
            r#"{"verdict":"ok"}"# => "ok",
            r#"{"verdict":"gap"}"# => "gap",
            other => panic!("{other}"),
        }
    }
}

/// A page that listens.
pub(super) struct Page {
    pub(super) head: String,
    events: Receiver<Event>,
    stream: TcpStream,
}

impl Drop for Page {
    fn drop(&mut self) {
        let _ = self.stream.shutdown(Shutdown::Both);
    }
}

impl Page {
    pub(super) fn open(console: &Console, query: &str, last: Option<&str>) -> Self {
        let mut stream = TcpStream::connect(("127.0.0.1", console.port)).unwrap();
        let mut text = format!(
            "GET /api/events?{query} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\ncookie: {}\r\n\
             accept-encoding: {}\r\n",
            console.port,
            console.cookie(),
            // What comes compressed is read elsewhere.
            if query.contains("since") {
                "br"
            } else {
                "gzip, br"
            },
        );
        if let Some(last) = last {
            text.push_str(&format!("last-event-id: {last}\r\n"));
        }
        stream.write_all(format!("{text}\r\n").as_bytes()).unwrap();
        let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
        let mut head = String::new();
        for line in lines.by_ref().map_while(Result::ok) {
            if line.is_empty() {
                break;
            }
            head.push_str(&line);
            head.push('\n');
        }
        let (tell, events) = channel();
        std::thread::spawn(move || {
            let mut event = Event::default();
            for line in lines.map_while(Result::ok) {
                // Sizes of chunks stand on lines of their own.
                match line.split_once(": ") {
                    Some(("id", value)) => event.id = value.to_owned(),
                    Some(("event", value)) => event.name = value.to_owned(),
                    Some(("data", value)) => event.data = value.to_owned(),
                    Some(("retry", value)) => event.retry = value.to_owned(),
                    _ if line.is_empty() && !event.name.is_empty() => {
                        let _ = tell.send(std::mem::take(&mut event));
                    }
                    _ => {}
                }
            }
        });
        Self {
            head: head.to_lowercase(),
            events,
            stream,
        }
    }

    pub(super) fn status(&self) -> &str {
        self.head.split(' ').nth(1).unwrap_or_default()
    }

    /// The next event, whatever it is; none when the stream has ended.
    #[track_caller]
    fn any(&self) -> Option<Event> {
        match self.events.recv_timeout(PATIENCE) {
            Ok(event) => Some(event),
            Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => None,
            Err(error) => panic!("{error}"),
        }
    }

    /// The next event that is no sign of life.
    #[track_caller]
    pub(super) fn next(&self) -> Event {
        loop {
            let event = self.any().expect("the stream ended");
            if event.name != "beat" {
                return event;
            }
        }
    }

    /// The event of a revision.
    #[track_caller]
    fn at(&self, revision: u64) -> Event {
        loop {
            let event = self.next();
            if event.update().revision >= revision {
                return event;
            }
        }
    }

    /// Everything up to a revision of a session.
    #[track_caller]
    pub(super) fn up_to(&self, revision: u64) -> Vec<SessionUpdated> {
        let mut all = Vec::new();
        loop {
            let update = self.next().update();
            let is_last = update.revision >= revision;
            all.push(update);
            if is_last {
                return all;
            }
        }
    }
}

/// Renames a session and gives its revision then.
#[track_caller]
pub(super) fn rename(console: &Console, id: &str, title: &str) -> u64 {
    let revision = console.session(id)["revision"].clone();
    let args = json!({"id": id, "revision": revision, "title": title});
    let answer = console.post("agent/update_session", args);
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()["revision"].as_u64().unwrap()
}

#[test]
fn a_change_is_told_after_its_commit_in_a_form_that_proxies_pass_on() {
    let console = Console::start("");
    let (id, _) = console.quiet();
    let page = Page::open(&console, &format!("session={id}"), None);
    assert_eq!(page.status(), "200");
    for header in [
        "content-type: text/event-stream\n",
        "cache-control: no-store\n",
        "x-accel-buffering: no\n",
    ] {
        assert!(page.head.contains(header), "{header}{}", page.head);
    }
    assert!(!page.head.contains("content-encoding"), "{}", page.head);
    let first = page.next();
    assert_eq!(first.verdict(), "gap", "whoever was nowhere fetches once");
    let retry: u64 = first.retry.parse().unwrap();
    assert!((2400..=3600).contains(&retry), "{retry}");
    let revision = rename(&console, &id, "One");
    let told = page.at(revision);
    let update = told.update();
    assert_eq!((update.v, update.revision), (1, revision));
    assert_eq!(update.session_id.as_str(), id);
    let read = console.session(&id);
    assert_eq!(read["revision"], revision);
    assert_eq!(json!(update.updated_at), read["updatedAt"]);
    let parts: Vec<_> = told.id.split('.').collect();
    assert_eq!((parts[0], parts.len()), ("local", 3));
    let metrics = console.get("/metrics").body;
    assert!(metrics.contains("\nheddle_event_streams 1\n"));
    assert!(!metrics.contains("\nheddle_events_sent_total 0\n"));
}

#[test]
fn a_page_that_was_away_is_told_what_it_missed_or_that_it_must_fetch() {
    let mut console = Console::start("[heddle.limits]\nevent_ring = 20\n");
    let (id, _) = console.quiet();
    let query = format!("session={id}");
    let page = Page::open(&console, &query, None);
    let at = page.next().id;
    drop(page);
    let missed = rename(&console, &id, "One");
    let again = Page::open(&console, &query, Some(&at));
    assert_eq!(again.next().verdict(), "ok");
    let told = again.at(missed);
    let by_address = Page::open(&console, &format!("{query}&after={}", told.id), None);
    assert_eq!(by_address.next().verdict(), "ok");
    let next = rename(&console, &id, "Two");
    let nothing_twice = |update: &SessionUpdated| update.revision > missed;
    assert!(by_address.up_to(next).iter().all(nothing_twice));
    for n in 0..20 {
        let revision = rename(&console, &id, &format!("Title {n}"));
        by_address.up_to(revision);
    }
    let late = Page::open(&console, &query, Some(&at));
    assert_eq!(late.next().verdict(), "gap", "too long ago");
    let at = late.next_position(&console, &id);
    console.kill();
    console.restart();
    let after = Page::open(&console, &query, Some(&at));
    assert_eq!(after.next().verdict(), "gap", "another run");
}

impl Page {
    /// The position after one more change.
    fn next_position(&self, console: &Console, id: &str) -> String {
        let revision = rename(console, id, "One more");
        self.at(revision).id
    }
}

#[test]
fn only_own_sessions_can_be_listened_to() {
    let console = Console::start("[heddle.limits]\nevent_streams = 3\n");
    let status = |query: &str| console.get(&format!("/api/events?{query}"));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (mine, foreign) = runtime.block_on(async {
        let outside = Outside::open(&console).await;
        let mine = outside.add_session(1, "owner").await;
        (mine, outside.add_session(2, "somebody").await)
    });
    until("the session to be known", || {
        let answer = console.get(&format!("/api/agent/get?id={mine}"));
        (answer.status == 200).then_some(())
    });
    let refused = [
        (format!("session={foreign}"), 404, "not_found"),
        (
            format!("session={mine}&session={foreign}"),
            404,
            "not_found",
        ),
        (
            "session=0199f0a0-1111-7222-8333-0000000000ff".to_owned(),
            404,
            "not_found",
        ),
        ("session=x".to_owned(), 400, "malformed"),
        (String::new(), 400, "malformed"),
    ];
    for (query, wanted, code) in refused {
        let answer = status(&query);
        assert_eq!(answer.status, wanted, "{query}");
        assert_eq!(answer.json()["error"], code);
    }
    let path = format!("/api/events?session={mine}");
    assert_eq!(request(console.port, "GET", &path, &[], "").status, 401);
    let query = format!("session={mine}");
    let held: Vec<_> = (0..3).map(|_| Page::open(&console, &query, None)).collect();
    held.iter()
        .for_each(|page| assert_eq!(page.next().verdict(), "gap"));
    assert_eq!(status(&query).status, 429);
    drop(held);
    until("a place", || {
        (Page::open(&console, &query, None).status() == "200").then_some(())
    });
}

#[test]
fn a_change_made_directly_in_the_database_is_told_and_so_is_the_end_of_a_session() {
    let console = Console::start("");
    let (id, before) = console.quiet();
    let page = Page::open(&console, &format!("session={id}"), None);
    let list = Page::open(&console, "list=1", None);
    page.next().verdict();
    list.next().verdict();
    let sql = format!("UPDATE sessions SET title = 'Outside' WHERE id = '{id}'");
    sh(&console.data(), &format!("sqlite3 heddle.db \"{sql}\""));
    page.up_to(before + 1);
    list.up_to(before + 1);
    until("the change to be known", || {
        (console.session(&id)["title"] == "Outside").then_some(())
    });
    let before = console.session(&id)["revision"].as_u64().unwrap();
    let args = json!({"id": id, "discardWork": true});
    assert_eq!(console.post("agent/delete_session", args).status, 200);
    page.up_to(before + 1);
    list.up_to(before + 1);
    let answer = console.get(&format!("/api/events?session={id}"));
    assert_eq!(answer.status, 410);
}

#[test]
fn the_list_hears_of_every_own_session_and_of_no_other() {
    let console = Console::start("");
    let list = Page::open(&console, "list=1", None);
    assert_eq!(list.next().verdict(), "gap");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mine = runtime.block_on(async {
        let outside = Outside::open(&console).await;
        outside.add_session(1, "somebody").await;
        outside.add_session(2, "owner").await
    });
    assert_eq!(list.next().update().session_id, mine);
}

#[test]
fn a_stream_shows_signs_of_life_and_ends_with_a_word() {
    let config = "[heddle.limits]\nevent_beat_ms = 40\nevent_life_ms = 600\nevent_retry_ms = 100\n";
    let console = Console::start(config);
    let page = Page::open(&console, "list=1", None);
    page.next().verdict();
    let mut beats = Vec::new();
    let bye = loop {
        let event = page.any().unwrap();
        match event.name.as_str() {
            "beat" => beats.push(event.id),
            _ => break event,
        }
    };
    assert_eq!(bye.name, "bye");
    assert!((80..=120).contains(&bye.retry.parse::<u64>().unwrap()));
    assert!(beats.len() >= 3, "{beats:?}");
    assert!(page.any().is_none(), "nothing after it");
    let again = Page::open(&console, "list=1", beats.last().map(String::as_str));
    assert_eq!(
        again.next().verdict(),
        "ok",
        "a beat says where the page is"
    );
}

#[test]
fn a_login_that_ended_ends_its_streams() {
    let console = Console::start("[heddle.limits]\nevent_beat_ms = 40\n");
    let page = Page::open(&console, "list=1", None);
    page.next().verdict();
    console.post("auth/logout", json!({}));
    assert_eq!(page.next().name, "bye");
    assert!(page.any().is_none());
}

#[test]
fn a_console_that_is_stopped_says_so_and_is_gone_at_once() {
    let mut console = Console::start("");
    let pages: Vec<_> = (0..20)
        .map(|_| Page::open(&console, "list=1", None))
        .collect();
    for page in &pages {
        page.next().verdict();
    }
    let watch = backend::clock::stopwatch();
    console.terminate();
    assert!(
        watch.elapsed() < Duration::from_secs(4),
        "{:?}",
        watch.elapsed()
    );
    for page in &pages {
        assert_eq!(page.next().name, "bye");
        assert!(page.any().is_none());
    }
}

#[test]
fn many_changes_in_a_row_are_told_together_and_the_last_one_always() {
    let console = Console::start("");
    let (id, _) = console.quiet();
    let page = Page::open(&console, &format!("session={id}"), None);
    page.next().verdict();
    let watch = backend::clock::stopwatch();
    let mut last = 0;
    for n in 0..60 {
        last = rename(&console, &id, &format!("Title {n}"));
    }
    let told = page.up_to(last);
    let most = watch.elapsed().as_millis() / 100 + 2;
    assert!(told.len() as u128 <= most, "{} in {most}", told.len());
    let grows = told.windows(2).all(|two| two[0].revision < two[1].revision);
    assert!(grows && told.last().unwrap().revision == last);
}

#[test]
fn settings_that_changed_make_open_pages_ask() {
    let console = Console::start("");
    let page = Page::open(&console, "list=1", None);
    page.next().verdict();
    let flag = json!({"name": "session_sync", "arm": "deduped", "percent": 100, "allow": [], "killed": true, "epoch": 0});
    assert_eq!(console.post("settings/flags", flag).status, 200);
    assert_eq!(page.next().verdict(), "gap");
}

#[test]
fn two_hundred_pages_miss_nothing() {
    let console = Console::start("");
    let (id, _) = console.quiet();
    let query = format!("session={id}");
    let pages: Vec<_> = (0..200)
        .map(|_| Page::open(&console, &query, None))
        .collect();
    for page in &pages {
        page.next().verdict();
    }
    let first = rename(&console, &id, "First");
    pages.iter().for_each(|page| drop(page.at(first)));
    let mut told = Vec::new();
    for n in 0..10 {
        let revision = rename(&console, &id, &format!("Title {n}"));
        told.extend(pages[0].up_to(revision));
    }
    let last = told.last().unwrap().revision;
    assert!(told.len() >= 10);
    for page in &pages[1..] {
        assert_eq!(page.up_to(last), told);
    }
}
