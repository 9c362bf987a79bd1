//! One stream as it is written: changes and new revisions, signs of life, and the end with a word.
use super::gzip::{Encoding, Parts};
use axum::body::Bytes;
use backend::console::{Caller, Console};
use backend::events::{Drained, Joined, PushedEvent, Seat};
use domain::id::SessionId;
use domain::push::{BEAT, BYE, CHANGES, Position, RESUME, Resume, UPDATED, Verdict};
use domain::push::{SessionUpdated, VERSION};
use futures::stream::{Stream as ByteStream, unfold};
use std::collections::HashMap;
use std::convert::Infallible;
use std::pin::Pin;
use std::time::Duration;
use tokio::time::{Interval, MissedTickBehavior, Sleep, interval, sleep};

/// How far the life of a stream and the wait before the next may be off, in percent, so that
/// streams that began together do not end together.
const LIFE_PERCENT: u64 = 10;
const RETRY_PERCENT: u64 = 20;

/// A stream under way.
pub(super) struct Stream {
    console: Console,
    /// The login that opened it.
    cookie: String,
    caller: Caller,
    seat: Seat,
    /// The revision that the reader has of each session whose changes come along.
    held: HashMap<SessionId, u64>,
    first: Option<(String, Position, Vec<PushedEvent>)>,
    beats: Interval,
    life: Pin<Box<Sleep>>,
    encoding: Encoding,
    is_over: bool,
}

impl Stream {
    /// A stream of a caller and its cookie; `held` are the revisions that the reader has.
    pub(super) fn new(
        console: Console,
        (caller, cookie): (&Caller, &str),
        joined: Joined,
        (held, encoding): (HashMap<SessionId, u64>, Encoding),
    ) -> Self {
        let limits = &console.setup().limits;
        let mut first = format!("retry: {}\n", near(limits.event_retry_ms, RETRY_PERCENT));
        first.push_str(&resume(&joined.at, joined.verdict));
        let mut beats = interval(Duration::from_millis(limits.event_beat_ms.max(1)));
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        beats.reset();
        let life = near(limits.event_life_ms, LIFE_PERCENT);
        Self {
            cookie: cookie.to_owned(),
            caller: caller.clone(),
            seat: joined.seat,
            held,
            first: Some((first, joined.at, joined.missed)),
            beats,
            life: Box::pin(sleep(Duration::from_millis(life))),
            encoding,
            is_over: false,
            console,
        }
    }

    /// Whether it is compressed.
    pub(super) fn is_packed(&self) -> bool {
        matches!(self.encoding, Encoding::Gzip(_))
    }

    /// The parts of the answer's body, each as it comes up.
    pub(super) fn into_parts(self) -> impl ByteStream<Item = Result<Bytes, Infallible>> {
        unfold(self, |mut stream| async {
            let parts = stream.next().await?;
            let bytes = stream.encoding.bytes(&parts, stream.is_over);
            Some((Ok(bytes), stream))
        })
    }

    async fn next(&mut self) -> Option<Parts> {
        if let Some((text, at, missed)) = self.first.take() {
            let mut parts = Parts::default();
            parts.text(&text);
            self.catch_up(&at, &mut parts).await;
            self.write_events(&missed, &mut parts).await;
            return Some(parts);
        }
        while !self.is_over {
            let parts = tokio::select! {
                () = self.seat.news() => self.news().await,
                _ = self.beats.tick() => self.beat().await,
                () = &mut self.life => self.bye(),
            };
            if !parts.is_empty() {
                return Some(parts);
            }
        }
        None
    }

    async fn news(&mut self) -> Parts {
        let (drained, _) = self.seat.take();
        self.written(&drained).await
    }

    /// Says that the stream is alive, and up to where nothing is missing; a login that ended ends
    /// it.
    async fn beat(&mut self) -> Parts {
        let caller = self.console.caller(&self.cookie).await;
        let is_gone = match caller {
            Ok(caller) => caller.is_none_or(|caller| caller.user() != self.caller.user()),
            // A store that is away for a moment ends nobody's login.
            Err(_) => false,
        };
        if is_gone {
            return self.bye();
        }
        let (drained, at) = self.seat.take();
        let mut parts = self.written(&drained).await;
        if !self.is_over {
            parts.text(&format!("id: {at}\nevent: {BEAT}\ndata: {{}}\n\n"));
        }
        parts
    }

