//! Locks that one tab of this browser holds at a time.
use super::page::base;
use js_sys::{Function, Object, Promise, Reflect};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::AbortController;

/// A lock that is waited for, or held; dropping it gives it back.
#[derive(Debug)]
pub struct Lock {
    waiting: AbortController,
    /// Ends the holding.
    free: Rc<RefCell<Option<Function>>>,
}

impl Drop for Lock {
    fn drop(&mut self) {
        match self.free.borrow_mut().take() {
            Some(free) => drop(free.call0(&JsValue::NULL)),
            None => self.waiting.abort(),
        }
    }
}

fn manager() -> Option<Object> {
    let navigator = web_sys::window()?.navigator();
    let locks = Reflect::get(navigator.as_ref(), &JsValue::from_str("locks"));
    locks.ok()?.dyn_into().ok()
}

/// Whether this browser has locks.
#[must_use]
pub fn are_there() -> bool {
    manager().is_some()
}

/// Waits for a lock of this console; `granted` is called when it is this tab's. None where there are no locks.
#[must_use]
pub fn wait(name: &str, granted: impl FnOnce() + 'static) -> Option<Lock> {
    let locks = manager()?;
    let request = Reflect::get(&locks, &JsValue::from_str("request")).ok()?;
    let request: Function = request.dyn_into().ok()?;
    let waiting = AbortController::new().ok()?;
    let options = Object::new();
    Reflect::set(&options, &JsValue::from_str("signal"), &waiting.signal()).ok()?;
    let free = Rc::new(RefCell::new(None));
    let held = free.clone();
    // The lock is held until the promise is kept.
    let hold = Closure::once_into_js(move || -> Promise {
        let promise = Promise::new(&mut |keep, _| *held.borrow_mut() = Some(keep));
        granted();
        promise
    });
    let asked = request
        .call3(&locks, &(name.to_owned() + &base()).into(), &options, &hold)
        .ok()?;
    let asked: Promise = asked.dyn_into().ok()?;
    spawn_local(async move {
        // Giving up waiting is no mistake that anybody must hear of.
        let _ = JsFuture::from(asked).await;
    });
    Some(Lock { waiting, free })
}
