//! Keys that are pressed anywhere on the page.
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Document, Element, KeyboardEvent};

/// What browsers say of a key that an input method has taken. Safari says only this for the Enter
/// that ends a composition. Source: UI Events, "Legacy key attributes".
const OF_INPUT_METHOD: u32 = 229;

/// A key that was pressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Press {
    /// Its name, such as `k` or `Escape`.
    pub key: String,
    /// Whether Ctrl or Cmd is held, and nothing else.
    pub is_command: bool,
    /// Whether Ctrl or Cmd is held together with Shift, and nothing else.
    pub is_shifted_command: bool,
    /// Whether it is held alone, maybe with Shift.
    pub is_plain: bool,
    /// Whether it goes into a field, or an open dialog.
    pub is_taken: bool,
}

/// A listener; dropping it removes it.
#[derive(Debug)]
pub struct KeyListener {
    document: Document,
    call: Closure<dyn FnMut(KeyboardEvent)>,
}

impl Drop for KeyListener {
    fn drop(&mut self) {
        let call = self.call.as_ref().unchecked_ref();
        let _ = self
            .document
            .remove_event_listener_with_callback("keydown", call);
    }
}

/// Listens; a call that answers true has used the key, and the browser does nothing with it.
#[must_use]
pub fn on_keys(mut call: impl FnMut(Press) -> bool + 'static) -> Option<KeyListener> {
    let document = web_sys::window()?.document()?;
    let place = document.clone();
    let call = Closure::<dyn FnMut(KeyboardEvent)>::new(move |event: KeyboardEvent| {
        if !event.default_prevented() && !is_of_input_method(&event) && call(press(&event, &place))
        {
            event.prevent_default();
        }
    });
    document
        .add_event_listener_with_callback("keydown", call.as_ref().unchecked_ref())
        .ok()?;
    Some(KeyListener { document, call })
}

/// Whether an input method takes this key.
#[must_use]
pub fn is_of_input_method(event: &KeyboardEvent) -> bool {
    event.is_composing() || event.key_code() == OF_INPUT_METHOD
}

fn press(event: &KeyboardEvent, document: &Document) -> Press {
    let is_held = event.ctrl_key() || event.meta_key();
    let is_typing = document
        .active_element()
        .is_some_and(|element| is_field(&element));
    let has_dialog = matches!(document.query_selector("dialog[open]"), Ok(Some(_)));
    Press {
        key: event.key(),
        is_command: is_held && !event.alt_key() && !event.shift_key(),
        is_shifted_command: is_held && !event.alt_key() && event.shift_key(),
        is_plain: !is_held && !event.alt_key(),
        is_taken: is_typing || has_dialog,
    }
}

fn is_field(element: &Element) -> bool {
    let name = element.tag_name();
    let is_known = ["INPUT", "TEXTAREA", "SELECT"].contains(&name.as_str());
    is_known || element.has_attribute("contenteditable")
}
