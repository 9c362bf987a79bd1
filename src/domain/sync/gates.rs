//! The gates: in view, online, switched on; and what happens when one opens.
use super::{Cause, Config, Core, Fetch, Moment, Smear};

/// Least distance between the end of a request and the start that coming into view makes.
/// Source: design, cases 36 and 37.
const SHOW_GAP_MS: u64 = 2000;
/// Longest delay after pushes were lost, so that not all pages ask at once. Source: design,
/// "Stampede".
const SMEAR_MS: u64 = 1000;

impl Core {
    pub(super) const fn is_mounted(&self) -> bool {
        self.mounts > 0
    }

    pub(super) const fn gates_open(&self) -> bool {
        self.is_mounted() && self.is_enabled && self.is_visible && self.is_online
    }

    pub(super) fn visible(&mut self, is_visible: bool, at: &mut Moment<'_>) {
        let was_visible = std::mem::replace(&mut self.is_visible, is_visible);
        if !is_visible {
            return self.flush(at);
        }
        if was_visible {
            return;
        }
        self.fresh_from = at.now;
        let is_old = at.now.since(self.settled) >= SHOW_GAP_MS;
        let starts = match self.fetch {
            Fetch::InFlight { .. } => {
                self.counts.joined += 1;
                false
            }
            Fetch::Idle => is_old || self.wanted.is_some(),
            Fetch::Backoff { .. } => is_old,
            Fetch::Failed { kind, .. } => is_old && kind.is_retryable(),
        };
        if starts {
            self.is_catching_up = true;
            self.start(Cause::Visible, 0, at);
        }
    }

    pub(super) fn online(&mut self, is_online: bool, at: &mut Moment<'_>) {
        let was_online = std::mem::replace(&mut self.is_online, is_online);
        if is_online && !was_online {
            self.force(Cause::Online, at);
        }
    }

    /// Starts at once with a new ladder, or as soon as the gates open, or lets the request
    /// under way do.
    pub(super) fn force(&mut self, cause: Cause, at: &mut Moment<'_>) {
        if matches!(self.fetch, Fetch::Failed { kind, .. } if !kind.is_retryable()) {
            return;
        }
        self.fresh_from = at.now;
        self.is_catching_up = true;
        if self.is_in_flight() {
            self.counts.joined += 1;
        } else if !self.gates_open() {
            self.fetch = Fetch::Idle;
            self.want(cause, None);
        } else if self.is_push_lost && matches!(cause, Cause::Online | Cause::Resumed) {
            self.fetch = Fetch::Idle;
            self.smear = Some(self.smeared(cause, at));
        } else {
            self.start(cause, 0, at);
        }
    }

    pub(super) fn refresh(&mut self, at: &mut Moment<'_>) {
        if self.version.is_none() && self.is_in_flight() {
            self.counts.joined += 1;
            return;
        }
        if self.is_visible && self.is_mounted() && self.is_enabled {
            self.abort(at);
            self.step = 0;
            self.start(Cause::Refresh, 0, at);
        }
    }

    pub(super) fn push(&mut self, version: u64, at: &mut Moment<'_>) {
        self.step = 0;
        self.want(Cause::Push, Some(version));
        self.start_if_wanted(at);
    }

    /// Whether pushes arrive and are relied on.
    pub(super) const fn is_told(&self) -> bool {
        self.push_healthy && self.config.is_pushed
    }

    /// Pushes arrive from now on; a gap is caught up at once.
    pub(super) fn push_opened(&mut self, is_gap: bool, at: &mut Moment<'_>) {
        (self.push_healthy, self.is_push_lost) = (true, false);
        self.rest_if_told();
        if is_gap {
            self.want(Cause::Push, None);
            self.start_if_wanted(at);
        }
    }

    pub(super) fn push_lost(&mut self, at: &mut Moment<'_>) {
        let was_told = self.is_told();
        self.is_push_lost |= self.push_healthy;
        self.push_healthy = false;
        if was_told {
            self.poll_again(at);
        }
    }

    pub(super) fn configure(&mut self, config: Config, at: &mut Moment<'_>) {
        let was_told = self.is_told();
        self.config = config;
        if was_told && !self.is_told() {
            self.poll_again(at);
        }
        self.rest_if_told();
    }

    /// A poll that waits its turn is not needed where pushes are relied on again, nor is what is
    /// shown too old then.
    fn rest_if_told(&mut self) {
        if !self.is_told() {
            return;
        }
        if self.smear.is_some_and(|smear| smear.cause == Cause::Poll) {
            self.smear = None;
        }
        if self.fetch == Fetch::Idle && self.wanted.is_none() && self.smear.is_none() {
            self.is_catching_up = false;
        }
    }

    /// Polls as if the session had just changed. The time without polls does not make the page
    /// stale, and pages that lost push together do not all ask in the same moment.
    fn poll_again(&mut self, at: &mut Moment<'_>) {
        self.step = 0;
        self.fresh_from = at.now;
        self.is_catching_up = true;
        let is_due = self.poll_due().is_some_and(|due| due <= at.now);
        if is_due && self.fetch == Fetch::Idle && self.smear.is_none() {
            self.smear = Some(self.smeared(Cause::Poll, at));
        }
    }

    fn smeared(&self, cause: Cause, at: &mut Moment<'_>) -> Smear {
        let due = at.now.plus(at.rng.next_u64() % (SMEAR_MS + 1));
        Smear { due, cause }
    }

    pub(super) fn enable(&mut self, is_enabled: bool, at: &mut Moment<'_>) {
        let was_enabled = std::mem::replace(&mut self.is_enabled, is_enabled);
        if !is_enabled {
            self.flush(at);
            self.abort(at);
        } else if !was_enabled && self.is_mounted() {
            self.force(Cause::Mount, at);
        }
    }
}
