//! Copying a text, also where the browser has no clipboard for pages: without TLS it has none.
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{HtmlDocument, HtmlTextAreaElement};

/// Copies a text; `then` is told whether the clipboard has it. Call from a click.
pub fn copy(text: &str, then: impl FnOnce(bool) + 'static) {
    let Some(window) = web_sys::window() else {
        return then(false);
    };
    let clipboard = window.navigator().clipboard();
    if clipboard.is_undefined() {
        return then(copy_selected(text).unwrap_or(false));
    }
    let written = clipboard.write_text(text);
    let text = text.to_owned();
    spawn_local(async move {
        let is_done = JsFuture::from(written).await.is_ok();
        then(is_done || copy_selected(&text).unwrap_or(false));
    });
}

/// Copies a text by selecting it in a field that is there for a moment.
fn copy_selected(text: &str) -> Option<bool> {
    let document = web_sys::window()?.document()?;
    let focused = document.active_element();
    // What lies outside of an open dialog cannot be selected.
    let place = document.query_selector("dialog[open]").ok().flatten();
    let place = place.or_else(|| document.body().map(Into::into))?;
    let field: HtmlTextAreaElement = document.create_element("textarea").ok()?.dyn_into().ok()?;
    field.set_value(text);
    field.set_read_only(true);
    field.set_attribute("data-only", "reader").ok()?;
    place.append_child(&field).ok()?;
    field.select();
    let document: HtmlDocument = document.dyn_into().ok()?;
    let is_done = document.exec_command("copy").unwrap_or(false);
    field.remove();
    if let Some(focused) = focused.and_then(|it| it.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = focused.focus();
    }
    Some(is_done)
}
