//! Executes what the tab decides: stream, lock, channel and timer, and tells those who listen.
use super::listening::Listening;
use super::wire::{self, Line};
use super::{Signal, Topic, peers};
use crate::browser::channel::Channel;
use crate::browser::events::{Listener, on_document, on_window};
use crate::browser::locks::{self, Lock};
use crate::browser::streams::{self, EventStream, Said};
use crate::browser::timer::TimerSlot;
use crate::browser::{clock, page};
use crate::feeds::notify;
use domain::id::SessionId;
use domain::push::{
    BEAT, BYE, CHANGES, Input, Output, RESUME, Reading, StreamedChanges, Tab, UPDATED, Verdict,
    Wants,
};
use domain::session::Row;
use domain::sync::{Mono, SplitMix64};
use leptos::task::spawn_local;
use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

/// Where streams are opened.
const PATH: &str = "/api/events";
/// What the tabs' lock and channel are called.
const NAME: &str = "heddle.1.push";
const EVENTS: &[&str] = &[UPDATED, CHANGES, RESUME, BEAT, BYE];

thread_local! {
    static HUB: RefCell<Option<Hub>> = const { RefCell::new(None) };
}

struct Hub {
    tab: Tab,
    rng: SplitMix64,
    listening: BTreeMap<u32, Listening>,
    next: u32,
    inputs: VecDeque<Input>,
    is_stepping: bool,
    stream: Option<EventStream>,
    lock: Option<Lock>,
    channel: Option<Channel>,
    timer: TimerSlot,
    _listeners: Vec<Listener>,
}

/// Someone who listens; dropping it ends that.
#[derive(Debug)]
pub(in crate::feeds) struct Joined(u32);

impl Drop for Joined {
    fn drop(&mut self) {
        let wants = with(|hub| {
            hub.listening.remove(&self.0);
            hub.wants()
        });
        if let Some(wants) = wants {
            peers::show(&wants);
            dispatch(Input::Wants(wants));
        }
    }
}

fn with<T>(act: impl FnOnce(&mut Hub) -> T) -> Option<T> {
    HUB.with(|hub| hub.try_borrow_mut().ok()?.as_mut().map(act))
}

/// Adds someone who listens; gives what the tab wants then.
pub(super) fn add(topic: Topic, call: impl Fn(Signal) + 'static) -> (Joined, Wants) {
    if with(|_| ()).is_none() {
        let hub = Hub::new();
        HUB.with(|held| *held.borrow_mut() = Some(hub));
        dispatch(watched());
    }
    let added = with(|hub| {
        hub.next += 1;
        let listening = Listening::new(topic, call);
        hub.listening.insert(hub.next, listening);
        (Joined(hub.next), hub.wants())
    });
    added.unwrap_or((Joined(0), Wants::default()))
}

/// Whether this tab holds the stream.
pub(in crate::feeds) fn is_leading() -> bool {
    with(|hub| hub.tab.is_leading()).unwrap_or(false)
}

/// Gives the other tabs what this one read, if it is the one that reads for them.
pub(in crate::feeds) fn share(rows: &[Row]) {
    if is_leading() {
        with(|hub| hub.say(&Line::Rows(rows.to_vec())));
    }
}

/// Gives the other tabs the answer of a session that this one read, if one of them shows it.
pub(super) fn share_read(id: &SessionId, reading: Reading, body: &str) {
    with(|hub| {
        if hub.tab.is_shown_elsewhere(id) {
            hub.share_read(id, reading, body);
        }
    });
}

/// Takes what happens; what comes up meanwhile follows in order.
pub(super) fn dispatch(input: Input) {
    let is_first = with(|hub| {
        hub.inputs.push_back(input);
        !std::mem::replace(&mut hub.is_stepping, true)
    });
    if is_first != Some(true) {
        return;
    }
    while let Some(Some(outputs)) = with(Hub::step) {
        for output in outputs {
            peers::follow(&output);
            call_all(with(|hub| hub.execute(output)));
        }
    }
}

/// Tells those who listen something that the tab did not decide.
pub(super) fn tell(signal: impl Fn(&mut Listening) -> Option<Signal>) {
    call_all(with(|hub| hub.tell(signal)));
}

fn call_all(told: Option<Told>) {
    for (call, signal) in told.into_iter().flatten() {
        call(signal);
    }
}

fn watched() -> Input {
    Input::Watched {
        is_visible: page::is_visible(),
        is_watched: notify::is_watched(),
    }
}

type Told = Vec<(Rc<dyn Fn(Signal)>, Signal)>;

