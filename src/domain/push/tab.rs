//! One tab among the tabs of a browser: who holds the one stream, and what all are told of it.
//!
//! Pure: [`Tab::step`] takes what happens and says what to do. A tab that somebody watches waits
//! for a lock; who has it leads: it holds the stream for all tabs and passes on what it hears.
//! Without locks every tab leads for itself.
use super::{Input, Message, Output, QUIET_MS, Verdict, Wants};
use crate::id::SessionId;
use crate::sync::{Mono, Rng};
use std::collections::BTreeMap;

/// A tab that did not answer a sign of life for this long is gone, in milliseconds.
const GONE_MS: u64 = 60_000;
/// Longest wait before a stream that was ended in good order is opened again: not all browsers at
/// once.
const AGAIN_MS: u64 = 1000;
/// First and longest wait after a stream that failed; the wait doubles, and half of it is chance.
const RETRY_MS: u64 = 2000;
const RETRY_MOST_MS: u64 = 60_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Away,
    Waiting,
    Leading,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stream {
    Closed,
    /// It failed or ended; it is opened again then.
    Due(Mono),
    /// Asked for; not heard of yet.
    Opening(Wants, Mono),
    Open(Wants),
}

#[derive(Debug, Clone)]
pub(super) struct Other {
    pub(super) wants: Wants,
    pub(super) is_visible: bool,
    pub(super) heard: Mono,
}

/// A tab.
#[derive(Debug, Clone)]
pub struct Tab {
    pub(super) id: u64,
    can_share: bool,
    pub(super) is_visible: bool,
    is_watched: bool,
    pub(super) own: Wants,
    pub(super) others: BTreeMap<u64, Other>,
    pub(super) role: Role,
    pub(super) stream: Stream,
    pub(super) tries: u32,
    pub(super) at: Option<String>,
    /// What the stream tells of, and when it was heard last; none while nothing is told.
    pub(super) told: Option<(Wants, Mono)>,
    /// The revision of each session that the stream brought last.
    pub(super) revisions: BTreeMap<SessionId, u64>,
    armed: Option<Mono>,
}

impl Tab {
    /// A tab that wants nothing yet; `can_share` if the browser has locks and channels.
    #[must_use]
    pub fn new(id: u64, can_share: bool) -> Self {
        Self {
            id,
            can_share,
            is_visible: false,
            is_watched: false,
            own: Wants::default(),
            others: BTreeMap::new(),
            role: Role::Away,
            stream: Stream::Closed,
            tries: 0,
            at: None,
            told: None,
            revisions: BTreeMap::new(),
            armed: None,
        }
    }

    /// Whether this tab holds the stream, or is to.
    #[must_use]
    pub fn is_leading(&self) -> bool {
        self.role == Role::Leading
    }

    /// Takes what happens and says what to do. `now` must not go backwards.
    pub fn step(&mut self, now: Mono, input: Input, rng: &mut impl Rng) -> Vec<Output> {
        let mut out = Vec::new();
        match input {
            Input::Heard(message) => self.hear(now, message, &mut out),
            Input::Resumed(..) | Input::Updated(..) | Input::Changes(..) | Input::Beat(_)
                if self.is_leading() =>
            {
                self.listen(now, input, &mut out);
            }
            Input::Bye | Input::Failed if self.is_leading() => {
                self.end(now, input == Input::Bye, rng, &mut out);
            }
            Input::Online if self.is_leading() => self.stream = Stream::Due(now),
            Input::Tick => self.tick(now, rng, &mut out),
            Input::Granted if self.role == Role::Waiting => {
                self.role = Role::Leading;
                out.push(Output::Say(Message::Ask));
            }
            Input::Granted => out.push(Output::Unlock),
            Input::Watched {
                is_visible,
                is_watched,
            } => {
                let is_new = self.is_visible != is_visible;
                (self.is_visible, self.is_watched) = (is_visible, is_watched);
                if is_new && self.role != Role::Away && self.is_watched {
                    self.say_wants(&mut out);
                }
            }
            Input::Wants(wants) => self.want(wants, &mut out),
            Input::Resumed(..)
            | Input::Updated(..)
            | Input::Changes(..)
            | Input::Beat(_)
            | Input::Bye
            | Input::Failed
            | Input::Online => {}
        }
        self.settle(now, &mut out);
        let due = self.due();
        if due != self.armed {
            self.armed = due;
            out.push(Output::WakeAt(due));
        }
        out
    }

    fn want(&mut self, wants: Wants, out: &mut Vec<Output>) {
        self.own = wants;
        if self.role != Role::Away && !self.own.is_empty() {
            self.say_wants(out);
        }
        // Whoever came late is told as well.
        if let Some((told, _)) = &self.told
            && told.covers(&self.own)
        {
            out.push(Output::Opened(Verdict::Ok, told.clone()));
        }
    }

