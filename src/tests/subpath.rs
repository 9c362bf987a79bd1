//! A console below a path: every address that it sends is there, and nothing else is answered.
use super::support::{Console, command, folder, request, until};
use serde_json::json;
use std::collections::BTreeSet;

const BASE: &str = "/tools/heddle";

fn below(public: &str) -> Console {
    Console::start_with("", "warn", &["--public-url", public])
}

/// What a page leads to and loads: the values of its attributes that name a place.
fn places(html: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for attribute in [
        " href=\"",
        " src=\"",
        " action=\"",
        " formaction=\"",
        " poster=\"",
    ] {
        let values = html.split(attribute).skip(1);
        found.extend(values.map(|rest| rest.split('"').next().unwrap().replace("&amp;", "&")));
    }
    found
}

#[test]
fn every_address_on_every_page_is_below_the_base() {
    let console = below(&format!("https://heddle.example{BASE}/"));
    let id = console.create("runbook", "```file path=n.txt\nnew\n```\n");
    console.answer(&id, "allow_once");
    console.until(&id, "idle");
    let query = format!("clientId={}&name=a.gif", uuid::Uuid::new_v4());
    let image = console.upload(&query, "application/octet-stream", super::proxies::GIF);
    let shown = json!({"id": id, "text": "look", "attachments": [image.json()["id"]]});
    assert_eq!(console.post("agent/send_message", shown).status, 200);
    console.until(&id, "idle");
    let other = console.create("runbook", "# A list\n\n- [x](https://example.org)\n");
    console.until(&other, "idle");
    let mut all = BTreeSet::new();
    for path in [
        "/".to_owned(),
        "/agents/new".to_owned(),
        format!("/agents/new?from={id}"),
        format!("/agents/{id}"),
        format!("/agents/{other}"),
        "/settings".to_owned(),
        "/stats".to_owned(),
        format!("/stats?session={id}"),
        "/support?incident=1".to_owned(),
        "/login?t=x".to_owned(),
        "/login?failed=1".to_owned(),
        "/no/such/page".to_owned(),
        "/agents/0199f0a0-1111-7222-8333-444455556666".to_owned(),
    ] {
        let page = console.get(&path);
        let status = if path.starts_with("/no/") || path.contains("0199f0a0-1111") {
            404
        } else {
            200
        };
        assert_eq!(page.status, status, "{path}: {}", page.body);
        assert!(
            page.body.contains(&format!("data-base=\"{BASE}\"")),
            "{path}"
        );
        let root = format!("(\"{BASE}\", \"pkg\"");
        assert!(page.body.contains(&root), "{path}: where the program is");
        for place in places(&page.body) {
            let is_own = place.starts_with(&format!("{BASE}/")) || place.starts_with('#');
            assert!(is_own || place.starts_with("https://"), "{path}: {place}");
            all.insert(place);
        }
    }
    for wanted in ["/", "/agents/new", "/settings", "/stats", "/login"] {
        assert!(
            all.contains(&format!("{BASE}{wanted}")),
            "{wanted}: {all:#?}"
        );
    }
    for wanted in [
        "/favicon.",
        "/pkg/heddle.",
        "/agents/new?from=",
        "/stats?session=",
        "/api/attachment/get?id=",
    ] {
        let start = format!("{BASE}{wanted}");
        assert!(
            all.iter().any(|place| place.starts_with(&start)),
            "{wanted}"
        );
    }
    for place in all {
        let Some(path) = place.strip_prefix(BASE).filter(|path| !path.contains('.')) else {
            continue;
        };
        let page = console.get(path.split('#').next().unwrap());
        assert_eq!(page.status, 200, "{place} leads nowhere");
    }
    let export = format!("{BASE}/agents/{id}/export.md");
    assert!(console.get(&format!("/agents/{id}")).body.contains(&export));
    assert_eq!(console.get(&format!("/agents/{id}/export.md")).status, 200);
}

#[test]
fn outside_of_the_base_only_probes_are_answered() {
    let console = below(&format!("http://heddle.example{BASE}"));
    let cookie = [("cookie", console.cookie())];
    let get = |path: &str| request(console.port, "GET", path, &cookie, "");
    for path in [
        "/",
        "/login",
        "/agents/new",
        "/api/agent/list",
        "/pkg/heddle.css",
        "/tools",
        "/tools/heddles",
        "/tools/heddle/node/v1/read",
        "/TOOLS/heddle/",
    ] {
        let answer = get(path);
        assert_eq!(answer.status, 404, "{path}: {}", answer.body);
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'"), "{path}");
    }
    assert!(get("/").body.contains(&format!("{BASE}/")));
    for path in ["/healthz", "/readyz", "/metrics", "/tools/heddle/healthz"] {
        assert_eq!(get(path).status, 200, "{path}");
    }
    let home = get(&format!("{BASE}?by=repo"));
    let place = format!("{BASE}/?by=repo");
    assert_eq!((home.status, home.header("location")), (308, Some(place)));
}

