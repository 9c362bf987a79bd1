//! Lines of a session's journal as the page gets them.
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A line of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RawLine {
    /// Its number, from 1.
    pub n: u64,
    /// When it was written.
    pub at: Timestamp,
    /// `c2a` to the agent, `a2c` from it, `stderr`, or `shim`.
    pub dir: String,
    /// As on the pipe; a longer one is cut and says so at its end.
    pub raw: String,
}

/// The answer of `agent/get_lines`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RawLines {
    /// By ascending number.
    pub lines: Vec<RawLine>,
    /// Whether there are more after the last.
    pub more: bool,
}

/// The answer of `agent/get_stderr`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct StderrLines {
    /// The last lines, oldest first.
    pub lines: Vec<String>,
}

impl RawLine {
    /// Which way it went, in words.
    #[must_use]
    pub fn way(&self) -> &'static str {
        match self.dir.as_str() {
            "c2a" => "to the agent",
            "a2c" => "from the agent",
            "stderr" => "standard error",
            _ => "process",
        }
    }
}
