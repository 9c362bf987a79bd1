//! Requests of the driver: what another tab read is taken, all else is asked for.
use super::Driver;
use super::Parked;
use crate::api::carried::read;
use crate::browser::fetch::{Answer, Pending};
use crate::feeds::push;
use crate::feeds::source::Source;
use crate::feeds::understood::Understood;
use domain::sync::{Cause, Event, ReqId};
use leptos::task::spawn_local;

impl<S: Source> Driver<S> {
    /// Asks; after a push only if no other tab of this browser asks the same.
    pub(super) fn fetch(&self, id: ReqId, cause: Cause, is_conditional: bool) {
        let request = Pending::new();
        self.state.borrow_mut().pending.insert(id, request);
        if S::IS_SHARED
            && cause == Cause::Push
            && is_conditional
            && let Some((session, held)) = self.source().shared()
        {
            let driver = self.clone();
            return push::ask_first(&session, held, move |heard| driver.take_or_ask(id, heard));
        }
        self.ask(id, is_conditional);
    }

    /// Gives a request up; its answer counts for nothing.
    pub(super) fn give_up(&self, id: ReqId) {
        if let Some(pending) = self.state.borrow_mut().pending.remove(&id) {
            pending.abort();
        }
    }

    /// Takes what another tab read, unless it is not to be understood.
    fn take_or_ask(&self, id: ReqId, heard: Option<String>) {
        if !self.state.borrow().pending.contains_key(&id) {
            return;
        }
        let answer = heard.map(|body| Answer {
            status: 200,
            body,
            retry_after_ms: None,
        });
        match answer.map(|answer| Understood::of(Some(answer))) {
            Some(Understood::Whole(parsed, _)) if self.source().fits(&parsed) => {
                if self.state.borrow_mut().pending.remove(&id).is_some() {
                    let event = self.park(id, parsed).fetched(id, 0);
                    self.dispatch(event);
                }
            }
            _ => self.ask(id, true),
        }
    }

    /// Takes changes that came by the stream; what cannot be read is asked for.
    pub(in crate::feeds) fn take_streamed(&self, body: &str) {
        if self.state.borrow().is_stopped {
            return;
        }
        let Ok(parsed) = read::<S::Answer>(body) else {
            return self.dispatch(Event::PushOpened { is_gap: true });
        };
        let bytes = body.len() as u64;
        let Parked {
            version,
            phase,
            is_applicable,
        } = self.park(ReqId::STREAM, parsed);
        self.dispatch(Event::Streamed {
            version,
            phase,
            is_applicable,
            bytes,
        });
    }

    fn ask(&self, id: ReqId, is_conditional: bool) {
        if self.state.borrow().is_stopped {
            return;
        }
        let source = self.source();
        let etag = source.etag().filter(|_| is_conditional);
        let url = source.url(is_conditional);
        let request = |pending: &Pending| pending.get(&url, etag.as_deref());
        let Some(answer) = self.state.borrow().pending.get(&id).map(request) else {
            return;
        };
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
        let body = match &answer {
            Some(answer) if S::IS_SHARED && answer.status == 200 => answer.body.clone(),
            _ => String::new(),
        };
        match Understood::of(answer) {
            Understood::NotModified => Event::FetchNotModified { id },
            Understood::Failed(kind, retry_after_ms, error) => {
                if let Some(error) = error {
                    self.source().note(error);
                }
                Event::FetchErr {
                    id,
                    kind,
                    retry_after_ms,
                }
            }
            Understood::Whole(parsed, bytes) => {
                if S::IS_SHARED {
                    self.tell(&parsed, &body);
                }
                self.park(id, parsed).fetched(id, bytes)
            }
        }
    }

    /// Gives changes to the other tabs that show the same.
    fn tell(&self, parsed: &S::Answer, body: &str) {
        if let (Some(reading), Some((session, _))) = (S::reading(parsed), self.source().shared()) {
            push::tell_read(&session, reading, body);
        }
    }
}
