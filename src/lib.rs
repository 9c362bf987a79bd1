//! Heddle: a web console for coding-agent sessions. The rooms are listed in the README.
#![recursion_limit = "512"]
pub mod api;
pub mod app;
pub mod browser;
#[cfg(feature = "ssr")]
pub mod cli;
pub mod components;
pub mod feeds;
#[cfg(feature = "hydrate")]
pub mod hydrate;
pub mod routes;
#[cfg(feature = "ssr")]
pub mod serve;
