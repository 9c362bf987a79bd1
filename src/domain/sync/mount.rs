//! How a page begins and ends: what it opens with, and what is kept of it.
use super::{
    COPY_MAX_AGE_MS, Cause, Core, ErrKind, Fetch, Kept, Moment, Mono, Origin, RETRY_MS, Seed, Wall,
};
use crate::session::Phase;

impl Core {
    pub(super) fn mount(&mut self, seed: Option<Seed>, at: &mut Moment<'_>) {
        if !self.open(at) {
            return;
        }
        match seed {
            None => self.open_empty(at),
            Some(seed) => self.open_with(seed, at),
        }
    }

    /// The failed request counts as the first attempt of the ladder.
    pub(super) fn mount_failed(&mut self, kind: ErrKind, at: &mut Moment<'_>) {
        if !self.open(at) {
            return;
        }
        if !kind.is_retryable() {
            return self.give_up(1, kind, at);
        }
        self.fetch = Fetch::Backoff {
            attempt: 1,
            due: at.now.plus(RETRY_MS[0]),
            kind,
        };
    }

    /// Begins anew; false if the page is open already.
    fn open(&mut self, at: &mut Moment<'_>) -> bool {
        self.mounts = self.mounts.saturating_add(1);
        if self.mounts > 1 {
            self.counts.joined += u32::from(self.is_in_flight());
            return false;
        }
        self.settle(at);
        self.phase = Phase::Active;
        (self.version, self.validated) = (None, None);
        (self.step, self.is_slow, self.is_stale) = (0, false, false);
        (self.is_resync, self.is_catching_up) = (false, false);
        (self.wanted, self.smear, self.push_due) = (None, None, None);
        (self.mounted, self.fresh_from, self.saved) = (at.now, at.now, at.now);
        (self.copy_age_ms, self.is_unsaved) = (0, false);
        self.not_before = Mono(0);
        (self.armed, self.armed_poll) = (None, None);
        true
    }

    fn open_empty(&mut self, at: &mut Moment<'_>) {
        self.counts.cache.miss += 1;
        self.want(Cause::Mount, None);
        self.start_if_wanted(at);
    }

    fn open_with(&mut self, seed: Seed, at: &mut Moment<'_>) {
        let age_ms = match seed.origin {
            Origin::Server | Origin::Memory { .. } => Some(0),
            Origin::Storage { saved } => copy_age(saved, at.wall),
        };
        let Some(age_ms) = age_ms else {
            self.forget(at);
            return self.open_empty(at);
        };
        self.version = Some(seed.version);
        self.phase = seed.phase;
        self.copy_age_ms = age_ms;
        match seed.origin {
            Origin::Server => {
                self.validated = Some(at.now);
                self.ttl_ms = self.config.sample_ttl(at.rng);
                self.is_unsaved = true;
            }
            Origin::Memory { validated, ttl_ms } => {
                self.validated = Some(validated);
                self.ttl_ms = ttl_ms;
                self.open_with_memory(validated, at);
            }
            Origin::Storage { .. } => self.open_with_stale(at),
        }
        self.settle_ops(at);
        if self.floor > seed.version {
            self.want(Cause::Action, Some(self.floor));
            self.start_if_wanted(at);
        }
    }

    /// Draws what there is, and asks at once.
    fn open_with_stale(&mut self, at: &mut Moment<'_>) {
        self.is_catching_up = true;
        self.counts.cache.stale += 1;
        self.want(Cause::Mount, None);
        self.start_if_wanted(at);
    }

    /// Within the time to live the cadence goes on; what is overdue waits one more interval.
    fn open_with_memory(&mut self, validated: Mono, at: &mut Moment<'_>) {
        if at.now.since(validated) >= self.ttl_ms {
            return self.open_with_stale(at);
        }
        self.counts.cache.hit += 1;
        let interval = self.interval_ms().unwrap_or(0);
        if validated.plus(interval) > at.now {
            self.settled = validated.min(at.now);
        }
    }

    pub(super) fn unmount(&mut self, at: &mut Moment<'_>) {
        self.mounts = self.mounts.saturating_sub(1);
        if self.mounts == 0 {
            self.flush(at);
            self.abort(at);
        }
    }

    /// What the tab's memory keeps when the page is left; none if there is nothing that the
    /// server validated, or if it refuses to show it to this reader.
    #[must_use]
    pub fn kept(&self) -> Option<Kept> {
        let (version, validated) = (self.version?, self.validated?);
        if matches!(self.fetch, Fetch::Failed { kind, .. } if kind.forbids_a_copy()) {
            return None;
        }
        let lacks_something = self.wanted.is_some()
            || self.is_resync
            || self.floor > version
            || self.pending_ops().next().is_some();
        Some(Kept {
            version,
            validated,
            ttl_ms: if lacks_something { 0 } else { self.ttl_ms },
            phase: self.phase,
        })
    }
}

/// Age of a copy in milliseconds; none if it is too old, or from the future.
fn copy_age(saved: Wall, now: Wall) -> Option<u64> {
    let age = u64::try_from(now.0.checked_sub(saved.0)?).ok()?;
    (age <= COPY_MAX_AGE_MS).then_some(age)
}
