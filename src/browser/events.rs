//! Listening to the document and the window; the listener goes when its handle does.
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::EventTarget;

/// A listener; dropping it removes it.
#[derive(Debug)]
pub struct Listener {
    target: EventTarget,
    name: &'static str,
    call: Closure<dyn FnMut()>,
}

impl Drop for Listener {
    fn drop(&mut self) {
        let call = self.call.as_ref().unchecked_ref();
        let _ = self
            .target
            .remove_event_listener_with_callback(self.name, call);
    }
}

fn listen(
    target: Option<EventTarget>,
    name: &'static str,
    call: impl FnMut() + 'static,
) -> Option<Listener> {
    let target = target?;
    let call = Closure::<dyn FnMut()>::new(call);
    target
        .add_event_listener_with_callback(name, call.as_ref().unchecked_ref())
        .ok()?;
    Some(Listener { target, name, call })
}

/// Listens to the document.
#[must_use]
pub fn on_document(name: &'static str, call: impl FnMut() + 'static) -> Option<Listener> {
    let document = web_sys::window().and_then(|window| window.document());
    listen(document.map(Into::into), name, call)
}

/// Listens to the window.
#[must_use]
pub fn on_window(name: &'static str, call: impl FnMut() + 'static) -> Option<Listener> {
    listen(web_sys::window().map(Into::into), name, call)
}
