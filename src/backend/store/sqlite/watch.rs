//! Sees what other writers did to the database, within half a second.
use crate::store::Heads;
use crate::store::sql::heads::{learn_flags, learn_since};
use sqlx::SqliteConnection;
use std::sync::Weak;
use std::time::Duration;

/// How often the version of the file is asked. Source: contract, "Changes from outside".
const EVERY: Duration = Duration::from_millis(500);

/// How long nudges are gathered, so that many lead to few looks.
const NUDGED: Duration = Duration::from_millis(20);

/// Starts the watcher; it ends with the store.
pub(super) fn start(mut connection: SqliteConnection, heads: Weak<Heads>) {
    tokio::spawn(async move {
        let mut seen = (0_i64, 0_u64);
        let mut ticks = tokio::time::interval(EVERY);
        let Some(nudges) = heads.upgrade().map(|heads| heads.nudges()) else {
            return;
        };
        loop {
            tokio::select! {
                _ = ticks.tick() => {}
                () = nudges.notified() => tokio::time::sleep(NUDGED).await,
            }
            let Some(heads) = heads.upgrade() else { return };
            if let Err(error) = look(&mut connection, &heads, &mut seen).await {
                tracing::warn!(error = %error, "the watcher of the database failed, it tries again");
            }
        }
    });
}

async fn look(
    connection: &mut SqliteConnection,
    heads: &Heads,
    seen: &mut (i64, u64),
) -> Result<(), sqlx::Error> {
    let version: i64 = sqlx::query_scalar("PRAGMA data_version")
        .fetch_one(&mut *connection)
        .await?;
    if version == seen.0 {
        return Ok(());
    }
    seen.1 = learn_since(connection, heads, seen.1).await?;
    learn_flags(connection, heads, Some(heads.config())).await?;
    seen.0 = version;
    Ok(())
}
