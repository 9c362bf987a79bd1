//! Unchanged polls end here: compared with what is in memory, without the database and Leptos.
use super::shape::{not_modified, refusal};
use crate::api::error::{ApiError, Code};
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, ETAG, HeaderName, IF_NONE_MATCH, VARY};
use axum::http::{HeaderMap, HeaderValue, Method, Request};
use axum::middleware::Next;
use axum::response::Response;
use backend::console::{Caller, Console};
use domain::id::SessionId;

const SESSION: &str = "/api/agent/get_session_with_metadata";
const LIST: &str = "/api/agent/list";
const KEEP: HeaderValue = HeaderValue::from_static("private, no-cache");
const DEPENDS: HeaderValue = HeaderValue::from_static("Accept-Encoding, Cookie");

/// A poll that finds nothing new.
pub(super) struct Unchanged {
    /// What the answer says.
    pub(super) headers: [(HeaderName, HeaderValue); 3],
    /// The session that it is about, if it is about one.
    pub(super) session: Option<SessionId>,
}

/// Whether a request for this path of the console is a read that may be conditional.
pub(super) fn is_read(method: &Method, path: &str) -> bool {
    *method == Method::GET && matches!(path, SESSION | LIST)
}

/// Answers a conditional read, or passes it on.
pub async fn conditional(
    State(console): State<Console>,
    request: Request<Body>,
    next: Next,
) -> Response {
    let path = request.uri().path();
    if !is_read(request.method(), path) {
        return next.run(request).await;
    }
    if let Some(caller) = request.extensions().get::<Caller>() {
        match unchanged(&console, caller, (path, &request)) {
            Err(error) => return refusal(&error),
            Ok(Some(found)) => return not_modified(found.headers),
            Ok(None) => {}
        }
    }
    let mut response = next.run(request).await;
    if response.status().is_success() {
        response.headers_mut().insert(VARY, DEPENDS);
    }
    response
}

/// What is known without the database, if the caller holds the state that is current; `path` is
/// the one within the console.
pub(super) fn unchanged<B>(
    console: &Console,
    caller: &Caller,
    (path, request): (&str, &Request<B>),
) -> Result<Option<Unchanged>, ApiError> {
    let session = match path {
        SESSION => Some(session_id(request.uri().query().unwrap_or_default())?),
        _ => None,
    };
    let current = match &session {
        Some(id) => console.etag(caller, id)?,
        None => console.list_etag(caller),
    };
    if !matches_any(request.headers(), &current) {
        return Ok(None);
    }
    let Ok(etag) = HeaderValue::try_from(current) else {
        return Ok(None);
    };
    let headers = [(ETAG, etag), (CACHE_CONTROL, KEEP), (VARY, DEPENDS)];
    Ok(Some(Unchanged { headers, session }))
}

/// The `id` of a query whose `since`, if there is one, is a number.
fn session_id(query: &str) -> Result<SessionId, ApiError> {
    let malformed = |what: &str| ApiError::new(Code::Malformed, &format!("{what} is malformed"));
    let value = |name: &str| {
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs
            .into_iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
    };
    if let Some(since) = value("since") {
        let is_number = since.parse::<u64>().is_ok_and(|since| since < 1 << 53);
        if !is_number || since.starts_with('+') {
            return Err(malformed("since"));
        }
    }
    value("id")
        .unwrap_or_default()
        .parse()
        .map_err(|_| malformed("id"))
}

/// Weak comparison with every validator of `If-None-Match`.
fn matches_any(headers: &HeaderMap, current: &str) -> bool {
    fn opaque(tag: &str) -> &str {
        tag.trim().trim_start_matches("W/")
    }
    let wanted = opaque(current);
    let all = headers
        .get_all(&IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok());
    all.flat_map(|line| line.split(','))
        .any(|tag| tag.trim() == "*" || opaque(tag) == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(value: &'static str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(IF_NONE_MATCH, HeaderValue::from_static(value));
        matches_any(&headers, "W/\"1.1.aaaaaaaa.0.7\"")
    }

    #[test]
    fn validators_are_compared_weakly_and_in_lists() {
        assert!(held("W/\"1.1.aaaaaaaa.0.7\""));
        assert!(held("\"1.1.aaaaaaaa.0.7\""));
        assert!(held("\"x\", W/\"1.1.aaaaaaaa.0.7\""));
        assert!(held("*"));
        assert!(!held("W/\"1.1.bbbbbbbb.0.7\""));
        assert!(!held("1.1.aaaaaaaa.0.7"));
        assert!(!held("garbage"));
    }

    #[test]
    fn a_malformed_id_or_since_is_told() {
        let id = "id=0199f0a0-1111-7222-8333-444455556666";
        assert!(session_id(id).is_ok());
        assert!(session_id(&format!("{id}&since=12&other=x")).is_ok());
        for bad in [
            "",
            "id=x",
            &format!("{id}&since="),
            &format!("{id}&since=-1"),
            &format!("{id}&since=1e9"),
        ] {
            assert_eq!(session_id(bad).unwrap_err().error, Code::Malformed, "{bad}");
        }
    }
}
