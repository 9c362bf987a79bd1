//! The page as the browser sees it: shown or hidden, online or not, where it is scrolled.
use wasm_bindgen::JsCast;
use web_sys::{Document, VisibilityState, Window};

fn window() -> Option<Window> {
    web_sys::window()
}

fn document() -> Option<Document> {
    window().and_then(|window| window.document())
}

/// Whether this runs in a browser at all, and not in a server that renders.
#[must_use]
pub const fn is_here() -> bool {
    cfg!(target_arch = "wasm32")
}

/// What every address of the console begins with, such as `/heddle`; empty at the root of a host.
/// The server wrote it on the document.
#[must_use]
pub fn base() -> String {
    of_document("data-base").unwrap_or_default()
}

/// What the server wrote on the document; nothing in the server itself.
fn of_document(name: &str) -> Option<String> {
    if !is_here() {
        return None;
    }
    document()?.document_element()?.get_attribute(name)
}

/// The address of something of the console.
#[must_use]
pub(super) fn address(path: &str) -> String {
    base() + path
}

/// The path of the page within the console.
#[must_use]
pub fn path() -> String {
    let whole = window().and_then(|window| window.location().pathname().ok());
    let whole = whole.unwrap_or_default();
    match whole.strip_prefix(&base()) {
        Some("") | None => "/".to_owned(),
        Some(path) => path.to_owned(),
    }
}

/// Whether the page can be seen.
#[must_use]
pub fn is_visible() -> bool {
    document().is_none_or(|document| document.visibility_state() == VisibilityState::Visible)
}

/// Whether the browser sees a network.
#[must_use]
pub fn is_online() -> bool {
    window().is_none_or(|window| window.navigator().on_line())
}

/// Whether the page is used by touch: it has a touch keyboard.
#[must_use]
pub fn is_touch() -> bool {
    let query = window().and_then(|window| window.match_media("(pointer: coarse)").ok()?);
    query.is_some_and(|query| query.matches())
}

/// Most bytes of a message, as the server wrote it on the document; 0 where it does not say so.
#[must_use]
pub fn message_bytes() -> u64 {
    let most = of_document("data-message-bytes");
    most.and_then(|most| most.parse().ok()).unwrap_or(0)
}

/// Says that the page can be used.
pub fn mark_hydrated() {
    if let Some(root) = document().and_then(|document| document.document_element()) {
        let _ = root.set_attribute("data-hydrated", "true");
    }
}

/// Pixels of the page above the window, below it, and in it.
#[must_use]
pub fn view() -> [f64; 3] {
    let (Some(window), Some(root)) = (window(), document().and_then(|d| d.document_element()))
    else {
        return [0.0; 3];
    };
    let (above, screen) = (window.scroll_y().unwrap_or(0.0), height(&window));
    let below = f64::from(root.scroll_height()) - above - screen;
    [above, below, screen]
}

fn height(window: &Window) -> f64 {
    window
        .inner_height()
        .ok()
        .and_then(|height| height.as_f64())
        .unwrap_or(0.0)
}

/// Below the end of every page, in pixels.
const BEYOND: f64 = 1e9;

/// Shows the end of the page.
pub fn scroll_to_end() {
    // Heights are not read: that would have the page laid out before its frame. The browser stops
    // at the end; the page is never wider than the window.
    if let Some(window) = window() {
        window.scroll_to_with_x_and_y(0.0, BEYOND);
    }
}

/// Moves the page by some pixels.
pub fn scroll_by(pixels: f64) {
    if let Some(window) = window() {
        window.scroll_by_with_x_and_y(0.0, pixels);
    }
}

/// Shows an element in the middle of the window, marks it, and gives it the focus; the mark that
/// another element had goes.
pub fn reveal(id: &str) {
    unmark();
    let Some(element) = element(id) else {
        return;
    };
    let _ = element.set_attribute(MARK, "");
    let _ = element.set_attribute("tabindex", "-1");
    focus(id);
    center(id);
}

/// Shows an element in the middle of the window.
pub fn center(id: &str) {
    let how = web_sys::ScrollIntoViewOptions::new();
    how.set_block(web_sys::ScrollLogicalPosition::Center);
    if let Some(element) = element(id) {
        element.scroll_into_view_with_scroll_into_view_options(&how);
    }
}

/// What is marked for the reader.
const MARK: &str = "data-marked";

/// Takes the mark of [`reveal`] away.
pub fn unmark() {
    let marked = document().and_then(|document| document.query_selector("[data-marked]").ok()?);
    if let Some(marked) = marked {
        let _ = marked.remove_attribute(MARK);
    }
}

/// An element of the page by its id.
#[must_use]
pub fn element(id: &str) -> Option<web_sys::HtmlElement> {
    document()?.get_element_by_id(id)?.dyn_into().ok()
}

/// Gives an element the focus.
pub fn focus(id: &str) {
    if let Some(element) = element(id) {
        let _ = element.focus();
    }
}

/// Offers a text to be saved as a file.
pub fn save(name: &str, text: &str) {
    let parts = js_sys::Array::of1(&text.into());
    let blob = web_sys::Blob::new_with_str_sequence(&parts);
    let url = blob.and_then(|blob| web_sys::Url::create_object_url_with_blob(&blob));
    let (Ok(url), Some(document)) = (url, document()) else {
        return;
    };
    if let Ok(link) = document.create_element("a")
        && let Some(link) = link.dyn_ref::<web_sys::HtmlAnchorElement>()
    {
        link.set_href(&url);
        link.set_download(name);
        link.click();
    }
    let _ = web_sys::Url::revoke_object_url(&url);
}

/// A number that nobody can guess well enough to make pages act in step.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a random number below 2^53"
)]
pub fn random() -> u64 {
    (js_sys::Math::random() * 9_007_199_254_740_992.0) as u64
}

/// Leaves for another page of the console, with a full load.
pub fn leave_for(path: &str) {
    if let Some(window) = window() {
        let _ = window.location().set_href(&address(path));
    }
}
