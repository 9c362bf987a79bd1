//! What came back, in the words of the sync core: data, nothing new, or a kind of failure.
use crate::api::carried::read;
use crate::api::error::{ApiError, Code};
use crate::browser::fetch::Answer;
use domain::sync::ErrKind;
use serde::de::DeserializeOwned;

/// An answer, understood.
#[derive(Debug)]
pub(super) enum Understood<A> {
    /// Nothing changed.
    NotModified,
    /// Why there is no data, how long to wait in milliseconds, and the console's own words.
    Failed(ErrKind, Option<u64>, Option<ApiError>),
    /// Data, and its size in bytes.
    Whole(A, u64),
}

impl<A: DeserializeOwned> Understood<A> {
    /// Reads what came back; none is no answer at all.
    pub(super) fn of(answer: Option<Answer>) -> Self {
        let Some(answer) = answer else {
            return Self::Failed(ErrKind::Network, None, None);
        };
        match answer.status {
            304 => Self::NotModified,
            200 => match read(&answer.body) {
                Ok(parsed) => Self::Whole(parsed, answer.body.len() as u64),
                Err(_) => Self::Failed(ErrKind::Undecodable, None, None),
            },
            status => failed(status, &answer),
        }
    }
}

fn failed<A>(status: u16, answer: &Answer) -> Understood<A> {
    match error_of(&answer.body) {
        Some(error) => {
            let wait = error.retry_after_ms.or(answer.retry_after_ms);
            Understood::Failed(kind_of(error.error), wait, Some(error))
        }
        None if status >= 500 => Understood::Failed(ErrKind::Server, answer.retry_after_ms, None),
        None => Understood::Failed(ErrKind::Undecodable, answer.retry_after_ms, None),
    }
}

/// What a failed request means for the sync core.
fn kind_of(code: Code) -> ErrKind {
    match code {
        Code::Unauthenticated => ErrKind::Auth,
        Code::Forbidden | Code::WrongHost => ErrKind::Forbidden,
        Code::NotFound => ErrKind::NotFound,
        Code::Deleted => ErrKind::Gone,
        Code::Malformed | Code::Method | Code::UnsupportedType | Code::TooLarge => ErrKind::Invalid,
        Code::RateLimited => ErrKind::RateLimited,
        Code::Conflict | Code::Refused | Code::Internal | Code::Unavailable | Code::StorageFull => {
            ErrKind::Server
        }
        Code::Unreachable => ErrKind::Undecodable,
    }
}

/// The error that a body is, if it is one of the console's.
fn error_of(body: &str) -> Option<ApiError> {
    read(body).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(status: u16, body: &str, wanted: &str) {
        let answer = Answer {
            status,
            body: body.to_owned(),
            retry_after_ms: Some(7000),
        };
        let found = match Understood::<u64>::of(Some(answer)) {
            Understood::NotModified => "nothing new".to_owned(),
            Understood::Whole(data, bytes) => format!("{data} in {bytes}"),
            Understood::Failed(kind, wait, error) => {
                format!("{kind:?} {} {}", wait.unwrap_or(0), error.is_some())
            }
        };
        assert_eq!(found, wanted, "{status} {body}");
    }

    #[test]
    fn answers_are_data_nothing_new_or_a_kind_of_failure() {
        check(200, "12", "12 in 2");
        check(304, "", "nothing new");
        check(200, "<html>", "Undecodable 0 false");
        check(502, "<html>", "Server 7000 false");
        check(404, "<html>", "Undecodable 7000 false");
        check(
            410,
            r#"{"error":"deleted","message":"x"}"#,
            "Gone 7000 true",
        );
        let busy = r#"{"error":"rate_limited","message":"x","retryAfterMs":20000}"#;
        check(429, busy, "RateLimited 20000 true");
        let none = Understood::<u64>::of(None);
        assert!(matches!(
            none,
            Understood::Failed(ErrKind::Network, None, None)
        ));
    }
}
