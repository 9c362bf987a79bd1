//! What a person typed into the page's fields before the program took them over.
use std::cell::RefCell;
use std::collections::BTreeMap;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement, HtmlTextAreaElement};

thread_local! {
    static TYPED: RefCell<BTreeMap<String, String>> = const { RefCell::new(BTreeMap::new()) };
}

/// Fields whose text a person can have changed.
const FIELDS: &str =
    "textarea[id], input[id]:not([type=hidden], [type=checkbox], [type=radio], [type=file])";

/// Notes what stands in the fields. Call once, before the page is made interactive: that writes
/// the program's own values into them.
pub fn remember() {
    let document = web_sys::window().and_then(|window| window.document());
    let Some(Ok(fields)) = document.map(|document| document.query_selector_all(FIELDS)) else {
        return;
    };
    let fields = (0..fields.length()).filter_map(|at| fields.get(at)?.dyn_into::<Element>().ok());
    let typed = fields.filter_map(|field| Some((field.id(), changed(&field)?)));
    TYPED.with_borrow_mut(|known| known.extend(typed));
}

/// The text of a field that differs from what the server drew.
fn changed(field: &Element) -> Option<String> {
    let (value, drawn) = if let Some(area) = field.dyn_ref::<HtmlTextAreaElement>() {
        (area.value(), area.default_value().unwrap_or_default())
    } else {
        let input = field.dyn_ref::<HtmlInputElement>()?;
        (input.value(), input.default_value())
    };
    (value != drawn).then_some(value)
}

/// What was typed into the field of this id, once.
#[must_use]
pub fn take(id: &str) -> Option<String> {
    TYPED.with_borrow_mut(|known| known.remove(id))
}
