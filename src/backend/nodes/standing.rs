//! Whether this node may still act for its sessions, as far as it knows by its own clock.
use super::NodeSetup;
use crate::clock::stopwatch;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Notify;

/// The lease of this node.
#[derive(Debug)]
pub struct Standing {
    name: String,
    /// How long a lease stands; a node that is alone has none.
    lease: Option<Duration>,
    until: Mutex<Option<Instant>>,
    news: Notify,
}

impl Standing {
    /// The standing of a node before its first sign of life.
    #[must_use]
    pub fn new(setup: &NodeSetup, lease: Duration) -> Self {
        Self {
            name: setup.name.clone(),
            lease: setup.cluster.as_ref().map(|_| lease),
            until: Mutex::new(None),
            news: Notify::new(),
        }
    }

    /// The node's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How long its lease stands; none for a node that is alone.
    #[must_use]
    pub fn lease(&self) -> Option<Duration> {
        self.lease
    }

    /// Whether there are other nodes.
    #[must_use]
    pub fn is_clustered(&self) -> bool {
        self.lease.is_some()
    }

    /// Whether the lease stands.
    #[must_use]
    pub fn holds(&self) -> bool {
        let until = *self.until.lock().unwrap_or_else(PoisonError::into_inner);
        self.lease.is_none() || until.is_some_and(|until| stopwatch() < until)
    }

    /// The lease was renewed by a request that began at a time.
    pub fn renewed(&self, began: Instant) {
        let until = self.lease.map(|lease| began + lease);
        *self.until.lock().unwrap_or_else(PoisonError::into_inner) = until;
    }

    /// Has the others told at once how much this node does.
    pub fn say(&self) {
        self.news.notify_one();
    }

    /// Waits until there is something to tell.
    pub async fn news(&self) {
        self.news.notified().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nodes::{Cluster, Secret};

    #[test]
    fn a_lease_stands_for_its_time_and_a_node_that_is_alone_needs_none() {
        let lease = Duration::from_secs(30);
        assert!(Standing::new(&NodeSetup::default(), lease).holds());
        let cluster = Some(Cluster {
            url: "http://127.0.0.1:1".into(),
            secret: Secret::new("0123456789abcdef").unwrap(),
        });
        let setup = NodeSetup {
            cluster,
            ..NodeSetup::default()
        };
        let standing = Standing::new(&setup, lease);
        assert!(!standing.holds(), "before the first sign of life");
        standing.renewed(stopwatch());
        assert!(standing.holds());
        let long_ago = stopwatch().checked_sub(lease).unwrap();
        standing.renewed(long_ago);
        assert!(!standing.holds());
    }
}
