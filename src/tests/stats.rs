//! What is counted, from outside: reports of pages, `/metrics`, and the page that shows it all.
use super::support::{Answer, Console, until};
use serde_json::{Value, json};

fn started() -> (Console, String) {
    let console = Console::start("");
    let id = console.create("runbook", "hello");
    console.until(&id, "idle");
    (console, id)
}

fn counts() -> Value {
    json!({
        "windowMs": 60_000,
        "starts": {"poll": 29, "mount": 1},
        "ok": 9, "notModified": 20, "joined": 1, "stale": 1,
        "payloadBytes": 40_000,
        "intervals": [25, 3, 1, 0, 0, 0, 0, 0, 0, 0],
        "cacheHit": 3, "cacheMiss": 1,
        "renders": {"thread_sidebar": 12, "transcript": 44},
    })
}

#[track_caller]
fn report(console: &Console, report: &Value, status: u16) -> Answer {
    let json = [("content-type", "application/json")];
    let answer = console.raw("POST", "/api/client/report", &json, &report.to_string());
    assert_eq!(answer.status, status, "{report}: {}", answer.body);
    answer
}

/// The value of a series of `/metrics`; absent is 0.
fn metric(console: &Console, series: &str) -> f64 {
    let text = console.get("/metrics").body;
    let line = text.lines().find(|line| {
        line.rsplit_once(' ')
            .is_some_and(|(name, _)| name == series)
    });
    line.map_or(0.0, |line| {
        line.rsplit(' ').next().unwrap().parse().unwrap()
    })
}

