//! What server functions need of the server: who calls, validators, statuses and typed answers.
use super::error::{ApiError, Code, malformed};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, ETAG, HeaderValue, SET_COOKIE};
use axum::http::request::Parts;
use backend::console::{Caller, Console};
use backend::error::Failed;
use domain::git::{Chosen, ChosenHunk};
use domain::id::{ClientId, SessionId};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

pub use backend::console::{IndexDeed, Wanted};

/// The console, and who calls: for requests and for server rendering, only once let in.
///
/// # Errors
/// 401 if nobody is logged in.
pub fn authenticated() -> Result<(Console, Caller), ApiError> {
    let parts = use_context::<Parts>();
    let caller = parts.and_then(|parts| parts.extensions.get::<Caller>().cloned());
    match (use_context::<Console>(), caller) {
        (Some(console), Some(caller)) => Ok((console, caller)),
        _ => Err(answered(ApiError::new(
            Code::Unauthenticated,
            "log in first",
        ))),
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
pub fn parsed<T: DeserializeOwned>(answer: &str) -> Result<T, ApiError> {
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

/// The files and hunks that the arguments choose.
#[must_use]
pub fn chosen(
    paths: Option<Vec<String>>,
    hunks: Option<Vec<ChosenHunk>>,
    shown: Option<BTreeMap<String, String>>,
) -> Chosen {
    Chosen {
        paths: paths.unwrap_or_default(),
        hunks: hunks.unwrap_or_default(),
        shown: shown.unwrap_or_default(),
    }
}

/// Stages, unstages, discards or restores changes of a session's worktree.
///
/// # Errors
/// Those of the command.
pub async fn change_index<T: DeserializeOwned>(
    client_id: &ClientId,
    session: &SessionId,
    command: IndexDeed,
) -> Result<T, ApiError> {
    let (console, caller) = authenticated()?;
    let answer = console.git_index(&caller, client_id, session, command);
    parsed(&answer.await?)
}

/// What a page can do without: none if it failed, and that is not the status of the page.
pub async fn aside<T>(making: impl Future<Output = Result<T, ApiError>>) -> Option<T> {
    let options = use_context::<ResponseOptions>();
    let before = options
        .as_ref()
        .and_then(|options| options.0.read().ok()?.status);
    let made = making.await.ok();
    if let Some(mut parts) = options.as_ref().and_then(|options| options.0.write().ok()) {
        parts.status = before;
    }
    made
}

/// Gives the answer under way, if there is one, the status of the error.
pub(super) fn answered(error: ApiError) -> ApiError {
    let status = StatusCode::from_u16(error.error.status());
    if let (Some(options), Ok(status)) = (use_context::<ResponseOptions>(), status) {
        options.set_status(status);
    }
    error
}

/// The arguments of a server function that could not be read.
pub(super) fn unreadable(text: &str) -> ApiError {
    malformed(text)
}

impl From<Failed> for ApiError {
    fn from(failed: Failed) -> Self {
        let text = failed.to_string();
        answered(match failed {
            Failed::NotFound(_) => Self::new(Code::NotFound, &text),
            Failed::Deleted => Self::new(Code::Deleted, &text),
            Failed::Conflict { current, .. } => Self {
                current,
                ..Self::new(Code::Conflict, &text)
            },
            Failed::Malformed(_) => Self::new(Code::Malformed, &text),
            Failed::Refused(_) => Self::new(Code::Refused, &text),
            Failed::TooLarge(_) => Self::new(Code::TooLarge, &text),
            Failed::Unsupported(_) => Self::new(Code::UnsupportedType, &text),
            Failed::RateLimited(_) => Self {
                retry_after_ms: Some(60_000),
                ..Self::new(Code::RateLimited, &text)
            },
            Failed::Unavailable(_) | Failed::Moved(_) => Self {
                retry_after_ms: Some(1000),
                ..Self::new(Code::Unavailable, &text)
            },
            Failed::StorageFull => Self::new(Code::StorageFull, &text),
            Failed::Internal(cause) => Self::incident(&cause),
        })
    }
}

impl ApiError {
    /// A fault: the cause goes to the log, its number to the reader.
    #[must_use]
    pub fn incident(cause: &str) -> Self {
        let incident = uuid::Uuid::new_v4().simple().to_string()[..8].to_owned();
        tracing::error!(incident, cause, "incident {incident}");
        let message = format!("the console made a mistake; it is noted as incident {incident}");
        Self {
            incident: Some(incident),
            ..Self::new(Code::Internal, &message)
        }
    }
}
