//! What a copy holds, what is dropped, and who makes room.
use super::*;
use domain::session::SessionStatus;
use domain::snapshot::Cost;

const ID: &str = "0199f0a0-1111-7222-8333-444455556666";
const ETAG: &str = "W/\"1.1.a1b2c3d4.7.42\"";
const USER: &str = "a1b2c3d4";
const NOW: Wall = Wall(1_800_000_000_000);

fn id() -> SessionId {
    ID.parse().unwrap()
}

fn session() -> Session {
    let json = serde_json::json!({
        "id": ID, "title": "Fix the digest", "prompt": "a secret prompt", "agent": "runbook",
        "status": "idle", "repo": "/repo",
        "error": {"code": "exit", "message": "a secret error", "stderrTail": []},
        "worktree": {"path": "/w", "branch": "b", "baseBranch": "main", "baseCommit": "0"},
        "createdAt": "2026-11-22T12:00:00.000Z", "updatedAt": "2026-11-22T12:00:00.000Z",
        "lastActivityAt": "2026-11-22T12:00:00.000Z", "revision": 42, "worktreeRevision": 3,
        "agentAlive": true, "ownerId": "local", "nodeId": "n", "resumable": true,
        "queue": [{"clientId": ID, "text": "a secret message",
            "at": "2026-11-22T12:00:00.000Z", "by": "local"}],
        "pendingApprovals": [{"requestId": "r", "seq": 1, "title": "a secret question",
            "argsHash": "h", "at": "2026-11-22T12:00:00.000Z"}],
    });
    serde_json::from_value(json).unwrap()
}

fn metadata() -> Metadata {
    Metadata {
        turns: 3,
        cost: Some(Cost {
            amount: 0.1 + 0.2,
            currency: "EUR".into(),
        }),
        ..Metadata::default()
    }
}

fn text() -> String {
    write(&session(), &metadata(), ETAG, NOW).unwrap()
}

fn later(ms: i64) -> Wall {
    Wall(NOW.0 + ms)
}

/// A text with the digest that somebody who knows the rule would give it.
fn signed(text: &str) -> String {
    let body = text.rsplit_once(DIGEST).unwrap().0;
    format!("{body}{DIGEST}{:016x}\"}}", fnv_1a(body))
}

#[test]
fn a_copy_comes_back_without_what_people_wrote() {
    let text = text();
    assert!(!text.contains("secret"), "{text}");
    let copy = read(&text, &id(), USER, later(5000)).unwrap();
    let expected = Session {
        prompt: String::new(),
        error: None,
        queue: Vec::new(),
        pending_approvals: Vec::new(),
        ..session()
    };
    assert_eq!(copy.session, expected);
    assert_eq!(copy.session.status, SessionStatus::Idle);
    assert_eq!(copy.metadata.turns, 3);
    assert_eq!((copy.etag.as_str(), copy.saved), (ETAG, NOW));
    assert_eq!(saved_at(&text), Some(NOW));
    assert_eq!(name(&id()), format!("heddle.1.session.{ID}"));
}

#[test]
fn a_copy_is_json_with_its_label() {
    let value: Value = serde_json::from_str(&text()).unwrap();
    assert_eq!(value["schema"], SCHEMA);
    assert_eq!(value["user"], USER);
    assert_eq!(value["etag"], ETAG);
    assert_eq!(value["savedAt"], Timestamp(NOW.0).to_string());
    assert_eq!(value["digest"].as_str().map(str::len), Some(16));
}

#[track_caller]
fn check(text: &str, user: &str, now: Wall, dropped: Dropped) {
    assert_eq!(read(text, &id(), user, now), Err(dropped));
}

#[test]
fn a_copy_that_cannot_be_trusted_is_dropped_with_its_cause() {
    // case 33
    let good = text();
    for bad in ["", "null-", "{", &good[..good.len() / 2]] {
        check(bad, USER, NOW, Dropped::Unreadable);
    }
    for other in ["1", "null", "{}", "[]", "{\"digest\":\"0\"}"] {
        check(other, USER, NOW, Dropped::Tampered);
    }
    let retitled = good.replace("Fix the digest", "Fix the budget");
    check(&retitled, USER, NOW, Dropped::Tampered);
    check(&format!("{good} "), USER, NOW, Dropped::Tampered);
    let newer = signed(&good.replace("\"schema\":1", "\"schema\":2"));
    check(&newer, USER, NOW, Dropped::OtherSchema);
    check(&good, "ffffffff", NOW, Dropped::OtherUser);
    let day = i64::try_from(COPY_MAX_AGE_MS).unwrap();
    assert!(read(&good, &id(), USER, later(day)).is_ok());
    check(&good, USER, later(day + 1), Dropped::TooOld);
    check(&good, USER, later(-1), Dropped::TooOld);
    let shapeless = signed(&good.replace("\"idle\"", "\"asleep\""));
    check(&shapeless, USER, NOW, Dropped::Unreadable);
}

