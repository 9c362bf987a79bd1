//! The server: one router behind one guard, an accept loop with deadlines, an orderly end.
mod accept;
mod conditional;
mod control;
pub mod doctor;
mod guard;
mod hosts;
mod login;
mod meters;
mod options;
mod place;
mod policy;
mod router;
mod shape;
mod start;

pub use control::login_link;
pub use options::{DataOptions, ServeOptions};
pub use policy::protect_page;
pub use start::{StartError, run};
