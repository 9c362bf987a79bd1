//! One stream as it is written: what is told, signs of life, and the end with a word.
use axum::body::Bytes;
use backend::console::{Caller, Console};
use backend::events::{Drained, Joined, Seat};
use domain::push::{BEAT, BYE, Position, RESUME, Resume, Verdict};
use futures::stream::{Stream as Parts, unfold};
use std::convert::Infallible;
use std::fmt::Write as _;
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
    user: String,
    seat: Seat,
    first: Option<String>,
    beats: Interval,
    life: Pin<Box<Sleep>>,
    is_over: bool,
}

impl Stream {
    pub(super) fn new(console: Console, caller: &Caller, cookie: &str, joined: Joined) -> Self {
        let limits = &console.setup().limits;
        let mut first = format!("retry: {}\n", near(limits.event_retry_ms, RETRY_PERCENT));
        first.push_str(&resume(&joined.at, joined.verdict));
        joined.missed.iter().for_each(|event| first.push_str(event));
        let mut beats = interval(Duration::from_millis(limits.event_beat_ms.max(1)));
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        beats.reset();
        let life = near(limits.event_life_ms, LIFE_PERCENT);
        Self {
            cookie: cookie.to_owned(),
            user: caller.user().to_owned(),
            seat: joined.seat,
            first: Some(first),
            beats,
            life: Box::pin(sleep(Duration::from_millis(life))),
            is_over: false,
            console,
        }
    }

    /// The parts of the answer's body, each as it comes up.
    pub(super) fn into_parts(self) -> impl Parts<Item = Result<Bytes, Infallible>> {
        unfold(self, |mut stream| async {
            let text = stream.next().await?;
            Some((Ok(Bytes::from(text)), stream))
        })
    }

    async fn next(&mut self) -> Option<String> {
        if let Some(first) = self.first.take() {
            return Some(first);
        }
        while !self.is_over {
            let text = tokio::select! {
                () = self.seat.news() => self.news(),
                _ = self.beats.tick() => self.beat().await,
                () = &mut self.life => self.bye(),
            };
            if !text.is_empty() {
                return Some(text);
            }
        }
        None
    }

    fn news(&mut self) -> String {
        let (drained, _) = self.seat.take();
        self.written(&drained)
    }

    /// Says that the stream is alive, and up to where nothing is missing; a login that ended ends
    /// it.
    async fn beat(&mut self) -> String {
        let caller = self.console.caller(&self.cookie).await;
        let is_gone = match caller {
            Ok(caller) => caller.is_none_or(|caller| caller.user() != self.user),
            // A store that is away for a moment ends nobody's login.
            Err(_) => false,
        };
        if is_gone {
            return self.bye();
        }
        let (drained, at) = self.seat.take();
        let mut text = self.written(&drained);
        if !self.is_over {
            let _ = write!(text, "id: {at}\nevent: {BEAT}\ndata: {{}}\n\n");
        }
        text
    }

    fn written(&mut self, drained: &Drained) -> String {
        let mut text = String::new();
        if let Some(n) = drained.lost {
            text.push_str(&resume(&self.seat.position(n), Verdict::Gap));
        }
        drained.events.iter().for_each(|event| text.push_str(event));
        if drained.is_over {
            text.push_str(&self.bye());
        }
        text
    }

    fn bye(&mut self) -> String {
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
