//! Time to live, stored copies, staleness: cases 28 to 35.
use super::world::{EPOCH, done, seed};
use super::*;

const fn memory(validated: u64, ttl_ms: u64) -> Origin {
    Origin::Memory {
        validated: Mono(validated),
        ttl_ms,
    }
}

#[test]
fn coming_back_within_the_time_to_live_makes_no_request_and_after_it_one() {
    // case 28
    for (age, wanted) in [(9399, 0), (9401, 1)] {
        for phase in [Phase::Active, Phase::Idle, Phase::Terminal] {
            let mut world = World::closed(phase);
            world.now = 50_000;
            world.event(seed(1, phase, memory(50_000 - age, 9400)));
            world.run(1999);
            assert_eq!(world.starts.len(), wanted, "{phase:?} at {age}");
            assert_eq!(world.core().view().version, Some(1), "drawn at once");
            assert_eq!(world.unconditional(), 0);
            let cache = world.core().counts().cache;
            let found = (cache.hit as usize, cache.stale as usize);
            assert_eq!(found, (1 - wanted, wanted));
        }
    }
}

#[test]
fn coming_back_soon_keeps_the_cadence() {
    let mut world = World::closed(Phase::Active);
    world.now = 50_000;
    world.event(seed(1, Phase::Active, memory(48_500, 9400)));
    world.run(1000);
    assert_eq!(world.starts, [50_500]);
}

#[test]
fn what_is_kept_of_a_page_is_what_the_server_validated_last() {
    let mut world = World::new(Phase::Active);
    world.version = 2;
    world.run(5000);
    world.event(Event::Unmount);
    let kept = world.core().kept().unwrap();
    assert_eq!((kept.version, kept.validated), (2, Mono(4000)));
    assert_eq!(kept.phase, Phase::Active);
    assert!((9000..=11_000).contains(&kept.ttl_ms));
}

#[test]
fn what_is_kept_while_an_action_is_open_is_asked_for_on_coming_back() {
    let mut world = World::new(Phase::Active);
    world.is_mute = true;
    world.event(Event::OpStart(OpId(1)));
    assert_eq!(world.core().kept().map(|kept| kept.ttl_ms), Some(0));
    world.event(done(OpId(1), 2, None));
    world.event(Event::Unmount);
    assert_eq!(world.core().kept().map(|kept| kept.ttl_ms), Some(0));
    let mut empty = World::closed(Phase::Active);
    empty.failure = Some(ErrKind::Network);
    empty.event(Event::Mount(None));
    assert_eq!(empty.core().kept(), None);
}

#[test]
fn a_thousand_times_to_live_spread_over_ten_percent_and_are_drawn_once_per_answer() {
    // case 29
    let mut world = World::new(Phase::Active);
    let mut drawn = Vec::new();
    for _ in 0..1000 {
        world.run(1000);
        let first = world.core().kept().unwrap();
        world.event(Event::Flush);
        world.run(999);
        assert_eq!(world.core().kept().unwrap(), first, "not drawn again");
        drawn.push(first.ttl_ms as f64);
        world.run(1);
    }
    assert!(drawn.iter().all(|ttl| (9000.0..=11_000.0).contains(ttl)));
    let mean = drawn.iter().sum::<f64>() / 1000.0;
    let variance = drawn.iter().map(|ttl| (ttl - mean).powi(2)).sum::<f64>() / 1000.0;
    assert!(variance.sqrt() > 300.0, "{variance}");
    assert!((mean - 10_000.0).abs() < 100.0, "{mean}");
}

#[test]
fn an_unchanged_answer_applies_nothing_and_moves_the_validation() {
    // case 31, case 32
    let mut world = World::new(Phase::Active);
    world.run(20_000);
    assert_eq!(world.accepted(), 0);
    assert_eq!(world.core().counts().not_modified, 10);
    assert_eq!(world.core().kept().unwrap().validated, Mono(20_000));
}

#[test]
fn an_answer_of_the_same_version_applies_nothing_and_moves_the_validation() {
    // case 31, case 32
    let mut world = World::new(Phase::Active);
    world.is_mute = true;
    world.run(2000);
    world.event(world.full(ReqId(1), 1));
    assert_eq!(world.accepted(), 0);
    assert_eq!(
        world.count(|effect| *effect == Effect::Revalidated(ReqId(1))),
        1
    );
    assert_eq!(world.core().kept().unwrap().validated, Mono(2000));
    assert_eq!(world.core().counts().payload_bytes, 1000);
}

#[test]
fn a_changed_answer_is_applied_once() {
    // case 32
    let mut world = World::new(Phase::Active);
    world.version = 2;
    world.run(20_000);
    assert_eq!(world.accepted(), 1);
}

const DAY: i64 = COPY_MAX_AGE_MS as i64;

