//! What the tabs of this browser say to each other.
use super::page::base;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BroadcastChannel, MessageEvent};

/// A channel to the other tabs; dropping it leaves.
#[derive(Debug)]
pub struct Channel {
    channel: BroadcastChannel,
    /// Kept for as long as the browser may call it.
    _call: Closure<dyn FnMut(MessageEvent)>,
}

impl Drop for Channel {
    fn drop(&mut self) {
        self.channel.set_onmessage(None);
        self.channel.close();
    }
}

impl Channel {
    /// Joins the tabs of this console under a name; none where the browser has no channels.
    #[must_use]
    pub fn open(name: &str, mut call: impl FnMut(&str) + 'static) -> Option<Self> {
        let window = web_sys::window()?;
        let kind = JsValue::from_str("BroadcastChannel");
        if !js_sys::Reflect::has(window.as_ref(), &kind).unwrap_or(false) {
            return None;
        }
        let channel = BroadcastChannel::new(&(name.to_owned() + &base())).ok()?;
        let call = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(text) = event.data().as_string() {
                call(&text);
            }
        });
        channel.set_onmessage(Some(call.as_ref().unchecked_ref()));
        Some(Self {
            channel,
            _call: call,
        })
    }

    /// Says something to the others; this tab does not hear it.
    pub fn say(&self, text: &str) {
        let _ = self.channel.post_message(&JsValue::from_str(text));
    }
}
