//! The cases of the specification, in virtual time.
use super::*;
use std::collections::BTreeMap;

/// A page, a server and a clock; answers arrive after `latency` milliseconds.
struct World {
    core: Core,
    now: u64,
    latency: u64,
    version: u64,
    phase: Phase,
    failure: Option<ErrKind>,
    retry_after: Option<u64>,
    is_mute: bool,
    wake: Option<u64>,
    arrivals: BTreeMap<u64, Vec<ReqId>>,
    starts: Vec<u64>,
    causes: Vec<Cause>,
    effects: Vec<Effect>,
}

impl World {
    fn new(phase: Phase) -> Self {
        let mut world = Self::closed(phase);
        world.event(Event::Mount(Some(Seed {
            version: 1,
            phase,
            age_ms: Some(0),
        })));
        world
    }

    fn closed(phase: Phase) -> Self {
        Self {
            core: Core::new(Config::default()),
            now: 0,
            latency: 0,
            version: 1,
            phase,
            failure: None,
            retry_after: None,
            is_mute: false,
            wake: None,
            arrivals: BTreeMap::new(),
            starts: Vec::new(),
            causes: Vec::new(),
            effects: Vec::new(),
        }
    }

    fn event(&mut self, event: Event) {
        let effects = self.core.step(Mono(self.now), event);
        for effect in &effects {
            match effect {
                Effect::Fetch { id, cause, .. } => {
                    self.starts.push(self.now);
                    self.causes.push(*cause);
                    if !self.is_mute {
                        self.arrivals
                            .entry(self.now + self.latency)
                            .or_default()
                            .push(*id);
                    }
                }
                Effect::WakeAt(at) => self.wake = at.map(|at| at.0),
                _ => {}
            }
        }
        self.effects.extend(effects);
    }

    fn answer(&mut self, id: ReqId) {
        let event = match self.failure {
            Some(kind) => Event::FetchErr {
                id,
                kind,
                retry_after_ms: self.retry_after,
            },
            None if self.core.version == Some(self.version) => Event::FetchNotModified { id },
            None => Event::FetchOk {
                id,
                version: self.version,
                phase: self.phase,
                is_applicable: true,
            },
        };
        self.event(event);
    }

    fn run(&mut self, ms: u64) {
        let end = self.now + ms;
        loop {
            let arrival = self.arrivals.keys().next().copied();
            let next = [arrival, self.wake].into_iter().flatten().min();
            let Some(next) = next.filter(|next| *next <= end) else {
                break;
            };
            self.now = self.now.max(next);
            if arrival == Some(next) {
                for id in self.arrivals.remove(&next).unwrap_or_default() {
                    self.answer(id);
                }
            } else {
                self.wake = None;
                self.event(Event::Tick);
            }
        }
        self.now = end;
    }

    fn gaps(&self) -> Vec<u64> {
        let starts: Vec<u64> = std::iter::once(0)
            .chain(self.starts.iter().copied())
            .collect();
        starts.windows(2).map(|pair| pair[1] - pair[0]).collect()
    }

    fn health(&self) -> Health {
        self.core.view().health
    }

    fn count(&self, is_it: impl Fn(&Effect) -> bool) -> usize {
        self.effects.iter().filter(|effect| is_it(effect)).count()
    }
}

#[test]
fn an_active_session_is_asked_every_two_seconds() {
    let mut world = World::new(Phase::Active);
    world.run(6000);
    assert_eq!(world.starts, [2000, 4000, 6000]);
}

#[test]
fn the_interval_counts_from_the_answer_not_from_the_start() {
    let mut world = World::new(Phase::Active);
    world.latency = 500;
    world.run(6000);
    assert_eq!(world.starts, [2000, 4500]);
}

#[test]
fn an_idle_session_is_asked_ever_more_seldom() {
    let mut world = World::new(Phase::Idle);
    world.run(130_000);
    assert_eq!(
        world.gaps(),
        [
            2000, 3000, 4500, 6750, 10_125, 15_187, 22_780, 30_000, 30_000
        ]
    );
}

#[test]
fn a_change_brings_an_idle_session_back_to_base() {
    let mut world = World::new(Phase::Idle);
    world.run(16_250);
    world.version = 2;
    world.run(10_125 + 2000);
    assert_eq!(world.gaps()[4..], [10_125, 2000]);
}

#[test]
fn a_session_that_starts_to_work_is_asked_every_two_seconds() {
    let mut world = World::new(Phase::Idle);
    world.run(26_375);
    (world.version, world.phase) = (2, Phase::Active);
    world.run(15_187 + 6000);
    assert_eq!(world.gaps()[5..], [15_187, 2000, 2000, 2000]);
}

