//! The door: server functions and the public error; nothing else crosses between the halves.
pub mod carried;
pub mod catalog;
pub mod commands;
pub mod error;
pub mod forks;
pub mod git;
#[cfg_attr(feature = "ssr", path = "server.rs")]
#[cfg_attr(not(feature = "ssr"), path = "page.rs")]
pub mod half;
pub mod login;
pub mod questions;
pub mod queue;
pub mod reading;
pub mod report;
pub mod sessions;
pub mod settings;
pub mod stats;
