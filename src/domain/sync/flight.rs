//! Starting requests: one at a time, only when the gates are open.
use super::{Cause, Core, Effect, Fetch, Moment, Mono, ReqId, Wanted};

impl Core {
    /// Starts a request if none is under way and the gates are open; a person's request also
    /// probes a network that is said to be gone.
    pub(super) fn start(&mut self, cause: Cause, attempt: u8, at: &mut Moment<'_>) {
        let probes = cause == Cause::Refresh;
        let is_open = self.is_mounted() && self.is_enabled && self.is_visible;
        if !is_open || !(self.is_online || probes) || self.is_in_flight() {
            return;
        }
        let id = ReqId(self.next_request);
        self.next_request += 1;
        let is_conditional = self.version.is_some() && self.validated.is_some() && !self.is_resync;
        self.fetch = Fetch::InFlight {
            id,
            started: at.now,
            attempt,
            is_conditional,
        };
        (self.smear, self.push_due) = (None, None);
        if cause == Cause::Push {
            let from = self.push_spent.map_or(at.now, |spent| spent.max(at.now));
            self.push_spent = Some(from.plus(self.config.push_gap_ms));
        }
        self.counts.starts[cause as usize] += 1;
        at.effects.push(Effect::Fetch {
            id,
            cause,
            is_conditional,
        });
    }

    pub(super) const fn is_in_flight(&self) -> bool {
        matches!(self.fetch, Fetch::InFlight { .. })
    }

    /// Gives up the request under way, if any.
    pub(super) fn abort(&mut self, at: &mut Moment<'_>) {
        if let Fetch::InFlight { id, .. } = self.fetch {
            self.counts.aborted += 1;
            at.effects.push(Effect::Abort(id));
            self.fetch = Fetch::Idle;
        }
    }

    /// Notes that a validation is needed that starts from now on, or that brings a version.
    pub(super) fn want(&mut self, cause: Cause, version: Option<u64>) {
        if let (Some(version), Some(held)) = (version, self.version)
            && version <= held
            && cause == Cause::Push
        {
            return;
        }
        let from = ReqId(self.next_request);
        let (version, cause) = match self.wanted {
            Some(before) if cause == Cause::Push => (before.version.max(version), before.cause),
            Some(before) => (before.version.max(version), cause),
            None => (version, cause),
        };
        self.wanted = Some(Wanted {
            version,
            from,
            cause,
        });
    }

    /// Whether a validation by this request fulfils what is wanted.
    pub(super) fn fulfil(&mut self, id: ReqId) {
        let Some(wanted) = self.wanted else { return };
        let has_version = wanted
            .version
            .is_some_and(|version| self.version >= Some(version));
        if has_version || id >= wanted.from {
            self.wanted = None;
        }
    }

    /// Starts at once what is wanted, or as soon as pushes may start the next; a ladder under way
    /// keeps its waits.
    pub(super) fn start_if_wanted(&mut self, at: &mut Moment<'_>) {
        let Some(wanted) = self.wanted else { return };
        // One more than the distance allows: changes often come in pairs, and after a rest the
        // second of two is not to wait for it.
        let gap = self.config.push_gap_ms;
        let free = self.push_spent.map(|spent| Mono(spent.since(Mono(gap))));
        let must_wait = wanted.cause == Cause::Push && free.is_some_and(|free| free > at.now);
        match self.fetch {
            Fetch::Idle if must_wait => self.push_due = free,
            Fetch::Idle => self.start(wanted.cause, 0, at),
            Fetch::Failed { kind, .. } if kind.is_retryable() => self.start(wanted.cause, 0, at),
            Fetch::InFlight { .. } => self.counts.joined += 1,
            Fetch::Backoff { .. } | Fetch::Failed { .. } => {}
        }
    }
}
