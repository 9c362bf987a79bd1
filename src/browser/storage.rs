//! What this browser keeps: drafts, and facts of sessions. A full or forbidden storage is no failure.

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}

/// The text kept under a name.
#[must_use]
pub fn get(name: &str) -> Option<String> {
    storage()?.get_item(name).ok()?
}

/// Keeps a text, if there is room; an empty one is forgotten.
pub fn set(name: &str, text: &str) {
    if text.is_empty() {
        remove(name);
    } else {
        let _ = try_set(name, text);
    }
}

/// Keeps a text; says whether there was room.
#[must_use]
pub fn try_set(name: &str, text: &str) -> bool {
    storage().is_some_and(|storage| storage.set_item(name, text).is_ok())
}

fn of_tab() -> Option<web_sys::Storage> {
    web_sys::window()?.session_storage().ok()?
}

/// The text that this tab alone keeps under a name, also after a reload.
#[must_use]
pub fn get_of_tab(name: &str) -> Option<String> {
    of_tab()?.get_item(name).ok()?
}

/// Keeps a text in this tab alone, if there is room; an empty one is forgotten.
pub fn set_of_tab(name: &str, text: &str) {
    let Some(storage) = of_tab() else { return };
    let _ = if text.is_empty() {
        storage.remove_item(name)
    } else {
        storage.set_item(name, text)
    };
}

/// Forgets all that this tab alone keeps.
pub fn clear_tab() {
    if let Some(storage) = of_tab() {
        let _ = storage.clear();
    }
}

/// Forgets a text.
pub fn remove(name: &str) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(name);
    }
}

/// The names that begin with a prefix.
#[must_use]
pub fn names(prefix: &str) -> Vec<String> {
    let Some(storage) = storage() else {
        return Vec::new();
    };
    let count = storage.length().unwrap_or(0);
    let names = (0..count).filter_map(|at| storage.key(at).ok()?);
    names.filter(|name| name.starts_with(prefix)).collect()
}

/// Forgets everything that begins with a prefix.
pub fn clear(prefix: &str) {
    for name in names(prefix) {
        remove(&name);
    }
}
