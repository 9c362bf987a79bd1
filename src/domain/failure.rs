//! Why a start or a turn failed, with the evidence.
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Why a start or a turn failed, with the evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// The class of the failure.
    pub code: FailureCode,
    /// One sentence for a person.
    pub message: String,
    /// Exit code of the agent, if it exited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
    /// Signal that ended the agent, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<i32>,
    /// The last lines of the agent's standard error, oldest first.
    #[serde(default)]
    pub stderr_tail: Vec<String>,
    /// When the agent's provider may be asked again, if it told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_at: Option<Timestamp>,
}

/// Classes of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureCode {
    /// Worktree or process could not be started.
    Start,
    /// The agent exited.
    Exit,
    /// A signal ended the agent.
    Signal,
    /// The agent broke the protocol.
    Protocol,
    /// The agent's provider answered with an error.
    Provider,
    /// The turn ended without any output.
    NoOutput,
    /// A limit of the console was reached.
    Limit,
}

impl FailureCode {
    /// The word of the class on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Exit => "exit",
            Self::Signal => "signal",
            Self::Protocol => "protocol",
            Self::Provider => "provider",
            Self::NoOutput => "no_output",
            Self::Limit => "limit",
        }
    }
}

/// What the class of a failure means, for a person; nothing for a class that is not known here.
#[must_use]
pub fn meaning(code: &str) -> &'static str {
    match code {
        "start" => "the agent did not start",
        "exit" => "the agent's process ended",
        "signal" => "the agent's process was ended",
        "protocol" => "the agent does not speak the protocol",
        "provider" => "an error of the agent's provider; the agent is still there",
        "no_output" => "the agent said nothing; it is still there",
        "limit" => "a limit of the console",
        _ => "",
    }
}
