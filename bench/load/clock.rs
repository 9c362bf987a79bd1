//! The generator's clocks: the wall's, which it shares with the console, and a steady one.
use std::io;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::time::Instant;

/// Longest wait for anything but the measuring itself.
const PATIENCE: Duration = Duration::from_secs(120);

/// Milliseconds since 1970, as the console's `updatedAt`: both run on one machine.
#[expect(clippy::disallowed_methods, reason = "this is the clock")]
pub(crate) fn wall_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    i64::try_from(since.unwrap_or_default().as_millis()).unwrap_or(i64::MAX)
}

pub(crate) fn watch() -> Instant {
    Instant::now()
}

pub(crate) async fn pause(ms: u64) {
    tokio::time::sleep(Duration::from_millis(ms)).await;
}

/// Asks until there is an answer.
pub(crate) async fn until<T>(
    what: &str,
    mut ask: impl AsyncFnMut() -> io::Result<Option<T>>,
) -> io::Result<T> {
    let end = watch() + PATIENCE;
    while watch() < end {
        if let Some(answer) = ask().await? {
            return Ok(answer);
        }
        pause(20).await;
    }
    Err(io::Error::other(format!("waited too long for {what}")))
}

/// The value at this share of all, in thousandths.
pub(crate) fn rank(sorted: &[i64], permille: usize) -> i64 {
    let at = (sorted.len() * permille / 1000).min(sorted.len().saturating_sub(1));
    sorted.get(at).copied().unwrap_or_default()
}
