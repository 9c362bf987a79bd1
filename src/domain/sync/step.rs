//! The one way in: an event at a point in time, and what is to be done about it.
use super::{
    Cause, Config, Core, Counts, Effect, ErrKind, Event, Fetch, Incident, Mono, RETRY_MS, Seed,
};
use crate::session::Phase;

impl Core {
    /// A core that waits for its page to open.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self {
            config,
            is_mounted: false,
            is_visible: true,
            is_online: true,
            is_enabled: true,
            push_healthy: false,
            phase: Phase::Active,
            step: 0,
            is_slow: false,
            version: None,
            floor: 0,
            validated: None,
            fresh_from: Mono(0),
            settled: Mono(0),
            is_stale: false,
            is_resync: false,
            fetch: Fetch::Idle,
            wanted: None,
            ops: Vec::new(),
            next_request: 1,
            armed: None,
            counts: Counts::default(),
        }
    }

    /// Takes an event and says what to do. `now` must not go backwards.
    pub fn step(&mut self, now: Mono, event: Event) -> Vec<Effect> {
        let mut effects = Vec::new();
        self.take(now, event, &mut effects);
        let due = self.next_due(now);
        if due != self.armed {
            self.armed = due;
            effects.push(Effect::WakeAt(due));
        }
        effects
    }

    fn take(&mut self, now: Mono, event: Event, effects: &mut Vec<Effect>) {
        match event {
            Event::Mount(seed) => self.mount(seed, now, effects),
            Event::MountFailed(kind) => self.mount_failed(kind, now),
            Event::Unmount => self.unmount(effects),
            Event::Tick => self.tick(now, effects),
            Event::Visible(is_visible) => self.visible(is_visible, now, effects),
            Event::Online(is_online) => self.online(is_online, now, effects),
            Event::Resumed => self.force(Cause::Resumed, now, effects),
            Event::Refresh => self.refresh(now, effects),
            Event::FetchOk {
                id,
                version,
                phase,
                is_applicable,
            } => {
                self.fetch_ok(id, (version, phase, is_applicable), now, effects);
            }
            Event::FetchNotModified { id } => self.fetch_not_modified(id, now, effects),
            Event::FetchErr {
                id,
                kind,
                retry_after_ms,
            } => {
                self.fetch_err(id, (kind, retry_after_ms), now, effects);
            }
            Event::OpStart(op) => self.op_start(op, effects),
            Event::OpOk { op, version, phase } => self.op_ok(op, (version, phase), now, effects),
            Event::OpErr { op } => self.op_err(op, now, effects),
            Event::Push { version } => self.push(version, now, effects),
            Event::PushHealth(is_healthy) => self.push_healthy = is_healthy,
            Event::Configure(config) => self.config = config,
            Event::Enable(is_enabled) => self.enable(is_enabled, now, effects),
        }
    }

    fn mount(&mut self, seed: Option<Seed>, now: Mono, effects: &mut Vec<Effect>) {
        self.is_mounted = true;
        self.armed = None;
        self.settled = now;
        self.fresh_from = now;
        let Some(seed) = seed else {
            return self.start(Cause::Mount, 0, now, effects);
        };
        self.version = Some(seed.version);
        self.phase = seed.phase;
        match seed.age_ms {
            Some(age) if age < self.config.ttl_ms => {
                let validated = Mono(now.0.saturating_sub(age));
                self.validated = Some(validated);
                self.settled = validated;
            }
            Some(_) => {
                self.validated = Some(now);
                self.start(Cause::Mount, 0, now, effects);
            }
            None => self.start(Cause::Mount, 0, now, effects),
        }
    }

    /// The failed request counts as the first attempt of the ladder.
    fn mount_failed(&mut self, kind: ErrKind, now: Mono) {
        self.is_mounted = true;
        (self.settled, self.fresh_from) = (now, now);
        self.fetch = Fetch::Backoff {
            attempt: 1,
            due: now.plus(RETRY_MS[0]),
            kind,
        };
    }

    fn unmount(&mut self, effects: &mut Vec<Effect>) {
        self.is_mounted = false;
        self.abort(effects);
        self.fetch = Fetch::Idle;
        self.wanted = None;
    }

    fn tick(&mut self, now: Mono, effects: &mut Vec<Effect>) {
        self.armed = None;
        self.check_deadline(now, effects);
        self.check_stale(now, effects);
        match self.fetch {
            Fetch::Backoff { attempt, due, .. } if due <= now && self.gates_open() => {
                self.start(Cause::Retry, attempt, now, effects);
            }
            Fetch::Idle => {
                if let Some(interval) = self.interval_ms()
                    && self.settled.plus(interval) <= now
                    && self.gates_open()
                {
                    self.start(Cause::Poll, 0, now, effects);
                }
            }
            Fetch::Backoff { .. } | Fetch::InFlight { .. } | Fetch::Failed { .. } => {}
        }
    }

    fn check_deadline(&mut self, now: Mono, effects: &mut Vec<Effect>) {
        if let Fetch::InFlight { id, started, .. } = self.fetch
            && started.plus(self.config.deadline_ms) <= now
        {
            self.counts.aborted += 1;
            effects.push(Effect::Abort(id));
            self.fetch_err(id, (ErrKind::Timeout, None), now, effects);
        }
    }

    fn check_stale(&mut self, now: Mono, effects: &mut Vec<Effect>) {
        let Some(due) = self.stale_due() else { return };
        if due > now {
            return;
        }
        self.is_stale = true;
        self.counts.stale += 1;
        let age_ms = now.since(self.validated.unwrap_or(self.fresh_from));
        let interval_ms = self.interval_ms().unwrap_or(0);
        effects.push(Effect::Incident(Incident::Stale {
            age_ms,
            interval_ms,
        }));
        if self.fetch == Fetch::Idle {
            self.start(Cause::Stale, 0, now, effects);
        }
    }

    /// When the page will have gone too long without a validation.
    fn stale_due(&self) -> Option<Mono> {
        let can = self.gates_open()
            && !self.is_stale
            && self.version.is_some()
            && self.phase != Phase::Terminal
            && !matches!(self.fetch, Fetch::Failed { .. });
        let interval = self.interval_ms()?;
        can.then(|| {
            self.fresh_from
                .plus(interval * self.config.stale_factor + 1)
        })
    }

    fn visible(&mut self, is_visible: bool, now: Mono, effects: &mut Vec<Effect>) {
        let was_visible = std::mem::replace(&mut self.is_visible, is_visible);
        if !is_visible || was_visible {
            return;
        }
        self.fresh_from = now;
        let is_old = now.since(self.settled) >= self.config.base_ms;
        match self.fetch {
            Fetch::Backoff { .. } => self.start(Cause::Visible, 0, now, effects),
            Fetch::Failed { kind, .. } if kind.is_retryable() => {
                self.start(Cause::Visible, 0, now, effects);
            }
            Fetch::Idle if is_old || self.wanted.is_some() => {
                self.start(Cause::Visible, 0, now, effects);
            }
            Fetch::Idle | Fetch::InFlight { .. } | Fetch::Failed { .. } => {}
        }
    }

    fn online(&mut self, is_online: bool, now: Mono, effects: &mut Vec<Effect>) {
        let was_online = std::mem::replace(&mut self.is_online, is_online);
        if is_online && !was_online {
            self.force(Cause::Online, now, effects);
        }
    }

    /// Starts at once with a new ladder, or lets the request under way do.
    fn force(&mut self, cause: Cause, now: Mono, effects: &mut Vec<Effect>) {
        self.fresh_from = now;
        let is_final = matches!(self.fetch, Fetch::Failed { kind, .. } if !kind.is_retryable());
        if !is_final {
            self.start(cause, 0, now, effects);
        }
    }

    fn refresh(&mut self, now: Mono, effects: &mut Vec<Effect>) {
        if self.version.is_none() && self.is_in_flight() {
            return;
        }
        if self.is_visible && self.is_mounted && self.is_enabled {
            self.abort(effects);
            self.step = 0;
            self.start(Cause::Refresh, 0, now, effects);
        }
    }

    fn push(&mut self, version: u64, now: Mono, effects: &mut Vec<Effect>) {
        self.step = 0;
        self.want(Cause::Push, Some(version));
        self.start_if_wanted(now, effects);
    }

    fn enable(&mut self, is_enabled: bool, now: Mono, effects: &mut Vec<Effect>) {
        let was_enabled = std::mem::replace(&mut self.is_enabled, is_enabled);
        if !is_enabled {
            self.abort(effects);
        } else if !was_enabled && self.is_mounted {
            self.force(Cause::Mount, now, effects);
        }
    }

    /// When the timer must fire next.
    fn next_due(&self, now: Mono) -> Option<Mono> {
        if !self.is_mounted || !self.is_enabled {
            return None;
        }
        let act = match self.fetch {
            Fetch::InFlight { started, .. } => Some(started.plus(self.config.deadline_ms)),
            _ if !self.gates_open() => None,
            Fetch::Backoff { due, .. } => Some(due),
            Fetch::Idle => self
                .interval_ms()
                .map(|interval| self.settled.plus(interval)),
            Fetch::Failed { .. } => None,
        };
        let stale = self.stale_due();
        [act, stale]
            .into_iter()
            .flatten()
            .min()
            .map(|due| due.max(now))
    }
}
