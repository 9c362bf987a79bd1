//! Pages: each opens its feeds, chooses its state, places components. Paths are built here.
#![expect(
    clippy::must_use_candidate,
    reason = "the macro keeps attributes from the outer function"
)]
mod again;
pub mod around;
pub mod asking;
pub mod bar;
mod composing;
mod discard;
pub mod login;
pub mod new_session;
pub mod not_found;
mod other_drafts;
mod raw;
mod search;
pub mod session;
pub mod session_list;
pub mod session_page;
pub mod settings;
pub mod stats;
pub mod support;
pub mod thread;
mod told;

pub use around::Around;
pub use bar::Bar;
pub use login::LoginRoute;
pub use new_session::NewSessionRoute;
pub use not_found::NotFoundRoute;
pub use session::SessionRoute;
pub use session_list::SessionListRoute;
pub use settings::SettingsRoute;
pub use stats::StatsRoute;
pub use support::SupportRoute;

use crate::components::Base;
use crate::components::ui::Copying;
use crate::feeds::copy;
use domain::id::SessionId;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};

/// Loads what the page at a path needs besides the beginning; false if it did not arrive.
pub async fn preload(path: &str) -> bool {
    let part = match path {
        "/" => session_list::load().await,
        "/agents/new" => new_session::load().await,
        "/settings" => settings::load().await,
        "/stats" => stats::load().await,
        _ => Ok(()),
    };
    part.is_ok()
}

/// The path of the page within the console; for use within the router.
fn use_path() -> Memo<String> {
    let (base, path) = (Base::of_page(), use_location().pathname);
    Memo::new(move |_| path.with(|path| base.within(path).to_owned()))
}

/// What goes to a page of the console, by its path; for use within the router.
fn use_go() -> impl Fn(&str, NavigateOptions) + Clone + Send + Sync + 'static {
    let (Base(base), navigate) = (Base::of_page(), use_navigate());
    move |path, options| {
        // The router would leave the slash of the first page out.
        let resolve = false;
        navigate(
            &format!("{base}{path}"),
            NavigateOptions { resolve, ..options },
        );
    }
}

/// The path of a session's page.
#[must_use]
pub fn session_path(id: &SessionId) -> String {
    format!("/agents/{id}")
}

/// The path of the statistics, of one session or of all.
#[must_use]
pub fn stats_path(session: Option<&SessionId>) -> String {
    session.map_or_else(|| "/stats".to_owned(), |id| format!("/stats?session={id}"))
}

/// Puts texts on the clipboard.
fn on_copy() -> Callback<Copying> {
    Callback::new(|Copying { text, on_done }: Copying| {
        // The button may be gone by then: what is copied may still grow.
        copy(&text, move |is_done| {
            let _ = on_done.try_run(is_done);
        })
    })
}
