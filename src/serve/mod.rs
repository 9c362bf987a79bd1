//! The server: one router behind one guard, an accept loop with deadlines, an orderly end.
pub mod accept;
pub mod attachments;
pub mod base;
pub mod conditional;
pub mod control;
pub mod counted;
pub mod doctor;
pub mod events;
pub mod export;
pub mod guard;
pub mod hosts;
pub mod login;
pub mod moving;
pub mod node;
mod options;
pub mod peers;
pub mod place;
pub mod policy;
mod quick;
pub mod router;
pub mod shape;
pub mod stall;
mod start;

pub use control::login_link;
pub use moving::move_store;
pub use options::{DataOptions, ServeOptions};
pub use start::{StartError, run};