#[test]
fn a_finished_session_is_not_polled_but_checked_once_a_minute() {
    let mut world = World::new(Phase::Active);
    (world.version, world.phase) = (2, Phase::Terminal);
    world.run(2000 + 59_999);
    assert_eq!(world.starts, [2000]);
    world.run(60_001);
    assert_eq!(world.starts, [2000, 62_000, 122_000]);
}

#[test]
fn a_follow_up_to_a_finished_session_is_seen_at_once() {
    let mut world = World::new(Phase::Terminal);
    world.run(5000);
    world.event(Event::OpStart(OpId(1)));
    (world.version, world.phase) = (2, Phase::Active);
    world.event(Event::OpOk {
        op: OpId(1),
        version: 2,
        phase: Some(Phase::Active),
    });
    assert_eq!(world.starts, [5000]);
    world.run(4000);
    assert_eq!(world.starts, [5000, 7000, 9000]);
    assert_eq!(
        world.count(|effect| *effect == Effect::OpSettled(OpId(1))),
        1
    );
}

#[test]
fn a_push_wakes_a_slow_page_at_once() {
    let mut world = World::new(Phase::Idle);
    world.run(70_000);
    let before = world.starts.len();
    (world.version, world.phase) = (2, Phase::Active);
    world.event(Event::Push { version: 2 });
    assert_eq!(world.starts[before..], [70_000]);
    world.run(2000);
    assert_eq!(world.starts[before..], [70_000, 72_000]);
}

#[test]
fn an_interval_of_zero_switches_polling_off() {
    let mut world = World::new(Phase::Active);
    world.event(Event::Configure(Config {
        base_ms: 0,
        ..Config::default()
    }));
    world.run(100_000);
    assert!(world.starts.is_empty());
    assert_eq!(world.wake, None);
}

#[test]
fn without_data_four_attempts_are_made_and_then_a_person_is_asked() {
    let mut world = World::closed(Phase::Active);
    world.failure = Some(ErrKind::Network);
    world.event(Event::Mount(None));
    world.run(100_000);
    assert_eq!(world.starts, [0, 1000, 3000, 7000]);
    assert_eq!(world.health(), Health::Failed(ErrKind::Network));
    let is_failed = |effect: &Effect| {
        matches!(
            effect,
            Effect::Incident(Incident::Failed { attempts: 4, .. })
        )
    };
    assert_eq!(world.count(is_failed), 1);
}

#[test]
fn a_page_whose_first_request_failed_goes_on_with_the_second_attempt() {
    let mut world = World::closed(Phase::Active);
    world.failure = Some(ErrKind::Server);
    world.event(Event::MountFailed(ErrKind::Server));
    world.run(100_000);
    assert_eq!(world.starts, [1000, 3000, 7000]);
    assert_eq!(world.health(), Health::Failed(ErrKind::Server));
}

#[test]
fn a_success_ends_the_ladder() {
    let mut world = World::closed(Phase::Active);
    world.failure = Some(ErrKind::Server);
    world.event(Event::Mount(None));
    world.run(500);
    world.failure = None;
    world.run(4500);
    assert_eq!(world.starts, [0, 1000, 3000, 5000]);
    assert_eq!(world.health(), Health::Ready);
}

#[test]
fn what_cannot_get_better_is_tried_once() {
    for kind in [
        ErrKind::Auth,
        ErrKind::Forbidden,
        ErrKind::NotFound,
        ErrKind::Gone,
    ] {
        let mut world = World::closed(Phase::Active);
        world.failure = Some(kind);
        world.event(Event::Mount(None));
        world.run(100_000);
        assert_eq!(world.starts, [0], "{kind:?}");
    }
}

#[test]
fn with_data_a_failed_ladder_goes_on_slowly_until_one_success() {
    let mut world = World::new(Phase::Active);
    world.failure = Some(ErrKind::Network);
    world.run(2000);
    assert_eq!(world.health(), Health::Degraded);
    world.run(60_000);
    assert_eq!(
        world.starts,
        [2000, 3000, 5000, 9000, 39_000, 40_000, 42_000, 46_000]
    );
    world.failure = None;
    world.run(14_000 + 2000);
    assert_eq!(world.starts[8..], [76_000, 78_000]);
    assert_eq!(world.health(), Health::Ready);
}

#[test]
fn a_hidden_page_keeps_its_retry_for_later() {
    let mut world = World::new(Phase::Active);
    world.failure = Some(ErrKind::Network);
    world.run(2500);
    world.event(Event::Visible(false));
    world.run(60_000);
    assert_eq!(world.starts, [2000]);
    world.event(Event::Visible(true));
    assert_eq!(world.starts, [2000, 62_500]);
}

