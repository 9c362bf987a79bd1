//! Someone on the page who listens: what it is told of what the tab hears.
use super::{Signal, Topic};
use domain::id::SessionId;
use domain::push::{SessionUpdated, StreamedChanges, Wants};
use std::rc::Rc;

/// Someone who listens.
pub(super) struct Listening {
    /// To what.
    pub(super) topic: Topic,
    /// Tells it.
    pub(super) call: Rc<dyn Fn(Signal)>,
    /// Whether changes are told to it.
    is_told: bool,
    /// Whether nothing was told for a while, so that something may be missing.
    is_behind: bool,
    /// Whether it is not to hear of its session now.
    is_muted: bool,
}

impl Listening {
    /// Was told nothing yet.
    pub(super) fn new(topic: Topic, call: impl Fn(Signal) + 'static) -> Self {
        Self {
            topic,
            call: Rc::new(call),
            is_told: false,
            is_behind: true,
            is_muted: false,
        }
    }

    /// The stream is open and tells of these.
    pub(super) fn opened(&mut self, is_gap: bool, wants: &Wants) -> Option<Signal> {
        if !wants.covers(&self.topic.wants()) {
            return self.lose();
        }
        let is_behind = std::mem::take(&mut self.is_behind);
        self.is_told = true;
        let is_gap = (is_gap || is_behind) && !self.is_muted && !self.is_brought_up(wants);
        Some(Signal::Opened { is_gap })
    }

    /// Whether the stream begins with what is missing here.
    fn is_brought_up(&self, wants: &Wants) -> bool {
        match &self.topic {
            Topic::Session(id, held) => wants.held.get(id).is_some_and(|since| *since <= held()),
            Topic::List => false,
        }
    }

    /// Whether it is for this session.
    pub(super) fn shows(&self, id: &SessionId) -> bool {
        matches!(&self.topic, Topic::Session(shown, _) if shown == id)
    }

    /// The stream brought changes of a session.
    pub(super) fn changes(&self, changes: &StreamedChanges) -> Option<Signal> {
        let is_for_it = self.shows(&changes.update.session_id) && !self.is_muted;
        is_for_it.then(|| Signal::Changes(changes.body.clone()))
    }

    /// A session changed.
    pub(super) fn updated(&self, update: &SessionUpdated) -> Option<Signal> {
        let is_for_it = match &self.topic {
            Topic::Session(id, _) => *id == update.session_id && !self.is_muted,
            Topic::List => true,
        };
        is_for_it.then(|| Signal::Updated(update.clone()))
    }

    /// Nothing more is told.
    pub(super) fn lose(&mut self) -> Option<Signal> {
        self.is_behind = true;
        std::mem::take(&mut self.is_told).then_some(Signal::Lost)
    }

    /// Mutes this session, or lets it be heard again, and of what was missed.
    pub(super) fn mute(&mut self, id: &SessionId, is_muted: bool) -> Option<Signal> {
        if !self.shows(id) {
            return None;
        }
        self.is_muted = is_muted;
        (self.is_told && !is_muted).then_some(Signal::Opened { is_gap: true })
    }
}
