//! The one task that decides which stream is told what; each event is written once for all.
use super::inbox::{Inbox, Moved};
use super::outbox::{Drained, Outbox};
use super::pace::Pace;
use super::ring::{PushedEvent, Ring};
use super::{Lane, seats::Seats};
use crate::clock;
use crate::error::Failed;
use domain::id::SessionId;
use domain::push::{Position, UPDATED, Verdict};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

/// What a stream is told about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subscription {
    /// The user.
    pub user: String,
    /// Sessions of this user that it names.
    pub sessions: Vec<SessionId>,
    /// Whether it asks for all sessions of this user.
    pub is_list: bool,
}

impl Subscription {
    /// Whether an event of this lane is for it.
    pub(super) fn wants(&self, lane: Lane, moved: &Moved) -> bool {
        let is_named = self.sessions.contains(&moved.update.session_id);
        moved.owner == self.user
            && match lane {
                Lane::Session => is_named,
                Lane::List => self.is_list && !is_named,
            }
    }
}

/// Sizes of the machinery of events.
#[derive(Debug, Clone)]
pub struct Sizes {
    /// Name of this node.
    pub node: String,
    /// Events that a page may have missed and still be told.
    pub ring: usize,
    /// Streams of one user at the same time.
    pub streams: usize,
}

/// The events of this node.
#[derive(Debug)]
pub struct Events {
    sizes: Sizes,
    boot: String,
    inbox: Arc<Inbox>,
    state: Mutex<State>,
    sent: AtomicU64,
}

#[derive(Debug)]
struct State {
    ring: Ring,
    seats: Seats,
    is_over: bool,
}

/// A stream that begins.
#[derive(Debug)]
pub struct Joined {
    /// Its place; it is told until this is dropped.
    pub seat: Seat,
    /// Whether it goes on where the page was.
    pub verdict: Verdict,
    /// Where it begins.
    pub at: Position,
    /// What the page missed, if that is known.
    pub missed: Vec<PushedEvent>,
}

impl Events {
    /// Starts the task; it ends with what is returned.
    #[must_use]
    pub fn start(sizes: Sizes) -> Arc<Self> {
        let events = Arc::new(Self::new(sizes));
        tokio::spawn(run(Arc::downgrade(&events), events.inbox.clone()));
        events
    }

    fn new(sizes: Sizes) -> Self {
        let state = State {
            ring: Ring::new(sizes.ring),
            seats: Seats::default(),
            is_over: false,
        };
        Self {
            sizes,
            boot: uuid::Uuid::new_v4().simple().to_string()[..8].to_owned(),
            inbox: Arc::default(),
            state: Mutex::new(state),
            sent: AtomicU64::new(0),
        }
    }

    /// Where changes go in.
    #[must_use]
    pub fn inbox(&self) -> &Arc<Inbox> {
        &self.inbox
    }

    /// Streams that are open.
    #[must_use]
    pub fn streams(&self) -> u64 {
        self.lock().seats.count() as u64
    }

    /// Events that were handed to streams.
    #[must_use]
    pub fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Opens a stream; whoever opens it has checked whose sessions these are.
    ///
    /// # Errors
    /// [`Failed::RateLimited`] if the user has too many.
    pub fn join(
        self: &Arc<Self>,
        wanted: Subscription,
        after: Option<&Position>,
    ) -> Result<Joined, Failed> {
        let mut state = self.lock();
        if state.seats.of_user(&wanted.user) >= self.sizes.streams {
            let text = "too many event streams of this user".to_owned();
            return Err(Failed::RateLimited(text));
        }
        let own = after.filter(|at| at.node == self.sizes.node && at.boot == self.boot);
        let missed = own.and_then(|at| {
            let missed = state.ring.after(at.n)?;
            let own = missed.filter(|told| wanted.wants(told.lane, &told.moved));
            Some(own.cloned().collect::<Vec<_>>())
        });
        let head = state.ring.head();
        let (verdict, n) = match (&missed, own) {
            (Some(_), Some(own)) => (Verdict::Ok, own.n),
            _ => (Verdict::Gap, head),
        };
        let outbox = Arc::new(Outbox::default());
        if state.is_over {
            outbox.end();
        }
        let missed = missed.unwrap_or_default();
        self.count(missed.len());
        let key = state.seats.add(wanted, outbox.clone());
        Ok(Joined {
            seat: Seat {
                events: self.clone(),
                key,
                outbox,
            },
            verdict,
            at: self.position(n),
            missed,
        })
    }

