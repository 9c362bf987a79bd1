//! Answers as bytes: what a 304 sends on both versions of HTTP, what is logged and counted.
use super::support::{Answer, Console, until};
use serde_json::{Value, json};
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// Longest wait for an answer.
const PATIENCE: Duration = Duration::from_secs(20);
/// Types and flags of frames. Source: RFC 9113, section 6.
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const END_STREAM: u8 = 1;

/// A connection that keeps a copy of what it read.
struct Recorded {
    stream: TcpStream,
    read: Arc<Mutex<Vec<u8>>>,
}

impl AsyncRead for Recorded {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        let new = &buffer.filled()[before..];
        self.read.lock().unwrap().extend_from_slice(new);
        polled
    }
}

impl AsyncWrite for Recorded {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// Type and flags of every frame of the first stream.
fn frames(mut bytes: &[u8]) -> Vec<(u8, u8)> {
    let mut found = Vec::new();
    while let [a, b, c, kind, flags, w, x, y, z, rest @ ..] = bytes {
        let length = u32::from_be_bytes([0, *a, *b, *c]) as usize;
        if u32::from_be_bytes([*w, *x, *y, *z]) == 1 {
            found.push((*kind, *flags));
        }
        bytes = rest.get(length..).unwrap_or_default();
    }
    found
}

/// Status, headers and frames of one request over HTTP/2 without TLS.
async fn over_h2(
    console: &Console,
    path: &str,
    etag: &str,
) -> (u16, axum::http::HeaderMap, Vec<(u8, u8)>) {
    let address = ("127.0.0.1", console.port);
    let stream = TcpStream::connect(address).await.unwrap();
    let read = Arc::new(Mutex::new(Vec::new()));
    let recorded = Recorded {
        stream,
        read: read.clone(),
    };
    let (mut client, connection) = h2::client::handshake(recorded).await.unwrap();
    let connection = tokio::spawn(connection);
    let request = axum::http::Request::get(format!("http://127.0.0.1:{}{path}", console.port))
        .header("cookie", console.cookie())
        .header("if-none-match", etag)
        .body(())
        .unwrap();
    let (answer, _) = client.send_request(request, true).unwrap();
    let (head, mut body) = answer.await.unwrap().into_parts();
    while let Some(data) = body.data().await {
        let length = data.unwrap().len();
        body.flow_control().release_capacity(length).unwrap();
    }
    connection.abort();
    let frames = frames(&read.lock().unwrap());
    (head.status.as_u16(), head.headers, frames)
}

/// An idle session that changes no more, and the answer of its read.
fn quiet(console: &Console) -> (String, Answer) {
    let id = console.create("runbook", "hello");
    console.until(&id, "idle");
    let path = format!("/api/agent/get_session_with_metadata?id={id}");
    let answer = until("quiet", || {
        let answer = console.get(&path);
        let etag = answer.header("etag")?;
        let again = console.raw("GET", &path, &[("if-none-match", &etag)], "");
        (again.status == 304).then_some(answer)
    });
    (path, answer)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unchanged_read_ends_with_its_headers_on_http_2() {
    let console = Console::start("");
    let (path, whole) = quiet(&console);
    let etag = whole.header("etag").unwrap();
    for path in [path.as_str(), &format!("{path}&since=1")] {
        let asked = over_h2(&console, path, &etag);
        let (status, headers, frames) = tokio::time::timeout(PATIENCE, asked).await.unwrap();
        assert_eq!(status, 304);
        let kinds: Vec<u8> = frames.iter().map(|(kind, _)| *kind).collect();
        assert_eq!(kinds, [HEADERS], "nothing but headers");
        assert_eq!(frames[0].1 & END_STREAM, END_STREAM);
        let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap());
        assert_eq!(text("etag"), Some(etag.as_str()));
        assert_eq!(text("cache-control"), Some("private, no-cache"));
        assert_eq!(text("vary"), Some("Accept-Encoding, Cookie"));
        for absent in ["content-type", "content-length", "content-encoding"] {
            assert_eq!(text(absent), None, "{absent}");
        }
    }
    let asked = over_h2(&console, &path, "\"another\"");
    let (status, _, frames) = tokio::time::timeout(PATIENCE, asked).await.unwrap();
    assert_eq!(status, 200);
    assert!(frames.iter().any(|(kind, _)| *kind == DATA), "{frames:?}");
}

#[test]
fn an_unchanged_read_is_headers_alone_on_http_1() {
    let console = Console::start("");
    let (path, whole) = quiet(&console);
    let etag = whole.header("etag").unwrap();
    let asked = [("if-none-match", etag.as_str()), ("accept-encoding", "br")];
    let again = console.raw("GET", &path, &asked, "");
    assert_eq!((again.status, again.bytes.len()), (304, 0));
    for name in ["etag", "vary", "cache-control"] {
        assert_eq!(again.header(name), whole.header(name), "{name}");
        assert!(again.header(name).is_some(), "{name}");
    }
    for absent in [
        "content-type",
        "content-length",
        "content-encoding",
        "transfer-encoding",
    ] {
        assert_eq!(again.header(absent), None, "{absent}");
    }
    let list = console.get("/api/agent/list");
    let etag = list.header("etag").unwrap();
    let again = console.raw("GET", "/api/agent/list", &[("if-none-match", &etag)], "");
    assert_eq!((again.status, again.bytes.len()), (304, 0));
    assert_eq!(again.header("etag"), Some(etag));
}

#[test]
fn a_validator_of_another_viewer_or_configuration_is_no_match() {
    let console = Console::start("");
    let (path, whole) = quiet(&console);
    let etag = whole.header("etag").unwrap();
    let parts: Vec<&str> = etag.split('.').collect();
    let [version, schema, viewer, config, revision] = parts[..] else {
        panic!("{etag}");
    };
    let other_viewer = viewer.replace(|_| true, "0");
    let others = [
        format!("{version}.{schema}.{other_viewer}.{config}.{revision}"),
        format!("{version}.{schema}.{viewer}.99.{revision}"),
        format!("{version}.2.{viewer}.{config}.{revision}"),
        format!("{version}.{schema}.{viewer}.{config}.99999\""),
    ];
    for other in others {
        let answer = console.raw("GET", &path, &[("if-none-match", &other)], "");
        assert_eq!(answer.status, 200, "{other}");
        assert_eq!(answer.header("etag").as_deref(), Some(etag.as_str()));
    }
    let nobody = [("if-none-match", "*"), ("cookie", "heddle_0=x")];
    assert_eq!(console.raw("GET", &path, &nobody, "").status, 401);
}

#[test]
fn a_page_never_carries_the_validator_of_the_api_nor_answers_304() {
    let console = Console::start("");
    let (path, whole) = quiet(&console);
    let id = path.split("id=").nth(1).unwrap();
    let list = console.get("/api/agent/list");
    let held = format!(
        "{}, {}",
        whole.header("etag").unwrap(),
        list.header("etag").unwrap()
    );
    for page in [format!("/agents/{id}"), "/".to_owned()] {
        for held in [held.as_str(), "*"] {
            let answer = console.raw("GET", &page, &[("if-none-match", held)], "");
            assert_eq!(answer.status, 200, "{page}");
            assert_eq!(answer.header("etag"), None, "{page}");
            assert_eq!(answer.header("cache-control").as_deref(), Some("no-store"));
            assert!(answer.body.contains("</html>"), "{page}");
        }
    }
}

/// The request lines of one function.
fn logged(console: &Console, function: &str) -> Vec<Value> {
    let lines = console.log();
    let of = |line: &&Value| line["target"] == "heddle::requests";
    let lines = lines.iter().filter(of).map(|line| line["fields"].clone());
    lines.filter(|line| line["function"] == function).collect()
}

/// The value of a series of `/metrics`.
fn metric(console: &Console, series: &str) -> u64 {
    let text = console.get("/metrics").body;
    let line = text.lines().find(|line| line.starts_with(series));
    line.map_or(0, |line| {
        line.rsplit(' ').next().unwrap().parse::<u64>().unwrap()
    })
}

#[test]
fn every_answer_is_logged_once_with_its_bytes_and_duration_and_counted() {
    const SECRET: &str = "what nobody should read in a log";
    let console = Console::start_logging("", "info");
    let id = console.create("runbook", &format!("{SECRET} {}", "text ".repeat(2000)));
    console.until(&id, "idle");
    let path = format!("/api/agent/get_session_with_metadata?id={id}");
    let plain = console.get(&path);
    let packed = console.raw("GET", &path, &[("accept-encoding", "br")], "");
    assert_eq!(packed.header("content-encoding").as_deref(), Some("br"));
    assert!(packed.bytes.len() * 4 < plain.bytes.len(), "compressed");
    let etag = plain.header("etag").unwrap();
    let same = console.raw("GET", &path, &[("if-none-match", &etag)], "");
    let wrong = console.get("/api/agent/get_session_with_metadata?id=x");
    let answers = [&plain, &packed, &same, &wrong];
    let function = "agent/get_session_with_metadata";
    let lines = until("four lines", || {
        Some(logged(&console, function)).filter(|lines| lines.len() >= answers.len())
    });
    assert_eq!(lines.len(), answers.len(), "{lines:#?}");
    for (line, answer) in lines.iter().zip(answers) {
        assert_eq!(line["status"], answer.status);
        assert_eq!(line["bytes"], answer.bytes.len(), "{line}");
        assert!(line["duration_ms"].is_u64(), "{line}");
    }
    let whole = std::fs::read_to_string(console.folder.path().join("stderr.txt")).unwrap();
    assert!(!whole.contains("nobody should read") && !whole.contains(&etag));
    let sent: usize = answers.iter().map(|answer| answer.bytes.len()).sum();
    let bytes = format!("heddle_api_response_bytes{{function=\"{function}\"}}");
    assert_eq!(metric(&console, &bytes), sent as u64);
    let requests = |status: u16| {
        let labels = format!("function=\"{function}\",status=\"{status}\"");
        metric(&console, &format!("heddle_api_requests_total{{{labels}}}"))
    };
    assert_eq!((requests(200), requests(304), requests(400)), (2, 1, 1));
}

#[test]
fn what_is_no_function_is_logged_under_one_name() {
    let console = Console::start_logging("", "info");
    console.get("/api/made/up?token=secret");
    console.raw("GET", "/api/agent/cancel", &[], "");
    console.post("agent/cancel", json!({"id": "x"}));
    let unknown = until("the line", || logged(&console, "unknown").pop());
    assert_eq!(unknown["status"], 404);
    let of = until("both lines", || {
        Some(logged(&console, "agent/cancel")).filter(|lines| lines.len() == 2)
    });
    assert_eq!(
        (&of[0]["status"], &of[1]["status"]),
        (&json!(405), &json!(400))
    );
}
