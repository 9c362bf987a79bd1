//! Why a request is made, and why it failed: the words of reports and logs.
use serde::{Deserialize, Serialize};

/// Why a request is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The page opened without data, or with data that is too old.
    Mount,
    /// The interval passed.
    Poll,
    /// A failed request is tried again.
    Retry,
    /// A person asked.
    Refresh,
    /// The page came into view.
    Visible,
    /// The network came back.
    Online,
    /// The machine woke up.
    Resumed,
    /// The server said that something changed.
    Push,
    /// An action of this page was answered.
    Action,
    /// Too long without a validation.
    Stale,
    /// An answer could not be applied.
    Resync,
}

impl Cause {
    /// Every cause; its place is its index in [`super::Counts`].
    pub const ALL: [Self; 11] = [
        Self::Mount,
        Self::Poll,
        Self::Retry,
        Self::Refresh,
        Self::Visible,
        Self::Online,
        Self::Resumed,
        Self::Push,
        Self::Action,
        Self::Stale,
        Self::Resync,
    ];

    /// The word that reports use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mount => "mount",
            Self::Poll => "poll",
            Self::Retry => "retry",
            Self::Refresh => "refresh",
            Self::Visible => "visible",
            Self::Online => "online",
            Self::Resumed => "resumed",
            Self::Push => "push",
            Self::Action => "action",
            Self::Stale => "stale",
            Self::Resync => "resync",
        }
    }
}

/// Why a request failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrKind {
    /// No answer.
    Network,
    /// No answer in time.
    Timeout,
    /// The server failed.
    Server,
    /// The answer is not what was asked for, such as a proxy's page.
    Undecodable,
    /// Too many requests.
    RateLimited,
    /// Not logged in.
    Auth,
    /// Not allowed.
    Forbidden,
    /// No such session.
    NotFound,
    /// The session was deleted.
    Gone,
    /// The request has a wrong shape.
    Invalid,
}

impl ErrKind {
    /// Whether trying again may help.
    #[must_use]
    pub const fn is_retryable(self) -> bool {
        match self {
            Self::Network
            | Self::Timeout
            | Self::Server
            | Self::Undecodable
            | Self::RateLimited => true,
            Self::Auth | Self::Forbidden | Self::NotFound | Self::Gone | Self::Invalid => false,
        }
    }

    /// Whether this reader must not keep a copy of the session.
    #[must_use]
    pub const fn forbids_a_copy(self) -> bool {
        match self {
            Self::Auth | Self::Forbidden | Self::NotFound | Self::Gone => true,
            Self::Network
            | Self::Timeout
            | Self::Server
            | Self::Undecodable
            | Self::RateLimited
            | Self::Invalid => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_has_one_word_and_one_place() {
        for (place, cause) in Cause::ALL.into_iter().enumerate() {
            assert_eq!(cause as usize, place);
            assert_eq!(serde_json::to_value(cause).unwrap(), cause.as_str());
        }
    }
}
