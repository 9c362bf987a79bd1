//! What an answer leads to: accepted, discarded, tried again, given up.
use super::{Cause, Core, Effect, ErrKind, Fetch, Incident, Mono, RETRY_MS, ReqId};
use crate::session::Phase;

impl Core {
    /// The attempt of this request, if it is the one under way.
    fn current(&self, id: ReqId) -> Option<u8> {
        match self.fetch {
            Fetch::InFlight {
                id: current,
                attempt,
                ..
            } if current == id => Some(attempt),
            _ => None,
        }
    }

    pub(super) fn fetch_ok(
        &mut self,
        id: ReqId,
        answer: (u64, Phase, bool),
        now: Mono,
        effects: &mut Vec<Effect>,
    ) {
        let (version, phase, is_applicable) = answer;
        if self.current(id).is_none() {
            effects.push(Effect::Discard(id));
            return;
        }
        self.settle(now);
        if version < self.version.unwrap_or(0).max(self.floor) {
            self.counts.regressed += 1;
            effects.push(Effect::Discard(id));
            if self.wanted.is_some_and(|wanted| id < wanted.from) {
                return self.start_if_wanted(now, effects);
            }
            self.want(Cause::Resync, None);
            return self.start_unless_resyncing(now, effects);
        }
        if !is_applicable {
            effects.push(Effect::Discard(id));
            self.want(Cause::Resync, None);
            return self.start_unless_resyncing(now, effects);
        }
        self.counts.ok += 1;
        let is_new = self.version != Some(version);
        self.version = Some(version);
        effects.push(Effect::Accept(id));
        self.validate(is_new, now);
        self.set_phase(phase);
        self.fulfil(id);
        self.settle_ops(effects);
        self.start_if_wanted(now, effects);
    }

    /// Asks for the whole once; if that fails too, the interval decides.
    fn start_unless_resyncing(&mut self, now: Mono, effects: &mut Vec<Effect>) {
        if self.is_resync {
            self.wanted = None;
        } else {
            self.is_resync = true;
            self.start_if_wanted(now, effects);
        }
    }

    pub(super) fn fetch_not_modified(&mut self, id: ReqId, now: Mono, effects: &mut Vec<Effect>) {
        if self.current(id).is_none() {
            return;
        }
        self.counts.not_modified += 1;
        self.settle(now);
        self.validate(false, now);
        self.fulfil(id);
        self.settle_ops(effects);
        self.start_if_wanted(now, effects);
    }

    fn settle(&mut self, now: Mono) {
        self.fetch = Fetch::Idle;
        self.settled = now;
    }

    fn validate(&mut self, is_new: bool, now: Mono) {
        self.validated = Some(now);
        self.fresh_from = now;
        self.is_stale = false;
        self.is_slow = false;
        self.is_resync = false;
        if is_new {
            self.step = 0;
        } else if self.phase == Phase::Idle {
            self.step = self.step.saturating_add(1);
        }
    }

    /// A phase by an answer, a push or an own action.
    pub(super) fn set_phase(&mut self, phase: Phase) {
        if self.phase != phase {
            self.phase = phase;
            self.step = 0;
        }
    }

    pub(super) fn fetch_err(
        &mut self,
        id: ReqId,
        error: (ErrKind, Option<u64>),
        now: Mono,
        effects: &mut Vec<Effect>,
    ) {
        let (kind, retry_after) = error;
        let Some(attempt) = self.current(id) else {
            return;
        };
        self.counts.failed += 1;
        self.settle(now);
        if !kind.is_retryable() {
            return self.give_up(attempt + 1, kind, effects);
        }
        match RETRY_MS.get(usize::from(attempt)) {
            Some(wait) => {
                let due = now.plus((*wait).max(retry_after.unwrap_or(0)));
                self.fetch = Fetch::Backoff {
                    attempt: attempt + 1,
                    due,
                    kind,
                };
            }
            None if self.version.is_some() => self.is_slow = true,
            None => self.give_up(attempt + 1, kind, effects),
        }
    }

    fn give_up(&mut self, attempts: u8, kind: ErrKind, effects: &mut Vec<Effect>) {
        self.fetch = Fetch::Failed { attempts, kind };
        if self.version.is_none() {
            effects.push(Effect::Incident(Incident::Failed { attempts, kind }));
        }
    }
}
