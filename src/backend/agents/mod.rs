//! Agent processes: the shim that holds one, the wire to it, and what its messages mean.
pub mod talk;
