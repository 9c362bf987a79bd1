//! `GET /api/events`: a stream that brings changes to open pages as they are committed.
mod ask;
mod gzip;
mod stream;

use super::shape::refusal;
use crate::api::error::{ApiError, Code};
use crate::api::half::Cookie;
use ask::Ask;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName, VARY,
};
use axum::response::Response;
use backend::console::{Caller, Console};
use backend::events::Subscription;
use gzip::{Encoding, Gzip};
use stream::Stream;

/// Where streams are opened.
pub const PATH: &str = "/api/events";

const HEADERS: [(HeaderName, &str); 3] = [
    (CONTENT_TYPE, "text/event-stream"),
    (CACHE_CONTROL, "no-store"),
    // Proxies must pass on what comes as it comes.
    (HeaderName::from_static("x-accel-buffering"), "no"),
];

/// Opens a stream.
pub async fn events(State(console): State<Console>, request: Request) -> Response {
    match open(console, &request) {
        Ok(stream) => {
            let is_packed = stream.is_packed();
            let mut response = Response::new(Body::from_stream(stream.into_parts()));
            let headers = response.headers_mut();
            if is_packed {
                headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
                headers.insert(VARY, HeaderValue::from_static("Accept-Encoding"));
            }
            for (name, value) in HEADERS {
                headers.insert(name, HeaderValue::from_static(value));
            }
            response
        }
        Err(error) => refusal(&error),
    }
}

fn open(console: Console, request: &Request) -> Result<Stream, ApiError> {
    let extensions = request.extensions();
    let (Some(caller), Some(cookie)) = (extensions.get::<Caller>(), extensions.get::<Cookie>())
    else {
        return Err(ApiError::new(Code::Unauthenticated, "log in first"));
    };
    let ask = Ask::of(request.uri().query().unwrap_or_default(), request.headers())?;
    for id in &ask.sessions {
        console.head(caller, id)?;
    }
    let wanted = Subscription {
        user: caller.user().to_owned(),
        sessions: ask.sessions,
        is_list: ask.is_list,
    };
    let joined = console.events().join(wanted, ask.after.as_ref())?;
    // Streams without content are short words.
    let encoding = match !ask.since.is_empty() && takes_gzip(request.headers()) {
        true => Encoding::Gzip(Gzip::new()),
        false => Encoding::Plain,
    };
    let how = (ask.since, encoding);
    Ok(Stream::new(console, (caller, &cookie.value), joined, how))
}

/// Whether the reader takes gzip.
fn takes_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(ACCEPT_ENCODING).into_iter();
    let mut codings = accepted
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','));
    codings.any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let is_off = matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000");
        name.trim().eq_ignore_ascii_case("gzip") && !is_off
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_for_readers_that_take_it() {
        let takes = |line: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(line));
            takes_gzip(&headers)
        };
        assert!(takes("br, gzip;q=0.5") && takes("GZIP"));
        assert!(!takes("br") && !takes("gzip;q=0, br") && !takes("x-gzip"));
        assert!(!takes_gzip(&HeaderMap::new()));
    }
}
