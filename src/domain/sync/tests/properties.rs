//! The properties of the design, over random scripts. `HEDDLE_CASES` asks for more than 10,000.
use super::script::{Line, script};
use super::watch::Watch;
use super::world::seed;
use super::*;
use proptest::prelude::*;

/// How many cases a property gets where the widest one gets 10,000.
pub(super) fn cases(share: u32) -> ProptestConfig {
    let asked = std::env::var("HEDDLE_CASES").ok();
    let widest = asked
        .and_then(|cases| cases.parse::<u32>().ok())
        .unwrap_or(10_000);
    let cases = u64::from(share) * u64::from(widest) / 10_000;
    ProptestConfig {
        cases: u32::try_from(cases).unwrap_or(u32::MAX).max(1),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// A page that lived through a script, under watch: P1 to P6, P8, P10 to P12, P14, P16.
fn live(phase: Phase, chance: u64, lines: &[Line]) -> World {
    let mut world = World::with(phase, Config::default(), chance);
    world.deeds = world::Deeds::Done;
    world.watch = Some(Watch::default());
    world.event(seed(1, phase, Origin::Server));
    for (op, line) in (1..).zip(lines) {
        world.play(*line, op);
    }
    world.end_well();
    world
}

fn assert_it_ended_well(world: &World) {
    let core = world.core();
    if !core.is_mounted() {
        return;
    }
    if let Some(watch) = &world.watch {
        watch.assert_nothing_is_owed();
    }
    assert_eq!(
        core.pending_ops().count(),
        0,
        "P9: the view is not the base"
    );
    if core.interval_ms().is_some() {
        assert_eq!(core.version, Some(world.version), "the page is behind");
        assert_eq!(core.view().health, Health::Ready);
    }
}

/// P13: the same course by a wall clock that stands still, as far as no stored copy has an age.
fn assert_the_wall_clock_moves_nothing(chance: u64, log: &Log) {
    let mut core = Core::new(Config::default());
    let mut rng = SplitMix64::new(chance);
    let steps = log.events().iter().zip(log.effects());
    for ((now, wall, event), effects) in steps {
        let has_age = matches!(
            event,
            Event::Mount(Some(Seed {
                origin: Origin::Storage { .. },
                ..
            }))
        );
        let wall = if has_age { *wall } else { Wall(0) };
        let again = core.step(*now, wall, *event, &mut rng);
        assert_eq!(again, *effects, "P13: the wall clock moves something");
    }
}

proptest! {
    #![proptest_config(cases(10_000))]

    #[test]
    fn whatever_happens_the_rules_hold(chance in any::<u64>(), lines in script()) {
        let phase = [Phase::Active, Phase::Idle, Phase::Terminal][chance as usize % 3];
        let world = live(phase, chance, &lines);
        assert_it_ended_well(&world);
        let log = world.machine.log();
        assert!(log.events().len() < LOG_EVENTS);
        assert!(log.is_faithful(), "P15: the recording does not replay");
        assert_the_wall_clock_moves_nothing(chance, log);
    }
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn every_recording_survives_json(chance in any::<u64>(), lines in script()) {
        let world = live(Phase::Active, chance, &lines);
        let json = serde_json::to_string(world.machine.log()).unwrap();
        let read: Log = serde_json::from_str(&json).unwrap();
        prop_assert!(read.is_faithful(), "P15");
        prop_assert_eq!(&read, world.machine.log());
    }
}

proptest! {
    #![proptest_config(cases(10_000))]

    #[test]
    fn an_active_page_never_polls_faster_than_its_interval(
        window in 1_u64..60_000,
        latency in 0_u64..9000,
    ) {
        // P6
        let mut world = World::new(Phase::Active);
        world.latency = latency;
        world.run(window);
        prop_assert!(world.starts.len() as u64 <= window / 2000 + 1);
    }

    #[test]
    fn the_idle_ramp_is_the_same_at_any_latency(latency in 0_u64..4000) {
        // P7
        let ramp = [2000, 3000, 4500, 6750, 10_125, 15_187, 22_780, 30_000, 30_000];
        let mut world = World::new(Phase::Idle);
        world.latency = latency;
        world.run(200_000);
        let mut due = 0;
        for (start, wait) in world.starts.iter().zip(ramp) {
            due += wait;
            prop_assert_eq!(*start, due);
            due += latency;
        }
    }
}
