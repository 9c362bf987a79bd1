//! How often: cases 1 to 12.
use super::world::{done, seed};
use super::*;

#[test]
fn an_active_session_is_asked_every_two_seconds() {
    // case 1
    let mut world = World::new(Phase::Active);
    world.run(6000);
    assert_eq!(world.starts, [2000, 4000, 6000]);
}

#[test]
fn the_interval_counts_from_the_answer_not_from_the_start() {
    // case 2
    let mut world = World::closed(Phase::Active);
    world.latency = 500;
    world.event(Event::Mount(None));
    world.run(6000);
    assert_eq!(world.starts, [0, 2500, 5000]);
}

#[test]
fn an_idle_session_is_asked_ever_more_seldom() {
    // case 3
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
    // case 4
    let mut world = World::new(Phase::Idle);
    world.run(16_250);
    world.version = 2;
    world.run(10_125 + 2000);
    assert_eq!(world.gaps()[4..], [10_125, 2000]);
}

#[test]
fn a_session_that_starts_to_work_is_asked_every_two_seconds() {
    // case 5
    let mut world = World::new(Phase::Idle);
    world.run(26_375 + 15_187);
    (world.version, world.phase) = (2, Phase::Active);
    world.run(22_780 + 6000);
    assert_eq!(world.gaps()[6..], [22_780, 2000, 2000, 2000]);
}

#[test]
fn a_finished_session_is_not_polled_but_checked_once_a_minute() {
    // case 6
    let mut world = World::new(Phase::Active);
    (world.version, world.phase) = (2, Phase::Terminal);
    world.run(2000);
    assert_eq!(world.wake, Some(COPY_WRITE_MS), "no poll is armed");
    world.run(COPY_WRITE_MS - 2000);
    assert_eq!(world.wake, Some(62_000), "no poll is armed");
    world.run(61_999 - COPY_WRITE_MS);
    assert_eq!(world.starts, [2000]);
    world.run(60_001);
    assert_eq!(world.starts, [2000, 62_000, 122_000]);
}

#[test]
fn a_finished_session_with_push_is_not_asked_at_all() {
    // case 6
    let mut world = World::new(Phase::Active);
    world.event(Event::PushHealth(true));
    (world.version, world.phase) = (2, Phase::Terminal);
    world.event(Event::Push { version: 2 });
    let before = world.starts.len();
    world.run(600_000);
    assert_eq!(world.starts.len(), before + 1, "the push itself");
    world.event(Event::PushHealth(false));
    world.run(1000);
    assert_eq!(world.starts.len(), before + 2, "what may have been missed");
}

#[test]
fn a_page_with_push_is_checked_once_a_minute_and_polled_again_when_push_is_lost() {
    for phase in [Phase::Active, Phase::Idle] {
        let mut world = World::new(phase);
        world.event(Event::PushHealth(true));
        assert_eq!(world.starts, [0], "what came before the stream");
        world.run(119_999);
        assert_eq!(world.starts, [0, 60_000]);
        world.event(Event::PushHealth(false));
        world.run(1000);
        assert_eq!(world.starts[..2], [0, 60_000]);
        assert!(world.starts[2] >= 119_999, "{:?}", world.starts);
    }
}

#[test]
fn a_follow_up_to_a_finished_session_is_seen_at_once() {
    // case 7
    let mut world = World::new(Phase::Terminal);
    world.run(5000);
    world.event(Event::OpStart(OpId(1)));
    (world.version, world.phase) = (2, Phase::Active);
    world.event(done(OpId(1), 2, Some(Phase::Active)));
    assert_eq!(world.starts, [5000]);
    world.run(4000);
    assert_eq!(world.starts, [5000, 7000, 9000]);
    assert_eq!(
        world.count(|effect| *effect == Effect::OpSettled(OpId(1))),
        1
    );
}

#[test]
fn a_push_to_a_finished_session_is_seen_at_once() {
    // case 7
    let mut world = World::new(Phase::Terminal);
    world.run(5000);
    (world.version, world.phase) = (2, Phase::Active);
    world.event(Event::Push { version: 2 });
    world.run(4000);
    assert_eq!(world.starts, [5000, 7000, 9000]);
}

