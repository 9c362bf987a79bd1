//! What happens to a page, and what its driver must do about it.
use super::{Cause, Config, ErrKind, Mono, OpId, ReqId};
use crate::session::Phase;

/// What a page opens with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seed {
    /// Version of the data.
    pub version: u64,
    /// How fresh such a session must be.
    pub phase: Phase,
    /// Milliseconds since the server validated it; none if it never did (restored from storage).
    pub age_ms: Option<u64>,
}

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// The page opened.
    Mount(Option<Seed>),
    /// The page opened, and its first request has failed already.
    MountFailed(ErrKind),
    /// The page closed.
    Unmount,
    /// The timer fired.
    Tick,
    /// The page came into view or left it.
    Visible(bool),
    /// The network came or went, as the browser believes.
    Online(bool),
    /// The machine slept.
    Resumed,
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
    },
    /// The server says that a version exists.
    Push {
        /// The version.
        version: u64,
    },
    /// Whether the server's pushes arrive.
    PushHealth(bool),
    /// New settings.
    Configure(Config),
    /// The switch of the whole mechanism.
    Enable(bool),
}

/// What the driver must do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    /// Set the one timer, or switch it off.
    WakeAt(Option<Mono>),
    /// Apply the answer of this request.
    Accept(ReqId),
    /// Throw the answer of this request away.
    Discard(ReqId),
    /// Send an action to the server.
    SendOp(OpId),
    /// The data holds the action's effect now: forget the action.
    OpSettled(OpId),
    /// Take the action's effect back.
    OpRolledBack(OpId),
    /// Log an incident: the page was stale, or could not load at all.
    Incident(Incident),
}

/// What is logged on the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
