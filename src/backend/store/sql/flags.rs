//! Flags and the counter of settings; a change from outside counts as well.
use super::engine::Written;
use super::link::{Columns, Link, values};
use super::write::remember;
use crate::error::Failed;
use crate::store::{CommandWrite, Heads};
use domain::flag::{Arm, Flag};
use domain::time::Timestamp;

/// The counter with all flags, as the heads keep it.
pub(in crate::store) struct Config {
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
pub(in crate::store) async fn read(
    link: &mut impl Link,
    known: Option<u64>,
) -> Result<Option<Config>, sqlx::Error> {
    let row = link.one("SELECT n FROM config", &[]).await?;
    let n = row.count("n")?;
    if known == Some(n) {
        return Ok(None);
    }
    let sql = "SELECT name, arm, percent, allow, killed, epoch FROM flags";
    let rows = link.all(sql, &[]).await?;
    let flags = rows.iter().filter_map(|row| flag(row).ok()).collect();
    Ok(Some(Config { n, flags }))
}

/// A row that another program wrote wrongly is as if it were not there.
fn flag(row: &impl Columns) -> Result<Flag, sqlx::Error> {
    let unreadable = |what: &str| sqlx::Error::Decode(what.to_owned().into());
    let percent = row.count("percent")?.min(100);
    Ok(Flag {
        name: row.text("name")?.to_owned(),
        arm: Arm::parse(row.text("arm")?).ok_or_else(|| unreadable("arm"))?,
        percent: u8::try_from(percent).unwrap_or(100),
        allow: serde_json::from_str(row.text("allow")?).map_err(|_| unreadable("allow"))?,
        killed: row.flag("killed")?,
        epoch: row.count("epoch")?,
    })
}

/// Raises the counter if the settings are not those of the last start.
pub(super) async fn settle(link: &mut impl Link, settings: String) -> Result<Config, Failed> {
    let sql = "UPDATE config SET n = n + 1, settings = $1 WHERE settings <> $1";
    link.run(sql, values![&settings]).await?;
    whole(link).await
}

async fn whole(link: &mut impl Link) -> Result<Config, Failed> {
    let config = read(link, None).await?;
    config.ok_or_else(|| Failed::Internal("the settings cannot be read".to_owned()))
}

/// Stores a flag that was changed on the epoch before its own.
pub(super) async fn set(
    link: &mut impl Link,
    flag: Flag,
    command: (CommandWrite, String, Timestamp),
) -> Result<Config, Failed> {
    let sql = "INSERT INTO flags (name, arm, percent, allow, killed, epoch)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (name) DO UPDATE SET arm = $2, percent = $3, allow = $4, killed = $5, epoch = $6
         WHERE flags.epoch = $6 - 1";
    let allow = serde_json::to_string(&flag.allow)?;
    let values = values![
        &flag.name,
        flag.arm.as_str(),
        u64::from(flag.percent),
        &allow,
        flag.killed,
        flag.epoch,
    ];
    if link.run(sql, values).await? == 0 {
        return Err(Failed::conflict("somebody else changed this flag"));
    }
    let (command, answer, now) = command;
    remember(link, None, &command, &answer, now).await?;
    whole(link).await
}
