//! Pages: each opens its feeds, chooses its state, places components. Paths are built here.
mod login;
mod new_session;
mod not_found;
mod session;
mod session_list;
mod session_page;
mod support;
mod thread;

pub use login::LoginRoute;
pub use new_session::NewSessionRoute;
pub use not_found::NotFoundRoute;
pub use session::SessionRoute;
pub use session_list::SessionListRoute;
pub use support::SupportRoute;

use domain::id::SessionId;

/// The path of a session's page.
#[must_use]
pub fn session_path(id: &SessionId) -> String {
    format!("/agents/{id}")
}
