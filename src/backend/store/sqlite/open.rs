//! Checks of a database before it is used: its engine and its file.
use crate::store::sql::open::OpenError;

/// Oldest engine without the bug that corrupts write-ahead logs.
const MIN_ENGINE: (u32, u32, u32) = (3, 51, 3);

pub(super) fn damaged(name: &str, cause: &sqlx::Error) -> OpenError {
    let text = cause.to_string();
    if text.contains("malformed") || text.contains("not a database") {
        OpenError::Damaged(name.to_owned(), text)
    } else {
        OpenError::Unusable(name.to_owned(), text)
    }
}

pub(super) async fn check_engine(
    connection: &mut sqlx::SqliteConnection,
) -> Result<Result<(), String>, sqlx::Error> {
    let version: String = sqlx::query_scalar("SELECT sqlite_version()")
        .fetch_one(connection)
        .await?;
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    let found = (next(), next(), next());
    Ok(if found >= MIN_ENGINE {
        Ok(())
    } else {
        Err(version)
    })
}

pub(super) async fn check_file(
    connection: &mut sqlx::SqliteConnection,
    name: &str,
) -> Result<(), OpenError> {
    let verdict: String = sqlx::query_scalar("PRAGMA quick_check(1)")
        .fetch_one(connection)
        .await
        .map_err(|cause| damaged(name, &cause))?;
    if verdict == "ok" {
        Ok(())
    } else {
        Err(OpenError::Damaged(name.to_owned(), verdict))
    }
}
