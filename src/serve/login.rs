//! Logging in: a form spends the token, a cookie holds the login.
use super::guard::Guard;
use super::shape::refusal;
use crate::api::error::ApiError;
use crate::api::half::Cookie;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, LOCATION, SET_COOKIE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use axum::{Extension, Form};
use serde::Deserialize;

/// What the login form sends.
#[derive(Debug, Deserialize)]
pub struct LoginForm {
    #[serde(default)]
    t: String,
}

/// Spends the token of the form; a spent, unknown or old one leads back to the page that says so.
pub async fn log_in(State(guard): State<Guard>, Form(form): Form<LoginForm>) -> Response {
    match guard.console.login(form.t.trim()).await {
        Ok(Some(session)) => {
            let secure = if guard.hosts.is_secure() {
                "; Secure"
            } else {
                ""
            };
            let (name, path) = (&guard.cookie, guard.hosts.cookie_path());
            let age = backend::console::LOGIN_TOTAL_MS / 1000;
            let line = format!(
                "{name}={session}; HttpOnly; SameSite=Strict; Path={path}; Max-Age={age}{secure}"
            );
            enter(guard.hosts.base(), &line)
        }
        Ok(None) => spent(guard.hosts.base()),
        Err(failed) => refusal(&ApiError::from(failed)),
    }
}

/// The page of a login that is to end, for who opens its address.
pub async fn ask_log_out(State(guard): State<Guard>) -> Response {
    let base = guard.hosts.base();
    page(&format!(
        "<!DOCTYPE html><meta charset=\"utf-8\"><title>Log out</title>\
         <form method=\"post\" action=\"{base}/logout\"><button>Log out of Heddle</button></form>\
         <p><a href=\"{base}/\">Back to the sessions</a></p>"
    ))
}

/// Ends the login of a page that works without script, takes its cookie back and leads to the login.
pub async fn log_out(State(guard): State<Guard>, Extension(cookie): Extension<Cookie>) -> Response {
    if let Err(failed) = guard.console.logout(&cookie.value).await {
        return refusal(&ApiError::from(failed));
    }
    lead(&format!("{}/login", guard.hosts.base()), &cookie.ended())
}

/// To the first page, with the cookie.
fn enter(base: &str, cookie: &str) -> Response {
    lead(&format!("{base}/"), cookie)
}

/// To another page, with a cookie.
fn lead(place: &str, cookie: &str) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    if let Ok(place) = HeaderValue::from_str(place) {
        response.headers_mut().insert(LOCATION, place);
    }
    if let Ok(cookie) = HeaderValue::from_str(cookie) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response
}

/// The token is spent, unknown or too old: 401, and on to the page that says what to do.
fn spent(base: &str) -> Response {
    let mut response = page(&format!(
        "<!DOCTYPE html><meta charset=\"utf-8\"><title>Log in</title>\
         <meta http-equiv=\"refresh\" content=\"0;url={base}/login?failed=1\">\
         <p>This login link is spent or too old. <a href=\"{base}/login?failed=1\">Log in</a></p>"
    ));
    *response.status_mut() = StatusCode::UNAUTHORIZED;
    response
}

/// A page without style and script, which need a login.
pub(super) fn page(html: &str) -> Response {
    let mut response = Response::new(Body::from(html.to_owned()));
    response.headers_mut().insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    response
}
