//! `Show` and `For` with one type each: the framework's own are compiled anew for each use.
use leptos::prelude::*;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

/// Draws its children while a condition holds.
#[component]
pub fn Show(
    /// The condition.
    #[prop(into)]
    when: Signal<bool>,
    /// What to draw.
    children: ChildrenFn,
    /// What to draw while it does not hold.
    #[prop(optional, into)]
    fallback: ViewFn,
) -> AnyView {
    let when = Memo::new(move |_| when.get());
    let draw: Box<dyn Fn() -> AnyView + Send> = Box::new(move || match when.get() {
        true => children(),
        false => fallback.run(),
    });
    draw.into_any()
}

/// A row before it is drawn: the hash of its key, and how to draw it.
struct Row {
    key: u64,
    draw: Box<dyn FnOnce() -> AnyView + Send>,
}

/// Draws rows by key: a row whose key stays is moved, never drawn again.
#[component]
pub fn For<T, K, V>(
    /// The rows.
    each: impl Fn() -> Vec<T> + Send + Sync + 'static,
    /// What a row is known by.
    key: impl Fn(&T) -> K + Send + Sync + 'static,
    /// Draws a row.
    children: impl Fn(T) -> V + Send + Sync + 'static,
) -> AnyView
where
    T: Send + 'static,
    K: Hash,
    V: IntoView + 'static,
{
    let children = Arc::new(children);
    let row = move |item: T| {
        let mut hasher = DefaultHasher::new();
        key(&item).hash(&mut hasher);
        let children = Arc::clone(&children);
        Row {
            key: hasher.finish(),
            draw: Box::new(move || children(item).into_any()),
        }
    };
    rows(Box::new(move || each().into_iter().map(&row).collect()))
}

fn rows(each: Box<dyn Fn() -> Vec<Row> + Send + Sync>) -> AnyView {
    view! { <leptos::prelude::For each key=|row| row.key children=|row| (row.draw)()/> }.into_any()
}
