//! Heddle: a web console for coding-agent sessions. The rooms are listed in the README.
#[cfg(feature = "ssr")]
pub mod cli;
pub mod components;
