//! Recordings: what was recorded happens again, also after a trip through JSON.
use super::world::seed;
use super::*;

fn eventful() -> World {
    let config = Config {
        jitter_percent: 10,
        ..Config::default()
    };
    let mut world = World::with(Phase::Idle, config, 99);
    (world.deeds, world.latency) = (world::Deeds::Done, 130);
    world.event(seed(1, Phase::Idle, Origin::Server));
    world.event(Event::PushHealth(true));
    world.event(Event::PushHealth(false));
    world.run(30_000);
    world.failure = Some(ErrKind::RateLimited);
    world.event(Event::OpStart(OpId(1)));
    world.run(50_000);
    world.failure = None;
    world.event(Event::Online(false));
    world.event(Event::Online(true));
    world.event(Event::Visible(false));
    world.sleep(3_600_000);
    world.event(Event::Visible(true));
    world.run(30_000);
    world
}

#[test]
fn a_recording_replays_to_the_same_effects_also_through_json() {
    let world = eventful();
    let log = world.machine.log();
    assert!(log.events().len() > 30);
    assert_eq!(log.replay().concat(), world.effects);
    assert!(log.is_faithful());
    let json = serde_json::to_string(log).unwrap();
    let read: Log = serde_json::from_str(&json).unwrap();
    assert_eq!(read, *log);
    assert!(read.is_faithful());
}

#[test]
fn a_recording_that_this_code_contradicts_is_noticed() {
    let world = eventful();
    let json = serde_json::to_string(world.machine.log()).unwrap();
    let other = json.replacen("\"cause\":\"poll\"", "\"cause\":\"stale\"", 1);
    assert_ne!(other, json);
    let read: Log = serde_json::from_str(&other).unwrap();
    assert!(!read.is_faithful());
}

#[test]
fn other_chance_is_another_course() {
    let starts = |chance| {
        let mut world = eventful();
        world.machine = Machine::new(Core::new(world.core().config), chance);
        (world.now, world.starts) = (0, Vec::new());
        world.event(seed(1, Phase::Active, Origin::Server));
        world.run(60_000);
        world.starts
    };
    assert_eq!(starts(1), starts(1));
    assert_ne!(starts(1), starts(2));
}

#[test]
fn a_full_recording_begins_again_from_the_present_state() {
    let mut world = World::new(Phase::Active);
    for version in 2..1500 {
        world.version = version;
        world.run(2000);
    }
    let log = world.machine.log();
    assert!(log.events().len() <= LOG_EVENTS, "{}", log.events().len());
    assert!(log.is_faithful());
    let json = serde_json::to_string(log).unwrap();
    let read: Log = serde_json::from_str(&json).unwrap();
    assert!(read.is_faithful(), "also from the middle");
}

#[test]
fn a_recording_is_camel_case_and_tells_its_state() {
    let world = World::new(Phase::Active);
    let json = serde_json::to_value(world.machine.log()).unwrap();
    assert_eq!(json["start"]["isVisible"], true);
    assert_eq!(json["rng"], "0000000000000001");
    assert_eq!(json["events"][0][0], 0);
    let mount = serde_json::json!(
        {"mount": {"version": 1, "phase": "active", "origin": "server"}}
    );
    assert_eq!(json["events"][0][2], mount);
    assert_eq!(json["effects"][0][0], serde_json::json!({"wakeAt": 2000}));
}
