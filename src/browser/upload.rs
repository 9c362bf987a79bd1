//! Files that a person chose, pasted or dropped, and their way to the server with its progress.
use super::page::address;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{
    ClipboardEvent, DataTransfer, DragEvent, Event, File, FileList, HtmlInputElement,
    ProgressEvent, Window, XmlHttpRequest,
};

/// A file in the hands of the page.
#[derive(Debug, Clone)]
pub struct Picked {
    /// Its name.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// Its type as the browser guesses it; may be empty.
    pub kind: String,
    file: File,
}

impl Picked {
    /// A text as a file of this name.
    #[must_use]
    pub fn of_text(name: &str, text: &str) -> Option<Self> {
        let parts = js_sys::Array::of1(&text.into());
        let file = File::new_with_str_sequence(&parts, name).ok()?;
        Some(Self {
            name: name.to_owned(),
            bytes: text.len() as u64,
            kind: String::new(),
            file,
        })
    }
}

type Progress = Closure<dyn FnMut(ProgressEvent)>;

thread_local! {
    static RUNNING: RefCell<BTreeMap<u32, (XmlHttpRequest, Progress)>> = const { RefCell::new(BTreeMap::new()) };
    static LAST: Cell<u32> = const { Cell::new(0) };
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "sizes of files are whole and not negative"
)]
fn picked(list: Option<FileList>) -> Vec<Picked> {
    let Some(list) = list else { return Vec::new() };
    let files = (0..list.length()).filter_map(|at| list.get(at));
    let known = files.map(|file| Picked {
        name: file.name(),
        bytes: file.size() as u64,
        kind: file.type_(),
        file,
    });
    known.collect()
}

/// The files of an input, which is then empty again.
#[must_use]
pub fn chosen(event: &Event) -> Vec<Picked> {
    let input = event
        .target()
        .and_then(|it| it.dyn_into::<HtmlInputElement>().ok());
    let Some(input) = input else {
        return Vec::new();
    };
    let files = picked(input.files());
    input.set_value("");
    files
}

/// The files of what is pasted; none if it is a text. Spreadsheets and word processors put a picture
/// of their text beside it, file managers put the names of files beside these.
#[must_use]
pub fn pasted(event: &ClipboardEvent) -> Vec<Picked> {
    let Some(data) = event.clipboard_data() else {
        return Vec::new();
    };
    let files = picked(data.files());
    let text = data.get_data("text/plain").unwrap_or_default();
    let is_name = |line: &str| files.iter().any(|file| line.ends_with(&file.name));
    if text.lines().all(|line| is_name(line.trim())) {
        files
    } else {
        Vec::new()
    }
}

/// Whether files are being dragged, and not a text.
fn brings_files(event: &DragEvent) -> bool {
    let has = |data: DataTransfer| data.types().includes(&"Files".into(), 0);
    event.data_transfer().is_some_and(has)
}

type Drag = Closure<dyn FnMut(DragEvent)>;

/// Listens to files that are dragged over the page; dropping it removes the listeners.
pub struct DropListener {
    window: Window,
    listeners: [(&'static str, Drag); 2],
}

impl std::fmt::Debug for DropListener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DropListener").finish_non_exhaustive()
    }
}

impl Drop for DropListener {
    fn drop(&mut self) {
        for (name, call) in &self.listeners {
            let call = call.as_ref().unchecked_ref();
            let _ = self.window.remove_event_listener_with_callback(name, call);
        }
    }
}

/// Takes files that are dropped anywhere on the page, which stays where it is.
#[must_use]
pub fn on_drops(mut take: impl FnMut(Vec<Picked>) + 'static) -> Option<DropListener> {
    let window = web_sys::window()?;
    let over = Drag::new(|event: DragEvent| {
        if brings_files(&event) {
            event.prevent_default();
        }
    });
    let dropped = Drag::new(move |event: DragEvent| {
        if brings_files(&event) {
            event.prevent_default();
            take(picked(event.data_transfer().and_then(|data| data.files())));
        }
    });
    let listeners = [("dragover", over), ("drop", dropped)];
    for (name, call) in &listeners {
        let call = call.as_ref().unchecked_ref();
        window.add_event_listener_with_callback(name, call).ok()?;
    }
    Some(DropListener { window, listeners })
}

/// A number for an upload, new on this page.
#[must_use]
pub fn next_key() -> u32 {
    LAST.with(|last| {
        last.set(last.get() + 1);
        last.get()
    })
}

/// Sends a file to a path of the console; tells how many percent are sent, and status and body in the end (0 for no answer).
pub fn send(
    key: u32,
    path: &str,
    picked: &Picked,
    on_percent: impl Fn(u64) + 'static,
    on_end: impl FnOnce(u16, String) + 'static,
) {
    let Ok(request) = XmlHttpRequest::new() else {
        return on_end(0, String::new());
    };
    let progress = Closure::<dyn FnMut(ProgressEvent)>::new(move |event: ProgressEvent| {
        on_percent(percent(event.loaded(), event.total()));
    });
    if let Ok(upload) = request.upload() {
        upload.set_onprogress(Some(progress.as_ref().unchecked_ref()));
    }
    let on_end = Rc::new(Cell::new(Some(on_end)));
    let ended = on_end.clone();
    let end = Closure::once_into_js(move || {
        let Some((request, _)) = RUNNING.with(|running| running.borrow_mut().remove(&key)) else {
            return;
        };
        let body = request.response_text().ok().flatten();
        if let Some(on_end) = ended.take() {
            on_end(request.status().unwrap_or(0), body.unwrap_or_default());
        }
    });
    request.set_onloadend(Some(end.unchecked_ref()));
    let started = request
        .open("POST", &address(path))
        .and_then(|()| request.set_request_header("content-type", "application/octet-stream"))
        .and_then(|()| request.send_with_opt_blob(Some(&picked.file)));
    if started.is_ok() {
        RUNNING.with(|running| running.borrow_mut().insert(key, (request, progress)));
    } else if let Some(on_end) = on_end.take() {
        on_end(0, String::new());
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of a hundred"
)]
fn percent(part: f64, whole: f64) -> u64 {
    if whole > 0.0 {
        (part * 100.0 / whole) as u64
    } else {
        0
    }
}

/// Gives an upload up.
pub fn abort(key: u32) {
    let running = RUNNING.with(|running| running.borrow_mut().remove(&key));
    if let Some((request, _)) = running {
        let _ = request.abort();
    }
}

/// A text as a part of an address.
#[must_use]
pub fn encoded(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}
