//! Bad input from outside: a clear refusal, or nothing where HTTP says so, and never a fault.
use super::support::{Answer, Console, until};

/// A session that there is not.
const NOBODY: &str = "0199f0a0-1111-7222-8333-444455556666";

fn started() -> (Console, String) {
    let console = Console::start("");
    let id = console.create("runbook", "hello");
    console.until(&id, "idle");
    (console, id)
}

/// Asserts a refusal in the shape of the API, with a text for a person.
#[track_caller]
fn refused(answer: &Answer, status: u16, code: &str, path: &str) {
    assert_eq!(answer.status, status, "{path}: {}", answer.body);
    let kind = answer.header("content-type");
    assert_eq!(kind.as_deref(), Some("application/json"), "{path}");
    let body = answer.json();
    assert_eq!(body["error"], code, "{path}");
    let message = body["message"].as_str().unwrap();
    assert!(
        message.len() > 10 && message.len() < 300,
        "{path}: {message}"
    );
}

#[test]
fn malformed_arguments_of_reads_are_told() {
    let (console, id) = started();
    let snapshot = format!("agent/get_session_with_metadata?id={id}");
    let mut malformed = Vec::new();
    for wrong in [
        "",
        "x",
        "1",
        &NOBODY[1..],
        "%00",
        "%ff",
        "../../etc",
        "null",
    ] {
        for function in [
            "agent/get?id=",
            "agent/get_session_with_metadata?id=",
            "agent/get_changed_files?id=",
            "git/status?session=",
        ] {
            malformed.push(format!("{function}{wrong}"));
        }
        malformed.push(format!("agent/get_thread?before=1&id={wrong}"));
        malformed.push(format!("agent/get_entry?seq=1&id={wrong}"));
    }
    malformed.push("agent/get".to_owned());
    malformed.push("agent/get_session_with_metadata?since=1".to_owned());
    let numbers = [
        "",
        "x",
        "-1",
        "1.5",
        "1e3",
        "+1",
        "0x10",
        "18446744073709551616",
        "%00",
    ];
    for wrong in numbers {
        malformed.push(format!("{snapshot}&since={wrong}"));
        malformed.push(format!("agent/get_entry?id={id}&seq={wrong}"));
        malformed.push(format!("agent/get_thread?id={id}&before={wrong}"));
        if !wrong.is_empty() {
            malformed.push(format!("agent/get_thread?id={id}&before=1&limit={wrong}"));
        }
    }
    malformed.push(format!("{snapshot}&since=9007199254740992"));
    malformed.push(format!("agent/get_entry?id={id}"));
    malformed.push(format!("agent/get_thread?id={id}"));
    for wrong in ["x", "-1", "1.5", "99999999999999999999"] {
        malformed.push(format!("agent/list?cursor={wrong}"));
        malformed.push(format!("agent/list?filter={wrong}"));
    }
    for path in malformed {
        let answer = console.get(&format!("/api/{path}"));
        refused(&answer, 400, "malformed", &path);
    }
}

#[test]
fn well_formed_arguments_that_fit_nothing_are_no_fault() {
    let (console, id) = started();
    let last = (1_u64 << 53) - 1;
    let cases = [
        (format!("agent/get?id={NOBODY}"), 404),
        (
            format!("agent/get_session_with_metadata?id={NOBODY}&since=1"),
            404,
        ),
        (format!("agent/get_thread?id={NOBODY}&before=1"), 404),
        (format!("agent/get_entry?id={id}&seq=0"), 404),
        (format!("agent/get_entry?id={id}&seq={last}"), 404),
        (
            format!("agent/get_session_with_metadata?id={id}&since={last}"),
            200,
        ),
        (
            format!("agent/get_session_with_metadata?id={}", id.to_uppercase()),
            200,
        ),
        (
            format!("agent/get_session_with_metadata?id={id}&more=%27%22"),
            200,
        ),
        (format!("agent/get_thread?id={id}&before=0"), 200),
        (
            format!("agent/get_thread?id={id}&before={last}&limit=0"),
            200,
        ),
        (
            format!("agent/get_thread?id={id}&before={last}&limit={last}"),
            200,
        ),
        (format!("agent/list?cursor={last}"), 200),
        (
            "agent/list?cursor=0&query=%25_%5C%27%20OR%201".to_owned(),
            200,
        ),
    ];
    for (path, status) in cases {
        let answer = console.get(&format!("/api/{path}"));
        assert_eq!(answer.status, status, "{path}: {}", answer.body);
        assert!(answer.json().is_object(), "{path}");
    }
}

#[test]
fn a_validator_that_is_none_is_ignored() {
    let (console, id) = started();
    let path = format!("/api/agent/get_session_with_metadata?id={id}");
    let etag = until("quiet", || {
        let etag = console.get(&path).header("etag")?;
        let again = console.raw("GET", &path, &[("if-none-match", &etag)], "");
        (again.status == 304).then_some(etag)
    });
    let long = format!("\"{}\"", "x".repeat(4000));
    let many = vec!["\"x\""; 500].join(",");
    let bare = etag.trim_start_matches("W/").trim_matches('"').to_owned();
    let wrong = [
        "",
        "\"",
        "W/",
        "W/\"\"",
        ",,,",
        "\u{e9}\"",
        "\"1.1..0.\"",
        &long,
        &many,
        &bare,
    ];
    for path in [path.as_str(), "/api/agent/list"] {
        for wrong in wrong {
            let answer = console.raw("GET", path, &[("if-none-match", wrong)], "");
            assert_eq!(answer.status, 200, "{wrong:.40}: {}", answer.body);
        }
    }
    let among = format!(", garbage ,,{etag}, \"");
    let answer = console.raw("GET", &path, &[("if-none-match", &among)], "");
    assert_eq!(answer.status, 304);
}

#[test]
fn pages_of_malformed_addresses_are_drawn_with_their_status() {
    let (console, id) = started();
    let cases = [
        ("/agents/x".to_owned(), 404),
        ("/agents/%00".to_owned(), 404),
        ("/agents/%ff%fe".to_owned(), 404),
        (format!("/agents/{}", "9".repeat(2000)), 404),
        (format!("/agents/{NOBODY}"), 404),
        (format!("/agents/{id}/more"), 404),
        (format!("/agents/{id}?since=x&id=y"), 200),
        ("/?filter=%00&cursor=x&query=%ff".to_owned(), 200),
        ("/agents/new?repo=%2e%2e%2f&agent=%00".to_owned(), 200),
        ("/login?t=%00".to_owned(), 200),
        ("/support?incident=%3Cscript%3E".to_owned(), 200),
    ];
    for (path, status) in cases {
        let headers = [("if-none-match", "\u{e9}, \"x")];
        let answer = console.raw("GET", &path, &headers, "");
        assert_eq!(answer.status, status, "{path:.60}");
        assert!(answer.body.contains("</html>"), "{path:.60}: a page");
        assert!(!answer.body.contains("<script>\""), "{path:.60}");
    }
}
