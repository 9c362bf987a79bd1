//! A page, a server and a clock: what every test of the core runs in.
use super::*;
use std::collections::BTreeMap;

/// The wall clock when the monotonic clock is 0.
pub(super) const EPOCH: i64 = 1_800_000_000_000;

/// How the server answers actions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deeds {
    /// Not at all; the test does.
    ByHand,
    /// Done.
    Done,
    /// Refused.
    Refused,
    /// Somebody else was first.
    Conflict,
}

/// Answers are made when a request starts and arrive after `latency` milliseconds, also those
/// of requests that were given up.
pub(super) struct World {
    pub(super) machine: Machine,
    pub(super) now: u64,
    pub(super) wall_shift: i64,
    pub(super) latency: u64,
    pub(super) version: u64,
    pub(super) phase: Phase,
    pub(super) failure: Option<ErrKind>,
    pub(super) retry_after: Option<u64>,
    pub(super) is_mute: bool,
    /// Whether the server answers with data also where nothing changed.
    pub(super) is_forgetful: bool,
    pub(super) deeds: Deeds,
    pub(super) wake: Option<u64>,
    pub(super) starts: Vec<u64>,
    pub(super) causes: Vec<Cause>,
    pub(super) effects: Vec<Effect>,
    pub(super) watch: Option<watch::Watch>,
    arrivals: BTreeMap<u64, Vec<Arrival>>,
}

#[derive(Debug, Clone, Copy)]
enum Arrival {
    Answer(Event),
    Deed(OpId),
}

pub(super) const fn seed(version: u64, phase: Phase, origin: Origin) -> Event {
    Event::Mount(Some(Seed {
        version,
        phase,
        origin,
    }))
}

impl World {
    /// A page that the server has just drawn.
    pub(super) fn new(phase: Phase) -> Self {
        let mut world = Self::closed(phase);
        world.event(seed(1, phase, Origin::Server));
        world
    }

    pub(super) fn closed(phase: Phase) -> Self {
        Self::with(phase, Config::default(), 1)
    }

    pub(super) fn with(phase: Phase, config: Config, chance: u64) -> Self {
        Self {
            machine: Machine::new(Core::new(config), chance),
            now: 0,
            wall_shift: 0,
            latency: 0,
            version: 1,
            phase,
            failure: None,
            retry_after: None,
            is_mute: false,
            is_forgetful: false,
            deeds: Deeds::ByHand,
            wake: None,
            starts: Vec::new(),
            causes: Vec::new(),
            effects: Vec::new(),
            watch: None,
            arrivals: BTreeMap::new(),
        }
    }

    pub(super) fn core(&self) -> &Core {
        self.machine.core()
    }

    pub(super) fn wall(&self) -> Wall {
        Wall(EPOCH + self.now as i64 + self.wall_shift)
    }

    pub(super) fn event(&mut self, event: Event) {
        let before = watch::Before::of(self.machine.core());
        let effects = self.machine.step(Mono(self.now), self.wall(), event);
        if let Some(watch) = &mut self.watch {
            watch.see((before, self.machine.core()), self.now, event, &effects);
        }
        for effect in &effects {
            self.execute(*effect);
        }
        self.effects.extend(effects);
    }

    fn execute(&mut self, effect: Effect) {
        match effect {
            Effect::Fetch {
                id,
                cause,
                is_conditional,
            } => {
                self.starts.push(self.now);
                self.causes.push(cause);
                if !self.is_mute {
                    let answer = self.answer_to(id, is_conditional);
                    self.arrive(Arrival::Answer(answer));
                }
            }
            Effect::WakeAt(at) => self.wake = at.map(|at| at.0),
            Effect::SendOp(op) if self.deeds != Deeds::ByHand => self.arrive(Arrival::Deed(op)),
            _ => {}
        }
    }

    fn arrive(&mut self, arrival: Arrival) {
        let at = self.now + self.latency;
        self.arrivals.entry(at).or_default().push(arrival);
    }

    fn answer_to(&self, id: ReqId, is_conditional: bool) -> Event {
        match self.failure {
            Some(kind) => Event::FetchErr {
                id,
                kind,
                retry_after_ms: self.retry_after,
            },
            None => {
                let is_same = is_conditional && self.core().version == Some(self.version);
                match is_same && !self.is_forgetful {
                    true => Event::FetchNotModified { id },
                    false => self.full(id, self.version),
                }
            }
        }
    }

    /// An answer with data of this version.
    pub(super) fn full(&self, id: ReqId, version: u64) -> Event {
        Event::FetchOk {
            id,
            version,
            phase: self.phase,
            is_applicable: true,
            bytes: 1000,
        }
    }

    fn deed_answer(&mut self, op: OpId) -> Event {
        match self.deeds {
            Deeds::ByHand | Deeds::Done => {
                self.version += 1;
                Event::OpOk {
                    op,
                    version: self.version,
                    phase: None,
                }
            }
            Deeds::Refused => refused(op, None),
            Deeds::Conflict => refused(op, Some(self.version)),
        }
    }

    pub(super) fn run(&mut self, ms: u64) {
        let end = self.now + ms;
        loop {
            let arrival = self.arrivals.keys().next().copied();
            let next = [arrival, self.wake].into_iter().flatten().min();
            let Some(next) = next.filter(|next| *next <= end) else {
                break;
            };
            self.now = self.now.max(next);
            if arrival == Some(next) {
                for arrival in self.arrivals.remove(&next).unwrap_or_default() {
                    let event = match arrival {
                        Arrival::Answer(event) => event,
                        Arrival::Deed(op) => self.deed_answer(op),
                    };
                    self.event(event);
                }
            } else {
                self.wake = None;
                self.event(Event::Tick);
            }
        }
        self.now = end;
    }

    /// Sleeps: time passes and no timer fires until then.
    pub(super) fn sleep(&mut self, ms: u64) {
        self.now += ms;
        self.wake = None;
        self.event(Event::Tick);
    }

    pub(super) fn gaps(&self) -> Vec<u64> {
        let starts: Vec<u64> = std::iter::once(0)
            .chain(self.starts.iter().copied())
            .collect();
        starts.windows(2).map(|pair| pair[1] - pair[0]).collect()
    }

    pub(super) fn health(&self) -> Health {
        self.core().view().health
    }

    pub(super) fn count(&self, is_it: impl Fn(&Effect) -> bool) -> usize {
        self.effects.iter().filter(|effect| is_it(effect)).count()
    }

    pub(super) fn accepted(&self) -> usize {
        self.count(|effect| matches!(effect, Effect::Accept(_)))
    }

    pub(super) fn unconditional(&self) -> usize {
        let asks = |effect: &Effect| {
            matches!(
                effect,
                Effect::Fetch {
                    is_conditional: false,
                    ..
                }
            )
        };
        self.count(asks)
    }

    pub(super) fn stale_incidents(&self) -> usize {
        self.count(|effect| matches!(effect, Effect::Incident(Incident::Stale { .. })))
    }
}

/// A refused action; with a version: somebody else was first.
pub(super) const fn refused(op: OpId, version: Option<u64>) -> Event {
    Event::OpErr {
        op,
        is_conflict: version.is_some(),
        version,
    }
}

/// An action that was done.
pub(super) const fn done(op: OpId, version: u64, phase: Option<Phase>) -> Event {
    Event::OpOk { op, version, phase }
}
