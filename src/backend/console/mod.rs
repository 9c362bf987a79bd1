//! The console behind the door: what a caller may ask, checked, done once, answered.
mod agents;
mod attachments;
mod changes;
mod commands;
mod create;
mod errands;
mod far;
mod flags;
mod flight;
mod fork;
mod git;
mod input;
mod login;
mod nodes;
mod questions;
mod queue;
mod reading;
mod reads;
mod repos;
mod sample;
#[cfg(test)]
mod shared_tests;
mod stats;
mod wish;

pub use attachments::{NewUpload, Wanted};
pub use changes::WrittenChanges;
pub use commands::Done;
pub use git::IndexDeed;
pub use input::Caller;
pub use login::{LOGIN_IDLE_MS, LOGIN_TOTAL_MS};

use crate::agents::actor::{Actors, Ask, Shared};
use crate::clock::Clock;
use crate::config::{AgentEntry, Limits};
use crate::error::Failed;
use crate::events::{Events, Sizes};
use crate::nodes::{NodeSetup, Standing};
use crate::relay;
use crate::relay::{Relay, Shown};
use crate::store::{ListPage, ListQuery, Store};
use crate::telemetry::Telemetry;
use agents::Checks;
use changes::LastChanges;
use domain::id::SessionId;
use domain::session::Phase;
use errands::Errands;
use flight::Flights;
use login::Logins;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Journals that are heard again at the same time.
const REPLAYS: usize = 2;
/// How long the database may take to show that it is there.
const ANSWER: Duration = Duration::from_secs(1);

/// What the console is made from.
#[derive(Debug, Clone)]
pub struct Setup {
    /// Where everything lives.
    pub data_dir: PathBuf,
    /// The console's own program.
    pub program: PathBuf,
    /// Limits and waits.
    pub limits: Limits,
    /// Agents that can be started.
    pub agents: Vec<AgentEntry>,
    /// Repositories that sessions may be started in.
    pub repos: Vec<PathBuf>,
    /// Where people get help.
    pub support_url: String,
    /// The time.
    pub clock: Clock,
    /// Who this node is.
    pub node: NodeSetup,
}

/// The console: store, agents, repositories.
#[derive(Clone)]
pub struct Console {
    store: Arc<dyn Store>,
    actors: Actors,
    setup: Arc<Setup>,
    telemetry: Arc<Telemetry>,
    events: Arc<Events>,
    relay: Option<Arc<Relay>>,
    logins: Arc<Logins>,
    checks: Arc<Checks>,
    errands: Arc<Errands>,
    views: Arc<Flights<ViewKey, Result<Shown, Failed>>>,
    changes: Arc<Flights<changes::ChangesKey, Result<Option<WrittenChanges>, Failed>>>,
    last_changes: Arc<LastChanges>,
    lists: Arc<Flights<ListKey, Result<ListPage, Failed>>>,
    /// The right to hear a journal again, which takes a thread and the memory of a session.
    replays: Arc<Semaphore>,
}

/// A session, the revision since which changes are asked for, and the one that the asker knows.
type ViewKey = (SessionId, Option<u64>, u64);
/// What is listed, and the counter of changes that the asker knows.
type ListKey = (ListQuery, u64);

impl std::fmt::Debug for Console {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Console")
            .field("setup", &self.setup)
            .finish_non_exhaustive()
    }
}

impl Console {
    /// Puts the parts together; call within a runtime.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, setup: Setup) -> Self {
        let places = (setup.data_dir.clone(), setup.program.clone());
        let (limits, agents) = (setup.limits.clone(), setup.agents.clone());
        let lease = Duration::from_millis(limits.node_lease_ms);
        let standing = Arc::new(Standing::new(&setup.node, lease));
        let shared = Shared::new(store.clone(), setup.clock.clone(), limits, agents, places)
            .with_standing(standing);
        let telemetry = Arc::new(Telemetry::new(setup.clock.clone()));
        let events = Events::start(Sizes {
            node: setup.node.name.clone(),
            ring: setup.limits.event_ring,
            streams: setup.limits.event_streams,
        });
        store.heads().tell(events.inbox().clone());
        Self {
            store,
            events,
            relay: None,
            actors: Actors::new(shared),
            setup: Arc::new(setup),
            telemetry,
            logins: Arc::default(),
            checks: Arc::default(),
            errands: Arc::default(),
            views: Arc::default(),
            changes: Arc::default(),
            last_changes: Arc::default(),
            lists: Arc::default(),
            replays: Arc::new(Semaphore::new(REPLAYS)),
        }
    }

    /// Works with other nodes through Redis from now on.
    ///
    /// # Errors
    /// [`Failed::Malformed`] if the address is none.
    pub fn with_relay(mut self, setup: relay::Setup) -> Result<Self, Failed> {
        self.relay = Some(Relay::start(setup, self.store.clone())?);
        Ok(self)
    }

    /// Whether the database answers, in time for whoever asks.
    pub async fn has_database(&self) -> bool {
        let asked = tokio::time::timeout(ANSWER, self.store.members()).await;
        matches!(asked, Ok(Ok(_)))
    }

    /// What is away though it is configured; pages work without it.
    #[must_use]
    pub fn degraded(&self) -> Option<&'static str> {
        let relay = self.relay.as_ref()?;
        (!relay.is_up()).then_some("redis")
    }

    /// What passes to other nodes and from them, if there are any.
    #[must_use]
    pub fn relay(&self) -> Option<&Relay> {
        self.relay.as_deref()
    }

    /// Looks after every session that was left in the middle of something.
    ///
    /// # Errors
    /// [`Failed`] if the store cannot be read.
    pub async fn recover(&self) -> Result<(), Failed> {
        self.actors.attachments().sweep().await;
        self.stop_strays().await?;
        for record in self.store.alive().await? {
            if !self.is_at_home(&record.session) {
                continue;
            }
            let is_active = record.session.status.phase() == Phase::Active;
            let mut queue = record.session.queue.iter();
            let is_timed = queue.any(|queued| queued.not_before.is_some());
            let is_begun = record.run.is_some() || record.outbox.is_some();
            if is_active || is_begun || is_timed {
                match self.actors.tell(&record.session.id, Ask::Tend).await {
                    // Another node, or a person, was faster.
                    Ok(()) | Err(Failed::Moved(_) | Failed::Deleted) => {}
                    Err(other) => return Err(other),
                }
            }
        }
        Ok(())
    }

    /// How it was set up.
    #[must_use]
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// What is known without the database.
    #[must_use]
    pub fn heads(&self) -> &crate::store::Heads {
        self.store.heads()
    }

    /// What was counted.
    #[must_use]
    pub fn telemetry(&self) -> &Telemetry {
        &self.telemetry
    }

    /// The events that open pages are told.
    #[must_use]
    pub fn events(&self) -> &Arc<Events> {
        &self.events
    }

    /// Agent processes that live now.
    #[must_use]
    pub fn live_agents(&self) -> usize {
        self.actors.live()
    }
}
