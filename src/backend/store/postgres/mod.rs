//! The store on PostgreSQL: any number of nodes write, each change holds its session's row.
#[cfg(test)]
mod faults;
mod limits;
mod link;
mod open;
#[cfg(test)]
mod plans;
mod watch;

use super::Heads;
use super::sql::SqlStore;
use super::sql::engine::{Boxed, Engine, Need, Written};
use super::sql::heads;
use super::sql::open::OpenError;
use crate::error::Failed;
use limits::{READERS, WRITERS};
use link::PgLink;
use open::Place;
use sqlx::PgPool;
use std::sync::Arc;

/// How a read begins that takes several statements.
const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// The store on PostgreSQL.
pub type PostgresStore = SqlStore<PgEngine>;

/// A database on a server, and its connections.
#[derive(Debug)]
pub struct PgEngine {
    readers: PgPool,
    writers: PgPool,
    heads: Arc<Heads>,
}

impl PostgresStore {
    /// Opens a database, `postgres://user:password@host:port/database`, and brings it up to date.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open(url: &str) -> Result<Self, OpenError> {
        let place = Place::parse(url)?;
        place.prepare().await?;
        let (readers, heads) = (place.pool(READERS), Arc::new(Heads::default()));
        let unusable =
            |cause: sqlx::Error| OpenError::Unusable(place.name.clone(), cause.to_string());
        let mut first = PgLink::take(&readers).await.map_err(unusable)?;
        let seen = heads::load(&mut first, &heads).await.map_err(unusable)?;
        drop(first);
        // One connection to be woken on, one to look with.
        watch::start(place.pool(2), Arc::downgrade(&heads), seen);
        let engine = PgEngine {
            readers,
            writers: place.pool(WRITERS),
            heads,
        };
        Ok(Self { engine })
    }
}

impl Engine for PgEngine {
    type Link = PgLink;
    type Reader = Box<PgLink>;

    fn heads(&self) -> &Heads {
        &self.heads
    }

    async fn reader(&self, _: Need<'_>) -> Result<Box<PgLink>, Failed> {
        Ok(Box::new(PgLink::take(&self.readers).await?))
    }

    async fn snapshot(&self, _: Need<'_>) -> Result<Box<PgLink>, Failed> {
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