#[test]
fn a_copy_under_the_name_of_another_session_is_dropped() {
    let other = "0199f0a0-1111-7222-8333-444455557777".parse().unwrap();
    assert_eq!(read(&text(), &other, USER, NOW), Err(Dropped::Tampered));
}

#[test]
fn every_changed_byte_is_noticed() {
    let good = text();
    for at in 0..good.len() {
        let mut bytes = good.clone().into_bytes();
        bytes[at] ^= 1;
        let Ok(bad) = String::from_utf8(bytes) else {
            continue;
        };
        assert!(read(&bad, &id(), USER, NOW).is_err(), "byte {at}");
    }
}

#[test]
fn a_copy_above_its_bound_is_not_written() {
    let long = |n: usize| Session {
        title: "x".repeat(n),
        ..session()
    };
    let rest = write(&long(0), &metadata(), ETAG, NOW).unwrap().len();
    let fits = write(&long(COPY_MAX_BYTES - rest), &metadata(), ETAG, NOW);
    assert_eq!(fits.map(|text| text.len()), Some(COPY_MAX_BYTES));
    let large = write(&long(COPY_MAX_BYTES - rest + 1), &metadata(), ETAG, NOW);
    assert_eq!(large, None);
}

#[test]
fn the_viewer_is_the_third_part_of_a_validator() {
    assert_eq!(viewer_of(ETAG), Some(USER));
    for bad in [
        "",
        "*",
        "\"1.1.a.7.42\"",
        "W/\"1.1.a.7\"",
        "W/\"1.1..7.42\"",
        "W/\"2.1.a.7.42\"",
        "W/\"1.1.a.7.42",
        "W/\"1.1.a.7.42.9\"",
    ] {
        assert_eq!(viewer_of(bad), None, "{bad}");
        assert_eq!(write(&session(), &metadata(), bad, NOW), None);
    }
}

#[test]
fn the_hash_is_the_published_one() {
    assert_eq!(fnv_1a(""), 0xCBF2_9CE4_8422_2325);
    assert_eq!(fnv_1a("foobar"), 0x8594_4171_F739_67E8);
}

fn copies(n: i64) -> Vec<(String, Wall)> {
    (0..n)
        .map(|at| (format!("c{at}"), Wall(100 - at)))
        .collect()
}

#[test]
fn beyond_twenty_sessions_the_oldest_copies_go() {
    assert_eq!(surplus(&copies(20), COPIES), Vec::<String>::new());
    assert_eq!(surplus(&copies(23), COPIES), ["c22", "c21", "c20"]);
    assert_eq!(surplus(&copies(2), 0), ["c1", "c0"]);
}

/// A storage that holds `room` copies, and a page that wants to write one more.
fn write_beside(mut stored: Vec<(String, Wall)>, room: usize) -> (bool, Vec<String>) {
    let own = "own".to_owned();
    let is_on = loop {
        let others = stored.iter().filter(|(name, _)| *name != own).count();
        if others < room {
            stored.push((own.clone(), Wall(1000)));
            break true;
        }
        match when_full(&stored, &own) {
            WhenFull::Remove(name) => stored.retain(|(kept, _)| *kept != name),
            WhenFull::SwitchOff => break false,
        }
    };
    (is_on, stored.into_iter().map(|(name, _)| name).collect())
}

#[test]
fn in_a_full_storage_the_oldest_copies_make_room_and_else_no_more_are_written() {
    // case 35
    let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
    assert_eq!(write_beside(copies(3), 2), (true, names(&["c0", "own"])));
    assert_eq!(write_beside(copies(3), 1), (true, names(&["own"])));
    assert_eq!(write_beside(copies(3), 0), (false, names(&[])));
    assert_eq!(
        when_full(&[("own".into(), NOW)], "own"),
        WhenFull::SwitchOff
    );
}

#[test]
fn every_cause_has_its_word() {
    let words = Dropped::ALL.map(Dropped::as_str);
    assert_eq!(
        words,
        [
            "unreadable",
            "tampered",
            "other_user",
            "other_schema",
            "too_old"
        ]
    );
}