#[test]
fn a_push_wakes_a_slow_page_at_once() {
    // case 8
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
fn a_shorter_interval_counts_from_the_last_answer_and_what_is_overdue_starts_now() {
    // case 8
    for (later, start) in [(5000, 69_342), (500, 66_342)] {
        let mut world = World::new(Phase::Idle);
        world.run(64_342 + later);
        assert_eq!(world.wake, Some(94_342));
        world.event(Event::OpStart(OpId(1)));
        world.run(2000);
        assert_eq!(world.starts.get(7), Some(&start), "{later}");
    }
}

#[test]
fn an_interval_that_changes_during_a_request_counts_from_its_answer() {
    // case 9
    let mut world = World::new(Phase::Idle);
    world.run(64_341);
    world.latency = 1000;
    world.run(501);
    world.event(Event::OpStart(OpId(1)));
    assert_eq!(world.wake, Some(74_342), "the deadline, and nothing else");
    world.run(10_000);
    assert_eq!(world.starts[6..9], [64_342, 68_342, 73_842]);
}

#[test]
fn ten_views_of_one_page_make_one_request_and_arm_one_timer() {
    // case 10
    let mut world = World::closed(Phase::Active);
    for _ in 0..10 {
        world.event(Event::Mount(None));
    }
    assert_eq!(world.starts, [0]);
    assert!(world.count(|effect| matches!(effect, Effect::WakeAt(_))) <= 2);
    world.run(0);
    let armed: u32 = world.core().counts().intervals.iter().sum();
    assert!(armed <= 2, "{armed}");
    world.run(6000);
    assert_eq!(world.starts, [0, 2000, 4000, 6000]);
}

#[test]
fn when_one_of_three_views_goes_the_cadence_stays() {
    // case 11
    let mut world = World::closed(Phase::Active);
    for _ in 0..3 {
        world.event(seed(1, Phase::Active, Origin::Server));
    }
    world.run(3000);
    world.event(Event::Unmount);
    world.run(3000);
    assert_eq!(world.starts, [2000, 4000, 6000]);
    world.event(Event::Unmount);
    world.event(Event::Unmount);
    world.event(Event::Unmount);
    assert_eq!(world.wake, None);
    world.event(seed(1, Phase::Active, Origin::Server));
    world.run(2000);
    assert_eq!(world.starts, [2000, 4000, 6000, 8000]);
}

#[test]
fn an_interval_of_zero_switches_polling_off() {
    // case 12
    for off in [
        Config {
            base_ms: 0,
            ..Config::default()
        },
        Config {
            base_ms: 0,
            check_ms: 0,
            cap_ms: 0,
            ..Config::default()
        },
    ] {
        let mut world = World::new(Phase::Active);
        world.event(Event::Configure(off));
        world.run(500);
        assert_eq!(
            world.wake,
            Some(COPY_WRITE_MS),
            "only the copy is to be written"
        );
        world.run(100_000);
        assert!(world.starts.is_empty());
        assert_eq!(world.wake, None);
    }
}

#[test]
fn wild_settings_never_make_a_tight_loop() {
    // case 12
    for (base, factor, cap, jitter) in [
        (u64::MAX, u64::MAX, u64::MAX, u64::MAX),
        (1, 0, 0, 100),
        (2000, 100, 0, 7),
    ] {
        let settings = crate::snapshot::SyncSettings {
            base_ms: base,
            factor_percent: factor,
            cap_ms: cap,
            jitter_percent: jitter,
            stale_factor: factor,
            terminal_check_ms: base,
            ..Default::default()
        };
        for phase in [Phase::Active, Phase::Idle, Phase::Terminal] {
            let mut world = World::with(phase, Config::from(&settings), 1);
            world.event(seed(1, phase, Origin::Server));
            world.event(Event::Visible(false));
            world.event(Event::Visible(true));
            let wake = world.wake.unwrap();
            assert!((1..=i32::MAX as u64).contains(&wake), "{wake}");
            world.run(1000);
            assert!(world.starts.len() <= 1000);
        }
    }
}

#[test]
fn jitter_is_drawn_once_per_interval_and_stays_within_its_percents() {
    let config = Config {
        jitter_percent: 10,
        ..Config::default()
    };
    let mut world = World::with(Phase::Active, config, 7);
    world.event(seed(1, Phase::Active, Origin::Server));
    for _ in 0..4000 {
        let planned = world.wake;
        world.event(Event::Configure(config));
        assert_eq!(world.wake, planned, "not drawn again");
        world.run(100);
    }
    let gaps = world.gaps();
    assert!(gaps.iter().all(|gap| (1800..=2200).contains(gap)));
    assert!(gaps.iter().any(|gap| *gap < 1900) && gaps.iter().any(|gap| *gap > 2100));
}

#[test]
fn the_intervals_that_were_armed_are_counted() {
    let mut world = World::new(Phase::Idle);
    world.run(130_000);
    let counts = world.machine.take_counts();
    assert_eq!(counts.intervals, [1, 1, 1, 1, 1, 1, 1, 3, 0, 0]);
    assert_eq!(counts.starts_by(Cause::Poll), 9);
    assert_eq!(counts.all_starts(), 9);
    assert_eq!(world.core().counts(), Counts::default());
}
