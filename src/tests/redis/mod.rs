//! What passes through Redis, and how little is missed while it is away.
mod cut;
pub(super) mod server;

use super::support::{Console, until};
use backend::clock::stopwatch;
use cut::Network;
use serde_json::Value;
use server::Redis;
use std::time::Duration;

const CHANNEL: &str = "heddle:session.updated";
/// The most that a request may wait for Redis, and some more for a machine that is busy.
const MOST: Duration = Duration::from_millis(1_500);

/// Redis is used again within this time once it is back, and some more for a machine that is busy.
const BACK: Duration = Duration::from_secs(4);

fn console(redis: &Redis) -> Console {
    Console::start_with("", "warn", &["--redis-url", &redis.url()])
}

fn page(console: &Console, id: &str) -> Value {
    let answer = console.get(&format!("/api/agent/get_session_with_metadata?id={id}"));
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

fn metric(console: &Console, name: &str) -> u64 {
    let text = console.get("/metrics").body;
    let sample = text.lines().find_map(|line| line.strip_prefix(name));
    sample.map_or(0, |value| value.trim().parse().unwrap())
}

#[track_caller]
fn until_ready(console: &Console, wanted: &str) {
    until(wanted, || {
        (console.get("/readyz").body.trim() == wanted).then_some(())
    });
}

/// A session that rests; what it wrote last is told and kept.
fn resting(console: &Console) -> String {
    until_ready(console, "ready");
    console.quiet().0
}

/// Gives a session another title, whatever happened to it meanwhile.
fn rename(console: &Console, id: &str) {
    until("another title", || {
        let revision = page(console, id)["revision"].clone();
        let renamed = serde_json::json!({"id": id, "revision": revision, "title": "Other"});
        (console.post("agent/update_session", renamed).status == 200).then_some(())
    });
}

#[test]
fn a_change_is_passed_on_in_the_words_of_the_ticket() {
    let redis = Redis::start();
    let mut ear = redis.talk();
    ear.ask(&["SUBSCRIBE", CHANNEL]);
    let console = console(&redis);
    let id = resting(&console);
    let revision = page(&console, &id)["revision"].clone();
    loop {
        let said = ear.read();
        let text = said.rsplit('\n').next().unwrap();
        let said: Value = serde_json::from_str(text).unwrap();
        assert_eq!(
            (&said["v"], &said["sessionId"]),
            (&1.into(), &id.as_str().into())
        );
        assert!(said["updatedAt"].as_str().unwrap().ends_with('Z'));
        if said["revision"] == revision {
            break;
        }
    }
}

#[test]
fn what_is_forged_changes_nothing_and_is_complained_about_once() {
    let redis = Redis::start();
    let console = console(&redis);
    let id = resting(&console);
    let forged = format!(
        r#"{{"v":1,"sessionId":"{id}","updatedAt":"9999-01-01T00:00:00Z","revision":999999}}"#
    );
    let huge = "x".repeat(10_000_000);
    let foreign = forged.replace(r#""v":1"#, r#""v":7"#);
    let told = metric(&console, r#"heddle_redis_messages_total{outcome="heard"}"#);
    let wrong = [
        "",
        "{}",
        r#"{"sessionId":"../../x","updatedAt":""}"#,
        &huge,
        &foreign,
    ];
    for text in wrong {
        assert_eq!(redis.ask(&["PUBLISH", CHANNEL, text]), "1");
    }
    for _ in 0..50 {
        redis.ask(&["PUBLISH", CHANNEL, &forged]);
    }
    redis.ask(&["PUBLISH", "other:session.updated", "{}"]);
    until("all messages", || {
        let heard = metric(&console, r#"heddle_redis_messages_total{outcome="heard"}"#);
        (heard >= told + 50).then_some(())
    });
    let dropped = metric(
        &console,
        r#"heddle_redis_messages_total{outcome="dropped"}"#,
    );
    assert_eq!(dropped, wrong.len() as u64);
    let after = page(&console, &id);
    assert!(after["revision"].as_u64().unwrap() < 999_999, "{after}");
    assert!(!after["updatedAt"].as_str().unwrap().starts_with("9999"));
    let log = console.log();
    let complaints = log
        .iter()
        .filter(|line| line.to_string().contains("were dropped"));
    assert!(complaints.count() <= 1, "{log:?}");
}

#[test]
fn a_page_is_shared_and_never_older_than_what_is_known() {
    let redis = Redis::start();
    let console = console(&redis);
    let id = resting(&console);
    let hits = || metric(&console, r#"heddle_shared_pages_total{outcome="hit"}"#);
    let first = page(&console, &id);
    let key = format!("heddle:v1:page:{id}");
    until("the shared page", || {
        (redis.ask(&["EXISTS", &key]) == "1").then_some(())
    });
    let life: u64 = redis.ask(&["PTTL", &key]).parse().unwrap();
    assert!(life > 20_000 && life <= 31_000, "{life}");
    let before = hits();
    until("a hit", || {
        let again = page(&console, &id);
        if again["revision"] == first["revision"] {
            assert_eq!(again["thread"], first["thread"]);
            assert_eq!(again["session"], first["session"]);
        }
        (hits() > before).then_some(())
    });
    let old = redis.ask(&["GET", &key]);
    rename(&console, &id);
    redis.ask(&["SET", &key, &old]);
    assert_eq!(page(&console, &id)["session"]["title"], "Other");
    redis.ask(&["SET", &key, "no page"]);
    assert_eq!(page(&console, &id)["session"]["title"], "Other");
    redis.ask(&["FLUSHALL"]);
    assert_eq!(page(&console, &id)["session"]["title"], "Other");
    assert_eq!(console.get("/readyz").body, "ready\n");
}

#[test]
fn nobody_waits_for_a_redis_that_is_stopped_and_it_is_back_by_itself() {
    let redis = Redis::start();
    let console = console(&redis);
    let id = resting(&console);
    redis.signal("STOP");
    for _ in 0..20 {
        let watch = stopwatch();
        page(&console, &id);
        assert!(watch.elapsed() < MOST, "{:?}", watch.elapsed());
    }
    until_ready(&console, "degraded: redis");
    let other = console.create("runbook", "hello");
    console.until(&other, "idle");
    assert_eq!(metric(&console, "heddle_redis_up"), 0);
    redis.signal("CONT");
    until_ready(&console, "ready");
    assert_eq!(metric(&console, "heddle_redis_up"), 1);
    let lines = console.log();
    let away = lines
        .iter()
        .filter(|line| line.to_string().contains("goes on without it"));
    assert_eq!(away.count(), 1, "{lines:?}");
}

#[test]
fn a_network_that_is_cut_costs_nobody_time_and_what_changed_meanwhile_is_known_after_it() {
    let redis = Redis::start();
    let network = Network::to(redis.port());
    let one = console(&redis);
    let id = resting(&one);
    let database = format!("sqlite://{}", one.data().join("heddle.db").display());
    let flags = ["--redis-url", &network.url(), "--database-url", &database];
    let two = Console::start_with("", "warn", &flags);
    until_ready(&two, "ready");
    assert_eq!(page(&two, &id)["session"]["prompt"], "What can you do?");
    network.cut(true);
    rename(&one, &id);
    for _ in 0..10 {
        let watch = stopwatch();
        page(&two, &id);
        assert!(watch.elapsed() < MOST, "{:?}", watch.elapsed());
    }
    until_ready(&two, "degraded: redis");
    until_ready(&one, "ready");
    network.cut(false);
    let watch = stopwatch();
    until_ready(&two, "ready");
    assert_eq!(page(&two, &id)["session"]["title"], "Other");
    assert!(watch.elapsed() < BACK, "{:?}", watch.elapsed());
}

#[test]
fn a_redis_that_comes_late_or_again_is_used_from_then_on() {
    let mut redis = Redis::away();
    let console = console(&redis);
    assert_eq!(console.get("/readyz").body, "degraded: redis\n");
    let id = console.create("runbook", "hello");
    console.until(&id, "idle");
    for _ in 0..2 {
        redis.run();
        until_ready(&console, "ready");
        // It listens again: what is wrong is dropped, and so heard.
        let before = metric(
            &console,
            r#"heddle_redis_messages_total{outcome="dropped"}"#,
        );
        until("its ear", || {
            (redis.ask(&["PUBLISH", CHANNEL, "?"]) == "1").then_some(())
        });
        until("a message", || {
            let dropped = metric(
                &console,
                r#"heddle_redis_messages_total{outcome="dropped"}"#,
            );
            (dropped > before).then_some(())
        });
        page(&console, &id);
        redis.kill();
        page(&console, &id);
        until_ready(&console, "degraded: redis");
    }
}

#[test]
fn a_node_hears_from_another_one_what_it_would_have_seen_later() {
    let redis = Redis::start();
    let one = console(&redis);
    let id = resting(&one);
    let database = format!("sqlite://{}", one.data().join("heddle.db").display());
    let two = Console::start_with(
        "",
        "warn",
        &["--redis-url", &redis.url(), "--database-url", &database],
    );
    until_ready(&two, "ready");
    assert_eq!(page(&two, &id)["session"]["prompt"], "What can you do?");
    let heard = metric(&two, r#"heddle_redis_messages_total{outcome="heard"}"#);
    rename(&one, &id);
    until("the new title", || {
        (page(&two, &id)["session"]["title"] == "Other").then_some(())
    });
    assert!(metric(&two, r#"heddle_redis_messages_total{outcome="heard"}"#) > heard);
}

#[test]
fn an_address_that_is_none_is_told_at_the_start() {
    let folder = super::support::folder("");
    let mut command = super::support::command(folder.path(), 0);
    let output = command
        .args(["--redis-url", "no address"])
        .output()
        .unwrap();
    assert!(!output.status.success());
    let said = std::fs::read_to_string(folder.path().join("stderr.txt")).unwrap();
    assert!(said.contains("--redis-url cannot be used"), "{said}");
}
