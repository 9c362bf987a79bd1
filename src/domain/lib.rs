//! What sessions, threads and changes are, and what follows from them: no I/O, no clock, no web.
pub mod action;
pub mod amount;
pub mod ansi;
pub mod catalog;
mod cut;
pub mod diff;
pub mod git;
pub mod id;
pub mod line_diff;
pub mod report;
pub mod session;
pub mod snapshot;
pub mod sync;
pub mod text;
pub mod thread;
pub mod time;
pub mod visible;
