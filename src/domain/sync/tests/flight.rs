//! One request at a time, and the order of answers: cases 21 to 27.
use super::world::seed;
use super::*;

#[test]
fn there_is_never_more_than_one_request_under_way() {
    // case 21
    let mut world = World::new(Phase::Active);
    world.latency = 900;
    world.run(2000);
    for event in [
        Event::Visible(false),
        Event::Visible(true),
        Event::Resumed,
        Event::Tick,
        Event::Mount(None),
        seed(1, Phase::Active, Origin::Server),
        Event::Push { version: 7 },
        Event::Online(false),
        Event::Online(true),
        Event::PushHealth(true),
    ] {
        world.event(event);
    }
    assert_eq!(world.starts, [2000]);
    assert_eq!(world.core().counts().joined, 7);
}

#[test]
fn a_person_who_refreshes_replaces_the_request_under_way() {
    // case 22
    let mut world = World::new(Phase::Active);
    (world.latency, world.version) = (1000, 2);
    world.run(2500);
    world.version = 3;
    world.event(Event::Refresh);
    assert_eq!(world.starts, [2000, 2500]);
    assert_eq!(world.count(|effect| *effect == Effect::Abort(ReqId(1))), 1);
    world.run(1000);
    assert_eq!(
        world.count(|effect| *effect == Effect::Discard(ReqId(1))),
        1
    );
    assert_eq!(world.core().view().version, Some(3));
    assert_eq!(world.core().counts().dropped, 1);
}

#[test]
fn a_refresh_during_the_first_load_joins_it() {
    // case 23
    let mut world = World::closed(Phase::Active);
    world.latency = 1000;
    world.event(Event::Mount(None));
    world.event(Event::Refresh);
    assert_eq!(world.starts, [0]);
    assert_eq!(world.core().counts().joined, 1);
}

#[test]
fn an_answer_that_was_overtaken_is_thrown_away() {
    // case 24
    let mut world = World::closed(Phase::Active);
    world.event(seed(0, Phase::Active, Origin::Server));
    (world.version, world.latency) = (1, 100);
    world.event(Event::Refresh);
    (world.version, world.latency) = (2, 50);
    world.event(Event::Refresh);
    world.run(200);
    assert_eq!(world.core().view().version, Some(2));
    assert_eq!(
        world.count(|effect| *effect == Effect::Discard(ReqId(1))),
        1
    );
}

#[test]
fn pushes_during_a_request_lead_to_exactly_one_more() {
    // case 25
    let mut world = World::new(Phase::Active);
    world.latency = 500;
    world.run(2000);
    for version in 2..10 {
        world.event(Event::Push { version });
    }
    world.version = 9;
    world.run(1000);
    assert_eq!(world.starts, [2000, 2500]);
    world.run(500);
    assert_eq!(world.starts, [2000, 2500]);
}

#[test]
fn a_push_that_the_request_under_way_already_brings_needs_no_more() {
    // case 25
    let mut world = World::new(Phase::Active);
    (world.latency, world.version) = (500, 3);
    world.run(2000);
    world.event(Event::Push { version: 3 });
    world.run(1000);
    assert_eq!(world.starts, [2000]);
}

#[test]
fn what_a_push_asked_for_outlives_a_failed_request() {
    // case 26
    let mut world = World::new(Phase::Terminal);
    world.event(Event::PushHealth(true));
    world.run(1000);
    world.failure = Some(ErrKind::Network);
    world.event(Event::Push { version: 2 });
    world.run(8000);
    assert_eq!(world.starts[1..], [1000, 2000, 4000, 8000]);
    (world.failure, world.version) = (None, 2);
    world.run(120_000);
    assert_eq!(world.core().view().version, Some(2));
    assert_eq!(world.starts[5..], [68_000]);
}

#[test]
fn an_older_answer_is_dropped() {
    // case 27
    let mut world = World::new(Phase::Active);
    world.version = 5;
    world.run(2000);
    let accepted = world.accepted();
    world.version = 3;
    world.run(2000);
    assert_eq!(world.core().view().version, Some(5));
    assert_eq!(world.accepted(), accepted);
    assert_eq!(world.core().counts().regressed, 2, "the whole, asked once");
    assert_eq!(world.starts, [2000, 4000, 4000]);
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
        bytes: 10,
    };
    world.event(misfit(ReqId(1)));
    assert_eq!(world.unconditional(), 1);
    world.event(misfit(ReqId(2)));
    assert_eq!(world.starts, [2000, 2000], "no tight loop");
    world.run(1000);
    assert_eq!(world.starts, [2000, 2000, 3000], "a failure like others");
    world.event(world.full(ReqId(3), 2));
    assert_eq!(world.unconditional(), 2);
    world.run(2000);
    assert_eq!((world.starts[3], world.unconditional()), (5000, 2));
}

#[test]
fn a_server_that_stepped_back_is_asked_ever_more_seldom() {
    let mut world = World::closed(Phase::Active);
    world.event(seed(9, Phase::Active, Origin::Server));
    world.run(60_000);
    assert_eq!(world.core().view().version, Some(9));
    assert_eq!(world.starts[..6], [2000, 2000, 3000, 5000, 9000, 39_000]);
}

#[test]
fn answers_of_requests_given_up_change_nothing_but_a_count() {
    let mut world = World::new(Phase::Active);
    world.machine.take_counts();
    let before = world.core().clone();
    world.event(Event::FetchNotModified { id: ReqId(77) });
    world.event(Event::FetchErr {
        id: ReqId(77),
        kind: ErrKind::Gone,
        retry_after_ms: None,
    });
    assert_eq!(world.machine.take_counts().dropped, 2);
    assert_eq!(*world.core(), before);
}

#[test]
fn twenty_quick_visits_leave_one_rate() {
    let mut world = World::new(Phase::Active);
    for _ in 0..20 {
        world.event(Event::Unmount);
        world.event(seed(1, Phase::Active, Origin::Server));
    }
    world.run(10_000);
    assert_eq!(world.starts, [2000, 4000, 6000, 8000, 10_000]);
}
