//! Push: while it arrives nothing is polled, when it does not everything is as it was without.
use super::*;

/// A page with a stream that is open and where it was.
fn told(phase: Phase) -> World {
    let mut world = World::new(phase);
    world.event(Event::PushOpened { is_gap: false });
    world
}

fn config(arm: &str) -> Config {
    Config::from(&crate::snapshot::SyncSettings {
        arm: arm.to_owned(),
        ..crate::snapshot::SyncSettings::default()
    })
}

#[test]
fn a_stream_that_missed_nothing_switches_polling_off_without_a_request() {
    for phase in [Phase::Active, Phase::Idle] {
        let mut world = told(phase);
        world.run(59_999);
        assert!(world.starts.is_empty());
        world.run(60_001);
        assert_eq!(world.starts, [60_000, 120_000]);
        assert_eq!(world.causes, [Cause::Poll; 2]);
    }
}

#[test]
fn a_gap_is_caught_up_once_also_on_a_stream_that_was_open() {
    let mut world = World::new(Phase::Active);
    world.run(500);
    world.event(Event::PushOpened { is_gap: true });
    assert_eq!(world.starts, [500]);
    world.run(10_000);
    world.event(Event::PushOpened { is_gap: true });
    world.run(10_000);
    assert_eq!(world.starts, [500, 10_500]);
    assert_eq!(world.causes, [Cause::Push; 2]);
}

#[test]
fn each_push_of_something_new_leads_to_one_request_and_a_known_one_to_none() {
    let mut world = told(Phase::Active);
    for version in 2..8 {
        world.run(1000);
        world.version = version;
        world.event(Event::Push { version });
        world.event(Event::Push { version });
        world.event(Event::Push {
            version: version - 1,
        });
    }
    world.run(10_000);
    assert_eq!(world.starts, [1000, 2000, 3000, 4000, 5000, 6000]);
    assert_eq!(world.core().view().version, Some(7));
}

#[test]
fn a_hundred_pushes_in_a_second_cost_five_requests_and_the_last_one_is_shown() {
    for latency in [0, 20, 90, 300, 900] {
        let mut world = told(Phase::Active);
        world.latency = latency;
        for version in 2..102 {
            world.version = version;
            world.event(Event::Push { version });
            world.run(10);
        }
        world.run(2000);
        assert!(world.starts.len() <= 5, "{latency}: {:?}", world.starts);
        assert_eq!(world.starts[0], 0, "the first one at once");
        assert_eq!(world.core().view().version, Some(101), "{latency}");
    }
}

#[test]
fn the_second_of_two_changes_does_not_wait_and_the_third_does() {
    let mut world = told(Phase::Active);
    world.latency = 15;
    for turn in 0..3 {
        for version in [2, 3, 4] {
            world.version = 3 * turn + version;
            let version = world.version;
            world.event(Event::Push { version });
            world.run(100);
        }
        world.run(900);
    }
    let wanted = [0, 100, 340, 1200, 1300, 1540, 2400, 2500, 2740];
    assert_eq!(world.starts, wanted);
}

#[test]
fn steady_pushes_never_cost_more_than_five_requests_in_any_second() {
    let mut world = told(Phase::Active);
    world.latency = 15;
    for version in 2..1000 {
        world.version = version;
        world.event(Event::Push { version });
        world.run(33);
    }
    let starts = &world.starts;
    assert!(starts.windows(6).all(|six| six[5] - six[0] >= 1000));
    assert!(
        starts.windows(2).all(|two| two[1] - two[0] <= PUSH_GAP_MS),
        "no rest"
    );
}

#[test]
fn an_own_action_does_not_wait_for_the_distance_of_pushes() {
    let mut world = told(Phase::Active);
    world.version = 2;
    world.event(Event::Push { version: 2 });
    world.run(10);
    world.version = 3;
    world.event(Event::OpStart(OpId(1)));
    world.event(Event::OpOk {
        op: OpId(1),
        version: 3,
        phase: None,
    });
    assert_eq!(world.starts, [0, 10]);
    world.event(Event::Push { version: 3 });
    world.run(1000);
    assert_eq!(world.starts, [0, 10]);
}

#[test]
fn a_push_that_must_wait_waits_for_a_closed_gate_too() {
    let mut world = told(Phase::Active);
    world.version = 2;
    world.event(Event::Push { version: 2 });
    world.run(10);
    world.version = 3;
    world.event(Event::Push { version: 3 });
    world.run(10);
    world.version = 4;
    world.event(Event::Push { version: 4 });
    world.event(Event::Visible(false));
    world.run(5000);
    assert_eq!(world.starts, [0, 10]);
    world.event(Event::Visible(true));
    assert_eq!(world.starts, [0, 10, 5020]);
}

