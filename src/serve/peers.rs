//! The door for other nodes: a path of its own, their secret, and no browser behind it.
use super::hosts::Hosts;
use super::shape::refusal;
use crate::api::error::{ApiError, Code};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_TYPE, HOST, HeaderMap, ORIGIN};
use axum::response::Response;
use axum::routing::post;
use backend::console::Console;
use backend::nodes::peers::{PATH, SECRET};
use std::sync::Arc;
use tower_http::catch_panic::CatchPanicLayer;

/// Bytes of a question at the most.
const QUESTION: usize = 1024 * 1024;

#[derive(Clone)]
struct Door {
    console: Console,
    hosts: Arc<Hosts>,
}

/// What other nodes may ask; nothing if this one is alone.
pub fn peers(console: Console, hosts: Arc<Hosts>) -> Router {
    if console.setup().node.cluster.is_none() {
        return Router::new();
    }
    Router::new()
        .route(PATH, post(answer))
        .layer(CatchPanicLayer::new())
        .layer(DefaultBodyLimit::max(QUESTION))
        .with_state(Door { console, hosts })
}

async fn answer(State(door): State<Door>, headers: HeaderMap, body: Bytes) -> Response {
    if let Err(error) = door.check(&headers) {
        return refusal(&error);
    }
    match door.console.answer_node(&body).await {
        Ok(answer) => {
            let mut response = Response::new(Body::from(answer));
            let json = HeaderValue::from_static("application/json");
            response.headers_mut().insert(CONTENT_TYPE, json);
            response
        }
        Err(failed) => refusal(&ApiError::from(failed)),
    }
}

impl Door {
    fn check(&self, headers: &HeaderMap) -> Result<(), ApiError> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let host = text(HOST.as_str()).unwrap_or_default();
        let cluster = self.console.setup().node.cluster.as_ref();
        let own = cluster.and_then(|cluster| cluster.url.strip_prefix("http://"));
        if own != Some(host) && !self.hosts.knows(host) {
            let text = "this host is not the node's";
            return Err(ApiError::new(Code::WrongHost, text));
        }
        if headers.contains_key(ORIGIN) || headers.contains_key("sec-fetch-site") {
            return Err(ApiError::new(Code::Forbidden, "this is for nodes only"));
        }
        if !self.console.is_node(text(SECRET).unwrap_or_default()) {
            let text = "this is not the secret of the nodes";
            return Err(ApiError::new(Code::Unauthenticated, text));
        }
        Ok(())
    }
}
