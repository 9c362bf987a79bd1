//! The door: server functions and the public error; nothing else crosses between the halves.
#[cfg(feature = "ssr")]
pub mod authed;
pub mod carried;
pub mod catalog;
pub mod commands;
pub mod error;
pub mod forks;
pub mod git;
pub mod login;
pub mod questions;
pub mod queue;
pub mod reading;
pub mod report;
pub mod sessions;
pub mod settings;
pub mod stats;
