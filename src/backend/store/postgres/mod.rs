//! The store on PostgreSQL: any number of nodes write, each change holds its session's row.
#[cfg(test)]
mod faults;
mod limits;
mod link;
mod open;
#[cfg(test)]
mod plans;
#[cfg(test)]
mod replica_tests;
mod replicas;
mod watch;

use super::Heads;
use super::sql::SqlStore;
use super::sql::engine::{Boxed, Engine, Need, Written};
use super::sql::heads;
use super::sql::open::OpenError;
use crate::error::Failed;
use limits::{ACQUIRE, READERS, WRITERS};
use link::PgLink;
use open::Place;
use replicas::Replicas;
use sqlx::PgPool;
use std::sync::Arc;

/// How a read begins that takes several statements.
const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// A database that a store is moved into.
#[derive(Debug)]
pub(super) struct Target {
    place: Place,
    pool: PgPool,
}

impl Target {
    /// Checks the server, and brings the store up to date.
    pub(super) async fn open(url: &str) -> Result<Self, OpenError> {
        let place = Place::parse(url)?;
        place.prepare().await?;
        let pool = place.pool(1, ACQUIRE);
        Ok(Self { place, pool })
    }

    /// Its address without the password.
    pub(super) fn name(&self) -> &str {
        &self.place.name
    }

    /// A connection without limits.
    pub(super) async fn connect(&self) -> Result<sqlx::PgConnection, OpenError> {
        self.place.connect().await
    }

    /// A connection to walk through a table with.
    pub(super) async fn walker(&self) -> Result<PgLink, sqlx::Error> {
        PgLink::begin(&self.pool, SNAPSHOT).await
    }
}

/// The store on PostgreSQL.
pub type PostgresStore = SqlStore<PgEngine>;

/// A database on a server, and its connections.
#[derive(Debug)]
pub struct PgEngine {
    readers: PgPool,
    writers: PgPool,
    replicas: Replicas,
    heads: Arc<Heads>,
}

impl PostgresStore {
    /// Opens a database, `postgres://user:password@host:port/database`, and brings it up to date;
    /// its replicas may be away.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open(url: &str, replicas: &[String]) -> Result<Self, OpenError> {
        let place = Place::parse(url)?;
        let replicas: Result<Vec<_>, _> = replicas.iter().map(|url| Place::parse(url)).collect();
        let replicas = Replicas::new(&replicas?);
        place.prepare().await?;
        place.check_whole().await?;
        let (readers, heads) = (place.pool(READERS, ACQUIRE), Arc::new(Heads::default()));
        let unusable =
            |cause: sqlx::Error| OpenError::Unusable(place.name.clone(), cause.to_string());
        let mut first = PgLink::take(&readers).await.map_err(unusable)?;
        let seen = heads::load(&mut first, &heads).await.map_err(unusable)?;
        drop(first);
        // One connection to be woken on, one to look with.
        watch::start(place.pool(2, ACQUIRE), Arc::downgrade(&heads), seen);
        let engine = PgEngine {
            readers,
            writers: place.pool(WRITERS, ACQUIRE),
            replicas,
            heads,
        };
        Ok(Self { engine })
    }

    /// Checks the server, brings the store up to date, and tells how far the replicas are.
    ///
    /// # Errors
    /// [`OpenError`], also for a replica that is away or is none.
    pub async fn check(url: &str, replicas: &[String]) -> Result<String, OpenError> {
        let place = Place::parse(url)?;
        let version = place.prepare().await?;
        let change = place.change().await?;
        let mut told = format!("{}, PostgreSQL {version}", place.name);
        for url in replicas {
            let replica = Place::parse(url)?;
            let behind = change.saturating_sub(replica.change().await?);
            told.push_str(&format!(
                "; replica {}, {behind} changes behind",
                replica.name
            ));
        }
        Ok(told)
    }
}

impl Engine for PgEngine {
    type Link = PgLink;
    type Reader = Box<PgLink>;

    fn heads(&self) -> &Heads {
        &self.heads
    }

    async fn reader(&self, need: Need<'_>) -> Result<Box<PgLink>, Failed> {
        if let Some(link) = self.replicas.reader(&self.heads, need, false).await {
            return Ok(Box::new(link));
        }
        Ok(Box::new(PgLink::take(&self.readers).await?))
    }

    async fn snapshot(&self, need: Need<'_>) -> Result<Box<PgLink>, Failed> {
        if let Some(link) = self.replicas.reader(&self.heads, need, true).await {
            return Ok(Box::new(link));
        }
        Ok(Box::new(PgLink::begin(&self.readers, SNAPSHOT).await?))
    }

    async fn write<R, F>(&self, job: F) -> Result<R::Out, Failed>
    where
        R: Written + Send + 'static,
        F: for<'c> FnOnce(&'c mut PgLink) -> Boxed<'c, Result<R, Failed>> + Send + 'static,
    {
        let mut link = PgLink::begin(&self.writers, "BEGIN").await?;
        let written = job(&mut link).await?;
        link.end("COMMIT").await?;
        Ok(written.publish(&self.heads))
    }
}
