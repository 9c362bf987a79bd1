//! What the browser does with the page: hides it, freezes it, puts it away; and reports in time.
use super::{Driver, Source};
use crate::browser::events::{on_document, on_window};
use crate::browser::fetch::Pending;
use crate::browser::{clock, page};
use crate::feeds::{notify, telemetry};
use domain::sync::Event;
use leptos::task::spawn_local;

/// What is asked to see whether the console answers.
const PROBE: &str = "/healthz";

impl<S: Source> Driver<S> {
    pub(super) fn listen(&self) {
        let on = |driver: &Self, event: fn() -> Event| {
            let driver = driver.clone();
            move || driver.dispatch(event())
        };
        let listeners = [
            on_document(
                "visibilitychange",
                on(self, || Event::Visible(notify::is_watched())),
            ),
            on_window("online", on(self, || Event::Online(true))),
            on_window("offline", self.doubted()),
            on_document("freeze", on(self, || Event::Flush)),
            on_document("resume", on(self, || Event::Resumed)),
            on_window("pagehide", self.away()),
            on_window("pageshow", self.back()),
        ];
        self.state.borrow_mut().listeners = listeners.into_iter().flatten().collect();
    }

    /// The browser knows of no console on its own machine: what answers is online.
    fn doubted(&self) -> impl FnMut() + use<S> {
        let driver = self.clone();
        move || {
            let driver = driver.clone();
            let answer = Pending::new().get(PROBE, None);
            spawn_local(async move {
                if answer.await.is_none() && !page::is_online() {
                    driver.dispatch(Event::Online(false));
                }
            });
        }
    }

    fn away(&self) -> impl FnMut() + use<S> {
        let driver = self.clone();
        move || {
            driver.state.borrow_mut().is_away = true;
            driver.dispatch(Event::Flush);
            driver.report();
        }
    }

    /// A page that comes back as it was left is as old as that.
    fn back(&self) -> impl FnMut() + use<S> {
        let driver = self.clone();
        move || {
            let was_away = std::mem::take(&mut driver.state.borrow_mut().is_away);
            if was_away {
                driver.dispatch(Event::Resumed);
            }
        }
    }

    /// Batches go when they are due, and when the page may never come back.
    pub(super) fn report_in_time(&self) {
        let reported = self.state.borrow().reported;
        let is_due = clock::mono_ms() >= reported + telemetry::EVERY_MS;
        if is_due || !page::is_visible() {
            self.report();
        }
    }

    pub(super) fn report(&self) {
        let now = clock::mono_ms();
        let (counts, window_ms, source) = {
            let mut state = self.state.borrow_mut();
            let before = std::mem::replace(&mut state.reported, now);
            let counts = state.machine.take_counts();
            (counts, now - before, state.source.clone())
        };
        telemetry::report_counts(source.session(), window_ms, &counts);
    }
}
