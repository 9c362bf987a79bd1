//! The public error: what a reader can do about it, and nothing of the inside.
use super::half;
use domain::session::Session;
use leptos::prelude::{FromServerFnError, ServerFnErrorErr};
use leptos::server_fn::codec::JsonEncoding;
use serde::{Deserialize, Serialize};

/// The class of an error; the status of the answer follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// 400: the request has a wrong shape.
    Malformed,
    /// 401: not logged in.
    Unauthenticated,
    /// 403: not allowed.
    Forbidden,
    /// 404: there is no such thing.
    NotFound,
    /// 405: the wrong method.
    Method,
    /// 409: somebody was faster.
    Conflict,
    /// 410: it was deleted.
    Deleted,
    /// 413: too large.
    TooLarge,
    /// 415: the wrong type of content.
    UnsupportedType,
    /// 421: the wrong host.
    WrongHost,
    /// 422: well formed, but it cannot be done.
    Refused,
    /// 429: too many requests.
    RateLimited,
    /// 500: a fault of the console.
    Internal,
    /// 503: away for now.
    Unavailable,
    /// 507: the disk is full.
    StorageFull,
    /// Only in the page: no answer, or one that is not the console's.
    #[serde(other)]
    Unreachable,
}

impl Code {
    /// The status of the answer.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::Unauthenticated => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Method => 405,
            Self::Conflict => 409,
            Self::Deleted => 410,
            Self::TooLarge => 413,
            Self::UnsupportedType => 415,
            Self::WrongHost => 421,
            Self::Refused => 422,
            Self::RateLimited => 429,
            Self::Internal => 500,
            Self::Unavailable | Self::Unreachable => 503,
            Self::StorageFull => 507,
        }
    }
}

/// The body of every answer that is no success.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "camelCase")]
#[error("{message}")]
pub struct ApiError {
    /// Its class.
    pub error: Code,
    /// One sentence for a person.
    pub message: String,
    /// Number of the line in the server's log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<String>,
    /// How long to wait before another try, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
    /// The session as it is, in a conflict.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<Box<Session>>,
}

impl ApiError {
    /// An error of a class with its sentence.
    #[must_use]
    pub fn new(error: Code, message: &str) -> Self {
        let message = message.to_owned();
        Self {
            error,
            message,
            incident: None,
            retry_after_ms: None,
            current: None,
        }
    }
}

impl ApiError {
    /// There is no such thing; on the server the answer under way gets its status.
    #[must_use]
    pub fn not_found(message: &str) -> Self {
        half::answered(Self::new(Code::NotFound, message))
    }
}

impl FromServerFnError for ApiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(value: ServerFnErrorErr) -> Self {
        use ServerFnErrorErr as E;
        match value {
            E::Request(_) => Self::new(Code::Unreachable, "the console cannot be reached"),
            E::Args(text) | E::MissingArg(text) => malformed(&text),
            E::Deserialization(text) => half::unreadable(&text),
            E::UnsupportedRequestMethod(_) => {
                Self::new(Code::Method, "this method is not allowed here")
            }
            E::Registration(_)
            | E::ServerError(_)
            | E::MiddlewareError(_)
            | E::Serialization(_)
            | E::Response(_) => Self::new(Code::Internal, "the console made a mistake"),
        }
    }
}

pub(super) fn malformed(text: &str) -> ApiError {
    let text: String = text
        .chars()
        .filter(|letter| !letter.is_control())
        .take(200)
        .collect();
    half::answered(ApiError::new(
        Code::Malformed,
        &format!("the arguments are malformed: {text}"),
    ))
}
