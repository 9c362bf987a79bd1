//! The shape of every answer: JSON errors under `/api`, security headers everywhere, counts.
use super::attachments;
use super::counted::counted;
use super::events;
use crate::api::error::{ApiError, Code};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
    HeaderName, LOCATION, REFERRER_POLICY, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use backend::console::Console;
use backend::telemetry::Call;
use domain::id::SessionId;
use leptos::server_fn::axum::server_fn_paths;
use serde::Deserialize;
use std::collections::HashSet;
use std::sync::LazyLock;
use std::time::Duration;

/// Bytes of a request at the most. Source: security 5.2.
pub const BODY_LIMIT: usize = 1024 * 1024;
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// An error as an answer.
#[must_use]
pub fn refusal(error: &ApiError) -> Response {
    let body = serde_json::to_vec(error).unwrap_or_default();
    let mut response = Response::new(Body::from(body));
    let status = StatusCode::from_u16(error.error.status());
    *response.status_mut() = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, JSON);
    response
}

/// The answer under `/api` that no server function gave.
pub async fn unknown() -> Response {
    refusal(&ApiError::new(Code::NotFound, "there is no such function"))
}

/// Whether a path is the API's.
#[must_use]
pub fn is_api(path: &str) -> bool {
    path == "/api" || path.starts_with("/api/")
}

/// Lets only JSON objects through to the functions that change something.
pub async fn objects(request: Request, next: Next) -> Response {
    if *request.method() != Method::POST || !is_api(request.uri().path()) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, BODY_LIMIT).await else {
        return refusal(&by_status(StatusCode::PAYLOAD_TOO_LARGE));
    };
    if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
        return refusal(&ApiError::new(Code::Malformed, "send a JSON object"));
    }
    let about = serde_json::from_slice::<About>(&bytes).unwrap_or_default();
    let request = Request::from_parts(parts, Body::from(bytes));
    let mut response = next.run(request).await;
    response.extensions_mut().insert(about);
    response
}

/// The session that a request names, as far as it can be told from its arguments.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct About {
    id: Option<String>,
    session: Option<String>,
}

impl About {
    fn query(query: &str) -> Self {
        let value = |name: &str| {
            let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            let found = pairs.find(|(key, _)| *key == name);
            found.map(|(_, value)| value.to_owned())
        };
        Self {
            id: value("id"),
            session: value("session"),
        }
    }

    /// Its session, if it is one of the console's.
    fn known(self, console: &Console) -> Option<SessionId> {
        let id: SessionId = self.id.or(self.session)?.parse().ok()?;
        console.heads().get(&id).map(|_| id)
    }
}

/// Shapes the answer of every request; one of the API is counted and logged when it has been sent.
pub async fn shape(State(console): State<Console>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    if !is_api(&path) {
        let mut response = next.run(request).await;
        headers(&path, &mut response);
        return response;
    }
    let watch = backend::clock::stopwatch();
    let query = About::query(request.uri().query().unwrap_or_default());
    let mut response = as_json(next.run(request).await);
    headers(&path, &mut response);
    let about = response.extensions_mut().remove().unwrap_or(query);
    let session = about.known(&console);
    let (status, function) = (response.status().as_u16(), function(&path));
    counted(response, move |bytes| {
        let call = Call {
            function,
            status,
            bytes,
            session,
        };
        answered(&console, &call, watch.elapsed());
    })
}

/// Counts and logs an answer that has been sent, so long after its request came.
pub(super) fn answered(console: &Console, call: &Call, after: Duration) {
    let (function, status, bytes) = (call.function, call.status, call.bytes);
    let duration_ms = u64::try_from(after.as_millis()).unwrap_or(u64::MAX);
    tracing::info!(
        target: "heddle::requests",
        function,
        status,
        bytes,
        duration_ms,
        "answered {function} with {status}"
    );
    console.telemetry().call(call);
}

