//! What happened to a core, recorded: a bug report that replays as a test.
use super::{Core, Counts, Effect, Event, Mono, SplitMix64, Wall};
use serde::{Deserialize, Serialize};

/// Events that a log holds; then it begins again from the present state.
pub const LOG_EVENTS: usize = 2000;

/// A recording: the state it began with, what happened, and what was to be done about it. It
/// holds versions, times and kinds of failure, and no content of the session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Log {
    start: Core,
    rng: SplitMix64,
    events: Vec<(Mono, Wall, Event)>,
    effects: Vec<Vec<Effect>>,
}

impl Log {
    fn new(start: Core, rng: SplitMix64) -> Self {
        Self {
            start,
            rng,
            events: Vec::new(),
            effects: Vec::new(),
        }
    }

    /// What happened, and when.
    #[must_use]
    pub fn events(&self) -> &[(Mono, Wall, Event)] {
        &self.events
    }

    /// What was to be done about each event.
    #[must_use]
    pub fn effects(&self) -> &[Vec<Effect>] {
        &self.effects
    }

    /// What this code would do about each event.
    #[must_use]
    pub fn replay(&self) -> Vec<Vec<Effect>> {
        let (mut core, mut rng) = (self.start.clone(), self.rng.clone());
        let again =
            |(now, wall, event): &(Mono, Wall, Event)| core.step(*now, *wall, *event, &mut rng);
        self.events.iter().map(again).collect()
    }

    /// Whether this code does what was recorded.
    #[must_use]
    pub fn is_faithful(&self) -> bool {
        self.replay() == self.effects
    }
}

/// A core with its chance and its recording: what a driver holds.
#[derive(Debug, Clone)]
pub struct Machine {
    core: Core,
    rng: SplitMix64,
    log: Log,
}

impl Machine {
    /// Records from here on; the seed should differ from page to page.
    #[must_use]
    pub fn new(core: Core, seed: u64) -> Self {
        let rng = SplitMix64::new(seed);
        let log = Log::new(core.clone(), rng.clone());
        Self { core, rng, log }
    }

    /// Takes an event and says what to do. `now` must not go backwards.
    pub fn step(&mut self, now: Mono, wall: Wall, event: Event) -> Vec<Effect> {
        if self.log.events.len() >= LOG_EVENTS {
            self.log = Log::new(self.core.clone(), self.rng.clone());
        }
        let effects = self.core.step(now, wall, event, &mut self.rng);
        self.log.events.push((now, wall, event));
        self.log.effects.push(effects.clone());
        effects
    }

    /// The state.
    #[must_use]
    pub const fn core(&self) -> &Core {
        &self.core
    }

    /// Takes the counts for a report; they begin anew.
    pub fn take_counts(&mut self) -> Counts {
        self.core.take_counts()
    }

    /// The recording.
    #[must_use]
    pub const fn log(&self) -> &Log {
        &self.log
    }
}
