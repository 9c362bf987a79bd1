//! The bar on top of every page but the login page.
use super::around::to_next_waiting;
use super::use_path;
use crate::components::TopBar;
use crate::components::erased::Show;
use crate::feeds::{Board, log_out};
use leptos::prelude::*;

/// The bar on top; the login page has none, since there is nowhere to go.
#[component]
pub fn Bar(
    /// What is known of all sessions.
    board: Board,
) -> impl IntoView {
    let path = use_path();
    let is_login = Memo::new(move |_| path.get() == "/login");
    let on_logout = Callback::new(|()| log_out());
    let on_next = to_next_waiting(board);
    view! {
        <Show when=move || !is_login.get()>
            <TopBar path waiting=board.waiting on_logout=on_logout on_next=on_next/>
        </Show>
    }
}
