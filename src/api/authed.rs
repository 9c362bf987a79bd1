//! Who calls a server function: the one way to a caller, for requests and for server rendering.
use super::error::{ApiError, Code, answered};
use axum::http::header::{CACHE_CONTROL, ETAG, HeaderValue, SET_COOKIE};
use axum::http::request::Parts;
use backend::console::{Caller, Console};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

/// A caller who is logged in, with the console. Only made from a request that was let in.
#[derive(Debug, Clone)]
pub struct AuthedSession {
    /// The console.
    pub console: Console,
    /// Who calls.
    pub caller: Caller,
}

impl AuthedSession {
    /// The caller of the request under way.
    ///
    /// # Errors
    /// 401 if nobody is logged in.
    pub fn extract() -> Result<Self, ApiError> {
        let parts = use_context::<Parts>();
        let caller = parts.and_then(|parts| parts.extensions.get::<Caller>().cloned());
        match (use_context::<Console>(), caller) {
            (Some(console), Some(caller)) => Ok(Self { console, caller }),
            _ => Err(answered(ApiError::new(
                Code::Unauthenticated,
                "log in first",
            ))),
        }
    }
}

/// Gives an answer of the API its validator; a page that is being rendered gets none.
pub fn reply_validator(etag: &str) {
    let is_api = use_context::<Parts>().is_some_and(|parts| parts.uri.path().starts_with("/api/"));
    let (Some(options), Ok(etag), true) = (
        use_context::<ResponseOptions>(),
        HeaderValue::from_str(etag),
        is_api,
    ) else {
        return;
    };
    options.insert_header(ETAG, etag);
    options.insert_header(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
}

/// The typed answer of a command.
///
/// # Errors
/// 500 if the stored answer has another shape.
pub fn parsed<T: serde::de::DeserializeOwned>(answer: &str) -> Result<T, ApiError> {
    serde_json::from_str(answer).map_err(|error| answered(ApiError::incident(&error.to_string())))
}

/// The login of a browser: its cookie's name and value, put into requests by the guard.
#[derive(Debug, Clone)]
pub struct Cookie {
    /// Its name.
    pub name: String,
    /// The browser's session id.
    pub value: String,
    /// The path that it is for.
    pub path: String,
}

impl Cookie {
    /// The header line that takes it back.
    #[must_use]
    pub fn ended(&self) -> String {
        let Self { name, path, .. } = self;
        format!("{name}=; HttpOnly; SameSite=Strict; Path={path}; Max-Age=0")
    }
}

/// Ends the login of the request under way and takes its cookie back.
///
/// # Errors
/// 503 if the store cannot be used.
pub async fn end_cookie(console: &Console) -> Result<(), ApiError> {
    let cookie = use_context::<Parts>().and_then(|parts| parts.extensions.get::<Cookie>().cloned());
    let Some(cookie) = cookie else { return Ok(()) };
    console.logout(&cookie.value).await?;
    if let (Some(options), Ok(gone)) = (
        use_context::<ResponseOptions>(),
        HeaderValue::from_str(&cookie.ended()),
    ) {
        options.insert_header(SET_COOKIE, gone);
    }
    Ok(())
}
