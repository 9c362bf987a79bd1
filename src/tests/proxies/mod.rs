//! Two consoles behind a proxy that knows nothing of sessions: nginx, and Caddy.
mod server;

use super::support::{Answer, Console, request, request_bytes, until};
use serde_json::{Value, json};
use server::{Kind, Proxy, nginx_complaints};
use servers::Postgres;
use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

const SECRET: &str = "a-secret-of-all-nodes";
/// Readers while the consoles are restarted.
const READERS: usize = 4;
/// The smallest GIF there is.
pub(super) const GIF: &[u8] = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\x04\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";

/// A proxy and the consoles behind it, which both have the repository of the first one.
struct Site {
    proxy: Proxy,
    ann: Console,
    bob: Console,
}

impl Site {
    fn start(kind: Kind) -> Self {
        let mut proxy = Proxy::away(kind);
        let (url, public) = (Postgres::shared().database(), proxy.public());
        let start = |name: &str, more: &[&str]| {
            let flags = [
                ["--database-url", &url],
                ["--node", name],
                ["--node-url", "http://127.0.0.1:0"],
                ["--node-secret", SECRET],
                ["--public-url", &public],
            ];
            Console::start_with("", "warn", &[&flags.concat(), more].concat())
        };
        let ann = start("ann", &[]);
        let repo = ann.folder.path().join("repo").display().to_string();
        let bob = start("bob", &["--repo", &repo]);
        proxy.run([ann.port, bob.port]);
        Self { proxy, ann, bob }
    }

    fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let origin = format!("http://127.0.0.1:{}", self.proxy.port);
        let mut all = vec![("origin", origin.as_str()), ("cookie", self.ann.cookie())];
        all.extend_from_slice(headers);
        request(
            self.proxy.port,
            method,
            &format!("/heddle{path}"),
            &all,
            body,
        )
    }

    fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[], "")
    }

    #[track_caller]
    fn post(&self, function: &str, mut args: Value) -> Value {
        args["clientId"] = json!(fresh());
        let json = [("content-type", "application/json")];
        let answer = self.ask(
            "POST",
            &format!("/api/{function}"),
            &json,
            &args.to_string(),
        );
        assert_eq!(answer.status, 200, "{function}: {}", answer.body);
        answer.json()
    }

    /// A session that has ended its turn, known at both.
    fn session(&self) -> String {
        let id = self.ann.create("runbook", "What can you do?");
        self.ann.until(&id, "idle");
        until("the session at the other console", || {
            (self.bob.session(&id)["status"] == "idle").then_some(())
        });
        id
    }

    /// Renames a session through the proxy, whatever else changes it meanwhile.
    fn rename(&self, id: &str, title: &str) {
        until("the new title", || {
            let session = self.get(&format!("/api/agent/get?id={id}")).json();
            let args = json!({
                "id": id, "title": title, "revision": session["revision"], "clientId": fresh(),
            });
            let json = [("content-type", "application/json")];
            let answer = self.ask(
                "POST",
                "/api/agent/update_session",
                &json,
                &args.to_string(),
            );
            assert!(matches!(answer.status, 200 | 409), "{}", answer.body);
            (answer.status == 200).then_some(())
        });
    }

    /// The lines of a stream of events.
    fn stream(&self, id: &str) -> impl Iterator<Item = String> + use<> {
        let port = self.proxy.port;
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(40)))
            .unwrap();
        let ask = format!(
            "GET /heddle/api/events?session={id} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n\
             accept: text/event-stream\r\naccept-encoding: gzip, br\r\ncookie: {}\r\n\r\n",
            self.ann.cookie()
        );
        stream.write_all(ask.as_bytes()).unwrap();
        BufReader::new(stream).lines().map_while(Result::ok)
    }
}

fn fresh() -> String {
    uuid::Uuid::new_v4().to_string()
}

fn pages_and_functions(site: &Site) {
    let id = site.session();
    for path in [
        "/",
        "/agents/new",
        "/settings",
        "/stats",
        "/support",
        "/login",
    ] {
        for _node in 0..2 {
            let page = site.get(path);
            assert_eq!(page.status, 200, "{path}: {}", page.body);
            assert!(page.body.contains("data-base=\"/heddle\""), "{path}");
        }
    }
    let page = site.get(&format!("/agents/{id}"));
    assert!(page.body.contains("What can you do?"), "{}", page.body);
    let home = request(site.proxy.port, "GET", "/heddle?by=repo", &[], "");
    let place = home.header("location").unwrap();
    assert!(matches!(home.status, 301 | 308), "{}", home.head);
    assert!(place.ends_with("/heddle/?by=repo"), "{place}");
    let stranger = request(site.proxy.port, "GET", "/heddle/agents/new", &[], "");
    let place = stranger.header("location");
    assert_eq!(
        (stranger.status, place.as_deref()),
        (303, Some("/heddle/login"))
    );
    for path in [
        "/",
        "/api/agent/list",
        "/heddles",
        "/node/v1/read",
        "/heddle/node/v1/read",
    ] {
        let outside = request(site.proxy.port, "GET", path, &[], "");
        assert_eq!(outside.status, 404, "{path}");
    }
    let metrics = request(site.proxy.port, "GET", "/heddle/metrics", &[], "");
    assert_eq!(metrics.status, 303, "not for the network");
    let repo = site.ann.folder.path().join("repo").canonicalize().unwrap();
    let made = json!({"repo": repo, "agent": "runbook", "prompt": "What can you do?"});
    let made = site.post("agent/create_session", made);
    until("the end of the turn", || {
        let path = format!("/api/agent/get?id={}", made["id"].as_str().unwrap());
        let session = site.get(&path);
        (session.status == 200 && session.json()["status"] == "idle").then_some(())
    });
}

