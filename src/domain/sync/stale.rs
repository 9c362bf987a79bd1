//! Staleness: too long without a validation while the page could have had one.
use super::{Cause, Core, Effect, Fetch, Incident, Moment, Mono};
use crate::session::Phase;

impl Core {
    /// The interval that staleness is measured by: after a time in which the page could not ask,
    /// the base, however slow its cadence is.
    fn stale_interval_ms(&self) -> Option<u64> {
        let interval = self.interval_ms()?;
        Some(match self.is_catching_up {
            true => self.config.base_ms.min(interval),
            false => interval,
        })
    }

    /// When the page will have gone too long without a validation.
    pub(super) fn stale_due(&self) -> Option<Mono> {
        let can = self.gates_open()
            && !self.is_stale
            && self.version.is_some()
            && self.phase != Phase::Terminal
            && !matches!(self.fetch, Fetch::Failed { .. });
        let interval = self.stale_interval_ms()?;
        let allowed = interval.saturating_mul(self.config.stale_factor);
        can.then(|| self.fresh_from.plus(allowed).plus(1))
    }

    /// Time since the server validated what is shown, in milliseconds.
    fn age_ms(&self, now: Mono) -> u64 {
        match self.validated {
            Some(validated) => now.since(validated),
            None => now.since(self.mounted).saturating_add(self.copy_age_ms),
        }
    }

    /// Once per episode: an incident, and a request if none is under way or planned.
    pub(super) fn check_stale(&mut self, at: &mut Moment<'_>) {
        if self.stale_due().is_none_or(|due| due > at.now) {
            return;
        }
        let interval_ms = self.stale_interval_ms().unwrap_or(0);
        self.is_stale = true;
        self.counts.stale += 1;
        at.effects.push(Effect::Incident(Incident::Stale {
            age_ms: self.age_ms(at.now),
            interval_ms,
        }));
        if self.fetch == Fetch::Idle && self.smear.is_none() && self.not_before <= at.now {
            self.start(Cause::Stale, 0, at);
        }
    }
}
