//! What sessions, threads and changes are, and what follows from them: no I/O, no clock, no web.
pub mod time;
