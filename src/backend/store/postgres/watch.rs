//! Sees what other nodes and other programs did to the database: woken at once, and asking anyway.
use super::link::PgLink;
use crate::store::Heads;
use crate::store::sql::heads::{learn_flags, learn_since};
use crate::store::sql::link::{Columns as _, Link as _};
use sqlx::PgPool;
use sqlx::postgres::PgListener;
use std::sync::Weak;
use std::time::Duration;

/// How often the counters are asked when nothing woke the watcher.
const EVERY: Duration = Duration::from_millis(500);
/// Shortest time between two looks: what changes meanwhile is seen by the next.
const APART: Duration = Duration::from_millis(25);
/// How long after a failure it is tried again.
const AGAIN: Duration = Duration::from_millis(250);
/// What the triggers wake.
const CHANNEL: &str = "heddle_change";
/// What they say of commands between nodes.
const ASK: &str = "ask";

const COUNTERS: &str =
    "SELECT (SELECT n FROM counter) AS changes, (SELECT n FROM config) AS config";

/// Starts the watcher; it ends with the store.
pub(super) fn start(pool: PgPool, heads: Weak<Heads>, mut seen: u64) {
    tokio::spawn(async move {
        let mut is_told = false;
        while heads.strong_count() > 0 {
            let Err(error) = follow(&pool, &heads, (&mut seen, &mut is_told)).await else {
                return;
            };
            if !std::mem::replace(&mut is_told, true) {
                tracing::warn!(error = %error, "the watcher of the database failed, it tries again");
            }
            tokio::time::sleep(AGAIN).await;
        }
    });
}

/// Listens and looks until the connection is lost; `Ok` when the store is gone.
async fn follow(
    pool: &PgPool,
    heads: &Weak<Heads>,
    (seen, is_told): (&mut u64, &mut bool),
) -> Result<(), sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    let mut link = PgLink::take(pool).await?;
    loop {
        let Some(held) = heads.upgrade() else {
            return Ok(());
        };
        look(&mut link, &held, seen).await?;
        let nudges = held.nudges();
        drop(held);
        if std::mem::take(is_told) {
            tracing::info!("the watcher of the database is back");
        }
        tokio::time::sleep(APART).await;
        let mut is_asked = false;
        while let Some(word) = listener.next_buffered() {
            is_asked |= word.payload() == ASK;
        }
        if is_asked {
            stir(heads);
        }
        tokio::select! {
            woken = listener.try_recv() => match woken? {
                Some(word) if word.payload() == ASK => stir(heads),
                Some(_) => {}
                None => return Err(sqlx::Error::PoolClosed),
            },
            () = nudges.notified() => {}
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

fn stir(heads: &Weak<Heads>) {
    if let Some(heads) = heads.upgrade() {
        heads.stir();
    }
}

async fn look(link: &mut PgLink, heads: &Heads, seen: &mut u64) -> Result<(), sqlx::Error> {
    let row = link.one(COUNTERS, &[]).await?;
    if row.count("changes")? != *seen {
        *seen = learn_since(link, heads, *seen).await?;
    }
    if row.count("config")? != heads.config() {
        learn_flags(link, heads, Some(heads.config())).await?;
    }
    Ok(())
}
