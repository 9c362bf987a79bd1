//! Who is let in: checked before routing, for every method and every path.
use super::attachments;
use super::elsewhere::{again, comes_from_elsewhere};
use super::hosts::Hosts;
use super::shape::{is_api, refusal};
use crate::api::error::{ApiError, Code};
use crate::api::half::Cookie;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{
    ACCEPT, CONTENT_TYPE, COOKIE, HOST, HeaderMap, LOCATION, ORIGIN, REFERER,
};
use axum::http::uri::Authority;
use axum::http::{HeaderValue, Method, Request, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use backend::console::{Caller, Console};
use std::sync::Arc;

/// What the guard needs to know.
#[derive(Debug, Clone)]
pub struct Guard {
    /// The console.
    pub console: Console,
    /// The console's own hosts and origins.
    pub hosts: Arc<Hosts>,
    /// Name of the login cookie.
    pub cookie: Arc<str>,
}

/// Lets a request in, with its caller, or answers it.
pub async fn guard(State(guard): State<Guard>, mut request: Request<Body>, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    if let Err(error) = check(&guard.hosts, &path, &request) {
        return refusal(&error);
    }
    if is_api(&path) {
        request.headers_mut().remove(REFERER);
        request
            .headers_mut()
            .insert(ACCEPT, HeaderValue::from_static("application/json"));
    }
    let caller = match caller(&guard, request.headers()).await {
        Ok(caller) => caller,
        Err(error) => return refusal(&error),
    };
    match caller {
        Some(caller) => {
            let value = cookie(request.headers(), &guard.cookie)
                .unwrap_or_default()
                .to_owned();
            request.extensions_mut().insert(Cookie {
                name: guard.cookie.to_string(),
                value,
                path: guard.hosts.cookie_path().to_owned(),
            });
            request.extensions_mut().insert(caller);
        }
        None if is_open(&path, is_local(&guard.hosts, &request)) => {}
        None if is_api(&path) => {
            return refusal(&ApiError::new(Code::Unauthenticated, "log in first"));
        }
        None if comes_from_elsewhere(&guard.hosts, &request) => {
            return again(guard.hosts.base(), request.uri());
        }
        None => return to_login(guard.hosts.base()),
    }
    next.run(request).await
}

/// Paths that need no login.
fn is_open(path: &str, is_local: bool) -> bool {
    let is_asset = path.starts_with("/pkg/") || path == "/favicon.svg" || path == "/favicon.ico";
    is_asset
        || path == "/login"
        || path == "/healthz"
        || (is_local && matches!(path, "/readyz" | "/metrics"))
}

/// Whether a request names the console as its own machine does, and not as a proxy's clients do.
fn is_local<B>(hosts: &Hosts, request: &Request<B>) -> bool {
    let in_uri = request.uri().authority().map(Authority::as_str);
    let host = request.headers().get(HOST);
    let mut named = host
        .and_then(|host| host.to_str().ok())
        .into_iter()
        .chain(in_uri);
    named.all(|name| hosts.is_local(name))
}

fn to_login(base: &str) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    if let Ok(place) = HeaderValue::from_str(&format!("{base}/login")) {
        response.headers_mut().insert(LOCATION, place);
    }
    response
}

async fn caller(guard: &Guard, headers: &HeaderMap) -> Result<Option<Caller>, ApiError> {
    let Some(session) = cookie(headers, &guard.cookie) else {
        return Ok(None);
    };
    Ok(guard.console.caller(session).await?)
}

/// The value of a cookie.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let pairs = all
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs
        .into_iter()
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// Whether a request of this form for this path of the console may come in, whoever sends it.
pub(super) fn check<B>(hosts: &Hosts, path: &str, request: &Request<B>) -> Result<(), ApiError> {
    let headers = request.headers();
    check_host(hosts, request)?;
    let method = request.method();
    if !matches!(*method, Method::GET | Method::HEAD | Method::POST) {
        return Err(ApiError::new(
            Code::Method,
            "this method is not allowed here",
        ));
    }
    let is_api = is_api(path);
    if is_api && *method == Method::HEAD {
        return Err(ApiError::new(
            Code::Method,
            "this method is not allowed here",
        ));
    }
    check_site(hosts, headers, *method == Method::POST, is_api)?;
    if *method == Method::POST {
        check_type(headers, is_api, path == attachments::UPLOAD)
    } else {
        Ok(())
    }
}

fn check_host<B>(hosts: &Hosts, request: &Request<B>) -> Result<(), ApiError> {
    let wrong = || ApiError::new(Code::WrongHost, "this host is not the console's");
    let mut named = request.headers().get_all(HOST).iter();
    let host = named.next().and_then(|host| host.to_str().ok());
    if named.next().is_some() {
        return Err(ApiError::new(Code::Malformed, "a request names one host"));
    }
    let in_uri = request.uri().authority().map(Authority::as_str);
    match (host, in_uri) {
        (Some(host), None) if hosts.knows(host) => Ok(()),
        (None, Some(host)) if hosts.knows(host) => Ok(()),
        (Some(host), Some(other)) if hosts.knows(host) && hosts.knows(other) => Ok(()),
        _ => Err(wrong()),
    }
}

