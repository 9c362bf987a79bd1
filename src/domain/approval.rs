//! Requests for permission, and the answers of people.
use crate::thread::FileDiff;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Where an approval stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalState {
    /// A person is waited for.
    Open,
    /// Somebody answered.
    Answered,
    /// The agent took it back.
    Withdrawn,
    /// The turn or the agent ended first.
    Void,
}

/// A request for permission.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Approval {
    /// Its name in `agent/approve`.
    pub request_id: String,
    /// The tool call that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_call_id: Option<String>,
    /// What the agent wants to do.
    pub title: String,
    /// The command as argv, where one is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub argv: Option<Vec<String>>,
    /// Where the command would run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cwd: Option<String>,
    /// The whole request as text.
    pub text: String,
    /// The changes that it would make.
    #[serde(default)]
    pub diffs: Vec<FileDiff>,
    /// The agent's own options.
    pub options: Vec<ApprovalOption>,
    /// Hash of what is asked.
    pub args_hash: String,
    /// Where it stands.
    pub state: ApprovalState,
    /// Who answered what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<ApprovalAnswer>,
}

impl Approval {
    /// Whether there is only a title: no command, no input, no change, no word about it.
    #[must_use]
    pub fn tells_nothing(&self) -> bool {
        self.argv.is_none() && self.diffs.is_empty() && self.text.trim().is_empty()
    }
}

/// An option of an approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApprovalOption {
    /// The agent's name for it.
    pub option_id: String,
    /// What a person reads.
    pub name: String,
    /// `allow_once allow_always reject_once reject_always`.
    pub kind: String,
}

impl ApprovalOption {
    /// Whether it says no.
    #[must_use]
    pub fn rejects(&self) -> bool {
        self.kind.starts_with("reject")
    }
}

/// An answer to an approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApprovalAnswer {
    /// The option that was chosen.
    pub option_id: String,
    /// Its kind.
    pub kind: String,
    /// The user who answered.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_with_a_title_alone_tells_nothing() {
        let asks = |more: &str| {
            let json = format!(
                r#"{{"requestId":"1","title":"Run","text":"","options":[],"argsHash":"a","state":"open"{more}}}"#
            );
            serde_json::from_str::<Approval>(&json).unwrap()
        };
        assert!(asks("").tells_nothing());
        assert!(!asks(r#","argv":["ls"]"#).tells_nothing());
        let diff = r#","diffs":[{"path":"a","newText":"b"}]"#;
        assert!(!asks(diff).tells_nothing());
    }
}
