//! What a person may do with a session, and in which status: the one table that both sides ask.
use crate::session::SessionStatus::{
    self, Cancelled, Completed, Failed, Idle, Interrupted, Pending, Running, WaitingApproval,
    WaitingInput, Working,
};

/// A deed of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionAction {
    /// Stop the turn or the start.
    Cancel,
    /// Declare it done.
    Complete,
    /// Start the agent again without a message.
    Resume,
    /// Choose a mode, model or option.
    SetOption,
}

impl SessionAction {
    /// The statuses that allow it.
    #[must_use]
    pub const fn statuses(self) -> &'static [SessionStatus] {
        match self {
            Self::Cancel => &[Pending, Running, Working, WaitingApproval, WaitingInput],
            Self::Complete => &[Idle, Cancelled, Failed, Interrupted],
            Self::Resume => &[Idle, Completed, Cancelled, Failed, Interrupted],
            Self::SetOption => &[Working, WaitingApproval, WaitingInput, Idle],
        }
    }

    /// Whether a session of this status allows it.
    #[must_use]
    pub fn is_allowed(self, status: SessionStatus) -> bool {
        self.statuses().contains(&status)
    }

    /// Why not, for a person.
    #[must_use]
    pub const fn refusal(self) -> &'static str {
        match self {
            Self::Cancel => "nothing is running in this session",
            Self::Complete => "stop the agent first, then complete the session",
            Self::Resume => "the agent of this session is at work already",
            Self::SetOption => "the agent of this session is not running; send a message first",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Phase;

    #[test]
    fn what_is_active_can_be_stopped_and_nothing_else() {
        for status in SessionStatus::ALL {
            let is_active = status.phase() == Phase::Active;
            assert_eq!(
                SessionAction::Cancel.is_allowed(status),
                is_active,
                "{status:?}"
            );
        }
    }
}
