//! What fails, and how it is tried again: cases 13 to 20.
use super::world::seed;
use super::*;

fn is_failure_told(effect: &Effect) -> bool {
    matches!(effect, Effect::Incident(Incident::Failed { .. }))
}

#[test]
fn without_data_four_attempts_are_made_and_then_a_person_is_asked() {
    // case 13
    let mut world = World::closed(Phase::Active);
    world.failure = Some(ErrKind::Network);
    world.event(Event::Mount(None));
    world.run(7000);
    assert_eq!(world.health(), Health::Failed(ErrKind::Network));
    assert_eq!(world.core().view().attempts, 4);
    world.run(600_000);
    assert_eq!(world.starts, [0, 1000, 3000, 7000]);
    assert_eq!(world.wake, None);
    let told = Incident::Failed {
        attempts: 4,
        kind: ErrKind::Network,
    };
    assert_eq!(world.count(|effect| *effect == Effect::Incident(told)), 1);
}

#[test]
fn a_page_whose_first_request_failed_goes_on_with_the_second_attempt() {
    // case 13
    let mut world = World::closed(Phase::Active);
    world.failure = Some(ErrKind::Server);
    world.event(Event::MountFailed(ErrKind::Server));
    world.run(100_000);
    assert_eq!(world.starts, [1000, 3000, 7000]);
    assert_eq!(world.health(), Health::Failed(ErrKind::Server));
    assert_eq!(world.count(is_failure_told), 1);
}

#[test]
fn a_success_ends_the_ladder() {
    // case 14
    let mut world = World::closed(Phase::Active);
    world.failure = Some(ErrKind::Server);
    world.event(Event::Mount(None));
    world.run(500);
    assert_eq!(world.core().view().attempts, 1);
    world.failure = None;
    world.run(4500);
    assert_eq!(world.starts, [0, 1000, 3000, 5000]);
    assert_eq!(world.health(), Health::Ready);
    assert_eq!(world.core().view().attempts, 0);
}

#[test]
fn what_cannot_get_better_is_tried_once() {
    // case 15
    for kind in [
        ErrKind::Auth,
        ErrKind::Forbidden,
        ErrKind::NotFound,
        ErrKind::Gone,
        ErrKind::Invalid,
    ] {
        let mut world = World::closed(Phase::Active);
        world.failure = Some(kind);
        world.event(Event::Mount(None));
        world.run(100_000);
        assert_eq!(world.starts, [0], "{kind:?}");
        assert_eq!(world.count(is_failure_told), 1);

        let mut world = World::closed(Phase::Active);
        world.event(Event::MountFailed(kind));
        world.run(100_000);
        assert_eq!(world.starts, [0_u64; 0], "{kind:?}");
        assert_eq!(world.count(is_failure_told), 1);
    }
}

#[test]
fn with_data_a_failed_ladder_goes_on_slowly_until_one_success() {
    // case 16
    let mut world = World::new(Phase::Active);
    world.failure = Some(ErrKind::Network);
    world.run(2000);
    assert_eq!(world.health(), Health::Degraded);
    world.run(60_000);
    assert_eq!(
        world.starts,
        [2000, 3000, 5000, 9000, 39_000, 40_000, 42_000, 46_000]
    );
    assert_eq!(world.core().view().version, Some(1), "the data stays");
    world.failure = None;
    world.run(14_000 + 2000);
    assert_eq!(world.starts[8..], [76_000, 78_000]);
    assert_eq!(world.health(), Health::Ready);
}

#[test]
fn a_hidden_page_keeps_its_retry_for_later() {
    // case 17
    let mut world = World::new(Phase::Active);
    world.failure = Some(ErrKind::Network);
    world.run(2500);
    world.event(Event::Visible(false));
    assert_eq!(world.wake, None);
    world.run(60_000);
    assert_eq!(world.starts, [2000]);
    world.event(Event::Visible(true));
    assert_eq!(world.starts, [2000, 62_500]);
    assert_eq!(world.core().view().attempts, 0, "a new ladder");
}

#[test]
fn a_retry_that_came_due_while_hidden_starts_when_shown() {
    // case 17
    let mut world = World::new(Phase::Active);
    world.failure = Some(ErrKind::Network);
    world.run(2500);
    world.event(Event::Visible(false));
    world.run(1000);
    world.event(Event::Visible(true));
    assert_eq!(world.starts, [2000, 3500]);
    assert_eq!(world.causes, [Cause::Poll, Cause::Retry]);
}

#[test]
fn a_closed_page_tries_no_more() {
    // case 18
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
    // case 19
    let mut world = World::new(Phase::Active);
    (world.failure, world.retry_after) = (Some(ErrKind::RateLimited), Some(20_000));
    world.run(23_000);
    assert_eq!(world.starts, [2000, 22_000]);
}

#[test]
fn the_servers_wait_also_holds_after_a_failed_ladder() {
    // case 19
    let mut world = World::new(Phase::Idle);
    world.failure = Some(ErrKind::Server);
    world.run(8999);
    world.retry_after = Some(120_000);
    world.run(200_000);
    assert_eq!(world.starts, [2000, 3000, 5000, 9000, 129_000]);
    world.event(Event::Refresh);
    assert_eq!(world.causes.last(), Some(&Cause::Refresh), "a person may");
}

#[test]
fn a_request_without_answer_is_given_up_after_ten_seconds_and_tried_again() {
    // case 20
    let mut world = World::new(Phase::Active);
    world.is_mute = true;
    world.run(11_999);
    let aborted = |effect: &Effect| matches!(effect, Effect::Abort(_));
    assert_eq!(world.count(aborted), 0);
    world.run(1001);
    assert_eq!(world.starts, [2000, 13_000]);
    assert_eq!(world.count(aborted), 1);
    assert_eq!(world.core().counts().failed, 1);
}

#[test]
fn nothing_changed_is_no_answer_to_a_request_without_condition() {
    let mut world = World::closed(Phase::Active);
    world.is_mute = true;
    world.event(Event::Mount(None));
    world.event(Event::FetchNotModified { id: ReqId(1) });
    assert_eq!(world.core().view().attempts, 1);
    world.run(1000);
    assert_eq!(world.starts, [0, 1000]);
}

#[test]
fn a_refusal_removes_the_stored_copy_and_what_the_tab_keeps() {
    for (kind, forgets) in [
        (ErrKind::Auth, true),
        (ErrKind::Forbidden, true),
        (ErrKind::NotFound, true),
        (ErrKind::Gone, true),
        (ErrKind::Invalid, false),
        (ErrKind::Server, false),
    ] {
        let mut world = World::closed(Phase::Active);
        world.event(seed(1, Phase::Active, Origin::Server));
        world.failure = Some(kind);
        world.run(2000);
        let forgot = world.count(|effect| *effect == Effect::Forget);
        assert_eq!(forgot, usize::from(forgets), "{kind:?}");
        world.event(Event::Unmount);
        assert_eq!(world.core().kept().is_none(), forgets, "{kind:?}");
    }
}
