//! Sees what other writers did to the database, within half a second.
use super::flags;
use super::row::unsigned;
use super::writer::Written as _;
use crate::store::{Head, Heads};
use domain::time::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection, SqlitePool};
use std::sync::Weak;
use std::time::Duration;

/// How often the version of the file is asked. Source: contract, "Changes from outside".
const EVERY: Duration = Duration::from_millis(500);

pub(super) const NEWER: &str =
    "SELECT id, owner_id, revision, updated_at, deleted_at, change FROM sessions
                     WHERE change > ? ORDER BY change";

pub(super) const GONE: &str = "SELECT id, change FROM removed WHERE change > ? ORDER BY change";

/// Learns every head at the start.
pub(super) async fn load(readers: &SqlitePool, heads: &Heads) -> Result<(), sqlx::Error> {
    let rows = sqlx::query(NEWER).bind(-1_i64).fetch_all(readers).await?;
    rows.iter().try_for_each(|row| learn(heads, row))?;
    look_at_flags(&mut *readers.acquire().await?, heads, None).await
}

async fn look_at_flags(
    connection: &mut SqliteConnection,
    heads: &Heads,
    known: Option<u64>,
) -> Result<(), sqlx::Error> {
    if let Some(config) = flags::read(connection, known).await? {
        config.publish(heads);
    }
    Ok(())
}

fn learn(heads: &Heads, row: &SqliteRow) -> Result<(), sqlx::Error> {
    let Ok(id) = row.try_get::<String, _>("id")?.try_into() else {
        return Ok(());
    };
    let head = Head {
        owner: row.try_get("owner_id")?,
        revision: unsigned(row, "revision")?,
        updated_at: Timestamp(row.try_get("updated_at")?),
        is_deleted: row.try_get::<Option<i64>, _>("deleted_at")?.is_some(),
    };
    heads.learn(&id, head, unsigned(row, "change")?);
    Ok(())
}

/// Starts the watcher; it ends with the store.
pub(super) fn start(mut connection: SqliteConnection, heads: Weak<Heads>) {
    tokio::spawn(async move {
        let mut seen = (0_i64, 0_u64);
        let mut ticks = tokio::time::interval(EVERY);
        loop {
            ticks.tick().await;
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
    let after = i64::try_from(seen.1).unwrap_or(i64::MAX);
    for row in &sqlx::query(NEWER)
        .bind(after)
        .fetch_all(&mut *connection)
        .await?
    {
        learn(heads, row)?;
        seen.1 = seen.1.max(unsigned(row, "change")?);
    }
    let gone = sqlx::query(GONE)
        .bind(after)
        .fetch_all(&mut *connection)
        .await?;
    for row in &gone {
        let change = unsigned(row, "change")?;
        if let Ok(id) = row.try_get::<String, _>("id")?.try_into() {
            heads.forget(&id, change);
        }
        seen.1 = seen.1.max(change);
    }
    look_at_flags(connection, heads, Some(heads.config())).await?;
    seen.0 = version;
    Ok(())
}
