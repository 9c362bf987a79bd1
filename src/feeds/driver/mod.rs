//! Executes what the sync core decides: one timer, requests that can be given up, listeners.
mod presence;
mod requests;

use crate::api::error::{ApiError, Code};
use crate::browser::events::Listener;
use crate::browser::fetch::Pending;
use crate::browser::timer::TimerSlot;
use crate::browser::{clock, page};
use crate::feeds::kept::wall;
use crate::feeds::notify;
use crate::feeds::source::Source;
use domain::session::Phase;
use domain::sync::{Core, Effect, Event, Kept, Machine, Mono, OpId, ReqId, SyncView};
use leptos::task::spawn_local;
use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;

/// A wake-up later than this, or clocks further apart than this: the machine slept.
const SLEPT_MS: u64 = 5000;

/// Keeps a source fresh while it lives.
pub(in crate::feeds) struct Driver<S: Source> {
    state: Rc<RefCell<State<S>>>,
}

impl<S: Source> Clone for Driver<S> {
    fn clone(&self) -> Self {
        Self {
            state: self.state.clone(),
        }
    }
}

struct State<S: Source> {
    machine: Machine,
    source: Rc<S>,
    timer: TimerSlot,
    pending: HashMap<ReqId, Pending>,
    parked: HashMap<ReqId, S::Answer>,
    refusals: HashMap<OpId, ApiError>,
    events: VecDeque<Event>,
    is_stepping: bool,
    /// Whether the page was left: its signals are gone.
    is_stopped: bool,
    shown: Option<SyncView>,
    /// Wall clock minus monotonic clock; jumps when the machine slept.
    offset: u64,
    listeners: Vec<Listener>,
    /// Whether the browser put the page away and may bring it back as it was.
    is_away: bool,
    /// When the counts were reported last.
    reported: u64,
}

/// What the core has to know of data that waits for it.
struct Parked {
    version: u64,
    phase: Phase,
    is_applicable: bool,
}

impl Parked {
    /// The event that a request was answered with it.
    fn fetched(self, id: ReqId, bytes: u64) -> Event {
        Event::FetchOk {
            id,
            version: self.version,
            phase: self.phase,
            is_applicable: self.is_applicable,
            bytes,
        }
    }
}

impl<S: Source> Driver<S> {
    /// Starts to keep a source fresh.
    pub(in crate::feeds) fn start(core: Core, source: S, first: Event) -> Self {
        let state = State {
            machine: Machine::new(core, page::random()),
            source: Rc::new(source),
            timer: TimerSlot::default(),
            pending: HashMap::new(),
            parked: HashMap::new(),
            refusals: HashMap::new(),
            events: VecDeque::new(),
            is_stepping: false,
            is_stopped: false,
            shown: None,
            offset: clock::wall_ms().saturating_sub(clock::mono_ms()),
            listeners: Vec::new(),
            is_away: false,
            reported: clock::mono_ms(),
        };
        let driver = Self {
            state: Rc::new(RefCell::new(state)),
        };
        driver.listen();
        driver.dispatch(Event::Visible(notify::is_watched()));
        driver.dispatch(first);
        driver
    }

    /// What the tab's memory should know of the data when the page is left.
    pub(in crate::feeds) fn kept(&self) -> Option<Kept> {
        self.state.borrow().machine.core().kept()
    }

    /// The recorded events, as JSON: a report of a fault that can be replayed.
    pub(in crate::feeds) fn log(&self) -> String {
        let state = self.state.borrow();
        serde_json::to_string_pretty(state.machine.log()).unwrap_or_default()
    }

    /// Ends everything; later answers count for nothing.
    pub(in crate::feeds) fn stop(&self) {
        self.dispatch(Event::Unmount);
        self.report();
        let mut state = self.state.borrow_mut();
        state.listeners.clear();
        state.timer.clear();
        state.is_stopped = true;
    }