    pub(super) fn say_wants(&self, out: &mut Vec<Output>) {
        if self.can_share {
            out.push(Output::Say(Message::Wants {
                tab: self.id,
                wants: self.own.clone(),
                is_visible: self.is_visible,
                is_told: self.is_told(),
            }));
        }
    }

    pub(super) fn is_told(&self) -> bool {
        let told = self.told.as_ref();
        told.is_some_and(|(told, _)| told.covers(&self.own))
    }

    /// A stream that was ended in good order is opened again before anybody misses it.
    fn end(&mut self, now: Mono, is_orderly: bool, rng: &mut impl Rng, out: &mut Vec<Output>) {
        if matches!(self.stream, Stream::Closed | Stream::Due(_)) {
            return;
        }
        out.push(Output::Close);
        let wait = if is_orderly {
            rng.next_u64() % (AGAIN_MS + 1)
        } else {
            self.lose(out);
            out.push(Output::Say(Message::Lost));
            let wait = RETRY_MS.saturating_mul(1 << self.tries.min(10)) / 2;
            let wait = wait.min(RETRY_MOST_MS / 2);
            self.tries += 1;
            wait + rng.next_u64() % (wait + 1)
        };
        self.stream = Stream::Due(now.plus(wait));
    }

    pub(super) fn lose(&mut self, out: &mut Vec<Output>) {
        if self.told.take().is_some() {
            out.push(Output::Lost);
        }
    }

    fn tick(&mut self, now: Mono, rng: &mut impl Rng, out: &mut Vec<Output>) {
        self.armed = None;
        let is_quiet = self.quiet_due().is_some_and(|due| due <= now);
        if is_quiet && self.is_leading() && !matches!(self.stream, Stream::Due(_)) {
            self.end(now, false, rng, out);
        } else if is_quiet {
            self.lose(out);
        }
    }

    /// When what was heard last is too long ago.
    fn quiet_due(&self) -> Option<Mono> {
        let heard = match (&self.stream, &self.told) {
            (Stream::Opening(_, since), told) => {
                let heard = told.as_ref().map_or(*since, |(_, heard)| *heard);
                Some(heard.min(*since))
            }
            (_, Some((_, heard))) => Some(*heard),
            (_, None) => None,
        };
        heard.map(|heard| heard.plus(QUIET_MS))
    }

    fn due(&self) -> Option<Mono> {
        let again = match self.stream {
            Stream::Due(due) => Some(due),
            Stream::Closed | Stream::Opening(..) | Stream::Open(_) => None,
        };
        [again, self.quiet_due()].into_iter().flatten().min()
    }

    /// Takes part or leaves, leads or lets others lead, and opens what has to be open.
    fn settle(&mut self, now: Mono, out: &mut Vec<Output>) {
        let takes_part = self.is_watched && !self.own.is_empty();
        match self.role {
            Role::Away if takes_part && self.can_share => {
                self.role = Role::Waiting;
                out.push(Output::Lock);
                self.say_wants(out);
            }
            Role::Away if takes_part => self.role = Role::Leading,
            Role::Away => {}
            Role::Waiting | Role::Leading if !takes_part => self.leave(out),
            Role::Leading if !self.is_visible && self.others.values().any(|o| o.is_visible) => {
                // Those who wait come first; what was told so far stays true meanwhile.
                self.close(out);
                self.role = Role::Waiting;
                out.extend([Output::Unlock, Output::Lock]);
            }
            Role::Waiting | Role::Leading => {}
        }
        if self.is_leading() {
            self.open(now, out);
        }
    }

    fn leave(&mut self, out: &mut Vec<Output>) {
        self.close(out);
        self.lose(out);
        if self.can_share {
            out.push(Output::Say(Message::Wants {
                tab: self.id,
                wants: Wants::default(),
                is_visible: false,
                is_told: true,
            }));
            out.push(Output::Unlock);
        }
        self.role = Role::Away;
    }

    fn close(&mut self, out: &mut Vec<Output>) {
        if self.stream != Stream::Closed {
            self.stream = Stream::Closed;
            out.push(Output::Close);
        }
    }

    fn open(&mut self, now: Mono, out: &mut Vec<Output>) {
        self.others
            .retain(|_, other| now.since(other.heard) < GONE_MS);
        let mut wanted = self.own.clone();
        for other in self.others.values() {
            wanted.add(&other.wants);
        }
        let is_enough = match &self.stream {
            Stream::Closed => false,
            Stream::Due(due) => *due > now,
            Stream::Opening(asked, _) | Stream::Open(asked) => asked.covers(&wanted),
        };
        if !is_enough {
            for (id, held) in &mut wanted.held {
                *held = self
                    .revisions
                    .get(id)
                    .map_or(*held, |known| (*known).max(*held));
            }
            out.push(Output::Open(wanted.query(self.at.as_deref())));
            self.stream = Stream::Opening(wanted, now);
        }
    }
}
