//! The integration tests: the whole program from outside, one file per room.
mod runbook;
mod shim;
