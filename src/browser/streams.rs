//! A stream of events from the server; it ends with its handle.
use super::page::address;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{EventSource, MessageEvent};

/// Something that a stream says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Name of the event.
    pub name: String,
    /// Its data.
    pub data: String,
    /// Where the stream is.
    pub id: String,
}

/// A stream; dropping it closes it.
#[derive(Debug)]
pub struct EventStream {
    source: EventSource,
    names: &'static [&'static str],
    say: Closure<dyn FnMut(MessageEvent)>,
    /// Kept for as long as the browser may call it.
    _fail: Closure<dyn FnMut()>,
}

impl Drop for EventStream {
    fn drop(&mut self) {
        self.source.close();
        self.source.set_onerror(None);
        let call = self.say.as_ref().unchecked_ref();
        for name in self.names {
            let _ = self.source.remove_event_listener_with_callback(name, call);
        }
    }
}

/// Opens a stream of the console and listens to events of these names; none without an argument is a failure.
#[must_use]
pub fn open(
    path: &str,
    names: &'static [&'static str],
    mut call: impl FnMut(Option<Said>) + Clone + 'static,
) -> Option<EventStream> {
    let source = EventSource::new(&address(path)).ok()?;
    let mut failed = call.clone();
    let say = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        call(Some(Said {
            name: event.type_(),
            data: event.data().as_string().unwrap_or_default(),
            id: event.last_event_id(),
        }));
    });
    let fail = Closure::<dyn FnMut()>::new(move || failed(None));
    for name in names {
        source
            .add_event_listener_with_callback(name, say.as_ref().unchecked_ref())
            .ok()?;
    }
    source.set_onerror(Some(fail.as_ref().unchecked_ref()));
    Some(EventStream {
        source,
        names,
        say,
        _fail: fail,
    })
}
