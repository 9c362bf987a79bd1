//! Changes that the stream brings: taken like answers, without a request.
use super::*;

/// A page whose stream brings changes from where it was.
fn streaming(phase: Phase) -> World {
    let mut world = World::new(phase);
    world.event(Event::PushOpened { is_gap: false });
    world
}

fn streamed(world: &mut World, version: u64, is_applicable: bool) {
    let phase = world.phase;
    world.event(Event::Streamed {
        version,
        phase,
        is_applicable,
        bytes: 500,
    });
}

#[test]
fn an_active_page_whose_stream_brings_its_changes_makes_no_request() {
    let mut world = streaming(Phase::Active);
    for version in 2..600 {
        world.version = version;
        streamed(&mut world, version, true);
        assert_eq!(world.core().view().version, Some(version));
        world.run(500);
    }
    assert!(world.starts.is_empty());
    assert_eq!(world.accepted(), 598);
    assert_eq!(world.health(), Health::Ready);
    world.run(60_000);
    assert_eq!(
        world.starts.len(),
        1,
        "a check a minute while nothing comes"
    );
}

#[test]
fn a_gap_becomes_one_conditional_request() {
    let mut world = streaming(Phase::Active);
    world.latency = 50;
    world.version = 5;
    streamed(&mut world, 4, false);
    streamed(&mut world, 5, false);
    world.run(1000);
    assert_eq!((world.starts.len(), world.unconditional()), (1, 0));
    assert_eq!(world.core().view().version, Some(5));
    streamed(&mut world, 6, true);
    assert_eq!(world.core().view().version, Some(6));
}

#[test]
fn what_comes_twice_or_late_changes_nothing() {
    let mut world = streaming(Phase::Active);
    streamed(&mut world, 4, true);
    streamed(&mut world, 4, true);
    streamed(&mut world, 3, true);
    world.run(1000);
    assert_eq!((world.accepted(), world.starts.len()), (1, 0));
    assert_eq!(world.core().view().version, Some(4));
}

#[test]
fn an_answer_that_the_stream_came_before_is_thrown_away_and_not_asked_for_again() {
    let mut world = streaming(Phase::Active);
    world.latency = 300;
    world.version = 2;
    world.event(Event::Push { version: 2 });
    world.run(100);
    world.version = 3;
    streamed(&mut world, 3, true);
    world.run(1000);
    assert_eq!((world.starts.len(), world.accepted()), (1, 1));
    assert_eq!(world.core().view().version, Some(3));
    assert_eq!(world.health(), Health::Ready);
}

#[test]
fn an_own_action_is_settled_by_what_the_stream_brings() {
    let mut world = streaming(Phase::Active);
    world.latency = 300;
    world.event(Event::OpStart(OpId(1)));
    world.version = 2;
    world.event(world::done(OpId(1), 2, None));
    assert_eq!(world.core().pending_ops().count(), 1);
    streamed(&mut world, 2, true);
    assert_eq!(world.core().pending_ops().count(), 0);
    assert_eq!(world.core().view().version, Some(2));
}

#[test]
fn a_stored_copy_is_asked_for_whatever_the_stream_brings() {
    let mut world = World::closed(Phase::Active);
    world.latency = 300;
    let saved = Wall(world::EPOCH - 5000);
    world.version = 4;
    world.event(world::seed(3, Phase::Active, Origin::Storage { saved }));
    streamed(&mut world, 4, true);
    assert_eq!(world.accepted(), 0);
    world.run(1000);
    assert_eq!((world.starts.len(), world.unconditional()), (1, 1));
    assert_eq!(world.core().view().version, Some(4));
}

#[test]
fn what_the_stream_brings_ends_a_ladder_of_failures() {
    let mut world = streaming(Phase::Active);
    world.failure = Some(ErrKind::Server);
    world.event(Event::Refresh);
    world.run(10);
    assert_eq!(world.health(), Health::Degraded);
    world.version = 2;
    streamed(&mut world, 2, true);
    assert_eq!(world.health(), Health::Ready);
    world.run(30_000);
    assert_eq!(world.starts.len(), 1);
}
