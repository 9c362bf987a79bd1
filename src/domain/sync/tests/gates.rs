//! In view, online, awake, switched on: cases 36 to 39.
use super::world::seed;
use super::*;

#[test]
fn a_hidden_page_makes_no_request_and_catches_up_when_shown() {
    // case 36
    let mut world = World::new(Phase::Active);
    world.run(3000);
    world.event(Event::Visible(false));
    world.run(600_000);
    assert_eq!(world.starts, [2000]);
    world.event(Event::Visible(true));
    assert_eq!(world.starts, [2000, 603_000]);
    assert_eq!(
        world.core().counts().stale,
        0,
        "time spent hidden is no staleness"
    );
}

#[test]
fn a_page_shown_again_soon_waits_for_the_rest_of_its_interval() {
    // case 36
    let mut world = World::new(Phase::Active);
    world.run(2500);
    world.event(Event::Visible(false));
    world.run(500);
    world.event(Event::Visible(true));
    world.run(1000);
    assert_eq!(world.starts, [2000, 4000]);
}

#[test]
fn a_page_that_opens_hidden_asks_when_it_is_shown() {
    // case 36
    let mut world = World::closed(Phase::Active);
    world.event(Event::Visible(false));
    world.event(Event::Mount(None));
    world.run(1000);
    assert!(world.starts.is_empty());
    world.event(Event::Visible(true));
    assert_eq!(world.starts, [1000]);
}

#[test]
fn a_page_that_is_shown_and_gets_no_answer_is_stale_after_two_base_intervals() {
    let mut world = World::new(Phase::Idle);
    world.run(100_000);
    world.event(Event::Visible(false));
    world.run(600_000);
    world.is_mute = true;
    world.event(Event::Visible(true));
    world.run(4000);
    assert_eq!(world.stale_incidents(), 0);
    world.run(1);
    assert_eq!(world.stale_incidents(), 1);
}

#[test]
fn ten_times_shown_within_five_seconds_is_one_request_per_interval() {
    // case 37
    for failure in [None, Some(ErrKind::Network)] {
        let mut world = World::new(Phase::Idle);
        world.run(30_000);
        world.failure = failure;
        let before = world.starts.len();
        for _ in 0..10 {
            world.event(Event::Visible(false));
            world.event(Event::Visible(true));
            world.run(500);
        }
        let shown = world.causes[before..]
            .iter()
            .filter(|cause| **cause == Cause::Visible);
        assert!(shown.count() <= 3, "{:?}", &world.starts[before..]);
    }
}

#[test]
fn offline_nothing_is_tried_and_online_it_starts_at_once() {
    // case 38
    let mut world = World::new(Phase::Active);
    world.run(1000);
    world.event(Event::Flush);
    world.event(Event::Online(false));
    assert_eq!(world.wake, None);
    world.run(59_000);
    assert!(world.starts.is_empty());
    assert_eq!(world.health(), Health::Offline);
    world.event(Event::Online(true));
    assert_eq!(world.starts, [60_000]);
}

#[test]
fn a_request_under_way_outlives_the_network_until_its_deadline() {
    // case 38
    let mut world = World::new(Phase::Active);
    world.is_mute = true;
    world.run(3000);
    world.event(Event::Flush);
    world.event(Event::Online(false));
    assert_eq!(world.count(|effect| matches!(effect, Effect::Abort(_))), 0);
    assert_eq!(world.wake, Some(12_000));
    world.run(60_000);
    assert_eq!(world.starts, [2000]);
}

#[test]
fn the_network_that_comes_back_begins_a_new_ladder() {
    // case 38
    let mut world = World::new(Phase::Active);
    world.failure = Some(ErrKind::Network);
    world.run(6000);
    assert_eq!(world.starts, [2000, 3000, 5000]);
    world.event(Event::Online(false));
    world.event(Event::Online(true));
    world.run(7000);
    assert_eq!(world.starts[3..], [6000, 7000, 9000, 13_000]);
}

#[test]
fn online_but_hidden_waits() {
    // case 38
    let mut world = World::new(Phase::Active);
    world.event(Event::Online(false));
    world.event(Event::Visible(false));
    world.event(Event::Online(true));
    world.run(10_000);
    assert!(world.starts.is_empty());
}

#[test]
fn a_page_that_gave_up_and_went_online_while_hidden_tries_when_it_is_shown() {
    // case 38
    let mut world = World::closed(Phase::Active);
    world.failure = Some(ErrKind::Network);
    world.event(Event::Mount(None));
    world.run(7000);
    world.event(Event::Online(false));
    world.event(Event::Visible(false));
    world.event(Event::Online(true));
    world.failure = None;
    world.event(Event::Visible(true));
    world.run(0);
    assert_eq!(world.starts[4..], [7000]);
    assert_eq!(world.health(), Health::Ready);
}

#[test]
fn a_person_may_probe_a_network_that_is_said_to_be_gone() {
    let mut world = World::new(Phase::Active);
    world.event(Event::Online(false));
    world.event(Event::Refresh);
    assert_eq!(world.starts, [0]);
}

#[test]
fn after_sleep_there_is_one_request_and_no_burst() {
    // case 39
    for hint in [false, true] {
        let mut world = World::new(Phase::Active);
        world.run(1000);
        world.now += 3_600_000;
        if hint {
            world.event(Event::Resumed);
        }
        world.sleep(0);
        world.run(1999);
        assert_eq!(world.starts, [3_601_000], "told by the driver: {hint}");
        assert_eq!(world.causes, [Cause::Resumed]);
        assert_eq!(world.core().counts().stale, 0);
    }
}

#[test]
fn a_wall_clock_that_jumps_moves_nothing() {
    // case 39
    for day in [-86_400_000, 86_400_000] {
        let mut world = World::new(Phase::Active);
        world.run(3000);
        world.wall_shift = day;
        world.run(3000);
        assert_eq!(world.starts, [2000, 4000, 6000]);
    }
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

/// The moment of the first start after push was lost and this happened.
fn first_start(chance: u64, before: &[Event], event: Event) -> u64 {
    let mut world = World::with(Phase::Active, Config::default(), chance);
    world.event(seed(1, Phase::Active, Origin::Server));
    for event in before {
        world.event(*event);
    }
    world.run(60);
    let known = world.starts.len();
    world.event(event);
    world.run(1500);
    world.starts.get(known).map_or(u64::MAX, |start| start - 60)
}

#[test]
fn pages_that_lost_push_together_do_not_ask_together() {
    let healthy = Event::PushHealth(true);
    let lost = Event::PushHealth(false);
    for event in [Event::Online(true), Event::Resumed] {
        let off = Event::Online(event == Event::Resumed);
        let smeared = |chance| first_start(chance, &[healthy, lost, off], event);
        let starts: Vec<u64> = (0..200).map(smeared).collect();
        assert!(starts.iter().all(|start| *start <= 1000), "{starts:?}");
        assert!(starts.iter().any(|start| *start < 200));
        assert!(starts.iter().any(|start| *start > 800));
        assert_eq!(first_start(1, &[off], event), 0, "push was never there");
        assert_eq!(first_start(1, &[healthy, off], event), 0, "push is there");
    }
}
