//! What an answer leads to: accepted, discarded, tried again, given up.
use super::cadence::TIMER_MAX_MS;
use super::rng::around;
use super::{Cause, Core, Effect, ErrKind, Fetch, Incident, Moment, RETRY_MS, ReqId};
use crate::session::Phase;

/// An answer with data, as far as the core looks at it.
#[derive(Clone, Copy)]
pub(super) struct Answer {
    pub(super) version: u64,
    pub(super) phase: Phase,
    pub(super) is_applicable: bool,
}

impl Core {
    /// The attempt of this request, and whether it was conditional, if it is the one under way.
    fn current(&mut self, id: ReqId) -> Option<(u8, bool)> {
        match self.fetch {
            Fetch::InFlight {
                id: current,
                attempt,
                is_conditional,
                ..
            } if current == id => Some((attempt, is_conditional)),
            _ => {
                self.counts.dropped += 1;
                None
            }
        }
    }

    pub(super) fn fetch_ok(&mut self, id: ReqId, answer: Answer, at: &mut Moment<'_>) {
        let Some((attempt, _)) = self.current(id) else {
            at.effects.push(Effect::Discard(id));
            return;
        };
        self.settle(at);
        let is_older = answer.version < self.least();
        if is_older && self.overtaken == Some(id) && self.version >= Some(self.floor) {
            at.effects.push(Effect::Discard(id));
            // What is wanted beyond that, the answer did not bring.
            return self.conclude(ReqId::STREAM, at);
        }
        if is_older || !answer.is_applicable {
            self.counts.regressed += u32::from(is_older);
            at.effects.push(Effect::Discard(id));
            return self.resync(id, attempt, at);
        }
        self.counts.ok += 1;
        self.accept(id, answer, at);
    }

    /// Takes data that fits and is not older than what is held.
    fn accept(&mut self, id: ReqId, answer: Answer, at: &mut Moment<'_>) {
        let is_new = self.version != Some(answer.version);
        if is_new || self.validated.is_none() || self.is_resync {
            self.version = Some(answer.version);
            self.is_unsaved = true;
            at.effects.push(Effect::Accept(id));
        } else {
            at.effects.push(Effect::Revalidated(id));
        }
        self.validate(is_new, at);
        self.set_phase(answer.phase);
        self.conclude(id, at);
    }

    /// Changes that the stream brought: taken like an answer, but what does not fit is asked for.
    pub(super) fn streamed(&mut self, answer: Answer, at: &mut Moment<'_>) {
        let is_over = matches!(self.fetch, Fetch::Failed { kind, .. } if !kind.is_retryable());
        let is_late = self.validated.is_some() && answer.version < self.least();
        if !self.is_mounted() || !self.is_enabled || is_over || is_late {
            at.effects.push(Effect::Discard(ReqId::STREAM));
            return;
        }
        if !answer.is_applicable || self.validated.is_none() || self.is_resync {
            at.effects.push(Effect::Discard(ReqId::STREAM));
            return self.push(answer.version, at);
        }
        if self.smear.is_some_and(|smear| smear.cause == Cause::Poll) {
            self.smear = None;
        }
        match self.fetch {
            Fetch::InFlight { id, .. } => self.overtaken = Some(id),
            Fetch::Idle | Fetch::Backoff { .. } | Fetch::Failed { .. } => self.settle(at),
        }
        self.accept(ReqId::STREAM, answer, at);
    }

    /// The lowest version that may be accepted. A stored copy that no server validated does not
    /// count: whatever the server says is the truth.
    fn least(&self) -> u64 {
        let held = self.validated.and(self.version);
        held.unwrap_or(0).max(self.floor)
    }

    /// Asks for what is wanted anyway, or for the whole, once; if the whole is of no use either,
    /// that is a failure like others.
    fn resync(&mut self, id: ReqId, attempt: u8, at: &mut Moment<'_>) {
        if self.wanted.is_some_and(|wanted| id < wanted.from) {
            return self.start_if_wanted(at);
        }
        self.want(Cause::Resync, None);
        if std::mem::replace(&mut self.is_resync, true) {
            self.fail(attempt, ErrKind::Undecodable, 0, at);
        } else {
            self.start_if_wanted(at);
        }
    }

    /// To a request without condition "nothing changed" is no answer; below the version of an own
    /// action it is an answer from before.
    pub(super) fn fetch_not_modified(&mut self, id: ReqId, at: &mut Moment<'_>) {
        let Some((attempt, is_conditional)) = self.current(id) else {
            return;
        };
        if !is_conditional {
            return self.fetch_err(id, ErrKind::Undecodable, None, at);
        }
        self.counts.not_modified += 1;
        self.settle(at);
        if self.version < Some(self.floor) {
            self.counts.regressed += 1;
            return self.resync(id, attempt, at);
        }
        self.validate(false, at);
        self.conclude(id, at);
    }

    pub(super) fn settle(&mut self, at: &mut Moment<'_>) {
        self.fetch = Fetch::Idle;
        self.settled = at.now;
        if self.config.jitter_percent > 0 {
            self.pace_permille = around(1000, self.config.jitter_percent * 10, at.rng);
        } else {
            self.pace_permille = 1000;
        }
    }

    fn validate(&mut self, is_new: bool, at: &mut Moment<'_>) {
        self.validated = Some(at.now);
        self.ttl_ms = self.config.sample_ttl(at.rng);
        self.fresh_from = at.now;
        (self.is_stale, self.is_slow) = (false, false);
        (self.is_resync, self.is_catching_up) = (false, false);
        if is_new {
            self.step = 0;
        } else if self.phase == Phase::Idle {
            self.step = self.step.saturating_add(1);
        }
    }

    fn conclude(&mut self, id: ReqId, at: &mut Moment<'_>) {
        self.fulfil(id);
        self.settle_ops(at);
        self.start_if_wanted(at);
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
        kind: ErrKind,
        retry_after_ms: Option<u64>,
        at: &mut Moment<'_>,
    ) {
        let Some((attempt, _)) = self.current(id) else {
            return;
        };
        self.counts.failed += 1;
        self.settle(at);
        let asked_ms = retry_after_ms.unwrap_or(0).min(TIMER_MAX_MS);
        self.fail(attempt, kind, asked_ms, at);
    }

    /// The next attempt after a wait, or none: then slowly on, or given up.
    fn fail(&mut self, attempt: u8, kind: ErrKind, asked_ms: u64, at: &mut Moment<'_>) {
        if !kind.is_retryable() {
            return self.give_up(attempt + 1, kind, at);
        }
        self.not_before = at.now.plus(asked_ms);
        self.push_due = None;
        match RETRY_MS.get(usize::from(attempt)) {
            Some(wait) => {
                self.fetch = Fetch::Backoff {
                    attempt: attempt + 1,
                    due: at.now.plus(*wait).max(self.not_before),
                    kind,
                };
            }
            None if self.version.is_some() => self.is_slow = true,
            None => self.give_up(attempt + 1, kind, at),
        }
    }

    pub(super) fn give_up(&mut self, attempts: u8, kind: ErrKind, at: &mut Moment<'_>) {
        self.fetch = Fetch::Failed { attempts, kind };
        if kind.forbids_a_copy() {
            self.forget(at);
        }
        if self.version.is_none() {
            let failed = Incident::Failed { attempts, kind };
            at.effects.push(Effect::Incident(failed));
        }
    }
}
