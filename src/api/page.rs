//! What the server functions' clients need in the page, where no answer has a status of its own.
use super::error::{ApiError, Code};

/// What a page can do without: none if it failed.
pub async fn aside<T>(making: impl Future<Output = Result<T, ApiError>>) -> Option<T> {
    making.await.ok()
}

/// Pages answer nobody.
pub(super) fn answered(error: ApiError) -> ApiError {
    error
}

/// An answer that could not be read.
pub(super) fn unreadable(_: &str) -> ApiError {
    ApiError::new(Code::Unreachable, "the answer is not the console's")
}