#[test]
fn a_lost_stream_brings_the_polls_of_the_adaptive_way_back() {
    for (phase, gaps) in [
        (Phase::Active, [2000, 2000, 2000]),
        (Phase::Idle, [3000, 4500, 6750]),
    ] {
        let mut world = told(phase);
        world.run(40_000);
        world.event(Event::PushHealth(false));
        world.run(30_000);
        let first = world.starts[0];
        assert!((40_000..=41_000).contains(&first), "{:?}", world.starts);
        let waits: Vec<_> = world.starts.windows(2).map(|two| two[1] - two[0]).collect();
        assert_eq!(waits[..3], gaps);
        assert_eq!(
            world.core().counts().stale,
            0,
            "the quiet time is not stale"
        );
        let before = world.starts.len();
        world.event(Event::PushOpened { is_gap: true });
        assert_eq!(world.starts.len(), before + 1, "one to catch up");
        world.run(59_000);
        assert_eq!(world.starts.len(), before + 1, "and no polls");
    }
}

#[test]
fn a_page_that_polled_a_moment_ago_does_not_poll_again_when_the_stream_is_lost() {
    let mut world = told(Phase::Active);
    world.run(60_500);
    world.event(Event::PushHealth(false));
    world.run(1499);
    assert_eq!(world.starts, [60_000]);
    world.run(1);
    assert_eq!(world.starts, [60_000, 62_000]);
}

#[test]
fn a_lost_stream_and_a_server_that_is_gone_are_told_as_stale_after_two_intervals() {
    let mut world = told(Phase::Active);
    world.run(30_000);
    world.is_mute = true;
    world.event(Event::PushHealth(false));
    world.run(4000);
    assert_eq!(world.core().counts().stale, 0);
    world.run(1);
    assert_eq!(world.core().counts().stale, 1);
}

#[test]
fn pages_that_lose_the_stream_together_do_not_poll_together() {
    let start = |chance| {
        let mut world = World::with(Phase::Active, Config::default(), chance);
        world.event(super::world::seed(1, Phase::Active, Origin::Server));
        world.event(Event::PushOpened { is_gap: false });
        world.run(30_000);
        world.event(Event::PushHealth(false));
        world.run(1000);
        world.starts[0] - 30_000
    };
    let starts: Vec<u64> = (0..200).map(start).collect();
    assert!(starts.iter().any(|start| *start < 200));
    assert!(starts.iter().any(|start| *start > 800));
}

#[test]
fn other_arms_poll_whatever_the_stream_does() {
    for arm in ["legacy", "deduped"] {
        let mut world = World::with(Phase::Active, config(arm), 1);
        world.event(super::world::seed(1, Phase::Active, Origin::Server));
        world.event(Event::PushOpened { is_gap: false });
        world.run(6000);
        assert_eq!(world.starts, [2000, 4000, 6000], "{arm}");
        world.event(Event::PushHealth(false));
        world.run(2000);
        assert_eq!(world.starts, [2000, 4000, 6000, 8000], "{arm}");
    }
    assert!(config("push").is_pushed && Config::default().is_pushed);
}

#[test]
fn an_arm_that_is_switched_off_polls_from_then_on() {
    let mut world = told(Phase::Active);
    world.run(30_000);
    world.event(Event::Configure(config("deduped")));
    world.run(5000);
    assert!((30_000..=31_000).contains(&world.starts[0]));
    assert!(world.starts.len() >= 2);
    assert_eq!(world.core().counts().stale, 0);
}

#[test]
fn pushes_that_are_relied_on_again_at_once_leave_no_poll_behind() {
    let mut world = told(Phase::Active);
    world.run(30_000);
    world.event(Event::Configure(config("deduped")));
    world.event(Event::Configure(config("push")));
    world.run(20_000);
    assert!(
        world.starts.is_empty(),
        "{:?} {:?}",
        world.starts,
        world.causes
    );
    world.event(Event::PushHealth(false));
    world.event(Event::PushOpened { is_gap: false });
    world.run(9_000);
    assert!(world.starts.is_empty(), "{:?}", world.starts);
    world.run(1_000);
    assert_eq!(world.starts, [60_000]);
    assert_eq!(world.core().counts().stale, 0);
}
