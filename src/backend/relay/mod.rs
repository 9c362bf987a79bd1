//! Several nodes through Redis: changes are passed on, pages are shared; without it all goes on.
mod freshness;
mod link;
mod message;
mod pages;

pub use pages::{Pages, Shares, Shown};

use crate::clock::Clock;
use crate::error::Failed;
use crate::events::Inbox;
use crate::store::Store;
use link::Link;
use message::{Dropped, Hint};
use redis::{PushInfo, PushKind, Value};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::sync::Notify;

/// How often it is looked whether Redis is there.
const LOOK: Duration = Duration::from_millis(500);
/// How often dropped messages are complained about.
const COMPLAIN: Duration = Duration::from_secs(60);

/// Where Redis is.
#[derive(Debug, Clone)]
pub struct Setup {
    /// Its address, `redis://...`.
    pub url: String,
    /// What the names of channel and keys begin with.
    pub prefix: String,
    /// The time.
    pub clock: Clock,
}

/// What passes between this node and the others.
pub struct Relay {
    link: Arc<Link>,
    channel: String,
    pages: Pages,
    store: Arc<dyn Store>,
    heard: Arc<Ear>,
    is_listening: AtomicBool,
    is_told: AtomicBool,
}

impl std::fmt::Debug for Relay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Relay")
            .field("channel", &self.channel)
            .finish_non_exhaustive()
    }
}

/// What was heard: whether there is something to look at, and what was dropped.
#[derive(Debug, Default)]
struct Ear {
    news: Notify,
    messages: AtomicU64,
    dropped: AtomicU64,
    last: std::sync::Mutex<Option<Dropped>>,
}

/// Whether Redis can be reached at an address.
///
/// # Errors
/// [`Failed::Malformed`] if the address is none.
pub async fn is_there(url: &str) -> Result<bool, Failed> {
    Ok(Link::open(url, |_| {})?.ping().await)
}

impl Relay {
    /// Connects in the background; ends with what is returned. Call within a runtime.
    ///
    /// # Errors
    /// [`Failed::Malformed`] if the address is none.
    pub fn start(setup: Setup, store: Arc<dyn Store>) -> Result<Arc<Self>, Failed> {
        let heard = Arc::new(Ear::default());
        let (ear, heads) = (heard.clone(), Arc::downgrade(&store));
        let link = Arc::new(Link::open(&setup.url, move |pushed| {
            if let Some(store) = heads.upgrade() {
                ear.hear(&pushed, &*store);
            }
        })?);
        let outbox = Arc::new(Inbox::default());
        store.heads().relay(outbox.clone());
        let relay = Arc::new(Self {
            pages: Pages::new(link.clone(), &setup.prefix, store.clone(), setup.clock),
            channel: format!("{}:{}", setup.prefix, domain::push::UPDATED),
            link,
            store,
            heard: heard.clone(),
            is_listening: AtomicBool::new(false),
            is_told: AtomicBool::new(false),
        });
        tokio::spawn(keep(Arc::downgrade(&relay)));
        tokio::spawn(tell(Arc::downgrade(&relay), outbox));
        tokio::spawn(complain(heard));
        Ok(relay)
    }

    /// Whether Redis is there.
    #[must_use]
    pub fn is_up(&self) -> bool {
        self.link.is_up()
    }

    /// The pages that are shared.
    #[must_use]
    pub fn pages(&self) -> &Pages {
        &self.pages
    }

    /// Messages that were listened to, and those that were dropped.
    #[must_use]
    pub fn heard(&self) -> (u64, u64) {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        (read(&self.heard.messages), read(&self.heard.dropped))
    }

    /// Looks whether Redis is there; what was said while it was not is caught up with.
    async fn look(&self) {
        let is_there = self.link.ping().await;
        if is_there && !self.is_listening.load(Ordering::SeqCst) {
            let is_listening = self.link.listen(&self.channel).await;
            self.is_listening.store(is_listening, Ordering::SeqCst);
        }
        let is_news = self.link.note(is_there);
        let is_first = !self.is_told.swap(true, Ordering::SeqCst);
        match is_there {
            true if is_news => {
                tracing::info!("redis is there");
                self.store.heads().nudge();
            }
            false if is_news || is_first => {
                tracing::warn!("redis is away; the console goes on without it");
            }
            _ => {}
        }
    }
}

impl Ear {
    /// Takes what Redis pushes; never waits.
    fn hear(&self, pushed: &PushInfo, store: &dyn Store) {
        match pushed.kind {
            // Whatever was said before this is caught up with.
            PushKind::Subscribe => store.heads().nudge(),
            PushKind::Message => match payload(pushed).map(message::read) {
                Some(Ok(hint)) => self.weigh(&hint, store),
                Some(Err(why)) => self.drop(why),
                None => self.drop(Dropped::Malformed),
            },
            _ => {}
        }
    }

    /// Has the database looked at if it may know more. What is forged leads to a look, no more.
    fn weigh(&self, hint: &Hint, store: &dyn Store) {
        self.messages.fetch_add(1, Ordering::Relaxed);
        let known = store.heads().get(&hint.session).map(|head| head.revision);
        let is_known = known
            .zip(hint.revision)
            .is_some_and(|(known, said)| said <= known);
        if !is_known {
            store.heads().nudge();
        }
    }

    fn drop(&self, why: Dropped) {
        self.dropped.fetch_add(1, Ordering::Relaxed);
        *self
            .last
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = Some(why);
        self.news.notify_one();
    }
}

/// The text of a message.
fn payload(pushed: &PushInfo) -> Option<&[u8]> {
    match pushed.data.get(1)? {
        Value::BulkString(bytes) => Some(bytes),
        Value::SimpleString(text) => Some(text.as_bytes()),
        _ => None,
    }
}

/// Looks again and again whether Redis is there.
async fn keep(relay: Weak<Relay>) {
    let mut ticks = tokio::time::interval(LOOK);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let Some(relay) = relay.upgrade() else { return };
        relay.look().await;
    }
}

/// Passes on what this node changed; while Redis is away nobody listens, and those who come back
/// look for themselves.
async fn tell(relay: Weak<Relay>, outbox: Arc<Inbox>) {
    loop {
        outbox.news().await;
        let Some(relay) = relay.upgrade() else { return };
        let mut all = redis::pipe();
        for moved in outbox.take().moved.into_values() {
            let text = serde_json::to_string(&moved.update).unwrap_or_default();
            all.publish(&relay.channel, text).ignore();
        }
        relay.link.tell(&all).await;
    }
}

/// Says what was dropped, at most once a minute.
async fn complain(ear: Arc<Ear>) {
    let mut said = 0;
    loop {
        ear.news.notified().await;
        let dropped = ear.dropped.load(Ordering::Relaxed);
        let why = *ear
            .last
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        tracing::warn!(messages = dropped - said, last = ?why, "messages on the channel of redis were dropped");
        said = dropped;
        tokio::time::sleep(COMPLAIN).await;
    }
}
