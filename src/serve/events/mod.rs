//! `GET /api/events`: a stream that tells open pages of new revisions as they are committed.
mod ask;
mod stream;

use super::shape::refusal;
use crate::api::authed::Cookie;
use crate::api::error::{ApiError, Code};
use ask::Ask;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName};
use axum::response::Response;
use backend::console::{Caller, Console};
use backend::events::Subscription;
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
            let mut response = Response::new(Body::from_stream(stream.into_parts()));
            let headers = response.headers_mut();
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
    Ok(Stream::new(console, caller, &cookie.value, joined))
}
