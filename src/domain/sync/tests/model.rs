//! A naive scheduler that looks at its rules every millisecond, against the core.
use super::properties::cases;
use super::world::seed;
use super::*;
use proptest::prelude::*;

/// Something that happens to page or server.
#[derive(Debug, Clone, Copy)]
enum Turn {
    Latency(u64),
    Changes,
    Becomes(Phase),
    Shown(bool),
    Fails(bool),
}

fn turn() -> impl Strategy<Value = Turn> {
    prop_oneof![
        prop_oneof![Just(0), Just(700), Just(3000), Just(11_000)].prop_map(Turn::Latency),
        Just(Turn::Changes),
        prop_oneof![
            Just(Phase::Active),
            Just(Phase::Idle),
            Just(Phase::Terminal)
        ]
        .prop_map(Turn::Becomes),
        any::<bool>().prop_map(Turn::Shown),
        any::<bool>().prop_map(Turn::Fails),
    ]
}

/// The server's answer: whether it fails, and what it says.
#[derive(Clone, Copy)]
struct Answer {
    at: u64,
    is_failure: bool,
    version: u64,
    phase: Phase,
}

/// The rules of the ticket, written down as they are told.
struct Naive {
    now: u64,
    latency: u64,
    server: (u64, Phase),
    is_failing: bool,
    is_visible: bool,
    held: (u64, Phase),
    unchanged: u32,
    last_end: u64,
    last_good: u64,
    failures: usize,
    is_slow: bool,
    is_stale: bool,
    was_hidden: bool,
    /// When the request under way began, and what it will bring.
    request: Option<(u64, Answer)>,
    starts: Vec<u64>,
}

impl Naive {
    fn new(phase: Phase) -> Self {
        Self {
            now: 0,
            latency: 0,
            server: (1, phase),
            is_failing: false,
            is_visible: true,
            held: (1, phase),
            unchanged: 0,
            last_end: 0,
            last_good: 0,
            failures: 0,
            is_slow: false,
            is_stale: false,
            was_hidden: false,
            request: None,
            starts: Vec::new(),
        }
    }

    fn interval(&self) -> u64 {
        let ramp = [2000, 3000, 4500, 6750, 10_125, 15_187, 22_780];
        match self.held.1 {
            Phase::Terminal => 60_000,
            _ if self.is_slow => 30_000,
            Phase::Active => 2000,
            Phase::Idle => ramp.get(self.unchanged as usize).copied().unwrap_or(30_000),
        }
    }

    fn ask(&mut self) {
        let answer = Answer {
            at: self.now + self.latency,
            is_failure: self.is_failing,
            version: self.server.0,
            phase: self.server.1,
        };
        self.request = Some((self.now, answer));
        self.starts.push(self.now);
    }

    fn end(&mut self, answer: Option<Answer>) {
        self.request = None;
        self.last_end = self.now;
        let Some(answer) = answer.filter(|answer| !answer.is_failure) else {
            self.failures += 1;
            if self.failures == 4 {
                (self.failures, self.is_slow) = (0, true);
            }
            return;
        };
        self.last_good = self.now;
        (self.failures, self.is_slow) = (0, false);
        (self.is_stale, self.was_hidden) = (false, false);
        let is_same = answer.version == self.held.0;
        self.unchanged = if is_same && self.held.1 == Phase::Idle {
            self.unchanged + 1
        } else {
            0
        };
        if !is_same {
            self.held = (answer.version, answer.phase);
        }
    }

    /// Applies the first rule that fits; whether one did.
    fn look(&mut self) -> bool {
        if let Some((_, answer)) = self.request
            && answer.at == self.now
        {
            self.end(Some(answer));
            return true;
        }
        if let Some((began, _)) = self.request
            && began + 10_000 == self.now
        {
            self.end(None);
            return true;
        }
        if !self.is_visible {
            return false;
        }
        let unit = if self.was_hidden {
            2000
        } else {
            self.interval()
        };
        let is_over = self.now > self.last_good + 2 * unit;
        if is_over && !self.is_stale && self.held.1 != Phase::Terminal {
            self.is_stale = true;
            if self.request.is_none() && self.failures == 0 {
                self.ask();
            }
            return true;
        }
        let wait = match self.failures {
            0 => self.interval(),
            n => [1000, 2000, 4000][n - 1],
        };
        if self.request.is_none() && self.now >= self.last_end + wait {
            self.ask();
            return true;
        }
        false
    }

    fn show(&mut self, is_visible: bool) {
        let was_visible = std::mem::replace(&mut self.is_visible, is_visible);
        if !is_visible || was_visible {
            return;
        }
        self.last_good = self.now;
        if self.request.is_none() && self.now >= self.last_end + 2000 {
            (self.failures, self.was_hidden) = (0, true);
            self.ask();
        }
    }

    fn run(&mut self, ms: u64) {
        for _ in 0..ms {
            self.now += 1;
            while self.look() {}
        }
    }

    fn take(&mut self, turn: Turn) {
        match turn {
            Turn::Latency(ms) => self.latency = ms,
            Turn::Changes => self.server.0 += 1,
            Turn::Becomes(phase) => self.server = (self.server.0 + 1, phase),
            Turn::Shown(is_visible) => self.show(is_visible),
            Turn::Fails(is_failing) => self.is_failing = is_failing,
        }
        while self.look() {}
    }
}

impl World {
    fn turn(&mut self, turn: Turn) {
        match turn {
            Turn::Latency(ms) => self.latency = ms,
            Turn::Changes => self.version += 1,
            Turn::Becomes(phase) => (self.version, self.phase) = (self.version + 1, phase),
            Turn::Shown(is_visible) => self.event(Event::Visible(is_visible)),
            Turn::Fails(fails) => self.failure = fails.then_some(ErrKind::Network),
        }
        self.run(0);
    }
}

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn the_core_starts_when_the_naive_scheduler_starts(
        first in 0_usize..3,
        turns in prop::collection::vec((0_u64..15_000, turn()), 1..12),
    ) {
        let phase = [Phase::Active, Phase::Idle, Phase::Terminal][first];
        let mut world = World::closed(phase);
        world.event(seed(1, phase, Origin::Server));
        let mut naive = Naive::new(phase);
        for (wait, turn) in turns.into_iter().chain([(70_000, Turn::Latency(0))]) {
            world.run(wait);
            naive.run(wait);
            prop_assert_eq!(&world.starts, &naive.starts);
            world.turn(turn);
            naive.take(turn);
        }
        prop_assert_eq!(&world.starts, &naive.starts);
    }
}