/// The function that a path names; one word for all that there are not.
pub(super) fn function(path: &str) -> &'static str {
    static KNOWN: LazyLock<HashSet<&str>> = LazyLock::new(|| {
        let others = [attachments::UPLOAD, attachments::GET, events::PATH];
        let known = server_fn_paths().map(|(known, _)| known).chain(others);
        known
            .filter_map(|known| known.strip_prefix("/api/"))
            .collect()
    });
    let known = path.strip_prefix("/api/").and_then(|path| KNOWN.get(path));
    known.copied().unwrap_or("unknown")
}

fn as_json(response: Response) -> Response {
    let status = response.status();
    let kind = response.headers().get(CONTENT_TYPE);
    let is_json = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    if status.is_success() || status == StatusCode::NOT_MODIFIED {
        let mut response = response;
        if !is_json && status != StatusCode::NOT_MODIFIED && !is_stream(&response) {
            response.headers_mut().insert(CONTENT_TYPE, JSON);
        }
        return response;
    }
    let mut response = if is_json || has_error_body(&response) {
        response
    } else {
        refusal(&by_status(status))
    };
    response.headers_mut().insert(CONTENT_TYPE, JSON);
    response.headers_mut().remove(LOCATION);
    response.headers_mut().remove("serverfnerror");
    response
}

/// Whether an answer is no JSON on purpose: events, or the content of an attachment.
fn is_stream(response: &Response) -> bool {
    let kind = response.headers().get(CONTENT_TYPE);
    let is_events = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
    is_events || response.headers().contains_key(CONTENT_DISPOSITION)
}

/// Server functions mark their errors with a header and write them as JSON.
fn has_error_body(response: &Response) -> bool {
    response.headers().contains_key("serverfnerror")
}

fn by_status(status: StatusCode) -> ApiError {
    match status.as_u16() {
        400 => ApiError::new(Code::Malformed, "the request is malformed"),
        401 => ApiError::new(Code::Unauthenticated, "log in first"),
        403 => ApiError::new(Code::Forbidden, "this is not allowed"),
        404 => ApiError::new(Code::NotFound, "there is no such function"),
        405 => ApiError::new(Code::Method, "this method is not allowed here"),
        413 => ApiError::new(Code::TooLarge, "the request is too large"),
        415 => ApiError::new(Code::UnsupportedType, "send application/json"),
        503 => ApiError::new(Code::Unavailable, "the console is busy; try again"),
        _ => ApiError::incident("an answer without a shape"),
    }
}

const EVERYWHERE: [(HeaderName, HeaderValue); 5] = [
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), microphone=(), geolocation=(), clipboard-read=()"),
    ),
];
const NOTHING: HeaderValue =
    HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; base-uri 'none'");

/// Gives an answer the headers that all have; `path` is the one within the console.
pub(super) fn headers(path: &str, response: &mut Response) {
    let is_missing = response.status() == StatusCode::NOT_FOUND;
    let is_away = response.status() == StatusCode::SERVICE_UNAVAILABLE;
    let headers = response.headers_mut();
    if is_away && !headers.contains_key(RETRY_AFTER) {
        headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
    }
    for (name, value) in EVERYWHERE {
        headers.insert(name, value);
    }
    if !headers.contains_key(CONTENT_SECURITY_POLICY) {
        headers.insert(CONTENT_SECURITY_POLICY, NOTHING);
    }
    if !headers.contains_key(CACHE_CONTROL) {
        let is_hashed = path.starts_with("/pkg/") && !is_missing;
        let keep = if is_hashed {
            "public, max-age=31536000, immutable"
        } else {
            "no-store"
        };
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(keep));
    }
    // Its address has the token, which no `Referer` may carry.
    if path == "/login" {
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("strict-origin"));
    }
}

/// A 304 has no body and says nothing about one.
#[must_use]
pub fn not_modified<const N: usize>(headers: [(HeaderName, HeaderValue); N]) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    response.headers_mut().reserve(16);
    response.headers_mut().extend(headers);
    response
}

/// Takes the length back that axum gives every answer: the length of nothing is not the length of
/// what a 304 stands for.
#[must_use]
pub fn without_length(mut response: Response) -> Response {
    if response.status() == StatusCode::NOT_MODIFIED {
        response.headers_mut().remove(CONTENT_LENGTH);
    }
    response
}
