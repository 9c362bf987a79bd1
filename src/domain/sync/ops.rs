//! Own actions: shown at once, sent one after the other, settled by version, rolled back once.
use super::{Cause, Core, Effect, Moment};
use crate::session::Phase;
use serde::{Deserialize, Serialize};

/// An action of this page; the driver knows what it does and never uses a number again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct OpId(pub u32);

/// How far an action is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum OpState {
    /// Waits for the one before it.
    Queued,
    /// Under way.
    Sent,
    /// Done on the server as of this version; the page's data may be older.
    Committed(u64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PendingOp {
    pub(super) id: OpId,
    pub(super) state: OpState,
}

impl Core {
    /// The actions whose effect lies above the data, oldest first.
    pub fn pending_ops(&self) -> impl Iterator<Item = OpId> + '_ {
        self.ops.iter().map(|op| op.id)
    }

    pub(super) fn op_start(&mut self, id: OpId, at: &mut Moment<'_>) {
        if self.ops.iter().any(|op| op.id == id) {
            return;
        }
        self.step = 0;
        self.ops.push(PendingOp {
            id,
            state: OpState::Queued,
        });
        self.send_next_op(at);
    }

    fn send_next_op(&mut self, at: &mut Moment<'_>) {
        if self.ops.iter().any(|op| op.state == OpState::Sent) {
            return;
        }
        if let Some(op) = self.ops.iter_mut().find(|op| op.state == OpState::Queued) {
            op.state = OpState::Sent;
            at.effects.push(Effect::SendOp(op.id));
        }
    }

    /// The place of an action that is under way; others have no answer to come.
    fn sent(&self, id: OpId) -> Option<usize> {
        let is_it = |op: &PendingOp| op.id == id && op.state == OpState::Sent;
        self.ops.iter().position(is_it)
    }

    pub(super) fn op_ok(
        &mut self,
        id: OpId,
        version: u64,
        phase: Option<Phase>,
        at: &mut Moment<'_>,
    ) {
        let Some(place) = self.sent(id) else { return };
        self.ops[place].state = OpState::Committed(version);
        self.floor = self.floor.max(version);
        if let Some(phase) = phase {
            self.set_phase(phase);
        }
        self.step = 0;
        self.want(Cause::Action, Some(version));
        self.settle_ops(at);
        self.send_next_op(at);
        self.start_if_wanted(at);
    }

    pub(super) fn op_err(&mut self, id: OpId, version: Option<u64>, at: &mut Moment<'_>) {
        let Some(place) = self.sent(id) else { return };
        self.ops.remove(place);
        at.effects.push(Effect::OpRolledBack(id));
        self.floor = self.floor.max(version.unwrap_or(0));
        self.want(Cause::Action, version);
        self.send_next_op(at);
        self.start_if_wanted(at);
    }

    /// Data that came by another way: no validation, but actions that it holds are settled.
    pub(super) fn told(&mut self, version: u64, phase: Phase, at: &mut Moment<'_>) {
        if self.version.is_none_or(|held| version >= held) {
            self.version = Some(version);
            self.set_phase(phase);
            self.settle_ops(at);
        }
    }

    /// Forgets the actions that the data holds.
    pub(super) fn settle_ops(&mut self, at: &mut Moment<'_>) {
        let Some(held) = self.version else { return };
        self.ops.retain(|op| match op.state {
            OpState::Committed(version) if version <= held => {
                at.effects.push(Effect::OpSettled(op.id));
                false
            }
            OpState::Committed(_) | OpState::Queued | OpState::Sent => true,
        });
    }
}
