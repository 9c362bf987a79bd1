//! Checks of a database before it is used: its engine, its file, its shape.

/// Oldest engine without the bug that corrupts write-ahead logs.
const MIN_ENGINE: (u32, u32, u32) = (3, 51, 3);

/// Why the database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file is damaged.
    #[error("the database {0} is damaged ({1}); restore a backup, it was left as it is")]
    Damaged(String, String),
    /// A newer console wrote it.
    #[error("the database {0} was written by a newer console; run that one")]
    Newer(String),
    /// The engine has a known bug.
    #[error("SQLite {0} is too old; 3.51.3 or newer is needed")]
    Engine(String),
    /// It cannot be opened.
    #[error("the database {0} cannot be opened: {1}")]
    Unusable(String, String),
}

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

pub(super) async fn migrate(
    connection: &mut sqlx::SqliteConnection,
    name: &str,
) -> Result<(), OpenError> {
    use sqlx::migrate::MigrateError;
    sqlx::migrate!("./migrations")
        .run(connection)
        .await
        .map_err(|cause| match cause {
            MigrateError::VersionMissing(_) | MigrateError::VersionTooNew(..) => {
                OpenError::Newer(name.to_owned())
            }
            other => OpenError::Unusable(name.to_owned(), other.to_string()),
        })
}