#[test]
fn a_closed_page_tries_no_more() {
    let mut world = World::new(Phase::Active);
    world.failure = Some(ErrKind::Network);
    world.run(2500);
    world.event(Event::Unmount);
    world.run(60_000);
    assert_eq!(world.starts, [2000]);
    assert_eq!(world.wake, None);
}

#[test]
fn the_server_may_ask_to_wait_longer() {
    let mut world = World::new(Phase::Active);
    (world.failure, world.retry_after) = (Some(ErrKind::RateLimited), Some(20_000));
    world.run(23_000);
    assert_eq!(world.starts, [2000, 22_000]);
}

#[test]
fn a_request_without_answer_is_given_up_after_ten_seconds_and_tried_again() {
    let mut world = World::new(Phase::Active);
    world.is_mute = true;
    world.run(13_000);
    assert_eq!(world.starts, [2000, 13_000]);
    assert_eq!(world.count(|effect| matches!(effect, Effect::Abort(_))), 1);
}

#[test]
fn there_is_never_more_than_one_request_under_way() {
    let mut world = World::new(Phase::Active);
    world.latency = 900;
    world.run(2000);
    for event in [
        Event::Visible(false),
        Event::Visible(true),
        Event::Resumed,
        Event::Tick,
    ] {
        world.event(event);
    }
    assert_eq!(world.starts, [2000]);
}

#[test]
fn a_person_who_refreshes_replaces_the_request_under_way() {
    let mut world = World::new(Phase::Active);
    world.latency = 1000;
    world.run(2500);
    world.event(Event::Refresh);
    assert_eq!(world.starts, [2000, 2500]);
    world.run(1000);
    assert_eq!(
        world.count(|effect| matches!(effect, Effect::Abort(ReqId(1)))),
        1
    );
}

#[test]
fn a_refresh_during_the_first_load_joins_it() {
    let mut world = World::closed(Phase::Active);
    world.latency = 1000;
    world.event(Event::Mount(None));
    world.event(Event::Refresh);
    assert_eq!(world.starts, [0]);
}

#[test]
fn pushes_during_a_request_lead_to_exactly_one_more() {
    let mut world = World::new(Phase::Active);
    world.latency = 500;
    world.run(2000);
    for version in 2..10 {
        world.event(Event::Push { version });
    }
    world.run(1000);
    assert_eq!(world.starts, [2000, 2500]);
    world.version = 20;
    world.run(500);
    assert_eq!(world.starts, [2000, 2500]);
}

#[test]
fn an_older_answer_is_dropped() {
    let mut world = World::new(Phase::Active);
    world.version = 5;
    world.run(2000);
    world.version = 3;
    world.run(2000);
    assert_eq!(world.core.view().version, Some(5));
    assert!(world.core.counts().regressed >= 1);
}

#[test]
fn an_unchanged_answer_applies_nothing() {
    let mut world = World::new(Phase::Active);
    world.run(20_000);
    assert_eq!(world.count(|effect| matches!(effect, Effect::Accept(_))), 0);
    assert_eq!(world.core.counts().not_modified, 10);
}

#[test]
fn a_hidden_page_makes_no_request_and_catches_up_when_shown() {
    let mut world = World::new(Phase::Active);
    world.run(3000);
    world.event(Event::Visible(false));
    world.run(600_000);
    assert_eq!(world.starts, [2000]);
    world.event(Event::Visible(true));
    assert_eq!(world.starts, [2000, 603_000]);
    assert_eq!(
        world.core.counts().stale,
        0,
        "time spent hidden is no staleness"
    );
}

#[test]
fn a_page_shown_again_soon_waits_for_the_rest_of_its_interval() {
    let mut world = World::new(Phase::Active);
    world.run(2500);
    world.event(Event::Visible(false));
    world.run(500);
    world.event(Event::Visible(true));
    world.run(1000);
    assert_eq!(world.starts, [2000, 4000]);
}

#[test]
fn ten_times_shown_within_five_seconds_is_one_request_per_interval() {
    let mut world = World::new(Phase::Idle);
    world.run(30_000);
    let before = world.starts.len();
    for _ in 0..10 {
        world.event(Event::Visible(false));
        world.event(Event::Visible(true));
        world.run(500);
    }
    assert!(
        world.starts.len() - before <= 4,
        "{:?}",
        &world.starts[before..]
    );
}

