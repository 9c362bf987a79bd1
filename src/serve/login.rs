//! Logging in: a form spends the token, a cookie holds the login.
use super::guard::Guard;
use super::shape::refusal;
use crate::api::error::ApiError;
use axum::Form;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{LOCATION, SET_COOKIE};
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
            let name = &guard.cookie;
            let age = backend::console::LOGIN_TOTAL_MS / 1000;
            let line = format!(
                "{name}={session}; HttpOnly; SameSite=Strict; Path=/; Max-Age={age}{secure}"
            );
            go("/", Some(&line), StatusCode::SEE_OTHER)
        }
        Ok(None) => go("/login?failed=1", None, StatusCode::SEE_OTHER),
        Err(failed) => refusal(&ApiError::from(failed)),
    }
}

fn go(place: &'static str, cookie: Option<&str>, status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(LOCATION, HeaderValue::from_static(place));
    if let Some(cookie) = cookie.and_then(|cookie| HeaderValue::from_str(cookie).ok()) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response
}
