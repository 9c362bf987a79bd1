//! Agent processes: the shim that holds one, the wire to it, and what its messages mean.
pub mod actor;
pub mod behind;
pub mod journal;
pub mod lines;
pub mod link;
mod link_error;
pub mod presets;
pub mod probe;
pub mod processes;
pub mod reader;
pub mod runbook;
pub mod shim;
mod shim_event;
mod shortened;
pub mod talk;
pub mod wire;
