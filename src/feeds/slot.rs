//! Where a page finds its driver: in this thread of the browser, and never on the server.
use super::driver::Driver;
use super::source::Source;
use domain::sync::{Event, Kept};
use std::any::Any;
use std::cell::RefCell;
use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicU32, Ordering};

thread_local! {
    static DRIVERS: RefCell<HashMap<u32, Box<dyn Any>>> = RefCell::default();
}
static NEXT: AtomicU32 = AtomicU32::new(1);

/// A place for one driver. Only a number, so that it may be made and dropped on any thread.
pub(super) struct Slot<S> {
    key: u32,
    source: PhantomData<fn() -> S>,
}

impl<S> Clone for Slot<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for Slot<S> {}

impl<S> std::fmt::Debug for Slot<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Slot").field(&self.key).finish()
    }
}

impl<S: Source> Slot<S> {
    /// An empty place.
    pub(super) fn new() -> Self {
        Self {
            key: NEXT.fetch_add(1, Ordering::Relaxed),
            source: PhantomData,
        }
    }

    /// Puts a driver in.
    pub(super) fn set(self, driver: Driver<S>) {
        DRIVERS.with(|drivers| drivers.borrow_mut().insert(self.key, Box::new(driver)));
    }

    fn get(self) -> Option<Driver<S>> {
        DRIVERS.with(|drivers| {
            drivers
                .borrow()
                .get(&self.key)?
                .downcast_ref::<Driver<S>>()
                .cloned()
        })
    }

    /// Gives the driver an event; without one nothing happens.
    pub(super) fn dispatch(self, event: Event) {
        if let Some(driver) = self.get() {
            driver.dispatch(event);
        }
    }

    /// Gives the driver data that came by the stream.
    pub(super) fn take_streamed(self, body: &str) {
        if let Some(driver) = self.get() {
            driver.take_streamed(body);
        }
    }

    /// What the tab's memory should know of the data when the page is left.
    pub(super) fn kept(self) -> Option<Kept> {
        self.get()?.kept()
    }

    /// The recorded events of the driver.
    pub(super) fn log(self) -> Option<String> {
        Some(self.get()?.log())
    }

    /// Ends the driver and takes it out.
    pub(super) fn stop(self) {
        if let Some(driver) = self.get() {
            driver.stop();
        }
        DRIVERS.with(|drivers| drivers.borrow_mut().remove(&self.key));
    }
}
