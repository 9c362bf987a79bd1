//! The one way in: an event at a point in time, and what is to be done about it.
use super::answers::Answer;
use super::{
    Cause, Config, Core, Counts, Effect, ErrKind, Event, Fetch, Moment, Mono, ReqId, Rng, Wall,
};
use crate::session::Phase;

/// A timer that fires later than this: the machine slept. Source: design, "Sleep".
const SLEPT_MS: u64 = 5000;

impl Core {
    /// A core that waits for its page to open.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self {
            config,
            mounts: 0,
            is_visible: true,
            is_online: true,
            is_enabled: true,
            push_healthy: false,
            is_push_lost: false,
            phase: Phase::Active,
            step: 0,
            is_slow: false,
            version: None,
            floor: 0,
            validated: None,
            ttl_ms: 0,
            mounted: Mono(0),
            copy_age_ms: 0,
            fresh_from: Mono(0),
            is_catching_up: false,
            settled: Mono(0),
            pace_permille: 1000,
            not_before: Mono(0),
            is_stale: false,
            is_resync: false,
            fetch: Fetch::Idle,
            wanted: None,
            overtaken: None,
            push_spent: None,
            push_due: None,
            smear: None,
            ops: Vec::new(),
            is_unsaved: false,
            saved: Mono(0),
            next_request: 1,
            armed: None,
            armed_poll: None,
            counts: Counts::default(),
        }
    }

    /// Takes an event and says what to do. `now` must not go backwards; `wall` may jump.
    pub fn step(&mut self, now: Mono, wall: Wall, event: Event, rng: &mut impl Rng) -> Vec<Effect> {
        let mut at = Moment {
            now,
            wall,
            rng,
            effects: Vec::new(),
        };
        self.take(event, &mut at);
        if self.next_due().is_some_and(|due| due <= now) {
            self.do_what_is_due(&mut at);
        }
        self.arm(&mut at);
        at.effects
    }

    fn take(&mut self, event: Event, at: &mut Moment<'_>) {
        match event {
            Event::Mount(seed) => self.mount(seed, at),
            Event::MountFailed(kind) => self.mount_failed(kind, at),
            Event::Unmount => self.unmount(at),
            Event::Tick => self.tick(at),
            Event::Visible(is_visible) => self.visible(is_visible, at),
            Event::Online(is_online) => self.online(is_online, at),
            Event::Resumed => self.force(Cause::Resumed, at),
            Event::Flush => self.flush(at),
            Event::Refresh => self.refresh(at),
            Event::FetchOk { .. } | Event::Streamed { .. } => self.take_data(event, at),
            Event::FetchNotModified { id } => self.fetch_not_modified(id, at),
            Event::FetchErr {
                id,
                kind,
                retry_after_ms,
            } => self.fetch_err(id, kind, retry_after_ms, at),
            Event::OpStart(op) => self.op_start(op, at),
            Event::OpOk { op, version, phase } => self.op_ok(op, version, phase, at),
            // Whoever lost against somebody else must see at least what the refusal told.
            Event::OpErr { op, version, .. } => self.op_err(op, version, at),
            Event::Push { version } => self.push(version, at),
            Event::PushHealth(true) => self.push_opened(!self.push_healthy, at),
            Event::PushHealth(false) => self.push_lost(at),
            Event::PushOpened { is_gap } => self.push_opened(is_gap, at),
            Event::Told { version, phase } => self.told(version, phase, at),
            Event::Configure(config) => self.configure(config, at),
            Event::Enable(is_enabled) => self.enable(is_enabled, at),
        }
    }

    fn take_data(&mut self, event: Event, at: &mut Moment<'_>) {
        let (Event::FetchOk {
            version,
            phase,
            is_applicable,
            bytes,
            ..
        }
        | Event::Streamed {
            version,
            phase,
            is_applicable,
            bytes,
        }) = event
        else {
            return;
        };
        self.counts.payload_bytes = self.counts.payload_bytes.saturating_add(bytes);
        let answer = Answer {
            version,
            phase,
            is_applicable,
        };
        match event {
            Event::FetchOk { id, .. } => self.fetch_ok(id, answer, at),
            _ => self.streamed(answer, at),
        }
    }

    fn tick(&mut self, at: &mut Moment<'_>) {
        let armed = self.armed.take();
        if armed.is_some_and(|due| at.now.since(due) > SLEPT_MS) {
            self.force(Cause::Resumed, at);
        }
    }

    fn do_what_is_due(&mut self, at: &mut Moment<'_>) {
        self.check_deadline(at);
        self.check_stale(at);
        self.check_copy(at);
        if !self.gates_open() {
            return;
        }
        if let Some(smear) = self.smear {
            if smear.due <= at.now {
                self.start(smear.cause, 0, at);
            }
            return;
        }
        match self.fetch {
            Fetch::Backoff { attempt, due, .. } if due <= at.now => {
                self.start(Cause::Retry, attempt, at);
            }
            Fetch::Idle if self.push_due.is_some_and(|due| due <= at.now) => {
                self.start_if_wanted(at);
            }
            Fetch::Idle if self.poll_due().is_some_and(|due| due <= at.now) => {
                self.start(Cause::Poll, 0, at);
            }
            Fetch::Idle | Fetch::Backoff { .. } | Fetch::InFlight { .. } | Fetch::Failed { .. } => {
            }
        }
    }

    fn check_deadline(&mut self, at: &mut Moment<'_>) {
        if let Some((id, deadline)) = self.deadline()
            && deadline <= at.now
        {
            self.counts.aborted += 1;
            at.effects.push(Effect::Abort(id));
            self.fetch_err(id, ErrKind::Timeout, None, at);
        }
    }

    fn deadline(&self) -> Option<(ReqId, Mono)> {
        match self.fetch {
            Fetch::InFlight { id, started, .. } => {
                Some((id, started.plus(self.config.deadline_ms)))
            }
            Fetch::Idle | Fetch::Backoff { .. } | Fetch::Failed { .. } => None,
        }
    }

    /// When the next poll starts if nothing else happens.
    pub(super) fn poll_due(&self) -> Option<Mono> {
        let wait = self.armed_interval_ms()?;
        Some(self.settled.plus(wait).max(self.not_before))
    }

    /// When the next request starts if nothing else happens, or the one under way is given up.
    fn act_due(&self) -> Option<Mono> {
        let smear = self.smear.map(|smear| smear.due);
        match self.fetch {
            Fetch::InFlight { .. } => self.deadline().map(|(_, deadline)| deadline),
            _ if !self.gates_open() => None,
            Fetch::Failed { .. } => smear,
            Fetch::Backoff { due, .. } => Some(smear.unwrap_or(due)),
            Fetch::Idle => smear.or_else(|| {
                let dues = [self.push_due, self.poll_due()];
                dues.into_iter().flatten().min()
            }),
        }
    }

    /// When the timer must fire next.
    pub(super) fn next_due(&self) -> Option<Mono> {
        if !self.is_mounted() || !self.is_enabled {
            return None;
        }
        let dues = [self.act_due(), self.stale_due(), self.copy_due()];
        dues.into_iter().flatten().min()
    }

    fn arm(&mut self, at: &mut Moment<'_>) {
        let poll = match self.fetch {
            Fetch::Idle if self.gates_open() => self.armed_interval_ms(),
            Fetch::Idle | Fetch::InFlight { .. } | Fetch::Backoff { .. } | Fetch::Failed { .. } => {
                None
            }
        };
        if let Some(ms) = poll {
            let armed = Some((self.settled, ms));
            if std::mem::replace(&mut self.armed_poll, armed) != armed {
                self.counts.note_interval(ms);
            }
        }
        let due = self.next_due();
        if due != self.armed {
            self.armed = due;
            at.effects.push(Effect::WakeAt(due));
        }
    }
}
