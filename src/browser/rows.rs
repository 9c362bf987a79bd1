//! Rows of a long list by where they stand in the window, and kept there while the list changes.
use super::page::{scroll_by, view};
use wasm_bindgen::JsCast;
use web_sys::Element;

/// Sets an attribute of all such elements, or takes it away.
pub fn mark(selector: &str, attribute: &str, is_set: bool) {
    let document = web_sys::window().and_then(|window| window.document());
    if let Some(Ok(found)) = document.map(|document| document.query_selector_all(selector)) {
        for at in 0..found.length() {
            let element = found
                .get(at)
                .and_then(|node| node.dyn_into::<Element>().ok());
            let _ = element.map(|element| element.toggle_attribute_with_force(attribute, is_set));
        }
    }
}

/// Rows as they stood; rows without a box are left out.
#[derive(Debug)]
pub struct Rows(Vec<(Element, f64, f64)>);

impl Rows {
    /// The rows of this selector.
    #[must_use]
    pub fn read(selector: &str) -> Self {
        let document = web_sys::window().and_then(|window| window.document());
        let Some(Ok(found)) = document.map(|document| document.query_selector_all(selector)) else {
            return Self(Vec::new());
        };
        let row = |at: u32| {
            let element = found.get(at)?.dyn_into::<Element>().ok()?;
            let rect = element.get_bounding_client_rect();
            (rect.height() > 0.0).then(|| (element, rect.top(), rect.bottom()))
        };
        Self((0..found.length()).filter_map(row).collect())
    }

    /// What an attribute says of the first and the last row within `screens` of the window.
    #[must_use]
    pub fn within(&self, screens: f64, attribute: &str) -> Option<(String, String)> {
        let [.., screen] = view();
        let (above, below) = (-screens * screen, (1.0 + screens) * screen);
        let is_near = |row: &&(Element, f64, f64)| row.2 > above && row.1 < below;
        let first = self.0.iter().find(is_near)?;
        let last = self.0.iter().rfind(is_near)?;
        let name = |row: &(Element, f64, f64)| row.0.get_attribute(attribute);
        Some((name(first)?, name(last)?))
    }

    /// Scrolls so that the first row in the window which is still shown stands where it stood, and
    /// `owed` pixels further; gives what whole pixels leave owed.
    #[must_use]
    pub fn restore(&self, owed: f64) -> f64 {
        let in_view = self.0.iter().filter(|(_, _, bottom)| *bottom > 0.0);
        for (element, top, _) in in_view {
            let now = element.get_bounding_client_rect();
            if now.height() > 0.0 {
                let moved = now.top() - top + owed;
                let whole = moved.round();
                if whole != 0.0 {
                    scroll_by(whole);
                }
                return moved - whole;
            }
        }
        owed
    }
}
