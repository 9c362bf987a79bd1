//! What the heads learn from the database: sessions that changed, sessions that are gone, flags.
use super::engine::Written as _;
use super::flags;
use super::link::{Columns, Link, values};
use crate::store::{Head, Heads};
use domain::time::Timestamp;

pub(in crate::store) const NEWER: &str =
    "SELECT id, owner_id, revision, updated_at, deleted_at, change FROM sessions
                     WHERE change > $1 ORDER BY change";
pub(in crate::store) const GONE: &str =
    "SELECT id, change FROM removed WHERE change > $1 ORDER BY change";

/// Learns every head, at the start; the newest change.
pub(in crate::store) async fn load(
    link: &mut impl Link,
    heads: &Heads,
) -> Result<u64, sqlx::Error> {
    learn_flags(link, heads, None).await?;
    learn_after(link, heads, -1).await
}

/// Learns what changed after a change; the newest one.
pub(in crate::store) async fn learn_since(
    link: &mut impl Link,
    heads: &Heads,
    after: u64,
) -> Result<u64, sqlx::Error> {
    let newest = learn_after(link, heads, i64::try_from(after).unwrap_or(i64::MAX)).await?;
    Ok(newest.max(after))
}

async fn learn_after(link: &mut impl Link, heads: &Heads, after: i64) -> Result<u64, sqlx::Error> {
    let mut newest = 0;
    for row in &link.all(NEWER, values![after]).await? {
        newest = newest.max(learn(heads, row)?);
    }
    for row in &link.all(GONE, values![after]).await? {
        let change = row.count("change")?;
        if let Ok(id) = row.text("id")?.to_owned().try_into() {
            heads.forget(&id, change);
        }
        newest = newest.max(change);
    }
    Ok(newest)
}

/// Learns the flags, if their counter is not the known one.
pub(in crate::store) async fn learn_flags(
    link: &mut impl Link,
    heads: &Heads,
    known: Option<u64>,
) -> Result<(), sqlx::Error> {
    if let Some(config) = flags::read(link, known).await? {
        config.publish(heads);
    }
    Ok(())
}

fn learn(heads: &Heads, row: &impl Columns) -> Result<u64, sqlx::Error> {
    let change = row.count("change")?;
    let Ok(id) = row.text("id")?.to_owned().try_into() else {
        return Ok(change);
    };
    let head = Head {
        owner: row.text("owner_id")?.to_owned(),
        revision: row.count("revision")?,
        updated_at: Timestamp(row.number("updated_at")?),
        is_deleted: row.maybe_number("deleted_at")?.is_some(),
    };
    heads.learn(&id, head, change);
    Ok(change)
}
