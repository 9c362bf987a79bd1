//! Logging in: a form spends the token, a cookie holds the login.
use super::guard::Guard;
use super::shape::refusal;
use crate::api::error::ApiError;
use axum::Form;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, LOCATION, SET_COOKIE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
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

/// To the first page, with the cookie.
fn enter(base: &str, cookie: &str) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    if let Ok(first) = HeaderValue::from_str(&format!("{base}/")) {
        response.headers_mut().insert(LOCATION, first);
    }
    if let Ok(cookie) = HeaderValue::from_str(cookie) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response
}

/// The token is spent, unknown or too old: 401, and on to the page that says what to do.
fn spent(base: &str) -> Response {
    let page = format!(
        "<!DOCTYPE html><meta charset=\"utf-8\"><title>Log in</title>\
         <meta http-equiv=\"refresh\" content=\"0;url={base}/login?failed=1\">\
         <p>This login link is spent or too old. <a href=\"{base}/login?failed=1\">Log in</a></p>"
    );
    let mut response = Response::new(Body::from(page));
    *response.status_mut() = StatusCode::UNAUTHORIZED;
    response.headers_mut().insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    response
}
