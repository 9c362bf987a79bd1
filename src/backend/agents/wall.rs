//! The wall clock of agent processes: the one place in this room that reads the time of day.
use domain::time::Timestamp;
use std::time::{SystemTime, UNIX_EPOCH};

/// Now, by the system's clock.
#[expect(
    clippy::disallowed_methods,
    reason = "the shim is its own process and has no Clock to take"
)]
pub(crate) fn now() -> Timestamp {
    from_system(SystemTime::now())
}

/// A file's time as the wire writes it; times before 1970 become 1970.
pub(crate) fn from_system(time: SystemTime) -> Timestamp {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
