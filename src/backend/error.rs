//! What can go wrong behind the door, as the door needs to know it.
use domain::session::Session;

/// Why a request could not be done.
#[derive(Debug, Clone, thiserror::Error)]
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
        let code = error
            .as_database_error()
            .and_then(|cause| cause.code().map(|c| c.into_owned()));
        match code
            .as_deref()
            .and_then(|code| code.parse::<u32>().ok())
            .map(|code| (code & 0xff, code))
        {
            Some((13, _) | (10, 778)) => Self::StorageFull,
            Some((5 | 6, _)) => Self::Unavailable("the database is busy; try again".to_owned()),
            _ => match error {
                sqlx::Error::PoolTimedOut => {
                    Self::Unavailable("the database is busy; try again".to_owned())
                }
                other => Self::Internal(format!("database: {other}")),
            },
        }
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
