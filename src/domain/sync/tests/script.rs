//! Random scripts: everything that can happen to a page, in any order.
use super::world::{Deeds, seed};
use super::*;
use proptest::prelude::*;

/// How long to wait, what happens then, and how.
pub(super) type Line = (u16, u8, u8);

/// How many kinds of things happen.
const KINDS: u8 = 24;

pub(super) fn script() -> impl Strategy<Value = Vec<Line>> {
    prop::collection::vec((0_u16..8000, 0..KINDS, 0_u8..6), 1..30)
}

impl World {
    /// One line of a script; `op` is a number for an action that was not used yet.
    pub(super) fn play(&mut self, (wait, kind, value): Line, op: u32) {
        self.run(u64::from(wait));
        let is_even = value.is_multiple_of(2);
        let amount = u64::from(value);
        match kind {
            0 | 1 => self.event(Event::Visible(is_even)),
            2 => self.event(Event::Online(is_even)),
            3 => self.event(Event::Refresh),
            4 => self.event(Event::Push {
                version: self.version + amount,
            }),
            5 if value == 5 => self.version = self.version.saturating_sub(2),
            5 => self.version += amount,
            6 => self.latency = amount * 2400,
            7 | 8 => self.fail(value),
            9 => self.event(Event::OpStart(OpId(op))),
            10 => self.deeds = [Deeds::Done, Deeds::Refused, Deeds::Conflict][amount as usize % 3],
            11 => self.answer_late(value),
            12 => self.event(Event::Resumed),
            13 => self.event(Event::Unmount),
            14 => self.open(value),
            15 => self.event(Event::PushHealth(is_even)),
            20 => self.event(Event::PushOpened { is_gap: is_even }),
            21 => self.event(Event::Configure(Config {
                is_pushed: is_even,
                ..Config::default()
            })),
            23 => self.stream(value),
            16 if is_even => self.event(Event::Flush),
            16 => self.is_forgetful = value > 1,
            17 => self.event(Event::Enable(value > 1)),
            18 => self.sleep(amount * amount * 1000),
            19 => self.wall_shift += [-86_400_000, 3_600_000, -1, 0, 1, 999][amount as usize],
            _ => {
                self.phase = [Phase::Active, Phase::Idle, Phase::Terminal][amount as usize % 3];
                self.version += 1;
            }
        }
    }

    /// Changes come by the stream: late, with a gap, or right.
    fn stream(&mut self, value: u8) {
        let is_late = value == 5;
        self.event(Event::Streamed {
            version: self.version.saturating_sub(u64::from(is_late)),
            phase: self.phase,
            is_applicable: value > 0,
            bytes: 500,
        });
    }

    fn fail(&mut self, value: u8) {
        let kinds = [
            None,
            None,
            Some(ErrKind::Network),
            Some(ErrKind::Server),
            Some(ErrKind::RateLimited),
            Some(ErrKind::Gone),
        ];
        self.failure = kinds[usize::from(value)];
        self.retry_after = (self.failure == Some(ErrKind::RateLimited)).then_some(5000);
    }

    /// P11: the answer of a request that does not count changes nothing.
    fn answer_late(&mut self, value: u8) {
        let id = ReqId(1000 + u32::from(value));
        let event = match value % 3 {
            0 => self.full(id, self.version + 1),
            1 => Event::FetchNotModified { id },
            _ => Event::FetchErr {
                id,
                kind: ErrKind::Gone,
                retry_after_ms: None,
            },
        };
        self.machine.take_counts();
        let (before, n_before) = (self.core().clone(), self.effects.len());
        self.event(event);
        self.machine.take_counts();
        assert_eq!(*self.core(), before, "P11: an old answer counts");
        let discards = |effect: &Effect| *effect == Effect::Discard(id);
        assert!(self.effects[n_before..].iter().all(discards), "P11");
    }

    fn open(&mut self, value: u8) {
        let held = self.core().version.unwrap_or(1).min(self.version);
        let event = match value {
            0 => Event::Mount(None),
            1 => Event::MountFailed(ErrKind::Server),
            2 => seed(self.version, self.phase, Origin::Server),
            3 | 4 => {
                let validated = Mono(self.now.saturating_sub(u64::from(value) * 2500));
                let ttl_ms = 9000;
                seed(held, self.phase, Origin::Memory { validated, ttl_ms })
            }
            _ => {
                let saved = Wall(self.wall().0 - 5000);
                seed(self.version + 3, self.phase, Origin::Storage { saved })
            }
        };
        self.event(event);
    }

    /// A fair network and an open page, for as long as a check may take.
    pub(super) fn end_well(&mut self) {
        (self.failure, self.latency, self.deeds) = (None, 10, Deeds::Done);
        for event in [
            Event::Enable(true),
            Event::Online(true),
            Event::Visible(true),
        ] {
            self.event(event);
        }
        self.run(13_000);
        let known = self.core().version.unwrap_or(0).max(self.core().floor);
        self.version = self.version.max(known);
        if matches!(self.core().fetch, Fetch::Failed { .. }) {
            self.event(Event::Refresh);
        }
        self.run(100_000);
    }
}
