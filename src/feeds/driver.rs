//! Executes what the sync core decides: one timer, requests that can be given up, listeners.
use super::source::{Source, error_of, kind_of};
use crate::api::error::ApiError;
use crate::browser::events::{Listener, on_document, on_window};
use crate::browser::fetch::{Answer, Pending};
use crate::browser::timer::TimerSlot;
use crate::browser::{clock, page};
use domain::sync::{Cause, Core, Effect, ErrKind, Event, Mono, OpId, ReqId, SyncView};
use leptos::task::spawn_local;
use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;

/// A wake-up later than this, or clocks further apart than this: the machine slept.
const SLEPT_MS: u64 = 5000;

/// Keeps a source fresh while it lives.
pub(super) struct Driver<S: Source> {
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
    core: Core,
    source: Rc<S>,
    timer: TimerSlot,
    pending: HashMap<ReqId, Pending>,
    parked: HashMap<ReqId, S::Answer>,
    refusals: HashMap<OpId, ApiError>,
    events: VecDeque<Event>,
    is_stepping: bool,
    shown: Option<SyncView>,
    /// Wall clock minus monotonic clock; jumps when the machine slept.
    offset: u64,
    listeners: Vec<Listener>,
}

impl<S: Source> Driver<S> {
    /// Starts to keep a source fresh.
    pub(super) fn start(core: Core, source: S, first: Event) -> Self {
        let state = State {
            core,
            source: Rc::new(source),
            timer: TimerSlot::default(),
            pending: HashMap::new(),
            parked: HashMap::new(),
            refusals: HashMap::new(),
            events: VecDeque::new(),
            is_stepping: false,
            shown: None,
            offset: clock::wall_ms().saturating_sub(clock::mono_ms()),
            listeners: Vec::new(),
        };
        let driver = Self {
            state: Rc::new(RefCell::new(state)),
        };
        driver.listen();
        driver.dispatch(Event::Visible(page::is_visible()));
        driver.dispatch(first);
        driver
    }

    fn listen(&self) {
        let on = |driver: &Self, event: fn() -> Event| {
            let driver = driver.clone();
            move || driver.dispatch(event())
        };
        let listeners = [
            on_document(
                "visibilitychange",
                on(self, || Event::Visible(page::is_visible())),
            ),
            on_window("online", on(self, || Event::Online(true))),
            on_window("offline", on(self, || Event::Online(false))),
            on_window("pageshow", on(self, || Event::Visible(page::is_visible()))),
            on_document("resume", on(self, || Event::Resumed)),
        ];
        self.state.borrow_mut().listeners = listeners.into_iter().flatten().collect();
    }

    /// Ends everything; later answers count for nothing.
    pub(super) fn stop(&self) {
        self.dispatch(Event::Unmount);
        let mut state = self.state.borrow_mut();
        state.listeners.clear();
        state.timer.clear();
    }

    /// Takes an event; those that come up meanwhile follow in order.
    pub(super) fn dispatch(&self, event: Event) {
        {
            let Ok(mut state) = self.state.try_borrow_mut() else {
                return;
            };
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
    }

    fn step(&self) -> Option<Vec<Effect>> {
        let mut state = self.state.borrow_mut();
        let Some(event) = state.events.pop_front() else {
            state.is_stepping = false;
            return None;
        };
        let now = Mono(clock::mono_ms());
        Some(state.core.step(now, event))
    }

    fn show(&self) {
        let (source, view) = {
            let mut state = self.state.borrow_mut();
            let view = state.core.view();
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
                is_conditional,
                cause,
            } => self.fetch(id, is_conditional, cause),
            Effect::Abort(id) => {
                if let Some(pending) = self.state.borrow_mut().pending.remove(&id) {
                    pending.abort();
                }
            }
            Effect::WakeAt(at) => self.wake_at(at),
            Effect::Accept(id) => {
                let answer = self.state.borrow_mut().parked.remove(&id);
                if let Some(answer) = answer {
                    self.source().apply(answer);
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

    fn fetch(&self, id: ReqId, is_conditional: bool, _cause: Cause) {
        let source = self.source();
        let pending = Pending::new();
        let etag = source.etag().filter(|_| is_conditional);
        let answer = pending.get(&source.url(is_conditional), etag.as_deref());
        self.state.borrow_mut().pending.insert(id, pending);
        let driver = self.clone();
        spawn_local(async move {
            let answer = answer.await;
            let was_given_up = driver.state.borrow_mut().pending.remove(&id).is_none();
            if !was_given_up {
                let event = driver.understand(id, answer);
                driver.dispatch(event);
            }
        });
    }

    fn understand(&self, id: ReqId, answer: Option<Answer>) -> Event {
        let failed = |kind, retry_after_ms| Event::FetchErr {
            id,
            kind,
            retry_after_ms,
        };
        let Some(answer) = answer else {
            return failed(ErrKind::Network, None);
        };
        if answer.status == 304 {
            return Event::FetchNotModified { id };
        }
        if answer.status != 200 {
            let Some(error) = error_of(&answer.body) else {
                let kind = if answer.status >= 500 {
                    ErrKind::Server
                } else {
                    ErrKind::Undecodable
                };
                return failed(kind, answer.retry_after_ms);
            };
            let (kind, wait) = (
                kind_of(error.error),
                error.retry_after_ms.or(answer.retry_after_ms),
            );
            self.source().note(error);
            return failed(kind, wait);
        }
        let Ok(parsed) = serde_json::from_str::<S::Answer>(&answer.body) else {
            return failed(ErrKind::Undecodable, None);
        };
        let (version, phase) = S::version(&parsed);
        let is_applicable = self.source().fits(&parsed);
        let config = S::config(&parsed);
        let mut state = self.state.borrow_mut();
        state.events.push_back(Event::Configure(config));
        state.parked.insert(id, parsed);
        Event::FetchOk {
            id,
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
                    driver.state.borrow_mut().refusals.insert(op, error);
                    Event::OpErr { op }
                }
            };
            driver.dispatch(event);
        });
    }
}
