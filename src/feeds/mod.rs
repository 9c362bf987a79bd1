//! Kept fresh: what a page shows, from its first value until it is closed.
mod draft;
mod driver;
mod first;
mod git;
mod list;
mod new_session;
mod ops;
mod scroll;
mod session;
mod session_source;
mod slot;
mod source;
mod stats;
pub mod thread;
mod time;

pub use crate::browser::page::copy;
pub use draft::{draft, log_out};
pub use first::FirstLoad;
pub use git::GitFeed;
pub use list::ListFeed;
pub use list::first_list;
pub use new_session::{Choices, NewSessionFeed, choices, delete};
pub use ops::{Deed, PendingMessage, Refusal};
pub use scroll::{armed, follow_end, jump_to_end, load_older_in_place};
pub use session::{PageSeed, SessionFeed, page_seed};
pub use stats::stats_of;
pub use time::ticking;