fn validators(site: &Site) {
    let (id, _) = site.ann.quiet();
    let path = format!("/api/agent/get_session_with_metadata?id={id}");
    let tag = |encoding: &str| {
        let answer = site.ask("GET", &path, &[("accept-encoding", encoding)], "");
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.header("etag").unwrap()
    };
    // The last words of its agent may still be written, and told to the other console.
    until("an unchanged session at both", || {
        let etag = tag("identity");
        assert!(etag.starts_with("W/\""), "{etag}");
        let is_held = |_node| {
            let same = site.ask("GET", &path, &[("if-none-match", &etag)], "");
            same.status == 304
                && same.body.is_empty()
                && same.header("etag").as_ref() == Some(&etag)
        };
        let is_same = tag("gzip") == etag;
        (is_same && (0..2).all(is_held)).then_some(())
    });
}

fn events(site: &Site) {
    let id = site.session();
    // One stream at each console.
    for stream in [site.stream(&id), site.stream(&id)] {
        let mut lines = stream.skip_while(|line| line != "event: resume").skip(1);
        lines.next().unwrap();
        let title = fresh();
        site.rename(&id, &title);
        let watch = backend::clock::stopwatch();
        assert!(lines.any(|line| line == "event: session.updated"));
        let took = watch.elapsed();
        assert!(took < Duration::from_secs(1), "{took:?}");
    }
}

fn images(site: &Site) {
    let origin = format!("http://127.0.0.1:{}", site.proxy.port);
    let headers = [
        ("origin", origin.as_str()),
        ("cookie", site.ann.cookie()),
        ("content-type", "application/octet-stream"),
    ];
    let upload = |image: &[u8]| {
        let path = format!(
            "/heddle/api/attachment/upload?clientId={}&name=a.gif",
            fresh()
        );
        request_bytes(site.proxy.port, "POST", &path, &headers, image)
    };
    // Larger than what proxies take unless they are told.
    let mut large = GIF[..GIF.len() - 1].to_vec();
    for _ in 0..20_000 {
        large.extend_from_slice(b"!\xfe\xff");
        large.extend_from_slice(&[b'x'; 255]);
        large.push(0);
    }
    large.push(b';');
    for image in [GIF, &large] {
        let kept = upload(image);
        assert_eq!(kept.status, 200, "{}", kept.body);
        let id = kept.json()["id"].as_str().unwrap().to_owned();
        for _node in 0..2 {
            let shown = site.get(&format!("/api/attachment/get?id={id}"));
            assert_eq!(shown.status, 200, "{}", shown.body);
            assert!(shown.bytes == image, "{} bytes", shown.bytes.len());
        }
    }
    assert_eq!(
        upload(&vec![0; 11 * 1024 * 1024]).json()["error"],
        "too_large"
    );
}

#[test]
fn pages_functions_events_and_images_pass_through_nginx() {
    let site = Site::start(Kind::Nginx);
    pages_and_functions(&site);
    validators(&site);
    events(&site);
    images(&site);
    let said = site.proxy.complaints();
    assert!(
        !said.contains("[error]") && !said.contains("[emerg]"),
        "{said}"
    );
}

#[test]
fn pages_functions_events_and_images_pass_through_caddy() {
    let site = Site::start(Kind::Caddy);
    pages_and_functions(&site);
    validators(&site);
    events(&site);
    images(&site);
}

#[test]
fn the_documented_configuration_of_nginx_is_without_warnings() {
    assert_eq!(nginx_complaints(), "");
}

fn readers_notice_no_restart(kind: Kind) {
    let mut site = Site::start(kind);
    let id = site.session();
    let paths = [
        "/".to_owned(),
        format!("/agents/{id}"),
        "/api/agent/list".to_owned(),
        format!("/api/agent/get_session_with_metadata?id={id}"),
    ];
    let (port, cookie) = (site.proxy.port, site.ann.cookie().to_owned());
    let (is_over, read) = (AtomicBool::new(false), AtomicUsize::new(0));
    let reader = |first: usize| {
        let mut bad = BTreeSet::new();
        for n in first.. {
            if is_over.load(Ordering::SeqCst) {
                break;
            }
            let path = format!("/heddle{}", paths[n % paths.len()]);
            let answer = request(port, "GET", &path, &[("cookie", &cookie)], "");
            read.fetch_add(1, Ordering::SeqCst);
            if answer.status != 200 {
                bad.insert(format!("{path}: {}", answer.status));
            }
        }
        bad
    };
    let more = |what: &str| {
        let before = read.load(Ordering::SeqCst);
        until(what, || {
            (read.load(Ordering::SeqCst) > before + 4 * READERS).then_some(())
        });
    };
    let bad: BTreeSet<String> = std::thread::scope(|scope| {
        let reader = &reader;
        let readers: Vec<_> = (0..READERS)
            .map(|first| scope.spawn(move || reader(first)))
            .collect();
        more("readers");
        for console in [&mut site.ann, &mut site.bob] {
            console.terminate();
            more("readers of the other console");
            console.restart();
            more("readers of both");
        }
        is_over.store(true, Ordering::SeqCst);
        let bad = readers
            .into_iter()
            .flat_map(|reader| reader.join().unwrap());
        bad.collect()
    });
    assert_eq!(bad, BTreeSet::new());
    site.rename(&id, "After all");
}

#[test]
fn both_consoles_are_restarted_behind_nginx_and_no_reader_notices() {
    readers_notice_no_restart(Kind::Nginx);
}

#[test]
fn both_consoles_are_restarted_behind_caddy_and_no_reader_notices() {
    readers_notice_no_restart(Kind::Caddy);
}