impl Hub {
    fn new() -> Self {
        let channel = locks::are_there()
            .then(|| Channel::open(NAME, heard))
            .flatten();
        let away = || Input::Watched {
            is_visible: false,
            is_watched: false,
        };
        let listeners = [
            on_document("visibilitychange", || dispatch(watched())),
            on_window("pagehide", move || dispatch(away())),
            on_window("pageshow", || dispatch(watched())),
            on_window("online", || dispatch(Input::Online)),
        ];
        Self {
            tab: Tab::new(page::random(), channel.is_some()),
            rng: SplitMix64::new(page::random()),
            listening: BTreeMap::new(),
            next: 0,
            inputs: VecDeque::new(),
            is_stepping: false,
            stream: None,
            lock: None,
            channel,
            timer: TimerSlot::default(),
            _listeners: listeners.into_iter().flatten().collect(),
        }
    }

    fn wants(&self) -> Wants {
        let mut all = Wants::default();
        for listening in self.listening.values() {
            all.add(&listening.topic.wants());
        }
        all
    }

    fn step(&mut self) -> Option<Vec<Output>> {
        let Some(input) = self.inputs.pop_front() else {
            self.is_stepping = false;
            return None;
        };
        let now = Mono(clock::mono_ms());
        Some(self.tab.step(now, input, &mut self.rng))
    }

    fn execute(&mut self, output: Output) -> Told {
        match output {
            Output::Lock => self.lock = locks::wait(NAME, || dispatch(Input::Granted)),
            Output::Unlock => self.lock = None,
            Output::Open(query) => {
                self.close();
                self.stream = streams::open(&format!("{PATH}?{query}"), EVENTS, said);
            }
            Output::Close => self.close(),
            Output::Say(message) => self.say(&Line::Tab(message)),
            Output::WakeAt(None) => self.timer.clear(),
            Output::WakeAt(Some(at)) => {
                let wait = at.since(Mono(clock::mono_ms()));
                self.timer.set(wait, || dispatch(Input::Tick));
            }
            Output::Opened(verdict, wants) => {
                let is_gap = verdict == Verdict::Gap;
                return self.tell(|listening| listening.opened(is_gap, &wants));
            }
            Output::Updated { update, .. } => {
                return self.tell(|listening| listening.updated(&update));
            }
            Output::Changes { changes, is_shared } => {
                if is_shared {
                    let StreamedChanges {
                        update,
                        since,
                        body,
                    } = &changes;
                    let revision = update.revision;
                    let since = *since;
                    self.share_read(&update.session_id, Reading { since, revision }, body);
                }
                return self.changes(&changes);
            }
            Output::Lost => return self.tell(Listening::lose),
        }
        Vec::new()
    }

    /// Who shows the session gets the changes; if nobody does, who follows all hears of it.
    fn changes(&mut self, changes: &StreamedChanges) -> Told {
        let id = &changes.update.session_id;
        let is_shown = self.listening.values().any(|listening| listening.shows(id));
        self.tell(|listening| match is_shown {
            true => listening.changes(changes),
            false => listening.updated(&changes.update),
        })
    }

    fn share_read(&self, id: &SessionId, reading: Reading, body: &str) {
        self.shout(&wire::answer(id, reading, body));
    }

    /// The browser may be about to return into the stream's own code.
    fn close(&mut self) {
        if let Some(stream) = self.stream.take() {
            spawn_local(async move { drop(stream) });
        }
    }

    fn say(&self, line: &Line) {
        if let Some(text) = wire::written(line) {
            self.shout(&text);
        }
    }

    fn shout(&self, text: &str) {
        if let Some(channel) = &self.channel {
            channel.say(text);
        }
    }

    fn tell(&mut self, signal: impl Fn(&mut Listening) -> Option<Signal>) -> Told {
        let all = self.listening.values_mut();
        all.filter_map(|listening| Some((listening.call.clone(), signal(listening)?)))
            .collect()
    }
}

fn heard(text: &str) {
    match wire::read(text) {
        Some(Line::Tab(message)) => dispatch(Input::Heard(message)),
        Some(Line::Rows(rows)) => tell(|_| Some(Signal::Rows(rows.clone()))),
        Some(Line::Answer(id, reading, body)) => peers::hear(&id, reading, body),
        // A tab of another version.
        None => {}
    }
}

fn said(said: Option<Said>) {
    let input = match said {
        None => Some(Input::Failed),
        Some(said) => wire::input_of(said),
    };
    if let Some(input) = input {
        dispatch(input);
    }
}
