//! What sessions, threads and changes are, and what follows from them: no I/O, no clock, no web.
pub mod git;
pub mod id;
pub mod session;
pub mod snapshot;
pub mod thread;
pub mod time;
