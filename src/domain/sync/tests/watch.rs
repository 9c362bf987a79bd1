//! Watches every step of a core and panics where a property does not hold.
use super::*;

/// What a step began with.
pub(super) struct Before {
    version: Option<u64>,
    is_validated: bool,
    is_resync: bool,
    overtaken: Option<ReqId>,
    next_request: u32,
    armed: Option<Mono>,
    n_ops: usize,
}

impl Before {
    pub(super) fn of(core: &Core) -> Self {
        Self {
            version: core.version,
            is_validated: core.validated.is_some(),
            is_resync: core.is_resync,
            overtaken: core.overtaken,
            next_request: core.next_request,
            armed: core.armed,
            n_ops: core.ops.len(),
        }
    }
}

/// Knows from events and effects alone what is under way, and remembers what was promised.
#[derive(Default)]
pub(super) struct Watch {
    in_flight: Option<ReqId>,
    /// End of the last request, or what the page opened with.
    settled: u64,
    attempts: u8,
    /// When the last attempt failed, and how long the server asked to wait.
    failed: Option<(u64, u64)>,
    /// Whether the wait since then was interrupted.
    is_frozen: bool,
    is_stale: bool,
    saved: Option<u64>,
    /// Starts that pushes caused.
    push_starts: Vec<u64>,
    /// Pushed versions, and the first request that would be late enough to bring each.
    owed: Vec<(u64, u32)>,
}

impl Watch {
    /// P8: no push is unanswered.
    pub(super) fn assert_nothing_is_owed(&self) {
        assert!(self.owed.is_empty(), "P8: pushes unseen: {:?}", self.owed);
    }

    pub(super) fn see(
        &mut self,
        (before, after): (Before, &Core),
        now: u64,
        event: Event,
        effects: &[Effect],
    ) {
        if event == Event::Tick && before.armed.is_some_and(|armed| armed.0 < now) {
            self.is_frozen = true;
        }
        self.see_event((&before, after), now, event, effects);
        for effect in effects {
            self.see_effect((&before, after), now, event, *effect);
        }
        if !after.gates_open() {
            self.is_frozen = true;
        }
        let n_effects = effects.len();
        assert!(n_effects <= 8 + before.n_ops, "P16: {n_effects} effects");
        assert_eq!(
            after.armed,
            after.next_due(),
            "P5: one timer, and it is set"
        );
        let due = after.armed.map(|due| due.0);
        assert!(due.is_none_or(|due| due > now), "P5: due in the past");
    }

    fn see_event(
        &mut self,
        (before, after): (&Before, &Core),
        now: u64,
        event: Event,
        effects: &[Effect],
    ) {
        match event {
            Event::Mount(seed) if after.mounts == 1 => self.open(now, seed),
            Event::MountFailed(_) if after.mounts == 1 => {
                self.open(now, None);
                (self.attempts, self.failed) = (1, Some((now, 0)));
            }
            Event::FetchOk { id, version, .. } if self.in_flight == Some(id) => {
                self.settle(now);
                if !effects.contains(&Effect::Discard(id)) {
                    self.validated(id, version);
                } else if before.overtaken != Some(id) {
                    self.failed = Some((now, 0));
                }
            }
            Event::FetchNotModified { id } if self.in_flight == Some(id) => {
                self.settle(now);
                match before.version {
                    Some(version) if version >= after.floor => self.validated(id, version),
                    _ => self.failed = Some((now, 0)),
                }
            }
            Event::FetchErr {
                id, retry_after_ms, ..
            } if self.in_flight == Some(id) => {
                self.settle(now);
                self.failed = Some((now, retry_after_ms.unwrap_or(0)));
            }
            Event::Streamed { version, .. } => {
                let is_new = effects.contains(&Effect::Accept(ReqId::STREAM));
                if is_new || effects.contains(&Effect::Revalidated(ReqId::STREAM)) {
                    if self.in_flight.is_none() {
                        self.settle(now);
                    }
                    self.validated(ReqId::STREAM, version);
                } else if before.version < Some(version) && after.wanted.is_some() {
                    self.owed.push((version, before.next_request));
                }
            }
            Event::Push { version } if after.is_mounted() && before.version < Some(version) => {
                self.owed.push((version, before.next_request));
            }
            _ => {}
        }
    }

