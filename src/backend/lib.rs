//! Where sessions come from: the store, the agents, git. Server only; knows no leptos and no axum.
pub mod agents;
pub mod attachments;
pub mod clock;
pub mod config;
pub mod console;
pub mod error;
pub mod events;
pub mod git;
pub mod nodes;
pub mod relay;
pub mod store;
pub mod telemetry;
