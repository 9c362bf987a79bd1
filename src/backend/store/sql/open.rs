//! Why a database cannot be used, and how it is brought up to date.
use sqlx::migrate::{Migrate, MigrateError, Migrator};

/// Why the database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file is damaged.
    #[error("the database {0} is damaged ({1}); restore a backup, it was left as it is")]
    Damaged(String, String),
    /// A newer console wrote it.
    #[error("the database {0} was written by a newer console; run that one")]
    Newer(String),
    /// The engine has a known bug, or lacks what is needed.
    #[error("{0} is too old; {1} or newer is needed")]
    Engine(String, &'static str),
    /// It cannot be opened.
    #[error("the database {0} cannot be opened: {1}")]
    Unusable(String, String),
}

/// Brings a database up to date.
pub(in crate::store) async fn migrate<C: Migrate>(
    migrator: &Migrator,
    connection: &mut C,
    name: &str,
) -> Result<(), OpenError> {
    let done = migrator.run_direct(None, connection, false).await;
    done.map_err(|cause| match cause {
        MigrateError::VersionMissing(_) | MigrateError::VersionTooNew(..) => {
            OpenError::Newer(name.to_owned())
        }
        other => OpenError::Unusable(name.to_owned(), other.to_string()),
    })
}