#[test]
fn reports_of_pages_are_counted_and_shown_to_prometheus() {
    let (console, id) = started();
    report(&console, &json!({"session": id, "counts": counts()}), 200);
    report(&console, &json!({"counts": counts()}), 200);
    let stale = json!({"kind": "stale", "ageMs": 5000, "intervalMs": 2000});
    report(&console, &json!({"session": id, "incident": stale}), 200);
    report(&console, &json!({"incident": stale, "counts": null}), 200);
    report(&console, &json!({}), 200);
    let wanted = [
        (r#"heddle_client_requests_total{cause="poll"}"#, 58.0),
        (
            r#"heddle_client_renders_total{component="transcript"}"#,
            88.0,
        ),
        (r#"heddle_client_cache_total{outcome="hit"}"#, 6.0),
        (
            r#"heddle_client_poll_interval_seconds_bucket{le="3"}"#,
            56.0,
        ),
        ("heddle_client_poll_interval_seconds_count", 58.0),
        ("heddle_stale_incidents_total", 2.0),
    ];
    for (series, value) in wanted {
        assert_eq!(metric(&console, series), value, "{series}");
    }
    let of = |query: &str| console.get(&format!("/api/stats{query}")).json();
    assert_eq!(of("")["total"]["pages"]["notModified"], 40);
    let own = of(&format!("?session={id}"));
    assert_eq!(own["total"]["pages"]["notModified"], 20);
    assert_eq!(own["total"]["staleIncidents"], 1);
    assert_eq!(own["session"]["id"], json!(id));
}

#[test]
fn a_report_with_wild_numbers_is_rejected_whole() {
    let (console, id) = started();
    let with = |name: &str, value: Value| {
        let mut counts = counts();
        counts[name] = value;
        json!({"session": id, "counts": counts})
    };
    let wild = [
        with("windowMs", json!(86_400_001)),
        with("windowMs", json!(-1)),
        with("windowMs", json!("x")),
        with("starts", json!({"poll": 5_000})),
        with("starts", json!({"made up": 1})),
        with("intervals", json!([1, 2, 3])),
        with("intervals", json!([0, 0, 0, 0, 0, 0, 0, 0, 0, 1e300])),
        with("renders", json!({"transcript": 1_u64 << 60})),
        with("renders", json!({"<script>": 1})),
        with("payloadBytes", json!(2_u64 << 30)),
        with("ok", json!(u64::MAX)),
        json!({"session": "x"}),
        json!({"incident": {"kind": "stale", "ageMs": u64::MAX, "intervalMs": 1}, "counts": counts()}),
        json!({"incident": {"kind": "unheard of"}}),
    ];
    for wild in wild {
        let answer = report(&console, &wild, 400);
        assert_eq!(answer.json()["error"], "malformed");
    }
    let nobody = json!({"session": "0199f0a0-1111-7222-8333-444455556666", "counts": counts()});
    report(&console, &nobody, 404);
    assert_eq!(
        metric(&console, "heddle_client_poll_interval_seconds_count"),
        0.0
    );
    assert_eq!(metric(&console, "heddle_stale_incidents_total"), 0.0);
    let foreign = [
        ("content-type", "application/json"),
        ("origin", "https://evil.com"),
    ];
    let answer = console.raw("POST", "/api/client/report", &foreign, "{}");
    assert_eq!(answer.status, 403, "the rules of other POSTs hold");
}

#[test]
fn a_page_that_reports_without_end_is_told_to_wait() {
    let console = Console::start("");
    let limited = until("429", || {
        let json = [("content-type", "application/json")];
        let answer = console.raw("POST", "/api/client/report", &json, "{}");
        (answer.status != 200).then_some(answer)
    });
    assert_eq!(limited.status, 429);
    assert_eq!(limited.json()["error"], "rate_limited");
}

#[test]
fn calls_payloads_and_bytes_are_counted_by_session() {
    let (console, id) = started();
    let path = format!("/api/agent/get_session_with_metadata?id={id}");
    let sent = console.get(&path).bytes.len();
    console.post(
        "agent/update_session",
        json!({"id": id, "revision": 0, "title": "x"}),
    );
    let own = format!("/api/stats?session={id}");
    let stats = until("both calls", || {
        let stats = console.get(&own).json();
        let calls = stats["total"]["calls"].as_array().unwrap().clone();
        let has = |name: &str| calls.iter().any(|calls| calls["function"] == name);
        (has("agent/update_session") && has("agent/get_session_with_metadata")).then_some(stats)
    });
    let calls = stats["total"]["calls"].as_array().unwrap();
    let of = |name: &str| {
        calls
            .iter()
            .find(|calls| calls["function"] == name)
            .unwrap()
    };
    assert_eq!(of("agent/get_session_with_metadata")["bytes"], sent);
    assert_eq!(of("agent/update_session")["status"], 409);
    assert!(
        calls
            .iter()
            .all(|calls| calls["function"] != "agent/create_session")
    );
    assert_eq!(stats["total"]["payloadBytes"], sent);
    assert_eq!(metric(&console, "heddle_session_payload_bytes_count"), 1.0);
    let all = console.get("/api/stats").json();
    assert_eq!(all["sessions"][0]["id"], json!(id));
    assert!(all["minutes"].as_array().unwrap().len() <= 2);
}

#[test]
fn the_statistics_are_a_whole_page_without_scripts() {
    let (console, id) = started();
    report(&console, &json!({"session": id, "counts": counts()}), 200);
    let page = until("the counted session", || {
        let page = console.get("/stats");
        page.body
            .contains(&format!("/stats?session={id}"))
            .then_some(page)
    });
    assert_eq!((page.status, page.header("etag")), (200, None));
    for text in [
        "<h1",
        "Calls per minute",
        "role=\"img\"",
        "<rect",
        "<table",
        "thread sidebar",
        "client/report 200",
        "75 %",
    ] {
        assert!(page.body.contains(text), "{text}");
    }
    assert!(!page.body.contains(" style="), "the policy forbids it");
    let own = console.get(&format!("/stats?session={id}"));
    assert_eq!(own.status, 200);
    assert!(own.body.contains("Statistics of hello") && own.body.contains("All sessions"));
    for nobody in ["x", "%00", "0199f0a0-1111-7222-8333-444455556666"] {
        assert_eq!(console.get(&format!("/stats?session={nobody}")).status, 404);
    }
    assert!(
        console.get("/").body.contains("href=\"/stats\""),
        "the bar leads there"
    );
    let nobody = console.raw("GET", "/stats", &[("cookie", "x=y")], "");
    assert_eq!(nobody.status, 303);
}
