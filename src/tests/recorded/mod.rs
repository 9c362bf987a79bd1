//! Answers of every released version, kept as they were: pages and scripts of then can still read.
use domain::session::Session;
use domain::snapshot::{SCHEMA, SessionList, Snapshot};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Asserts that today's shape reads a recorded answer and still says all that it said.
#[track_caller]
fn reads<T: DeserializeOwned + Serialize>(recorded: &str) {
    let recorded: Value = serde_json::from_str(recorded).unwrap();
    let read: T = serde_json::from_value(recorded.clone()).unwrap();
    let said = serde_json::to_value(read).unwrap();
    still_said(&recorded, &said, "");
}

/// Fields may be added; none may go or change. A null is as good as absent.
#[track_caller]
fn still_said(recorded: &Value, now: &Value, at: &str) {
    match (recorded, now) {
        (Value::Object(recorded), Value::Object(now)) => {
            for (name, value) in recorded.iter().filter(|(_, value)| !value.is_null()) {
                let found = now
                    .get(name)
                    .unwrap_or_else(|| panic!("{at}.{name} is gone"));
                still_said(value, found, &format!("{at}.{name}"));
            }
        }
        (Value::Array(recorded), Value::Array(now)) => {
            assert_eq!(recorded.len(), now.len(), "{at}");
            for (n, (recorded, now)) in recorded.iter().zip(now).enumerate() {
                still_said(recorded, now, &format!("{at}[{n}]"));
            }
        }
        _ => assert_eq!(recorded, now, "{at}"),
    }
}

#[test]
fn answers_of_version_1_are_still_read() {
    reads::<Snapshot>(include_str!("v1/snapshot_tail.json"));
    reads::<Snapshot>(include_str!("v1/snapshot_changes.json"));
    reads::<Session>(include_str!("v1/session.json"));
    reads::<SessionList>(include_str!("v1/list.json"));
}

#[test]
fn every_version_has_its_recorded_answers() {
    let recorded = [include_str!("v1/snapshot_tail.json")];
    let versions: Vec<u64> = recorded
        .iter()
        .map(|text| {
            serde_json::from_str::<Value>(text).unwrap()["v"]
                .as_u64()
                .unwrap()
        })
        .collect();
    assert_eq!(versions, (1..=u64::from(SCHEMA)).collect::<Vec<_>>());
}
