//! What can go wrong behind the door, as the door needs to know it.
use domain::session::Session;
use serde::{Deserialize, Serialize};

/// Why a request could not be done.
#[derive(Debug, Clone, Serialize, Deserialize, thiserror::Error)]
pub enum Failed {
    /// No such session, entry, repository, or not this caller's.
    #[error("{0}")]
    NotFound(String),
    /// The session was deleted.
    #[error("this session was deleted")]
    Deleted,
    /// Somebody was faster; the value that holds now.
    #[error("{message}")]
    Conflict {
        /// What clashed.
        message: String,
        /// The session as it is.
        current: Option<Box<Session>>,
    },
    /// The input has a wrong shape.
    #[error("{0}")]
    Malformed(String),
    /// The input is well formed, but cannot be done; says what to do.
    #[error("{0}")]
    Refused(String),
    /// The input is larger than allowed.
    #[error("{0}")]
    TooLarge(String),
    /// The content is of a kind that is not taken.
    #[error("{0}")]
    Unsupported(String),
    /// Too many requests of this kind.
    #[error("{0}")]
    RateLimited(String),
    /// Something is away for now.
    #[error("{0}")]
    Unavailable(String),
    /// Another node took the session over; its name.
    #[error("this session is at the node {0} by now; try again")]
    Moved(String),
    /// The disk is full.
    #[error("the disk of the console is full; free some space and try again")]
    StorageFull,
    /// A fault of the console; the cause is for the log only.
    #[error("{0}")]
    Internal(String),
}

impl Failed {
    /// A conflict without a session to show.
    #[must_use]
    pub fn conflict(message: &str) -> Self {
        Self::Conflict {
            message: message.to_owned(),
            current: None,
        }
    }

    /// A fault of the console.
    #[must_use]
    pub fn internal(cause: &dyn std::fmt::Display) -> Self {
        Self::Internal(cause.to_string())
    }
}

impl From<sqlx::Error> for Failed {
    fn from(error: sqlx::Error) -> Self {
        let cause = error.as_database_error();
        let code = cause.and_then(|cause| cause.code().map(std::borrow::Cow::into_owned));
        let is_postgres = cause.is_some_and(|cause| {
            let postgres = cause.try_downcast_ref::<sqlx::postgres::PgDatabaseError>();
            postgres.is_some()
        });
        let known = match (&error, code.as_deref()) {
            (sqlx::Error::PoolTimedOut | sqlx::Error::Io(_), _) => Some(busy()),
            (_, Some(code)) if is_postgres => of_postgres(code),
            (_, Some(code)) => of_sqlite(code),
            _ => None,
        };
        known.unwrap_or_else(|| Self::Internal(format!("database: {error}")))
    }
}

fn busy() -> Failed {
    Failed::Unavailable("the database is busy; try again".to_owned())
}

/// Codes of SQLite: full, busy, locked.
fn of_sqlite(code: &str) -> Option<Failed> {
    let code: u32 = code.parse().ok()?;
    match (code & 0xff, code) {
        (13, _) | (10, 778) => Some(Failed::StorageFull),
        (5 | 6, _) => Some(busy()),
        _ => None,
    }
}

/// Codes of PostgreSQL: full; away, stopped, out of time or of room, read-only, in each other's way.
fn of_postgres(code: &str) -> Option<Failed> {
    match (code.get(..2)?, code) {
        (_, "53100") => Some(Failed::StorageFull),
        ("08" | "53" | "57" | "40", _) | (_, "25006" | "25P03" | "55P03") => Some(busy()),
        _ => None,
    }
}

impl From<std::io::Error> for Failed {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
                Self::StorageFull
            }
            _ => Self::Internal(format!("a file of the console is not accessible: {error}")),
        }
    }
}

impl From<serde_json::Error> for Failed {
    fn from(error: serde_json::Error) -> Self {
        Self::Internal(format!("stored value is unreadable: {error}"))
    }
}
