//! What reads cost: statements by request, bytes on the wire, whatever the size of the store.
use super::outside::Outside;
use super::support::{Answer, Console, until};
use domain::id::SessionId;

/// Bytes of an answer at the most. Source: issue 3, "The server's side".
const ANSWER: usize = 1_000_000;
/// Bytes on the wire of a page that is opened. Source: issue 3, "The server's side".
const OPENED: usize = 300_000;
/// How often a request is repeated to count its statements.
const TIMES: usize = 5;
/// Statements of the watcher and of new connections, which belong to no request.
const ASIDE: [&str; 3] = [
    "PRAGMA ",
    "SELECT id, owner_id, revision,",
    "SELECT id, change FROM",
];

/// About 700 bytes of words that repeat no more than prose does.
fn prose(n: usize) -> String {
    let mut seed = n as u64 + 1;
    let mut word = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let letters = (seed >> 33) % 4000;
        format!(
            "{letters:x}{}",
            ["ing", "er", "al", "tion"][(letters % 4) as usize]
        )
    };
    (0..110).map(|_| word()).collect::<Vec<_>>().join(" ")
}

/// Statements that requests made until now.
fn statements(console: &Console) -> Vec<String> {
    let log = console.log();
    let made = log.iter().filter(|line| line["target"] == "sqlx::query");
    let made = made.map(|line| line["fields"]["summary"].as_str().unwrap().to_owned());
    made.filter(|summary| !ASIDE.iter().any(|own| summary.starts_with(own)))
        .collect()
}

/// The same once the log does not grow any more: a statement is logged after its answer.
fn settled(console: &Console) -> Vec<String> {
    let (mut last, mut same) = (0, 0);
    until("a quiet log", || {
        let made = statements(console);
        same = if made.len() == last { same + 1 } else { 0 };
        last = made.len();
        (same >= 3).then_some(made)
    })
}

/// Asserts how many statements a request takes.
#[track_caller]
fn takes(console: &Console, path: &str, etag: Option<&str>, wanted: usize) {
    let before = settled(console).len();
    let held: Vec<_> = etag
        .map(|etag| ("if-none-match", etag))
        .into_iter()
        .collect();
    let status = if etag.is_some() { 304 } else { 200 };
    for _ in 0..TIMES {
        assert_eq!(console.raw("GET", path, &held, "").status, status, "{path}");
    }
    let made = settled(console).split_off(before);
    assert_eq!(
        made.len(),
        TIMES * wanted,
        "{path} takes {wanted}: {made:#?}"
    );
}

fn snapshot_path(id: &SessionId) -> String {
    format!("/api/agent/get_session_with_metadata?id={id}")
}

