//! What happens to a page, and what its driver must do about it.
use super::{Cause, Config, ErrKind, Mono, OpId, ReqId, Wall};
use crate::session::Phase;
use serde::{Deserialize, Serialize};

/// What a page opens with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seed {
    /// Version of the data.
    pub version: u64,
    /// How fresh such a session must be.
    pub phase: Phase,
    /// Where the data comes from.
    pub origin: Origin,
}

/// Where the data that a page opens with comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Origin {
    /// The server, right now.
    Server,
    /// This tab kept it. Within its time to live there is no request, after it one at once.
    Memory {
        /// When the server validated it last.
        validated: Mono,
        /// How long it counts as fresh, jitter included.
        ttl_ms: u64,
    },
    /// A stored copy: drawn, but never validated, so asked for without condition.
    Storage {
        /// When it was written.
        saved: Wall,
    },
}

/// What the tab keeps of a page that is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Kept {
    /// Version of the data.
    pub version: u64,
    /// When the server validated it last.
    pub validated: Mono,
    /// How long it counts as fresh, jitter included; 0 if it is known to lack something.
    pub ttl_ms: u64,
    /// How fresh such a session must be.
    pub phase: Phase,
}

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Event {
    /// The page opened; on an open page: one more shows its data.
    Mount(Option<Seed>),
    /// The page opened, and its first request has failed already.
    MountFailed(ErrKind),
    /// The page closed; with several that show its data: one of them.
    Unmount,
    /// The timer fired.
    Tick,
    /// The page came into view or left it.
    Visible(bool),
    /// The network came or went, as the browser believes.
    Online(bool),
    /// The machine slept.
    Resumed,
    /// The page may be gone soon (`pagehide`, `freeze`): what is to be written is written now.
    Flush,
    /// A person asked for fresh data.
    Refresh,
    /// A request was answered with data.
    FetchOk {
        /// The request.
        id: ReqId,
        /// Version of the data.
        version: u64,
        /// How fresh such a session must be.
        phase: Phase,
        /// Whether the data can be applied to what the page holds.
        is_applicable: bool,
        /// Size of the answer's body.
        bytes: u64,
    },
    /// A request was answered: nothing changed.
    FetchNotModified {
        /// The request.
        id: ReqId,
    },
    /// A request failed.
    FetchErr {
        /// The request.
        id: ReqId,
        /// Why.
        kind: ErrKind,
        /// How long the server asks to wait, in milliseconds.
        retry_after_ms: Option<u64>,
    },
    /// A person acts; the effect shows at once.
    OpStart(OpId),
    /// An action was done.
    OpOk {
        /// The action.
        op: OpId,
        /// The version that holds its effect.
        version: u64,
        /// How fresh the session must be now, if the answer tells.
        phase: Option<Phase>,
    },
    /// An action was refused; its effect is taken back.
    OpErr {
        /// The action.
        op: OpId,
        /// Whether somebody else changed the same before.
        is_conflict: bool,
        /// The server's version, if the refusal tells.
        version: Option<u64>,
    },
    /// The server says that a version exists.
    Push {
        /// The version.
        version: u64,
    },
    /// Whether the server's pushes arrive; what may have been missed until they do is caught up.
    PushHealth(bool),
    /// The server's pushes arrive, and it knows whether any were missed.
    PushOpened {
        /// Whether some may have been.
        is_gap: bool,
    },
    /// The server's stream brought changes; their key is [`ReqId::STREAM`].
    Streamed {
        /// Version of the data.
        version: u64,
        /// How fresh such a session must be.
        phase: Phase,
        /// Whether the data can be applied to what the page holds.
        is_applicable: bool,
        /// Size of the data.
        bytes: u64,
    },
    /// Somebody else brought data, by another way than this core's requests.
    Told {
        /// Version of the data.
        version: u64,
        /// How fresh such a session must be.
        phase: Phase,
    },
    /// New settings.
    Configure(Config),
    /// The switch of the whole mechanism.
    Enable(bool),
}

/// What the driver must do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Effect {
    /// Ask the server.
    Fetch {
        /// The request.
        id: ReqId,
        /// Why.
        cause: Cause,
        /// Whether "nothing changed" is a useful answer, and changes instead of the whole.
        is_conditional: bool,
    },
    /// Give up a request; its answer no longer counts.
    Abort(ReqId),
    /// Set the one timer, or switch it off. Always in the future.
    WakeAt(Option<Mono>),
    /// Apply the answer of this request.
    Accept(ReqId),
    /// The answer of this request is what is held: keep its validator and apply nothing.
    Revalidated(ReqId),
    /// Throw the answer of this request away.
    Discard(ReqId),
    /// Send an action to the server.
    SendOp(OpId),
    /// The data holds the action's effect now: forget the action.
    OpSettled(OpId),
    /// Take the action's effect back.
    OpRolledBack(OpId),
    /// Write the stored copy now.
    Persist,
    /// Remove the stored copy.
    Forget,
    /// Log an incident: the page was stale, or could not load at all.
    Incident(Incident),
}

/// What is logged on the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Incident {
    /// No validation for longer than allowed.
    Stale {
        /// Milliseconds since the last one.
        age_ms: u64,
        /// The interval in force.
        interval_ms: u64,
    },
    /// Every attempt failed and there is nothing to show.
    Failed {
        /// Attempts made.
        attempts: u8,
        /// Why the last one failed.
        kind: ErrKind,
    },
}
