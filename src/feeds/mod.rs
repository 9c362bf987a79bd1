//! Kept fresh: what a page shows, from its first value until it is closed.
mod draft;
mod driver;
mod first;
mod git;
mod list;
mod new_session;
mod ops;
mod session;
mod source;
pub mod thread;
mod time;

pub use draft::{draft, log_out};
pub use first::FirstLoad;
pub use git::GitFeed;
pub use list::ListFeed;
pub use new_session::{Choices, NewSessionFeed, choices, delete};
pub use ops::{Deed, PendingMessage, Refusal};
pub use session::{PageSeed, SessionFeed, page_seed};
pub use time::ticking;