#[test]
fn offline_nothing_is_tried_and_online_it_starts_at_once() {
    let mut world = World::new(Phase::Active);
    world.event(Event::Online(false));
    world.run(60_000);
    assert!(world.starts.is_empty());
    assert_eq!(world.health(), Health::Offline);
    world.event(Event::Online(true));
    assert_eq!(world.starts, [60_000]);
}

#[test]
fn online_but_hidden_waits() {
    let mut world = World::new(Phase::Active);
    world.event(Event::Online(false));
    world.event(Event::Visible(false));
    world.event(Event::Online(true));
    world.run(10_000);
    assert!(world.starts.is_empty());
}

#[test]
fn after_sleep_there_is_one_request_and_no_burst() {
    let mut world = World::new(Phase::Active);
    world.now = 3_600_000;
    world.event(Event::Resumed);
    world.run(1000);
    assert_eq!(world.starts, [3_600_000]);
    assert_eq!(world.core.counts().stale, 0);
}

#[test]
fn too_long_without_a_validation_is_stale_once_and_refreshes_by_itself() {
    let mut world = World::new(Phase::Active);
    world.latency = 9000;
    world.run(4001);
    assert_eq!(world.health(), Health::Stale);
    world.run(60_000);
    let episodes = world.count(|effect| matches!(effect, Effect::Incident(Incident::Stale { .. })));
    assert_eq!(episodes as u32, world.core.counts().stale);
    world.latency = 0;
    world.run(20_000);
    assert_eq!(world.health(), Health::Ready);
}

#[test]
fn a_finished_session_is_old_and_not_stale() {
    let mut world = World::new(Phase::Terminal);
    world.failure = Some(ErrKind::Network);
    world.run(50_000);
    assert_eq!(world.health(), Health::Ready);
}

#[test]
fn coming_back_within_the_ttl_makes_no_request_and_after_it_one() {
    for (age, wanted) in [(9999, 0), (10_001, 1)] {
        let mut world = World::closed(Phase::Terminal);
        let seed = Seed {
            version: 1,
            phase: Phase::Terminal,
            age_ms: Some(age),
        };
        world.now = 50_000;
        world.event(Event::Mount(Some(seed)));
        assert_eq!(world.starts.len(), wanted, "{age}");
    }
}

#[test]
fn data_that_the_server_never_validated_is_asked_for_without_condition() {
    let mut world = World::closed(Phase::Active);
    world.is_mute = true;
    world.event(Event::Mount(Some(Seed {
        version: 9,
        phase: Phase::Active,
        age_ms: None,
    })));
    let asked = |effect: &Effect| {
        matches!(
            effect,
            Effect::Fetch {
                is_conditional: false,
                ..
            }
        )
    };
    assert_eq!(world.count(asked), 1);
}

#[test]
fn an_answer_that_does_not_fit_is_asked_for_as_a_whole_once() {
    let mut world = World::new(Phase::Active);
    world.is_mute = true;
    world.run(2000);
    let misfit = |id| Event::FetchOk {
        id,
        version: 2,
        phase: Phase::Active,
        is_applicable: false,
    };
    world.event(misfit(ReqId(1)));
    let whole = |effect: &Effect| {
        matches!(
            effect,
            Effect::Fetch {
                is_conditional: false,
                ..
            }
        )
    };
    assert_eq!(world.count(whole), 1);
    world.event(misfit(ReqId(2)));
    assert_eq!(world.starts, [2000, 2000], "no tight loop");
}

#[test]
fn a_poll_that_began_before_an_action_does_not_undo_it() {
    let mut world = World::new(Phase::Active);
    (world.version, world.latency) = (5, 300);
    world.event(Event::Refresh);
    world.event(Event::OpStart(OpId(1)));
    world.now = 150;
    world.event(Event::OpOk {
        op: OpId(1),
        version: 6,
        phase: None,
    });
    assert_eq!(
        world.core.pending_ops().count(),
        1,
        "shown until the data holds it"
    );
    world.run(150);
    assert_eq!(
        world.core.view().version,
        Some(1),
        "the older answer is dropped"
    );
    world.version = 6;
    world.run(300);
    assert_eq!(world.core.view().version, Some(6));
    assert_eq!(world.core.pending_ops().count(), 0);
    assert_eq!(world.starts, [0, 300]);
}

