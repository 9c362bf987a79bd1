//! Own actions: shown at once, sent one after the other, settled by version, rolled back once.
use super::{Cause, Core, Effect, Mono};
use crate::session::Phase;

/// An action of this page; the driver knows what it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OpId(pub u32);

/// How far an action is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpState {
    /// Waits for the one before it.
    Queued,
    /// Under way.
    Sent,
    /// Done on the server as of this version; the page's data may be older.
    Committed(u64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PendingOp {
    pub(super) id: OpId,
    pub(super) state: OpState,
}

impl Core {
    /// The actions whose effect lies above the data, oldest first.
    pub fn pending_ops(&self) -> impl Iterator<Item = OpId> + '_ {
        self.ops.iter().map(|op| op.id)
    }

    pub(super) fn op_start(&mut self, id: OpId, effects: &mut Vec<Effect>) {
        self.step = 0;
        self.ops.push(PendingOp {
            id,
            state: OpState::Queued,
        });
        self.send_next_op(effects);
    }

    fn send_next_op(&mut self, effects: &mut Vec<Effect>) {
        if self.ops.iter().any(|op| op.state == OpState::Sent) {
            return;
        }
        if let Some(op) = self.ops.iter_mut().find(|op| op.state == OpState::Queued) {
            op.state = OpState::Sent;
            effects.push(Effect::SendOp(op.id));
        }
    }

    pub(super) fn op_ok(
        &mut self,
        id: OpId,
        answer: (u64, Option<Phase>),
        now: Mono,
        effects: &mut Vec<Effect>,
    ) {
        let (version, phase) = answer;
        let Some(op) = self.ops.iter_mut().find(|op| op.id == id) else {
            return;
        };
        op.state = OpState::Committed(version);
        self.floor = self.floor.max(version);
        if let Some(phase) = phase {
            self.set_phase(phase);
        }
        self.step = 0;
        self.want(Cause::Action, Some(version));
        self.settle_ops(effects);
        self.send_next_op(effects);
        self.start_if_wanted(now, effects);
    }

    pub(super) fn op_err(&mut self, id: OpId, now: Mono, effects: &mut Vec<Effect>) {
        let before = self.ops.len();
        self.ops.retain(|op| op.id != id);
        if self.ops.len() == before {
            return;
        }
        effects.push(Effect::OpRolledBack(id));
        self.want(Cause::Action, None);
        self.send_next_op(effects);
        self.start_if_wanted(now, effects);
    }

    /// Forgets the actions that the data holds.
    pub(super) fn settle_ops(&mut self, effects: &mut Vec<Effect>) {
        let Some(held) = self.version else { return };
        self.ops.retain(|op| match op.state {
            OpState::Committed(version) if version <= held => {
                effects.push(Effect::OpSettled(op.id));
                false
            }
            _ => true,
        });
    }
}
