//! Counting what components draw: each run of a closure that touches the page.
use crate::browser::page::is_here;
use crate::browser::renders;
use leptos::context::Provider;
use leptos::prelude::*;

/// The component on whose account is counted what is drawn below it.
#[derive(Debug, Clone, Copy)]
struct Account {
    component: &'static str,
    /// Moves when everything is to be drawn anew, as the old way of keeping fresh did.
    drawings: RwSignal<u64>,
}

/// Counts what its children draw on the account of a component.
#[component]
pub fn Accounted(
    /// The component.
    on: &'static str,
    /// Moves when everything below is to be drawn anew.
    drawings: RwSignal<u64>,
    /// What it draws.
    children: Children,
) -> impl IntoView {
    let account = Account {
        component: on,
        drawings,
    };
    view! { <Provider value=account>{children()}</Provider> }
}

/// The same closure, counted on the account of the component around it.
pub fn drawn<T: 'static>(
    draw: impl Fn() -> T + Send + Sync + 'static,
) -> Box<dyn Fn() -> T + Send + Sync> {
    let account = use_context::<Account>();
    Box::new(move || {
        if let Some(account) = account {
            account.drawings.track();
            if is_here() {
                renders::count(account.component);
            }
        }
        draw()
    })
}
