//! Agent processes: the shim that holds one, the wire to it, and what its messages mean.
pub mod actor;
pub mod behind;
pub mod journal;
pub mod lines;
pub mod link;
pub mod presets;
pub mod probe;
pub mod processes;
pub mod runbook;
pub mod shim;
pub mod talk;
pub mod wire;
