//! What the driver needs to know of the thing that it keeps fresh.
use crate::api::error::{ApiError, Code};
use domain::session::Phase;
use domain::sync::{Config, ErrKind, Incident, OpId, SyncView};
use serde::de::DeserializeOwned;
use std::future::Future;
use std::pin::Pin;

/// The version that holds an action's effect, and the phase of the session then.
pub(super) type OpAnswer = Result<(u64, Option<Phase>), ApiError>;
/// A future of the page.
pub(super) type Local<T> = Pin<Box<dyn Future<Output = T>>>;

/// Something that is kept fresh.
pub(super) trait Source: 'static {
    /// What a request is answered with.
    type Answer: DeserializeOwned + 'static;
    /// Where to ask.
    fn url(&self, is_conditional: bool) -> String;
    /// The validator of what is held.
    fn etag(&self) -> Option<String>;
    /// Version and phase of an answer.
    fn version(answer: &Self::Answer) -> (u64, Phase);
    /// The settings that an answer carries.
    fn config(answer: &Self::Answer) -> Config;
    /// Whether an answer can be applied to what is held.
    fn fits(&self, answer: &Self::Answer) -> bool;
    /// Applies an answer.
    fn apply(&self, answer: Self::Answer);
    /// Shows how fresh things are.
    fn show(&self, view: SyncView);
    /// Notes an error that an answer carried.
    fn note(&self, error: ApiError);
    /// Reports an incident to the server.
    fn report(&self, incident: Incident);
    /// Sends an action.
    fn send(&self, op: OpId) -> Local<OpAnswer>;
    /// Forgets an action: the data holds its effect.
    fn settled(&self, op: OpId);
    /// Takes an action back, for a reason.
    fn rolled_back(&self, op: OpId, reason: Option<ApiError>);
}

/// What a failed request means for the sync core.
pub(super) fn kind_of(code: Code) -> ErrKind {
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
pub(super) fn error_of(body: &str) -> Option<ApiError> {
    serde_json::from_str(body).ok()
}