#[test]
fn what_only_the_machine_itself_may_read_is_not_read_through_a_proxy() {
    let console = below(&format!("https://heddle.example{BASE}"));
    let get = |path: &str, host: &str| {
        let answer = request(console.port, "GET", path, &[("host", host)], "");
        answer.status
    };
    let local = format!("127.0.0.1:{}", console.port);
    for path in ["/metrics", "/tools/heddle/metrics", "/tools/heddle/readyz"] {
        assert_eq!(get(path, &local), 200, "{path}");
        assert_eq!(get(path, "heddle.example"), 303, "{path}");
    }
    assert_eq!(get("/tools/heddle/healthz", "heddle.example"), 200);
}

#[test]
fn a_login_is_for_the_base_and_a_proxy_that_ends_tls_is_believed_by_origin() {
    let console = below(&format!("https://heddle.example{BASE}"));
    let ask = |method: &str, path: &str, headers: &[(&str, &str)], body: &str| {
        let mut all = vec![("host", "heddle.example"), ("x-forwarded-proto", "https")];
        all.extend_from_slice(headers);
        request(console.port, method, &format!("{BASE}{path}"), &all, body)
    };
    let page = ask("GET", "/agents/new", &[], "");
    let login = format!("{BASE}/login");
    assert_eq!((page.status, page.header("location")), (303, Some(login)));
    let link = std::process::Command::new(env!("CARGO_BIN_EXE_heddle"))
        .args(["login-link", "--data-dir"])
        .arg(console.data())
        .output()
        .unwrap();
    let link = String::from_utf8(link.stdout).unwrap();
    let start = format!("https://heddle.example{BASE}/login?t=");
    let token = link.trim().strip_prefix(&start).unwrap();
    let origin = ("origin", "https://heddle.example");
    let form = ("content-type", "application/x-www-form-urlencoded");
    let spend = || ask("POST", "/login", &[origin, form], &format!("t={token}"));
    let first = spend();
    let home = format!("{BASE}/");
    assert_eq!((first.status, first.header("location")), (303, Some(home)));
    let set = first.header("set-cookie").unwrap();
    for mark in [
        "HttpOnly",
        "SameSite=Strict",
        "Path=/tools/heddle;",
        "; Secure",
    ] {
        assert!(set.contains(mark), "{set}");
    }
    let again = spend();
    assert_eq!(again.status, 401);
    assert!(
        again.body.contains(&format!("url={BASE}/login?failed=1")),
        "{}",
        again.body
    );

    let cookie = ("cookie", set.split(';').next().unwrap());
    let json = ("content-type", "application/json");
    let body = json!({"clientId": uuid::Uuid::new_v4().to_string()}).to_string();
    let log_out = |origin: &str| {
        let headers = [("origin", origin), cookie, json];
        ask("POST", "/api/auth/logout", &headers, &body)
    };
    assert_eq!(log_out("http://heddle.example").status, 403);
    assert_eq!(log_out("https://other.example").status, 403);
    let out = log_out("https://heddle.example");
    assert_eq!(out.status, 200, "{}", out.body);
    let gone = out.header("set-cookie").unwrap();
    assert!(
        gone.contains("Path=/tools/heddle;") && gone.contains("Max-Age=0"),
        "{gone}"
    );
}

#[test]
fn files_of_the_page_are_kept_for_ever_below_the_base_too() {
    let console = below(&format!("http://heddle.example{BASE}"));
    let folder = console.folder.path().join("target/site/pkg");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("a.js"), "1").unwrap();
    let file = until("the file", || {
        let answer = console.get("/pkg/a.js");
        (answer.status == 200).then_some(answer)
    });
    assert!(file.header("cache-control").unwrap().contains("immutable"));
    let outside = request(console.port, "GET", "/pkg/a.js", &[], "");
    assert_eq!(outside.status, 404);
}

#[test]
fn a_public_url_that_is_none_is_told_at_the_start() {
    for wrong in [
        "heddle.example",
        "https://heddle.example/a/../b",
        "https://h/a?b",
    ] {
        let folder = folder("");
        let mut command = command(folder.path(), 0);
        let ended = command.args(["--public-url", wrong]).output().unwrap();
        assert!(!ended.status.success(), "{wrong}");
        let said = std::fs::read_to_string(folder.path().join("stderr.txt")).unwrap();
        assert!(said.contains("--public-url takes"), "{said}");
    }
}