    fn open(&mut self, now: u64, seed: Option<Seed>) {
        *self = Self::default();
        self.settled = match seed.map(|seed| seed.origin) {
            Some(Origin::Memory { validated, .. }) => validated.0,
            Some(Origin::Server | Origin::Storage { .. }) | None => now,
        };
    }

    fn settle(&mut self, now: u64) {
        self.in_flight = None;
        self.settled = now;
        (self.failed, self.is_frozen) = (None, false);
    }

    fn validated(&mut self, id: ReqId, version: u64) {
        self.is_stale = false;
        self.owed
            .retain(|(pushed, from)| id.0 < *from && version < *pushed);
    }

    fn see_effect(
        &mut self,
        (before, after): (&Before, &Core),
        now: u64,
        event: Event,
        effect: Effect,
    ) {
        match effect {
            Effect::Fetch { id, cause, .. } => self.see_fetch(after, now, id, cause),
            Effect::Abort(id) => {
                assert_eq!(self.in_flight, Some(id), "aborts what is under way");
                self.settle(now);
                self.failed = Some((now, 0));
            }
            Effect::Accept(id) => {
                let version = match event {
                    Event::FetchOk {
                        id: answered,
                        version,
                        ..
                    } if id == answered => version,
                    Event::Streamed { version, .. } if id == ReqId::STREAM => version,
                    _ => panic!("P10: accepts without data"),
                };
                let is_equal = before.version == Some(version);
                let may_repeat = !before.is_validated || before.is_resync;
                assert!(!is_equal || may_repeat, "P10: an equal answer");
                if before.is_validated {
                    assert!(before.version <= Some(version), "P4: a step back");
                }
            }
            Effect::Incident(Incident::Stale { .. }) => {
                assert!(!self.is_stale, "P12: twice in one episode");
                assert_ne!(after.phase, Phase::Terminal, "P12: a finished session");
                self.is_stale = true;
            }
            Effect::Persist => self.see_persist(now, event),
            _ => {}
        }
    }

    fn see_fetch(&mut self, core: &Core, now: u64, id: ReqId, cause: Cause) {
        assert_eq!(self.in_flight, None, "P1: two requests under way");
        let is_open = core.is_visible && core.is_mounted() && core.is_enabled;
        assert!(is_open, "P2: a closed gate");
        assert!(core.is_online || cause == Cause::Refresh, "P2: offline");
        self.in_flight = Some(id);
        let waited = now - self.settled;
        match cause {
            Cause::Poll if core.phase == Phase::Terminal => {
                let may = !core.is_told() || core.is_slow;
                assert!(may && waited >= 60_000, "P3: polls a finished session");
            }
            Cause::Poll if core.is_told() => {
                assert!(waited >= 30_000, "P3: polls after {waited} ms, with push");
            }
            Cause::Poll => assert!(waited >= 2000, "P6: polls after {waited} ms"),
            Cause::Push => {
                self.push_starts.retain(|start| start + 1000 > now);
                self.push_starts.push(now);
                assert!(self.push_starts.len() <= 5, "P17: {:?}", self.push_starts);
            }
            Cause::Stale => assert_ne!(core.phase, Phase::Terminal, "P3"),
            _ => {}
        }
        if cause != Cause::Retry {
            self.attempts = 1;
            return;
        }
        self.attempts += 1;
        assert!(self.attempts <= 4, "P14: attempt {}", self.attempts);
        let (failed, asked) = self.failed.expect("P14: nothing failed before");
        let wait = RETRY_MS[usize::from(self.attempts) - 2].max(asked);
        assert!(self.is_frozen || now == failed + wait, "P14: not {wait} ms");
    }

    fn see_persist(&mut self, now: u64, event: Event) {
        let is_leaving = matches!(
            event,
            Event::Flush | Event::Visible(false) | Event::Unmount | Event::Enable(false)
        );
        let is_soon = self.saved.is_some_and(|saved| now < saved + COPY_WRITE_MS);
        assert!(is_leaving || !is_soon, "writes the copy too often");
        self.saved = Some(now);
    }
}
