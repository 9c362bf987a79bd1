//! Getting in and out by ways that people really take: links of other sites, no script, no TLS.
use super::support::{Console, request};
use serde_json::json;

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

#[test]
fn a_link_of_another_site_opens_its_page_for_who_is_logged_in() {
    let console = Console::start("");
    let from =
        |headers: &[(&str, &str)], path: &str| request(console.port, "GET", path, headers, "");
    let elsewhere = [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-mode", "navigate"),
    ];
    // The browser leaves the cookie out: the page asks again by itself, and then brings it.
    let first = from(&elsewhere, "/agents/new");
    assert_eq!((first.status, first.header("location")), (200, None));
    assert!(first.body.contains("url=/agents/new?\""), "{}", first.body);
    let policy = first.header("content-security-policy").unwrap();
    assert!(policy.contains("script-src 'nonce-"), "{policy}");
    let other_host = from(&elsewhere, "//evil.example/login").body;
    assert!(!other_host.contains("//evil"), "{other_host}");
    assert!(other_host.contains("location.origin + "), "{other_host}");
    let hostile = from(&elsewhere, "/agents/new?a=%22'x").body;
    assert!(!hostile.contains("'x"), "{hostile}");
    let again = [
        ("sec-fetch-site", "same-origin"),
        ("sec-fetch-mode", "navigate"),
        ("cookie", console.cookie()),
    ];
    assert!(
        from(&again, "/agents/new")
            .body
            .contains("new-session-form")
    );
    // Nobody is logged in: the second request leads to the login.
    let stranger = [
        ("sec-fetch-site", "same-origin"),
        ("sec-fetch-mode", "navigate"),
    ];
    assert_eq!(
        from(&stranger, "/").header("location").as_deref(),
        Some("/login")
    );
}

#[test]
fn another_site_may_only_open_pages() {
    let console = Console::start("");
    let elsewhere = |mode| [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", mode)];
    let get = |path: &str, mode| request(console.port, "GET", path, &elsewhere(mode), "");
    assert_eq!(get("/api/agent/list", "navigate").status, 403);
    assert_eq!(get("/", "no-cors").status, 303);
    let post = request(
        console.port,
        "POST",
        "/logout",
        &[elsewhere("navigate")[0], FORM],
        "",
    );
    assert_eq!(post.status, 403);
}

#[test]
fn a_browser_that_does_not_say_where_a_request_comes_from_is_asked_by_its_referer() {
    let console = Console::start("");
    let get = |referer: &str| request(console.port, "GET", "/", &[("referer", referer)], "");
    assert_eq!(get("http://chat.example/room").status, 200);
    let own = format!("http://127.0.0.1:{}/", console.port);
    assert_eq!(get(&own).status, 303);
}

#[test]
fn a_login_ends_without_script() {
    let console = Console::start("");
    assert!(console.get("/").body.contains("action=\"/logout\""));
    let ended = console.raw("POST", "/logout", &[FORM], "");
    assert_eq!(
        (ended.status, ended.header("location").as_deref()),
        (303, Some("/login"))
    );
    assert!(ended.header("set-cookie").unwrap().contains("Max-Age=0"));
    assert_eq!(console.get("/api/agent/list").status, 401);
}

#[test]
fn a_console_without_tls_can_be_logged_into() {
    let public = ["--public-url", "http://console.example:8080"];
    let console = Console::start_with("", "warn", &public);
    // The policy that hides the whole address makes browsers hide the origin of the form as well.
    let page = console.raw("GET", "/login?t=x", &[("host", "console.example:8080")], "");
    assert_eq!(
        page.header("referrer-policy").as_deref(),
        Some("strict-origin")
    );
    let form = [
        FORM,
        ("host", "console.example:8080"),
        ("origin", "http://console.example:8080"),
    ];
    assert_eq!(console.raw("POST", "/login", &form, "t=wrong").status, 401);
    let hidden = [FORM, ("host", "console.example:8080"), ("origin", "null")];
    assert_eq!(
        console.raw("POST", "/login", &hidden, "t=wrong").status,
        403
    );
}

#[test]
fn a_body_that_is_too_large_is_answered_after_all_of_it_was_sent() {
    let console = Console::start("");
    let text = "x".repeat(3_000_000);
    let answer = console.post("agent/send_message", json!({"id": "x", "text": text}));
    assert_eq!(answer.status, 413, "{}", answer.body);
    assert_eq!(answer.json()["error"], "too_large");
    let stranger = [
        ("content-type", "application/json"),
        ("origin", "http://evil.example"),
    ];
    let answer = request(
        console.port,
        "POST",
        "/api/agent/send_message",
        &stranger,
        &text,
    );
    assert_eq!(answer.status, 403);
}
