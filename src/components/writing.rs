//! How every field where people write treats keys, input methods, sizes, and what was typed too early.
use crate::browser::keys::is_of_input_method;
use crate::browser::{page, typed};
use domain::typing::{Modifiers, SendKey, too_long};
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

/// What this browser wants of fields; a context of the app.
#[derive(Debug, Clone, Copy)]
pub struct Writing {
    /// The key that sends.
    pub send_key: Signal<SendKey>,
    /// Most bytes of a message; 0 where it is not known.
    pub most: StoredValue<u64>,
}

impl Writing {
    /// The one of the app.
    #[must_use]
    pub fn of_app() -> Self {
        use_context().unwrap_or_else(|| Self {
            send_key: Signal::stored(SendKey::Enter),
            most: StoredValue::new(page::message_bytes()),
        })
    }

    /// Whether this key sends what is written in a field of several lines.
    #[must_use]
    pub fn sends(self, event: &KeyboardEvent) -> bool {
        is_sent(self.send_key.get_untracked(), event)
    }

    /// What the Enter key of a touch keyboard is called in a field of several lines.
    #[must_use]
    pub fn enter_hint(self) -> &'static str {
        match self.send_key.get() {
            SendKey::Enter => "send",
            SendKey::CommandEnter => "enter",
        }
    }

    /// Why a message cannot be sent as it is, and what would do.
    #[must_use]
    pub fn too_long(self, text: RwSignal<String>) -> Memo<Option<String>> {
        Memo::new(move |_| {
            let bytes = text.with(String::len) as u64;
            too_long(bytes, self.most.get_value())
        })
    }
}

/// The keys that are held while another one is pressed.
#[must_use]
pub fn modifiers(event: &KeyboardEvent) -> Modifiers {
    Modifiers {
        shift: event.shift_key(),
        command: event.ctrl_key() || event.meta_key(),
        alt: event.alt_key(),
    }
}

/// The key that was pressed in a field; none while an input method takes it.
#[must_use]
pub fn key(event: &KeyboardEvent) -> Option<String> {
    (!is_of_input_method(event)).then(|| event.key())
}

/// Whether this key sends where `send_key` does.
#[must_use]
pub fn is_sent(send_key: SendKey, event: &KeyboardEvent) -> bool {
    key(event).is_some_and(|key| key == "Enter") && send_key.is_sent_by(modifiers(event))
}

/// Gives what was typed into a field before the page was interactive, once.
pub fn typed_early(field: impl Into<String>, take: impl Fn(String) + 'static) {
    let field = field.into();
    Effect::new(move |_| {
        if let Some(text) = typed::take(&field) {
            take(text);
        }
    });
}
