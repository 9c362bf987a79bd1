//! Elements of the page by selector: shown as a dialog, focused, pressed, stepped through.
use wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlDialogElement, HtmlElement};

fn document() -> Option<Document> {
    web_sys::window()?.document()
}

fn find(selector: &str) -> Option<Element> {
    document()?.query_selector(selector).ok().flatten()
}

/// Opens the dialog of this id over the page, which cannot be reached until it is closed.
pub fn open_dialog(id: &str) {
    let dialog = document().and_then(|document| document.get_element_by_id(id));
    if let Some(dialog) = dialog.and_then(|dialog| dialog.dyn_into::<HtmlDialogElement>().ok())
        && !dialog.open()
    {
        let _ = dialog.show_modal();
    }
}

/// Closes the dialog of this id; the focus goes back to where it was.
pub fn close_dialog(id: &str) {
    let dialog = document().and_then(|document| document.get_element_by_id(id));
    if let Some(dialog) = dialog.and_then(|dialog| dialog.dyn_into::<HtmlDialogElement>().ok()) {
        dialog.close();
    }
}

/// Whether such an element is there and can be used.
#[must_use]
pub fn is_there(selector: &str) -> bool {
    find(selector).is_some_and(|element| !element.has_attribute("disabled"))
}

/// Puts the focus on the first such element; says whether there is one.
#[must_use]
pub fn focus(selector: &str) -> bool {
    let found = find(selector).and_then(|element| element.dyn_into::<HtmlElement>().ok());
    found.is_some_and(|element| element.focus().is_ok())
}

/// Uses the first such element: a field gets the focus, anything else is clicked.
pub fn press(selector: &str) {
    let found = find(selector).and_then(|element| element.dyn_into::<HtmlElement>().ok());
    if let Some(element) = found {
        match element.tag_name().as_str() {
            "TEXTAREA" | "INPUT" => drop(element.focus()),
            _ => element.click(),
        }
    }
}

/// Shows the first such element within what scrolls around it.
pub fn reveal(selector: &str) {
    if let Some(element) = find(selector) {
        let options = web_sys::ScrollIntoViewOptions::new();
        options.set_block(web_sys::ScrollLogicalPosition::Nearest);
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

/// Moves the focus among such elements: to the next, or the one before.
pub fn step(selector: &str, forward: bool) {
    let Some(document) = document() else { return };
    let Ok(all) = document.query_selector_all(selector) else {
        return;
    };
    let focused = document.active_element();
    let is_focused = |at: &u32| {
        let element = all
            .get(*at)
            .and_then(|node| node.dyn_into::<Element>().ok());
        element.is_some() && element == focused
    };
    let place = (0..all.length()).find(is_focused);
    let next = match (place, forward) {
        (None, _) => 0,
        (Some(place), true) => place + 1,
        (Some(place), false) => place.saturating_sub(1),
    };
    let element = all.get(next.min(all.length().saturating_sub(1)));
    if let Some(element) = element.and_then(|node| node.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// An attribute of the nearest element around an event that has it.
#[must_use]
pub fn attribute_around(event: &web_sys::Event, name: &str) -> Option<String> {
    let element = event.target()?.dyn_into::<Element>().ok()?;
    let around = element.closest(&format!("[{name}]")).ok()??;
    around.get_attribute(name)
}