    /// Takes an event; those that come up meanwhile follow in order.
    pub(in crate::feeds) fn dispatch(&self, event: Event) {
        {
            let Ok(mut state) = self.state.try_borrow_mut() else {
                return;
            };
            if state.is_stopped {
                return;
            }
            state.events.push_back(event);
            if std::mem::replace(&mut state.is_stepping, true) {
                return;
            }
        }
        while let Some(effects) = self.step() {
            for effect in effects {
                self.execute(effect);
            }
            self.show();
        }
        self.report_in_time();
    }

    fn step(&self) -> Option<Vec<Effect>> {
        let mut state = self.state.borrow_mut();
        let Some(event) = state.events.pop_front() else {
            state.is_stepping = false;
            return None;
        };
        let now = Mono(clock::mono_ms());
        Some(state.machine.step(now, wall(), event))
    }

    fn show(&self) {
        let (source, view) = {
            let mut state = self.state.borrow_mut();
            let view = state.machine.core().view();
            if state.shown == Some(view) {
                return;
            }
            state.shown = Some(view);
            (state.source.clone(), view)
        };
        source.show(view);
    }

    fn source(&self) -> Rc<S> {
        self.state.borrow().source.clone()
    }

    fn execute(&self, effect: Effect) {
        match effect {
            Effect::Fetch {
                id,
                cause,
                is_conditional,
            } => self.fetch(id, cause, is_conditional),
            Effect::Abort(id) => self.give_up(id),
            Effect::WakeAt(at) => self.wake_at(at),
            Effect::Accept(id) => {
                let answer = self.state.borrow_mut().parked.remove(&id);
                if let Some(answer) = answer {
                    self.source().apply(answer);
                }
            }
            Effect::Revalidated(id) => {
                let answer = self.state.borrow_mut().parked.remove(&id);
                if let Some(answer) = answer {
                    self.source().confirm(answer);
                }
            }
            Effect::Discard(id) => {
                self.state.borrow_mut().parked.remove(&id);
            }
            Effect::SendOp(op) => self.send(op),
            Effect::OpSettled(op) => self.source().settled(op),
            Effect::OpRolledBack(op) => {
                let reason = self.state.borrow_mut().refusals.remove(&op);
                self.source().rolled_back(op, reason);
            }
            Effect::Incident(incident) => self.source().report(incident),
            Effect::Persist => self.source().persist(),
            Effect::Forget => self.source().forget(),
        }
    }

    fn wake_at(&self, at: Option<Mono>) {
        let driver = self.clone();
        let mut state = self.state.borrow_mut();
        let Some(at) = at else {
            return state.timer.clear();
        };
        let wait = at.since(Mono(clock::mono_ms()));
        state.timer.set(wait, move || driver.woke(at));
    }

    fn woke(&self, due: Mono) {
        let now = clock::mono_ms();
        let offset = clock::wall_ms().saturating_sub(now);
        let before = std::mem::replace(&mut self.state.borrow_mut().offset, offset);
        let slept = offset > before + SLEPT_MS || now > due.0 + SLEPT_MS;
        if slept {
            self.dispatch(Event::Resumed);
        }
        self.dispatch(Event::Tick);
    }

    /// Keeps an answer until the core says what becomes of it.
    fn park(&self, id: ReqId, parsed: S::Answer) -> Parked {
        let (version, phase) = S::version(&parsed);
        let is_applicable = self.source().fits(&parsed);
        let config = S::config(&parsed);
        let mut state = self.state.borrow_mut();
        state.events.push_back(Event::Configure(config));
        state.parked.insert(id, parsed);
        Parked {
            version,
            phase,
            is_applicable,
        }
    }

    fn send(&self, op: OpId) {
        let sent = self.source().send(op);
        let driver = self.clone();
        spawn_local(async move {
            let event = match sent.await {
                Ok((version, phase)) => Event::OpOk { op, version, phase },
                Err(error) => {
                    let event = Event::OpErr {
                        op,
                        is_conflict: error.error == Code::Conflict,
                        version: error.current.as_ref().map(|session| session.revision),
                    };
                    driver.state.borrow_mut().refusals.insert(op, error);
                    event
                }
            };
            driver.dispatch(event);
        });
    }
}
