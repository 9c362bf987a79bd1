//! What the journal says of the agent's process, beside the lines of its pipes.
use serde::{Deserialize, Serialize};

/// What happened to the agent's process: the text of a line whose `dir` is [`super::journal::Dir::Shim`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "event",
    rename_all = "lowercase",
    rename_all_fields = "camelCase"
)]
pub enum ShimEvent {
    /// The agent runs; the three name its process for good.
    Started {
        /// Process id.
        pid: u32,
        /// Field 22 of `/proc/PID/stat`, in clock ticks since boot.
        start_time: u64,
        /// The kernel's id of this boot.
        boot_id: String,
    },
    /// The session was another node's until here; not written by a shim.
    Moved {
        /// The number of its last turn.
        turn: u64,
    },
    /// A stop was asked for.
    Stopping,
    /// The agent is gone, and all that it started.
    Exited {
        /// Exit status; 127 when it could not be started.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<i32>,
        /// The signal that ended it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        signal: Option<i32>,
    },
}
