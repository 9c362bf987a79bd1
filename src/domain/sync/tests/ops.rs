//! Own actions above the server's data: case 40.
use super::world::{Deeds, done, refused};
use super::*;

/// A page at version 5 whose poll began before a person acted.
fn page_with_an_action() -> World {
    let mut world = World::new(Phase::Active);
    world.version = 5;
    world.event(Event::Refresh);
    world.run(0);
    world.latency = 300;
    world.event(Event::Refresh);
    world.run(50);
    world.event(Event::OpStart(OpId(1)));
    world.run(100);
    world
}

#[test]
fn a_poll_that_began_before_an_action_does_not_undo_it() {
    // case 40
    let mut world = page_with_an_action();
    assert_eq!(world.core().pending_ops().count(), 1, "shown at once");
    world.event(done(OpId(1), 6, None));
    world.version = 6;
    assert_eq!(
        world.core().pending_ops().count(),
        1,
        "shown until the data holds it"
    );
    world.run(150);
    assert_eq!(
        world.core().view().version,
        Some(5),
        "the older answer brings nothing"
    );
    assert_eq!(world.core().pending_ops().count(), 1);
    world.run(300);
    assert_eq!(world.core().view().version, Some(6));
    assert_eq!(world.core().pending_ops().count(), 0);
    assert_eq!(world.starts, [0, 0, 300], "one request follows");
}

#[test]
fn an_older_poll_with_data_is_dropped_after_an_action() {
    // case 40
    let mut world = World::new(Phase::Active);
    (world.version, world.latency) = (5, 300);
    world.event(Event::Refresh);
    world.event(Event::OpStart(OpId(1)));
    world.run(150);
    world.event(done(OpId(1), 6, None));
    world.version = 6;
    world.run(150);
    assert_eq!(world.core().view().version, Some(1));
    assert_eq!(world.core().counts().regressed, 1);
    world.run(300);
    assert_eq!(world.core().view().version, Some(6));
    assert_eq!(world.starts, [0, 300]);
}

#[test]
fn actions_are_sent_one_after_the_other_and_a_refused_one_is_taken_back_once() {
    // case 40
    let mut world = World::new(Phase::Active);
    world.event(Event::OpStart(OpId(1)));
    world.event(Event::OpStart(OpId(2)));
    assert_eq!(world.count(|effect| matches!(effect, Effect::SendOp(_))), 1);
    world.event(refused(OpId(1), None));
    world.event(refused(OpId(1), None));
    assert_eq!(
        world.count(|effect| *effect == Effect::OpRolledBack(OpId(1))),
        1
    );
    assert_eq!(world.count(|effect| *effect == Effect::SendOp(OpId(2))), 1);
    assert_eq!(world.core().pending_ops().collect::<Vec<_>>(), [OpId(2)]);
    assert_eq!(world.starts, [0], "the server's value is asked for");
}

#[test]
fn a_conflict_takes_the_action_back_and_shows_at_least_the_servers_value() {
    // case 40
    let mut world = page_with_an_action();
    world.event(refused(OpId(1), Some(7)));
    world.version = 7;
    assert_eq!(
        world.count(|effect| *effect == Effect::OpRolledBack(OpId(1))),
        1
    );
    world.run(450);
    assert_eq!(world.core().view().version, Some(7));
    assert_eq!(world.starts, [0, 0, 300]);
}

#[test]
fn a_poll_that_is_older_than_a_conflict_is_dropped() {
    // case 40
    let mut world = World::new(Phase::Active);
    (world.version, world.latency) = (6, 300);
    world.event(Event::Refresh);
    world.event(Event::OpStart(OpId(1)));
    world.event(refused(OpId(1), Some(7)));
    world.version = 7;
    world.run(300);
    assert_eq!(world.core().view().version, Some(1));
    world.run(300);
    assert_eq!(world.core().view().version, Some(7));
}

#[test]
fn what_is_kept_below_the_version_of_a_conflict_is_asked_for_on_coming_back() {
    let mut world = World::new(Phase::Active);
    world.event(Event::OpStart(OpId(1)));
    world.event(refused(OpId(1), Some(7)));
    world.run(0);
    let counts = world.core().counts();
    assert_eq!((counts.not_modified, counts.regressed), (1, 2));
    assert_eq!(world.core().kept().map(|kept| kept.ttl_ms), Some(0));
}

#[test]
fn answers_to_actions_that_are_not_under_way_change_nothing() {
    let mut world = World::new(Phase::Active);
    world.event(Event::OpStart(OpId(1)));
    world.event(Event::OpStart(OpId(2)));
    let before = world.core().clone();
    for event in [
        done(OpId(2), 9, Some(Phase::Terminal)),
        refused(OpId(2), Some(9)),
        done(OpId(3), 9, None),
        refused(OpId(3), None),
        Event::OpStart(OpId(1)),
    ] {
        world.event(event);
        assert_eq!(*world.core(), before, "{event:?}");
    }
}

#[test]
fn a_row_of_actions_ends_with_the_servers_data_alone() {
    for deeds in [Deeds::Done, Deeds::Refused, Deeds::Conflict] {
        let mut world = World::new(Phase::Active);
        (world.deeds, world.latency) = (deeds, 70);
        for op in 1..=5 {
            world.event(Event::OpStart(OpId(op)));
            world.run(30);
        }
        world.run(2000);
        assert_eq!(world.core().pending_ops().count(), 0, "{deeds:?}");
        assert_eq!(world.core().view().version, Some(world.version));
    }
}
