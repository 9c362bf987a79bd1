//! What is left of an entry when the agent that was at it is gone.
use crate::approval::ApprovalState;
use crate::thread::{Body, ToolStatus};
use crate::time::Timestamp;

impl Body {
    /// The entry after the loss of its agent, if that changes it.
    #[must_use]
    pub fn after_loss(&self, at: Timestamp) -> Option<Self> {
        let mut body = self.clone();
        match &mut body {
            Self::Agent { open, .. } | Self::Thought { open, .. } if *open => *open = false,
            Self::Tool(call) if call.status.is_open() => {
                call.status = ToolStatus::Aborted;
                call.ended_at = Some(at);
            }
            Self::Approval(approval) if approval.state == ApprovalState::Open => {
                approval.state = ApprovalState::Void;
            }
            Self::Question(question) if question.state == ApprovalState::Open => {
                question.state = ApprovalState::Void;
            }
            Self::Agent { .. }
            | Self::Thought { .. }
            | Self::Tool(_)
            | Self::Approval(_)
            | Self::Question(_)
            | Self::User { .. }
            | Self::System { .. }
            | Self::Error { .. }
            | Self::Plan { .. }
            | Self::Image(_) => return None,
        }
        Some(body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_open_is_closed_and_the_rest_stays() {
        let text = |open| Body::Agent {
            text: "half".into(),
            open,
        };
        assert_eq!(text(true).after_loss(Timestamp(1)), Some(text(false)));
        assert_eq!(text(false).after_loss(Timestamp(1)), None);
        let plan = Body::Plan { items: Vec::new() };
        assert_eq!(plan.after_loss(Timestamp(1)), None);
    }
}