    /// Ends every stream, and those that come.
    pub fn end(&self) {
        let mut state = self.lock();
        state.is_over = true;
        state.seats.all().for_each(Outbox::end);
    }

    /// A place in this node's events.
    #[must_use]
    pub fn position(&self, n: u64) -> Position {
        Position {
            node: self.sizes.node.clone(),
            boot: self.boot.clone(),
            n,
        }
    }

    /// Tells what is due; `now` is in milliseconds of any one clock.
    fn tell(&self, pace: &mut Pace, now: u64) {
        let waiting = self.inbox.take();
        for moved in waiting.moved.values() {
            pace.offer(now, moved);
        }
        let mut state = self.lock();
        if waiting.is_resync {
            let head = state.ring.head();
            state.seats.all().for_each(|outbox| outbox.lose(head));
        }
        for (lane, moved) in pace.due(now) {
            let data = serde_json::to_string(&moved.update).unwrap_or_default();
            let write = |n| {
                let id = self.position(n);
                format!("id: {id}\nevent: {UPDATED}\ndata: {data}\n\n")
            };
            let told = state.ring.add(lane, moved, write);
            let mut count = 0;
            for outbox in state.seats.that_want(lane, &told.moved) {
                outbox.put(told.clone());
                count += 1;
            }
            self.count(count);
        }
    }