#[test]
fn actions_are_sent_one_after_the_other_and_a_refused_one_is_taken_back_once() {
    let mut world = World::new(Phase::Active);
    world.event(Event::OpStart(OpId(1)));
    world.event(Event::OpStart(OpId(2)));
    assert_eq!(world.count(|effect| matches!(effect, Effect::SendOp(_))), 1);
    world.event(Event::OpErr { op: OpId(1) });
    world.event(Event::OpErr { op: OpId(1) });
    assert_eq!(
        world.count(|effect| *effect == Effect::OpRolledBack(OpId(1))),
        1
    );
    assert_eq!(world.count(|effect| *effect == Effect::SendOp(OpId(2))), 1);
    assert_eq!(world.core.pending_ops().collect::<Vec<_>>(), [OpId(2)]);
}

#[test]
fn the_kill_switch_stops_everything_at_once() {
    let mut world = World::new(Phase::Active);
    world.latency = 500;
    world.run(2000);
    world.event(Event::Enable(false));
    world.run(60_000);
    assert_eq!(world.starts, [2000]);
    assert_eq!(world.wake, None);
    world.event(Event::Enable(true));
    assert_eq!(world.starts, [2000, 62_000]);
}

#[test]
fn twenty_quick_visits_leave_one_rate() {
    let mut world = World::new(Phase::Active);
    for _ in 0..20 {
        world.event(Event::Unmount);
        world.event(Event::Mount(Some(Seed {
            version: 1,
            phase: Phase::Active,
            age_ms: Some(0),
        })));
    }
    world.run(10_000);
    assert_eq!(world.starts, [2000, 4000, 6000, 8000, 10_000]);
}

#[test]
fn answers_of_requests_given_up_change_nothing() {
    let mut world = World::new(Phase::Active);
    let before = world.core.clone();
    world.event(Event::FetchNotModified { id: ReqId(77) });
    world.event(Event::FetchErr {
        id: ReqId(77),
        kind: ErrKind::Gone,
        retry_after_ms: None,
    });
    assert_eq!(world.core, before);
}

mod properties {
    use super::*;
    use proptest::prelude::*;

    fn event() -> impl Strategy<Value = (u64, u8, u64)> {
        (0_u64..8000, 0_u8..14, 0_u64..6)
    }

    fn play(world: &mut World, kind: u8, value: u64) {
        match kind {
            0 => world.event(Event::Visible(value.is_multiple_of(2))),
            1 => world.event(Event::Online(value.is_multiple_of(2))),
            2 => world.event(Event::Refresh),
            3 => world.event(Event::Push {
                version: world.version + value,
            }),
            4 => world.version += value,
            5 => world.phase = [Phase::Active, Phase::Idle, Phase::Terminal][value as usize % 3],
            6 => world.latency = value * 2500,
            7 => world.failure = (value > 2).then_some(ErrKind::Network),
            8 => world.event(Event::OpStart(OpId(value as u32))),
            9 => {
                world.version += 1;
                let version = world.version;
                world.event(Event::OpOk {
                    op: OpId(value as u32),
                    version,
                    phase: None,
                });
            }
            10 => world.event(Event::OpErr {
                op: OpId(value as u32),
            }),
            11 => world.event(Event::Resumed),
            12 => world.event(Event::Unmount),
            _ => {
                let seed = Seed {
                    version: world.core.version.unwrap_or(1),
                    phase: world.phase,
                    age_ms: Some(value),
                };
                if !world.core.is_mounted {
                    world.event(Event::Mount(Some(seed)));
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

        #[test]
        fn whatever_happens_the_rules_hold(script in prop::collection::vec(event(), 1..40)) {
            let mut world = World::new(Phase::Active);
            let mut version = 0;
            for (wait, kind, value) in script {
                let before = world.effects.len();
                world.run(wait);
                prop_assert!(world.effects.len() - before < 200, "a loop");
                play(&mut world, kind, value);
                let held = world.core.version.unwrap_or(0);
                prop_assert!(held >= version, "the data stepped back");
                version = held;
                if let Some(wake) = world.wake {
                    prop_assert!(wake >= world.now, "a timer in the past");
                }
                if !world.core.is_mounted {
                    prop_assert_eq!(world.wake, None);
                }
            }
        }

        #[test]
        fn the_same_script_has_the_same_effects(script in prop::collection::vec(event(), 1..40)) {
            let mut worlds = [World::new(Phase::Idle), World::new(Phase::Idle)];
            for world in &mut worlds {
                for (wait, kind, value) in &script {
                    world.run(*wait);
                    play(world, *kind, *value);
                }
            }
            prop_assert_eq!(&worlds[0].effects, &worlds[1].effects);
        }

        #[test]
        fn an_active_page_never_polls_faster_than_its_interval(window in 1_u64..120_000) {
            let mut world = World::new(Phase::Active);
            world.run(window);
            prop_assert!(world.starts.len() as u64 <= window / 2000 + 1);
        }
    }
}