/// The session's answer once the console knows that it has this revision.
fn at_revision(console: &Console, id: &SessionId, revision: u64) -> Answer {
    until("the outside change", || {
        let answer = console.get(&snapshot_path(id));
        let etag = answer.header("etag")?;
        let held = [("if-none-match", etag.as_str())];
        let again = console.raw("GET", &snapshot_path(id), &held, "");
        (answer.json()["revision"] == revision && again.status == 304).then_some(answer)
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_by_request_are_few_and_do_not_grow_with_the_store() {
    let console = Console::start_logging("", "warn,sqlx::query=debug");
    let outside = Outside::open(&console).await;
    let id = outside.add_session(0, "owner").await;
    for (sessions, entries) in [(1, 3), (120, 1500)] {
        for n in 1..=sessions {
            outside.add_session(n + 1000 * entries, "owner").await;
        }
        let texts = (0..entries as usize).map(prose);
        let revision = outside.add_entries(&id, texts).await;
        let etag = at_revision(&console, &id, revision).header("etag").unwrap();
        let snapshot = snapshot_path(&id);
        let list = console.get("/api/agent/list");
        assert!(list.json()["rows"].as_array().unwrap().len() > sessions as usize);
        let listed = list.header("etag").unwrap();
        takes(&console, &snapshot, Some(&etag), 0);
        takes(&console, "/api/agent/list", Some(&listed), 0);
        takes(&console, &snapshot, None, 2);
        takes(
            &console,
            &format!("{snapshot}&since={}", revision - 1),
            None,
            2,
        );
        takes(&console, "/api/agent/list", None, 2);
        takes(&console, &format!("/api/agent/get?id={id}"), None, 1);
        takes(
            &console,
            &format!("/api/agent/get_thread?id={id}&before=3"),
            None,
            1,
        );
        takes(
            &console,
            &format!("/api/agent/get_entry?id={id}&seq=2"),
            None,
            1,
        );
        let search = format!("/api/agent/search_thread?id={id}&query=absent");
        takes(&console, &search, None, 1);
        let lines = format!("/api/agent/get_lines?id={id}&seq=2");
        takes(&console, &lines, None, 2);
        takes(&console, &format!("/agents/{id}"), None, 2);
        takes(&console, "/", None, 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_of_10_000_entries_opens_small_and_its_changes_are_small() {
    let console = Console::start("");
    let outside = Outside::open(&console).await;
    let id = outside.add_session(0, "owner").await;
    let before = outside.add_entries(&id, (0..9_996).map(prose)).await;
    let revision = outside.add_entries(&id, (9_996..9_999).map(prose)).await;
    let whole = at_revision(&console, &id, revision);
    assert_eq!(whole.json()["thread"]["total"], 10_000);
    assert_eq!(
        whole.json()["thread"]["entries"].as_array().unwrap().len(),
        200
    );
    assert!(whole.bytes.len() < ANSWER, "{}", whole.bytes.len());
    let packed = |path: &str| {
        let answer = console.raw("GET", path, &[("accept-encoding", "br")], "");
        assert_eq!(
            answer.header("content-encoding").as_deref(),
            Some("br"),
            "{path}"
        );
        answer.bytes.len()
    };
    let page = packed(&format!("/agents/{id}"));
    assert!((10_000..OPENED).contains(&page), "the page: {page}");
    let tail = packed(&snapshot_path(&id));
    assert!((10_000..OPENED).contains(&tail), "the tail: {tail}");
    let since = console.get(&format!("{}&since={before}", snapshot_path(&id)));
    assert_eq!(since.json()["thread"]["mode"], "changes");
    assert_eq!(
        since.json()["thread"]["entries"].as_array().unwrap().len(),
        3
    );
    assert!(
        since.bytes.len() < 6_000,
        "three entries: {}",
        since.bytes.len()
    );
    let none = console.get(&format!("{}&since={revision}", snapshot_path(&id)));
    assert!(none.bytes.len() < 3_000, "no entry: {}", none.bytes.len());
    let older = console.get(&format!(
        "/api/agent/get_thread?id={id}&before=9801&limit=999"
    ));
    assert_eq!(older.json()["entries"].as_array().unwrap().len(), 200);
    assert!(older.bytes.len() < ANSWER);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_is_larger_than_a_megabyte_whatever_the_entries_are() {
    let console = Console::start("");
    let outside = Outside::open(&console).await;
    let id = outside.add_session(0, "owner").await;
    let long = (0..30).map(|n| prose(n).repeat(150));
    let hard = ["\"\n\u{1}".repeat(30_000), "é\\".repeat(1_000_000)].into_iter();
    let revision = outside.add_entries(&id, long.chain(hard)).await;
    let whole = at_revision(&console, &id, revision);
    assert!(whole.bytes.len() < ANSWER, "{}", whole.bytes.len());
    let paths = [
        format!("{}&since=1", snapshot_path(&id)),
        format!("/api/agent/get_thread?id={id}&before=99&limit=200"),
        format!("/api/agent/get_entry?id={id}&seq=5"),
        format!("/api/agent/get_entry?id={id}&seq=32"),
        format!("/api/agent/get_entry?id={id}&seq=33"),
    ];
    for path in paths {
        let answer = console.get(&path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        assert!(
            answer.bytes.len() < ANSWER,
            "{path}: {}",
            answer.bytes.len()
        );
    }
    let cut = console.get(&format!("/api/agent/get_entry?id={id}&seq=33"));
    assert!(cut.json()["cut"]["bytes"].as_u64().unwrap() > 3_000_000);
    let uncut = console.get(&format!("/api/agent/get_entry?id={id}&seq=5"));
    assert_eq!(uncut.json().get("cut"), None);
    let page = console.get(&format!("/agents/{id}"));
    assert_eq!(page.status, 200);
}
