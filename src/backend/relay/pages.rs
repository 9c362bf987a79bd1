//! Session pages that all nodes share: made once by one of them, never older than what is asked for.
use super::freshness::{Freshness, judge, lifetime_ms};
use super::link::Link;
use crate::clock::{Clock, stopwatch};
use crate::error::Failed;
use crate::store::{Store, View};
use domain::id::SessionId;
use domain::session::Session;
use domain::snapshot::{AgentState, Metadata, ThreadPart};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How long a page is kept beyond its freshness, in milliseconds: shown while one makes it anew.
const KEPT_MS: i64 = 20_000;
/// How long one node may take to make a page before another one does it too.
const TURN_MS: u64 = 2_000;
/// How long the shared page may take to come.
const GET: Duration = Duration::from_millis(200);
/// How long taking the turn, or keeping a page, may take.
const PUT: Duration = Duration::from_millis(100);
/// How often it is looked whether the node whose turn it is has made the page, and how far apart.
const LOOKS: u32 = 5;
const BETWEEN: Duration = Duration::from_millis(30);
/// Bytes of a page that are worth sharing.
const MOST: usize = 2 * 1024 * 1024;

/// What a session page shows, the same for everybody who may see it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Shown {
    /// The session.
    pub session: Session,
    /// Its counts.
    pub metadata: Metadata,
    /// What the agent offers.
    pub agent_state: AgentState,
    /// The revision at which that changed last.
    pub agent_state_revision: u64,
    /// Its thread, whole or as changes.
    pub thread: ThreadPart,
}

impl From<View> for Shown {
    fn from(view: View) -> Self {
        Self {
            session: view.record.session,
            metadata: view.record.metadata,
            agent_state: view.record.agent_state,
            agent_state_revision: view.record.agent_state_revision,
            thread: view.thread,
        }
    }
}

/// A page as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    made_at: i64,
    cost_ms: u64,
    fresh_ms: i64,
    shown: Shown,
}

/// How often what was asked for was shared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Shares {
    /// It was there.
    pub hit: u64,
    /// It was there and was made anew meanwhile.
    pub stale: u64,
    /// It was not there, or older than what was asked for.
    pub miss: u64,
    /// Redis was away.
    pub off: u64,
}

#[derive(Debug, Default)]
struct Counts {
    hit: AtomicU64,
    stale: AtomicU64,
    miss: AtomicU64,
    off: AtomicU64,
}

/// The shared pages.
#[derive(Clone)]
pub struct Pages {
    link: Arc<Link>,
    prefix: Arc<str>,
    store: Arc<dyn Store>,
    clock: Clock,
    counts: Arc<Counts>,
}

impl std::fmt::Debug for Pages {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pages").finish_non_exhaustive()
    }
}

impl Pages {
    pub(super) fn new(link: Arc<Link>, prefix: &str, store: Arc<dyn Store>, clock: Clock) -> Self {
        Self {
            link,
            prefix: prefix.into(),
            store,
            clock,
            counts: Arc::default(),
        }
    }

    /// How often pages were shared.
    #[must_use]
    pub fn shares(&self) -> Shares {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Shares {
            hit: read(&self.counts.hit),
            stale: read(&self.counts.stale),
            miss: read(&self.counts.miss),
            off: read(&self.counts.off),
        }
    }

    /// The page of a session with its newest entries, of revision `known` at least.
    ///
    /// # Errors
    /// As [`Store::view`].
    pub async fn tail(&self, id: &SessionId, known: u64) -> Result<Shown, Failed> {
        if !self.link.is_up() {
            count(&self.counts.off);
            return Ok(self.store.view(id, None).await?.into());
        }
        if let Some(kept) = self.kept(id, known).await {
            return Ok(self.share(id, known, kept).await);
        }
        count(&self.counts.miss);
        if self.has_turn(id, known).await {
            return self.make(id).await;
        }
        for _ in 0..LOOKS {
            tokio::time::sleep(BETWEEN).await;
            if let Some(kept) = self.kept(id, known).await {
                return Ok(kept.shown);
            }
        }
        Ok(self.store.view(id, None).await?.into())
    }

    /// Shows a page that is there; if it is due and this is the one whose turn it is, it is made
    /// anew meanwhile.
    async fn share(&self, id: &SessionId, known: u64, kept: Kept) -> Shown {
        let age = self.clock.now().0 - kept.made_at;
        if judge(age, kept.cost_ms, kept.fresh_ms, luck()) == Freshness::Fresh {
            count(&self.counts.hit);
            return kept.shown;
        }
        count(&self.counts.stale);
        if self.has_turn(id, known).await {
            let (pages, id) = (self.clone(), id.clone());
            tokio::spawn(async move { pages.make(&id).await.map(drop) });
        }
        kept.shown
    }

    async fn make(&self, id: &SessionId) -> Result<Shown, Failed> {
        let watch = stopwatch();
        let shown: Shown = self.store.view(id, None).await?.into();
        let kept = Kept {
            made_at: self.clock.now().0,
            cost_ms: u64::try_from(watch.elapsed().as_millis()).unwrap_or(u64::MAX),
            fresh_ms: lifetime_ms(luck()),
            shown,
        };
        let text = serde_json::to_string(&kept)?;
        if text.len() <= MOST {
            let mut put = redis::cmd("SET");
            put.arg(self.key(id)).arg(text).arg("PX");
            put.arg(kept.fresh_ms + KEPT_MS);
            let link = self.link.clone();
            // Nobody waits for it.
            tokio::spawn(async move { link.ask::<()>(&put, PUT).await });
        }
        Ok(kept.shown)
    }

    async fn kept(&self, id: &SessionId, known: u64) -> Option<Kept> {
        let mut get = redis::cmd("GET");
        get.arg(self.key(id));
        let text: Vec<u8> = self.link.ask::<Option<Vec<u8>>>(&get, GET).await??;
        let kept: Kept = serde_json::from_slice(&text).ok()?;
        let is_right = kept.shown.session.id == *id && kept.shown.session.revision >= known;
        is_right.then_some(kept)
    }

    /// Whether it is up to this node to make the page of this revision.
    async fn has_turn(&self, id: &SessionId, known: u64) -> bool {
        let mut take = redis::cmd("SET");
        take.arg(format!("{}:{known}", self.key(id)));
        take.arg(1).arg("NX").arg("PX").arg(TURN_MS);
        let taken: Option<Option<String>> = self.link.ask(&take, PUT).await;
        taken.flatten().is_some()
    }

    fn key(&self, id: &SessionId) -> String {
        format!("{}:v1:page:{id}", self.prefix)
    }
}

fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// A number from 0 to 1.
fn luck() -> f64 {
    let number = getrandom::u32().unwrap_or(u32::MAX / 2);
    f64::from(number) / f64::from(u32::MAX)
}
