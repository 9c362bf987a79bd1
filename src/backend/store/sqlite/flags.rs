//! Flags and the counter of settings; a change from outside counts as well.
use super::row::unsigned;
use super::write::remember;
use super::writer::Written;
use crate::error::Failed;
use crate::store::{CommandWrite, Heads};
use domain::flag::{Arm, Flag};
use domain::time::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

/// The counter with all flags, as the heads keep it.
pub(super) struct Config {
    n: u64,
    flags: Vec<Flag>,
}

impl Written for Config {
    type Out = ();
    fn publish(self, heads: &Heads) {
        heads.learn_config(self.n, self.flags);
    }
}

/// Reads the counter, and the flags if it is not the known one.
pub(super) async fn read(
    connection: &mut SqliteConnection,
    known: Option<u64>,
) -> Result<Option<Config>, sqlx::Error> {
    let row = sqlx::query("SELECT n FROM config")
        .fetch_one(&mut *connection)
        .await?;
    let n = unsigned(&row, "n")?;
    if known == Some(n) {
        return Ok(None);
    }
    let rows = sqlx::query("SELECT name, arm, percent, allow, killed, epoch FROM flags")
        .fetch_all(connection)
        .await?;
    let flags = rows.iter().filter_map(|row| flag(row).ok()).collect();
    Ok(Some(Config { n, flags }))
}

/// A row that another program wrote wrongly is as if it were not there.
fn flag(row: &SqliteRow) -> Result<Flag, sqlx::Error> {
    let unreadable = |what: &str| sqlx::Error::Decode(what.to_owned().into());
    let arm: String = row.try_get("arm")?;
    let allow: String = row.try_get("allow")?;
    let percent = unsigned(row, "percent")?.min(100);
    Ok(Flag {
        name: row.try_get("name")?,
        arm: Arm::parse(&arm).ok_or_else(|| unreadable("arm"))?,
        percent: u8::try_from(percent).unwrap_or(100),
        allow: serde_json::from_str(&allow).map_err(|_| unreadable("allow"))?,
        killed: row.try_get("killed")?,
        epoch: unsigned(row, "epoch")?,
    })
}

/// Raises the counter if the settings are not those of the last start.
pub(super) async fn settle(
    connection: &mut SqliteConnection,
    settings: String,
) -> Result<Config, Failed> {
    sqlx::query("UPDATE config SET n = n + 1, settings = ?1 WHERE settings <> ?1")
        .bind(settings)
        .execute(&mut *connection)
        .await?;
    whole(connection).await
}

async fn whole(connection: &mut SqliteConnection) -> Result<Config, Failed> {
    let config = read(connection, None).await?;
    config.ok_or_else(|| Failed::Internal("the settings cannot be read".to_owned()))
}

/// Stores a flag that was changed on the epoch before its own.
pub(super) async fn set(
    connection: &mut SqliteConnection,
    flag: Flag,
    command: (CommandWrite, String, Timestamp),
) -> Result<Config, Failed> {
    let epoch = i64::try_from(flag.epoch).unwrap_or(i64::MAX);
    let written = sqlx::query(
        "INSERT INTO flags (name, arm, percent, allow, killed, epoch) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (name) DO UPDATE SET arm = ?2, percent = ?3, allow = ?4, killed = ?5, epoch = ?6
         WHERE flags.epoch = ?6 - 1",
    )
    .bind(&flag.name)
    .bind(flag.arm.as_str())
    .bind(i64::from(flag.percent))
    .bind(serde_json::to_string(&flag.allow)?)
    .bind(flag.killed)
    .bind(epoch)
    .execute(&mut *connection)
    .await?;
    if written.rows_affected() == 0 {
        return Err(Failed::conflict("somebody else changed this flag"));
    }
    let (command, answer, now) = command;
    remember(connection, None, &command, &answer, now).await?;
    whole(connection).await
}
