//! Pages as the server draws them while many are asked for at once.
use super::support::{Answer, Console};
use std::collections::BTreeSet;
use std::sync::Mutex;

/// Readers at once; more than the server has threads.
const READERS: usize = 16;
/// Pages that each of them reads.
const PAGES: usize = 30;

#[test]
fn pages_drawn_at_the_same_time_do_not_meddle_with_each_other() {
    let console = Console::start("");
    let id = console.create("runbook", "hello");
    console.until(&id, "idle");
    let paths = [
        format!("/agents/{id}"),
        "/".to_owned(),
        "/settings".to_owned(),
        format!("/stats?session={id}"),
    ];
    let bad = Mutex::new(Vec::<String>::new());
    read_at_once(&console, &paths, |path, answer| {
        if answer.status != 200 || !answer.body.contains("<h1") {
            let text = format!("{path}: {} {}", answer.status, answer.body);
            bad.lock().unwrap().push(text);
        }
    });
    assert_eq!(*bad.lock().unwrap(), Vec::<String>::new());
}

/// Reads pages in turn, many readers at once.
fn read_at_once(console: &Console, paths: &[String], look: impl Fn(&str, Answer) + Sync) {
    let read = |reader: usize| {
        for page in 0..PAGES {
            let path = &paths[(reader + page) % paths.len()];
            look(path, console.get(path));
        }
    };
    let read = &read;
    std::thread::scope(|scope| {
        for reader in 0..READERS {
            scope.spawn(move || read(reader));
        }
    });
}

/// The nonce that the policy of a page names.
fn allowed(page: &Answer) -> Option<String> {
    let policy = page.header("content-security-policy")?;
    let rest = policy.split("script-src 'self' 'nonce-").nth(1)?;
    rest.split('\'').next().map(str::to_owned)
}

/// The nonces that the scripts of a page bear; a script without one has an empty one.
fn borne(page: &str) -> BTreeSet<&str> {
    let scripts = page.split("<script").skip(1);
    let tags = scripts.map(|rest| rest.split('>').next().unwrap_or_default());
    tags.map(|tag| tag.split("nonce=\"").nth(1).unwrap_or_default())
        .map(|rest| rest.split('"').next().unwrap_or_default())
        .collect()
}

#[test]
fn every_page_allows_the_scripts_that_it_has_and_no_others() {
    let console = Console::start("");
    let id = console.create("runbook", "hello");
    console.until(&id, "idle");
    let paths = [
        format!("/agents/{id}"),
        "/".to_owned(),
        "/agents/new".to_owned(),
        "/settings".to_owned(),
        "/stats".to_owned(),
        "/support".to_owned(),
        "/login".to_owned(),
        "/no/such/page".to_owned(),
        "/agents/0199f0a0-1111-7222-8333-444455556666".to_owned(),
    ];
    let seen = Mutex::new(BTreeSet::new());
    read_at_once(&console, &paths, |path, page| {
        let nonce = allowed(&page).unwrap_or_else(|| panic!("{path}: {}", page.head));
        assert!(nonce.len() >= 22, "{path}: {nonce}");
        assert_eq!(borne(&page.body), [nonce.as_str()].into(), "{path}");
        assert!(seen.lock().unwrap().insert(nonce), "a nonce is used once");
    });
    assert_eq!(seen.lock().unwrap().len(), READERS * PAGES);
    let function = console.get("/api/agent/list");
    let policy = function.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; frame"), "{policy}");
}