    fn count(&self, events: usize) {
        self.sent.fetch_add(events as u64, Ordering::Relaxed);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sleeps until something is to be told, and tells it.
async fn run(events: Weak<Events>, inbox: Arc<Inbox>) {
    let watch = clock::stopwatch();
    let now = || u64::try_from(watch.elapsed().as_millis()).unwrap_or(u64::MAX);
    let mut pace = Pace::default();
    loop {
        match pace.next() {
            None => inbox.news().await,
            Some(at) => {
                let wait = Duration::from_millis(at.saturating_sub(now()));
                let _ = tokio::time::timeout(wait, inbox.news()).await;
            }
        }
        let Some(events) = events.upgrade() else {
            return;
        };
        events.tell(&mut pace, now());
    }
}

/// The place of a stream; dropping it leaves.
#[derive(Debug)]
pub struct Seat {
    events: Arc<Events>,
    key: u64,
    outbox: Arc<Outbox>,
}

impl Seat {
    /// Waits until there is something to send.
    pub async fn news(&self) {
        self.outbox.news().await;
    }

    /// Takes what is to be sent, and the position after it.
    #[must_use]
    pub fn take(&self) -> (Drained, Position) {
        // What is numbered up to here is in the outbox already, as far as it is for this stream.
        let head = self.events.lock().ring.head();
        let drained = self.outbox.take();
        (drained, self.events.position(head))
    }

    /// A place in the node's events.
    #[must_use]
    pub fn position(&self, n: u64) -> Position {
        self.events.position(n)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.events.lock().seats.remove(self.key);
    }
}

#[cfg(test)]
mod tests {
    use super::super::inbox::tests::{moved, session};
    use super::*;

    fn events(ring: usize) -> Arc<Events> {
        Arc::new(Events::new(Sizes {
            node: "a".to_owned(),
            ring,
            streams: 3,
        }))
    }

    fn wants(user: &str, sessions: &[u32], is_list: bool) -> Subscription {
        Subscription {
            user: user.to_owned(),
            sessions: sessions.iter().copied().map(session).collect(),
            is_list,
        }
    }

    fn revisions(events: &[PushedEvent]) -> Vec<u64> {
        let number = |event: &PushedEvent| {
            let data = event.text.split("data: ").nth(1).unwrap();
            serde_json::from_str::<domain::push::SessionUpdated>(data)
                .unwrap()
                .revision
        };
        events.iter().map(number).collect()
    }

    /// Publishes revisions of a session, a second apart.
    fn publish(events: &Events, pace: &mut Pace, owner: &str, n: u32, revisions: &[u64]) {
        for revision in revisions {
            events.inbox.publish(moved(owner, n, *revision));
            events.tell(pace, revision * 1000);
        }
    }

    #[test]
    fn a_stream_is_told_what_it_asked_for_and_nothing_of_others() {
        let (events, mut pace) = (events(100), Pace::default());
        let one = events.join(wants("ann", &[1], false), None).unwrap();
        let all = events.join(wants("ann", &[1], true), None).unwrap();
        let bob = events.join(wants("bob", &[], true), None).unwrap();
        assert_eq!(one.verdict, Verdict::Gap);
        publish(&events, &mut pace, "ann", 1, &[1, 2]);
        publish(&events, &mut pace, "ann", 2, &[9]);
        assert_eq!(revisions(&one.seat.take().0.events), [1, 2]);
        assert_eq!(revisions(&all.seat.take().0.events), [1, 2, 9], "each once");
        assert!(bob.seat.take().0.events.is_empty());
        assert_eq!((events.streams(), events.sent()), (3, 5));
        drop((one, all, bob));
        assert_eq!(events.streams(), 0);
    }

    #[test]
    fn a_stream_goes_on_where_it_was_or_says_that_there_is_a_gap() {
        let (events, mut pace) = (events(6), Pace::default());
        publish(&events, &mut pace, "ann", 1, &[1, 2]);
        let at = events.join(wants("ann", &[1], false), None).unwrap().at;
        publish(&events, &mut pace, "ann", 1, &[3, 4]);
        let again = |at: &Position| events.join(wants("ann", &[1], false), Some(at)).unwrap();
        let joined = again(&at);
        assert_eq!((joined.verdict, &joined.at), (Verdict::Ok, &at));
        assert_eq!(revisions(&joined.missed), [3, 4]);
        assert_eq!(again(&joined.seat.take().1).missed.len(), 0);
        for other in [("b", &at.boot), ("a", &"0".to_owned())] {
            let (node, boot) = (other.0.to_owned(), other.1.clone());
            let elsewhere = Position { node, boot, ..at };
            assert_eq!(again(&elsewhere).verdict, Verdict::Gap);
        }
        publish(&events, &mut pace, "ann", 1, &[5, 6]);
        let joined = again(&at);
        assert_eq!((joined.verdict, joined.missed.len()), (Verdict::Gap, 0));
        assert_eq!(joined.at.n, 12);
    }

    #[test]
    fn a_user_has_so_many_streams_and_another_one_still_gets_one() {
        let events = events(6);
        let join = |user| events.join(wants(user, &[], true), None);
        let held: Vec<_> = (0..3).map(|_| join("ann").unwrap()).collect();
        assert!(matches!(join("ann"), Err(Failed::RateLimited(_))));
        assert!(join("bob").is_ok());
        drop(held);
        assert!(join("ann").is_ok());
    }

    #[test]
    fn settings_that_changed_make_everybody_ask_and_the_end_is_told_to_all() {
        let (events, mut pace) = (events(6), Pace::default());
        let one = events.join(wants("ann", &[1], false), None).unwrap();
        events.inbox.resync();
        events.tell(&mut pace, 0);
        assert_eq!(one.seat.take().0.lost, Some(0));
        events.end();
        assert!(one.seat.take().0.is_over);
        let late = events.join(wants("ann", &[1], false), None).unwrap();
        assert!(late.seat.take().0.is_over);
    }

    #[tokio::test]
    async fn a_change_that_is_published_reaches_the_stream_by_itself() {
        let events = Events::start(events(6).sizes.clone());
        let one = events.join(wants("ann", &[1], false), None).unwrap();
        for revision in 1..=50 {
            events.inbox.publish(moved("ann", 1, revision));
        }
        let last = async {
            loop {
                one.seat.news().await;
                if revisions(&one.seat.take().0.events).last() == Some(&50) {
                    return;
                }
            }
        };
        let patience = Duration::from_secs(10);
        tokio::time::timeout(patience, last).await.unwrap();
    }
}