/// Requests that another site made are refused; those that change something must say where from.
fn check_site(
    hosts: &Hosts,
    headers: &HeaderMap,
    is_post: bool,
    is_api: bool,
) -> Result<(), ApiError> {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let foreign = || {
        Err(ApiError::new(
            Code::Forbidden,
            "this request comes from another site",
        ))
    };
    let origin = text(ORIGIN.as_str());
    let site = text("sec-fetch-site");
    // A page that sends no referrer, as the login page, sends `null` for its own origin too.
    let is_unnamed = origin == Some("null") && site == Some("same-origin") && !is_api;
    if origin.is_some_and(|origin| !hosts.is_own(origin)) && !is_unnamed {
        return foreign();
    }
    match site {
        Some("same-origin") => Ok(()),
        Some("none") if !is_post => Ok(()),
        Some(_) if is_post || is_api => foreign(),
        None if is_post && origin.is_none() => foreign(),
        Some(_) | None => Ok(()),
    }
}

fn check_type(headers: &HeaderMap, is_api: bool, is_upload: bool) -> Result<(), ApiError> {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let wanted = if is_upload {
        "application/octet-stream"
    } else if is_api {
        "application/json"
    } else {
        "application/x-www-form-urlencoded"
    };
    let is_encoded = headers.contains_key("content-encoding");
    if kind.eq_ignore_ascii_case(wanted) && !is_encoded {
        return Ok(());
    }
    Err(ApiError::new(
        Code::UnsupportedType,
        &format!("send {wanted}"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_code(method: &str, headers: &[(&str, &str)], wanted: Option<Code>) {
        let hosts = Hosts::new(([127, 0, 0, 1], 3000).into(), None).unwrap();
        let mut request = Request::builder().method(method).uri("/api/agent/approve");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::empty()).unwrap();
        assert_eq!(
            check(&hosts, request.uri().path(), &request)
                .err()
                .map(|error| error.error),
            wanted,
            "{headers:?}"
        );
    }

    const HERE: (&str, &str) = ("host", "localhost:3000");
    const JSON: (&str, &str) = ("content-type", "application/json");

    #[test]
    fn the_consoles_own_requests_pass() {
        check_code(
            "POST",
            &[HERE, JSON, ("origin", "http://localhost:3000")],
            None,
        );
        check_code(
            "POST",
            &[HERE, JSON, ("sec-fetch-site", "same-origin")],
            None,
        );
        check_code("GET", &[HERE], None);
        check_code("GET", &[HERE, ("sec-fetch-site", "none")], None);
    }

    #[test]
    fn foreign_hosts_are_told_so() {
        check_code("GET", &[("host", "evil.com:3000")], Some(Code::WrongHost));
        check_code("GET", &[], Some(Code::WrongHost));
        check_code("GET", &[HERE, HERE], Some(Code::Malformed));
        let rebound = [
            ("host", "evil.com:3000"),
            ("origin", "http://evil.com:3000"),
            ("sec-fetch-site", "same-origin"),
        ];
        check_code("POST", &rebound, Some(Code::WrongHost));
    }

    #[test]
    fn requests_of_other_sites_are_refused() {
        let forbidden = Some(Code::Forbidden);
        check_code(
            "POST",
            &[HERE, JSON, ("origin", "http://evil.com")],
            forbidden,
        );
        check_code("POST", &[HERE, JSON, ("origin", "null")], forbidden);
        check_code("POST", &[HERE, JSON], forbidden);
        check_code(
            "POST",
            &[
                HERE,
                JSON,
                ("origin", "http://localhost:5173"),
                ("sec-fetch-site", "same-site"),
            ],
            forbidden,
        );
        check_code(
            "POST",
            &[
                HERE,
                JSON,
                ("origin", "http://evil.com"),
                ("sec-fetch-site", "same-origin"),
            ],
            forbidden,
        );
        check_code("GET", &[HERE, ("sec-fetch-site", "cross-site")], forbidden);
        check_code("GET", &[HERE, ("sec-fetch-site", "same-site")], forbidden);
    }

    #[test]
    fn the_login_form_may_hide_its_origin_and_nothing_else_may() {
        let hosts = Hosts::new(([127, 0, 0, 1], 3000).into(), None).unwrap();
        let mut headers = HeaderMap::new();
        headers.insert("origin", HeaderValue::from_static("null"));
        assert!(check_site(&hosts, &headers, true, false).is_err());
        headers.insert("sec-fetch-site", HeaderValue::from_static("same-origin"));
        assert!(check_site(&hosts, &headers, true, false).is_ok());
        assert!(check_site(&hosts, &headers, true, true).is_err());
    }

    #[test]
    fn an_upload_is_a_stream_of_bytes_and_nothing_else_is() {
        let typed = |kind: &'static str, is_upload| {
            let mut headers = HeaderMap::new();
            headers.insert("content-type", HeaderValue::from_static(kind));
            check_type(&headers, true, is_upload).is_ok()
        };
        assert!(typed("application/octet-stream", true));
        assert!(!typed("application/octet-stream", false));
        assert!(!typed("text/plain", true) && !typed("application/json", true));
    }

    #[test]
    fn other_methods_and_types_are_refused() {
        let own = ("origin", "http://localhost:3000");
        check_code("DELETE", &[HERE, own], Some(Code::Method));
        check_code("OPTIONS", &[HERE], Some(Code::Method));
        check_code("HEAD", &[HERE], Some(Code::Method));
        check_code(
            "POST",
            &[HERE, own, ("content-type", "text/plain")],
            Some(Code::UnsupportedType),
        );
        check_code("POST", &[HERE, own], Some(Code::UnsupportedType));
        check_code(
            "POST",
            &[HERE, own, JSON, ("content-encoding", "gzip")],
            Some(Code::UnsupportedType),
        );
    }
}
