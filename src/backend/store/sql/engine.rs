//! What a database must bring so that the shared store runs on it: connections and transactions.
use super::link::Link;
use crate::error::Failed;
use crate::store::{Beat, Heads};
use domain::id::SessionId;
use std::future::Future;
use std::ops::DerefMut;
use std::pin::Pin;

/// A future on a connection.
pub(in crate::store) type Boxed<'c, T> = Pin<Box<dyn Future<Output = T> + Send + 'c>>;

/// How new what is read must be.
#[derive(Debug, Clone, Copy)]
pub(in crate::store) enum Need<'a> {
    /// As it is now.
    Latest,
    /// A session as the heads know it or newer, and at least at a revision that the asker knows.
    Session(&'a SessionId, u64),
    /// All sessions as the heads know them or newer.
    Sessions,
}

/// A database.
pub(in crate::store) trait Engine: Send + Sync + 'static {
    /// Its connections.
    type Link: Link;
    /// A connection that is held for a read.
    type Reader: DerefMut<Target = Self::Link> + Send;

    /// What is known without asking.
    fn heads(&self) -> &Heads;

    /// A connection for one statement.
    fn reader(&self, need: Need<'_>) -> impl Future<Output = Result<Self::Reader, Failed>> + Send;

    /// A connection whose statements all see the same state.
    fn snapshot(&self, need: Need<'_>)
    -> impl Future<Output = Result<Self::Reader, Failed>> + Send;

    /// Runs a job in a transaction; answers after the commit.
    fn write<R, F>(&self, job: F) -> impl Future<Output = Result<R::Out, Failed>> + Send
    where
        R: Written + Send + 'static,
        F: for<'c> FnOnce(&'c mut Self::Link) -> Boxed<'c, Result<R, Failed>> + Send + 'static;
}

/// A result of a job: what the caller gets, after the heads were told.
pub(in crate::store) trait Written {
    /// What the caller gets.
    type Out;
    /// Tells the heads, and unwraps.
    fn publish(self, heads: &Heads) -> Self::Out;
}

impl Written for () {
    type Out = ();
    fn publish(self, _: &Heads) {}
}

impl Written for Beat {
    type Out = Self;
    fn publish(self, _: &Heads) -> Self {
        self
    }
}

impl Written for Vec<String> {
    type Out = Self;
    fn publish(self, _: &Heads) -> Self {
        self
    }
}

impl Written for bool {
    type Out = bool;
    fn publish(self, _: &Heads) -> bool {
        self
    }
}
