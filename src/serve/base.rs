//! The path that the console is below, with a proxy before it: taken off before anything else looks
//! at a request, put before every address that is sent.
use super::shape::headers;
use crate::components::Base;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::request::Parts;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use leptos::prelude::{provide_context, use_context};
use leptos_router::location::RequestUrl;
use std::sync::Arc;
use tower::Layer;

/// What those ask who know the console itself and not the proxy; also answered without the path.
const PROBES: [&str; 3] = ["/healthz", "/readyz", "/metrics"];
/// The door for other nodes, which is never below the path.
const NODES: &str = "/node/";

/// A path of a request, seen from the console.
#[derive(Debug, PartialEq, Eq)]
enum Place<'a> {
    /// One of the console's.
    Inside(&'a str),
    /// The first page without its slash.
    Home,
    /// None of the console's.
    Outside,
}

/// The console below a path, such as `/heddle`; at the root of the host if it is empty.
pub fn below(base: &str, app: Router) -> Router {
    if base.is_empty() {
        return app;
    }
    let stripped = from_fn_with_state(Arc::<str>::from(base), strip).layer(app);
    Router::new().fallback_service(stripped)
}

async fn strip(State(base): State<Arc<str>>, mut request: Request, next: Next) -> Response {
    let uri = request.uri();
    match place(&base, uri.path()) {
        Place::Inside(path) => match with_path(uri, path) {
            Some(uri) => {
                *request.uri_mut() = uri;
                next.run(request).await
            }
            None => outside(&base),
        },
        Place::Home => home(&base, uri.query()),
        Place::Outside => outside(&base),
    }
}

fn place<'a>(base: &str, path: &'a str) -> Place<'a> {
    match path.strip_prefix(base) {
        Some("") => Place::Home,
        Some(inner) if inner.starts_with('/') && !inner.starts_with(NODES) => Place::Inside(inner),
        None if PROBES.contains(&path) || path.starts_with(NODES) => Place::Inside(path),
        Some(_) | None => Place::Outside,
    }
}

fn with_path(uri: &Uri, path: &str) -> Option<Uri> {
    let whole: PathAndQuery = match uri.query() {
        Some(query) => format!("{path}?{query}").parse().ok()?,
        None => path.parse().ok()?,
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(whole);
    Uri::from_parts(parts).ok()
}

fn home(base: &str, query: Option<&str>) -> Response {
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::PERMANENT_REDIRECT;
    if let Ok(place) = HeaderValue::from_str(&format!("{base}/{query}")) {
        response.headers_mut().insert(LOCATION, place);
    }
    headers("/", &mut response);
    response
}

fn outside(base: &str) -> Response {
    let text = format!("nothing is here; the console is at {base}/\n");
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = StatusCode::NOT_FOUND;
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    headers("/", &mut response);
    response
}

/// Tells the page that is about to be drawn where the console is; the router of the page knows
/// whole paths, as the browser's address has them.
pub fn provide_base(base: &str) {
    provide_context(Base(base.to_owned()));
    if let Some(parts) = use_context::<Parts>().filter(|_| !base.is_empty()) {
        let path = parts.uri.path_and_query().map_or("/", PathAndQuery::as_str);
        provide_context(RequestUrl::new(&format!("http://leptos.dev{base}{path}")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_of_the_console_below_its_base_and_probes_everywhere() {
        let place = |path| place("/heddle", path);
        assert_eq!(place("/heddle/"), Place::Inside("/"));
        assert_eq!(place("/heddle/agents/new"), Place::Inside("/agents/new"));
        assert_eq!(place("/heddle"), Place::Home);
        for path in [
            "/",
            "/heddles/",
            "/heddles",
            "/agents/new",
            "/HEDDLE/",
            "/api",
        ] {
            assert_eq!(place(path), Place::Outside, "{path}");
        }
        assert_eq!(place("/healthz"), Place::Inside("/healthz"));
        assert_eq!(place("/heddle/healthz"), Place::Inside("/healthz"));
        assert_eq!(place("/node/v1/read"), Place::Inside("/node/v1/read"));
        assert_eq!(place("/heddle/node/v1/read"), Place::Outside);
    }

    #[test]
    fn a_query_stays_as_it_is() {
        let uri = "http://heddle.example/heddle/api?a=%2F&b".parse().unwrap();
        let inner = with_path(&uri, "/api").unwrap();
        assert_eq!(inner, "http://heddle.example/api?a=%2F&b");
    }
}
