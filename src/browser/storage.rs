//! What this browser keeps: drafts. A full or forbidden storage is no failure.

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}

/// The text kept under a name.
#[must_use]
pub fn get(name: &str) -> Option<String> {
    storage()?.get_item(name).ok()?
}

/// Keeps a text; an empty one is forgotten.
pub fn set(name: &str, text: &str) {
    let Some(storage) = storage() else { return };
    let _ = if text.is_empty() {
        storage.remove_item(name)
    } else {
        storage.set_item(name, text)
    };
}

/// Forgets everything that begins with a prefix.
pub fn clear(prefix: &str) {
    let Some(storage) = storage() else { return };
    let count = storage.length().unwrap_or(0);
    let names: Vec<String> = (0..count).filter_map(|at| storage.key(at).ok()?).collect();
    for name in names.iter().filter(|name| name.starts_with(prefix)) {
        let _ = storage.remove_item(name);
    }
}
