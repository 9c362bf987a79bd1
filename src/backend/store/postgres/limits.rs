//! How long the console waits for PostgreSQL, and how many connections it holds.
use std::time::Duration;

/// A statement ends after this long. Source: security, F12.
pub(super) const STATEMENT: Duration = Duration::from_secs(5);
/// A connection is waited for this long, and made in this time. Source: security, F12.
pub(super) const ACQUIRE: Duration = Duration::from_secs(3);
/// A transaction whose console stopped is ended by the server after this long.
pub(super) const STOPPED: Duration = Duration::from_secs(10);
/// The store is brought up to date in this time, or not at all.
pub(super) const MIGRATE: Duration = Duration::from_secs(60);
/// Connections for reads at the most.
pub(super) const READERS: u32 = 8;
/// Connections for writes at the most.
pub(super) const WRITERS: u32 = 8;
/// A replica must have answered how new it is by then.
pub(super) const REPLICA: Duration = Duration::from_millis(250);
/// A replica that failed is left alone for this long.
pub(super) const REST: Duration = Duration::from_secs(2);