#[test]
fn a_stored_copy_that_is_too_old_or_from_the_future_is_removed_and_one_request_made() {
    // case 33
    for saved in [EPOCH - DAY - 1, EPOCH + 1, i64::MIN, i64::MAX] {
        let mut world = World::closed(Phase::Active);
        world.is_mute = true;
        let saved = Wall(saved);
        world.event(seed(9, Phase::Active, Origin::Storage { saved }));
        assert_eq!(world.count(|effect| *effect == Effect::Forget), 1);
        assert_eq!(world.starts, [0]);
        assert_eq!(world.unconditional(), 1);
        assert_eq!(world.core().view().version, None);
        assert_eq!(world.core().counts().cache.miss, 1);
    }
}

#[test]
fn a_stored_copy_is_drawn_at_once_and_asked_for_without_condition() {
    // case 34
    for saved in [EPOCH - DAY, EPOCH] {
        let mut world = World::closed(Phase::Active);
        world.latency = 300;
        let saved = Wall(saved);
        world.event(seed(1, Phase::Active, Origin::Storage { saved }));
        assert_eq!(world.core().view().version, Some(1));
        assert_eq!(world.core().kept(), None, "never validated");
        assert_eq!((world.starts.len(), world.unconditional()), (1, 1));
        world.run(300);
        assert_eq!(world.accepted(), 1, "also if the version is the same");
        assert!(world.core().kept().is_some());
        assert_eq!(world.count(|effect| *effect == Effect::Forget), 0);
    }
}

#[test]
fn a_stored_copy_without_an_answer_is_stale_by_its_own_age() {
    // case 34
    let mut world = World::closed(Phase::Idle);
    world.is_mute = true;
    let saved = Wall(EPOCH - 60_000);
    world.event(seed(1, Phase::Idle, Origin::Storage { saved }));
    world.run(4000);
    assert_eq!(world.health(), Health::Ready);
    world.run(1);
    assert_eq!(world.health(), Health::Stale);
    let told = Incident::Stale {
        age_ms: 64_001,
        interval_ms: 2000,
    };
    assert_eq!(world.count(|effect| *effect == Effect::Incident(told)), 1);
}

#[test]
fn whatever_a_stored_copy_says_the_servers_version_is_the_truth() {
    // case 34
    let mut world = World::closed(Phase::Active);
    world.version = 3;
    let saved = Wall(EPOCH);
    world.event(seed(1_000_000, Phase::Active, Origin::Storage { saved }));
    world.run(0);
    assert_eq!(world.core().view().version, Some(3));
    assert_eq!(world.core().counts().regressed, 0);
}

fn writes(world: &World) -> usize {
    world.count(|effect| *effect == Effect::Persist)
}

#[test]
fn the_stored_copy_is_written_at_most_once_in_ten_seconds() {
    let mut world = World::new(Phase::Active);
    world.run(COPY_WRITE_MS - 1);
    assert_eq!(writes(&world), 0);
    world.run(1);
    assert_eq!(writes(&world), 1, "what the page opened with");
    for version in 2..=20 {
        world.version = version;
        world.event(Event::Refresh);
        world.run(COPY_WRITE_MS / 10);
    }
    assert_eq!(world.accepted(), 19);
    assert_eq!(writes(&world), 2);
    world.run(COPY_WRITE_MS * 10);
    assert_eq!(writes(&world), 3, "the last change, and nothing unchanged");
}

#[test]
fn what_is_not_yet_written_is_written_when_the_page_goes() {
    for goes in [
        Event::Flush,
        Event::Visible(false),
        Event::Unmount,
        Event::Enable(false),
    ] {
        let mut world = World::new(Phase::Active);
        world.run(10);
        world.event(goes);
        assert_eq!(writes(&world), 1, "{goes:?}");
        world.event(goes);
        assert_eq!(writes(&world), 1, "{goes:?}");
    }
}

#[test]
fn too_long_without_a_validation_is_stale_once_and_refreshes_by_itself() {
    let mut world = World::new(Phase::Active);
    world.latency = 9000;
    world.run(4001);
    assert_eq!(world.health(), Health::Stale);
    world.run(60_000);
    assert_eq!(
        world.stale_incidents(),
        world.core().counts().stale as usize
    );
    world.latency = 0;
    world.run(20_000);
    assert_eq!(world.health(), Health::Ready);
}

#[test]
fn a_stale_page_that_waits_for_nothing_asks_at_once() {
    let mut world = World::new(Phase::Idle);
    world.run(64_342 + 30_000 - 1);
    world.failure = Some(ErrKind::Network);
    world.run(8001);
    assert_eq!(world.starts[7..], [94_342, 95_342, 97_342, 101_342]);
    world.run(60_000);
    assert_eq!(world.starts[11], 124_343, "60 s after the last answer");
    assert_eq!(world.causes[11], Cause::Stale);
    assert_eq!(world.stale_incidents(), 1);
}

#[test]
fn a_finished_session_is_old_and_not_stale() {
    let mut world = World::new(Phase::Terminal);
    world.failure = Some(ErrKind::Network);
    world.run(600_000);
    assert_eq!(world.stale_incidents(), 0);
    assert_eq!(world.health(), Health::Degraded);
}