    async fn written(&mut self, drained: &Drained) -> Parts {
        let mut parts = Parts::default();
        if let Some(n) = drained.lost {
            let at = self.seat.position(n);
            parts.text(&resume(&at, Verdict::Gap));
            self.catch_up(&at, &mut parts).await;
        }
        self.write_events(&drained.events, &mut parts).await;
        if drained.is_over {
            parts.text(&self.farewell());
        }
        parts
    }

    /// Brings what the reader misses; if that is nothing, the reader knows then that it is up to
    /// date.
    async fn catch_up(&mut self, at: &Position, parts: &mut Parts) {
        let sessions: Vec<SessionId> = self.held.keys().cloned().collect();
        for id in sessions {
            let Ok(head) = self.console.head(&self.caller, &id) else {
                continue;
            };
            let update = SessionUpdated {
                v: VERSION,
                session_id: id,
                updated_at: self.console.setup().clock.now(),
                revision: head.revision,
            };
            let is_written = match self.held.get(&update.session_id) {
                Some(held) if *held > update.revision => false,
                held => {
                    let since = held.copied().unwrap_or_default();
                    self.write_since(&update, since, at, parts).await
                }
            };
            if !is_written {
                let data = serde_json::to_string(&update).unwrap_or_default();
                parts.text(&format!("id: {at}\nevent: {UPDATED}\ndata: {data}\n\n"));
            }
        }
    }

    async fn write_events(&mut self, events: &[PushedEvent], parts: &mut Parts) {
        for event in events {
            let at = self.seat.position(event.n);
            if !self.write_changes(&event.moved.update, &at, parts).await {
                parts.text(&event.text);
            }
        }
    }

    /// Writes the changes that lead to a revision; says whether the reader has it then.
    async fn write_changes(
        &mut self,
        update: &SessionUpdated,
        at: &Position,
        parts: &mut Parts,
    ) -> bool {
        match self.held.get(&update.session_id) {
            None => false,
            Some(held) if *held >= update.revision => true,
            Some(held) => self.write_since(update, *held, at, parts).await,
        }
    }

    async fn write_since(
        &mut self,
        update: &SessionUpdated,
        since: u64,
        at: &Position,
        parts: &mut Parts,
    ) -> bool {
        let id = &update.session_id;
        self.held.insert(id.clone(), update.revision);
        let wanted = (since, update.revision);
        let Ok(Some(changes)) = self.console.changes(&self.caller, id, wanted).await else {
            return false;
        };
        self.held.insert(id.clone(), changes.revision);
        parts.text(&format!("id: {at}\nevent: {CHANGES}\ndata: "));
        parts.changes(changes);
        parts.text("\n\n");
        true
    }

    fn bye(&mut self) -> Parts {
        let mut parts = Parts::default();
        parts.text(&self.farewell());
        parts
    }

    fn farewell(&mut self) -> String {
        self.is_over = true;
        let retry = near(self.console.setup().limits.event_retry_ms, RETRY_PERCENT);
        format!("retry: {retry}\nevent: {BYE}\ndata: {{}}\n\n")
    }
}

fn resume(at: &Position, verdict: Verdict) -> String {
    let data = serde_json::to_string(&Resume { verdict }).unwrap_or_default();
    format!("id: {at}\nevent: {RESUME}\ndata: {data}\n\n")
}

/// A duration that is off by up to this many percent, either way.
fn near(ms: u64, percent: u64) -> u64 {
    let spread = ms / 100 * percent;
    let (_, chance) = uuid::Uuid::new_v4().as_u64_pair();
    ms - spread + chance % (2 * spread + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_differ_and_stay_near() {
        let all: Vec<u64> = (0..200).map(|_| near(10_000, 10)).collect();
        assert!(all.iter().all(|ms| (9000..=11_000).contains(ms)));
        assert!(all.iter().max() > all.iter().min());
        assert_eq!(near(50, 10), 50);
    }
}
