//! Reads from replicas: only where one has reached what the reader already knows, else nowhere.
use super::SNAPSHOT;
use super::limits::{READERS, REPLICA, REST};
use super::link::PgLink;
use super::open::Place;
use crate::clock::stopwatch;
use crate::store::Heads;
use crate::store::sql::engine::Need;
use crate::store::sql::link::{Columns as _, Link as _, values};
use sqlx::PgPool;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

const REVISION: &str = "SELECT revision FROM sessions WHERE id = $1";
const CHANGES: &str = "SELECT n FROM counter";

/// All replicas; reads go round.
#[derive(Debug)]
pub(super) struct Replicas {
    all: Vec<Replica>,
    next: AtomicUsize,
}

#[derive(Debug)]
struct Replica {
    name: String,
    pool: PgPool,
    /// When it failed; it is left alone for a while.
    failed: Mutex<Option<Instant>>,
}

impl Replicas {
    pub(super) fn new(places: &[Place]) -> Self {
        let replica = |place: &Place| Replica {
            name: place.name.clone(),
            pool: place.pool(READERS, REPLICA),
            failed: Mutex::default(),
        };
        Self {
            all: places.iter().map(replica).collect(),
            next: AtomicUsize::new(0),
        }
    }

    /// A connection to a replica that is new enough; none if there is no such replica.
    pub(super) async fn reader(
        &self,
        heads: &Heads,
        need: Need<'_>,
        is_snapshot: bool,
    ) -> Option<PgLink> {
        if self.all.is_empty() || matches!(need, Need::Latest) {
            return None;
        }
        let turn = self.next.fetch_add(1, Ordering::Relaxed) % self.all.len();
        let mut in_turn = self.all[turn..].iter().chain(&self.all[..turn]);
        let replica = in_turn.find(|replica| !replica.rests())?;
        let asked = tokio::time::timeout(REPLICA, replica.reader(heads, need, is_snapshot)).await;
        let late = || Err(sqlx::Error::PoolTimedOut);
        match asked.unwrap_or_else(|_| late()) {
            Ok(link) => link,
            Err(error) => {
                replica.fail(&error);
                None
            }
        }
    }
}

impl Replica {
    async fn reader(
        &self,
        heads: &Heads,
        need: Need<'_>,
        is_snapshot: bool,
    ) -> Result<Option<PgLink>, sqlx::Error> {
        let (sql, values, known) = match need {
            Need::Latest => return Ok(None),
            Need::Sessions => (CHANGES, vec![], heads.change()),
            Need::Session(id, asked) => match heads.get(id) {
                Some(head) => (REVISION, values![id].to_vec(), head.revision.max(asked)),
                None => return Ok(None),
            },
        };
        let mut link = match is_snapshot {
            true => PgLink::begin(&self.pool, SNAPSHOT).await?,
            false => PgLink::take(&self.pool).await?,
        };
        let row = link.maybe(sql, &values).await?;
        let column = if sql == CHANGES { "n" } else { "revision" };
        let reached = row.map(|row| row.count(column)).transpose()?;
        Ok(reached
            .is_some_and(|reached| reached >= known)
            .then_some(link))
    }

    fn rests(&self) -> bool {
        let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        failed.is_some_and(|at| stopwatch().duration_since(at) < REST)
    }

    fn fail(&self, error: &sqlx::Error) {
        let name = &self.name;
        tracing::warn!(replica = %name, error = %error, "the replica {name} failed; reads go to the primary");
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        *failed = Some(stopwatch());
    }
}
