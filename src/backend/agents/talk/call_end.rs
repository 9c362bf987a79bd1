//! How far a tool call is, and what became of one that the agent never ended.
use super::call::Call;
use domain::thread::ToolStatus;
use domain::time::Timestamp;

impl Call {
    pub(super) fn hear_status(&mut self, status: Option<&str>, at: Timestamp) {
        self.is_allowed = false;
        let status = match status {
            Some("pending") => ToolStatus::Pending,
            Some("in_progress") => ToolStatus::InProgress,
            Some("completed") => ToolStatus::Completed,
            Some("failed") => ToolStatus::Failed,
            _ => return,
        };
        if self.status == ToolStatus::Aborted && status.is_open() {
            // A late start of what was stopped is not believed.
            return;
        }
        self.ended_at = match (status.is_open(), self.ended_at) {
            (true, _) => None,
            (false, Some(ended)) if self.status == status => Some(ended),
            (false, _) => Some(at),
        };
        self.status = status;
    }

    /// The turn ended without an end of the call.
    pub(super) fn abort(&mut self, at: Timestamp) {
        if self.status.is_open() {
            self.status = ToolStatus::Aborted;
            self.ended_at = Some(at);
        }
    }

    /// The turn ended as it should, and the agent did not say how the call ended: what it told to
    /// be running may run on beside the conversation.
    pub(super) fn leave(&mut self, goes_on: bool, at: Timestamp) {
        let runs_on = goes_on && self.status == ToolStatus::InProgress && !self.is_allowed;
        if self.is_rejected {
            self.abort(at);
        } else if self.status.is_open() && !runs_on {
            self.status = ToolStatus::Unknown;
            self.ended_at = Some(at);
        }
    }

    /// A person answered a request about it.
    pub(super) fn answered(&mut self, is_allowed: bool) {
        self.is_rejected = !is_allowed && (self.is_rejected || !self.is_allowed);
        self.is_allowed |= is_allowed;
    }
}
