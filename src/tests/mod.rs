//! The integration tests: the whole program from outside, one file per room.
// `cfg(test)` tells clippy that these are tests, helpers included.
#[cfg(test)]
mod agents;
#[cfg(test)]
mod changes;
#[cfg(test)]
mod composer;
#[cfg(test)]
mod door;
#[cfg(test)]
mod entering;
#[cfg(test)]
mod events;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod flags;
#[cfg(test)]
mod forks;
#[cfg(test)]
mod gallery;
#[cfg(test)]
mod git;
#[cfg(test)]
mod index;
#[cfg(test)]
mod input;
#[cfg(test)]
mod nodes;
#[cfg(test)]
mod odd_agents;
#[cfg(test)]
mod outside;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod postgres;
#[cfg(test)]
mod proxies;
#[cfg(test)]
mod questions;
#[cfg(test)]
mod reading;
#[cfg(test)]
mod reads;
#[cfg(test)]
mod recorded;
#[cfg(test)]
mod redis;
#[cfg(test)]
mod runbook;
#[cfg(test)]
mod sessions;
#[cfg(test)]
mod shim;
#[cfg(test)]
mod stats;
#[cfg(test)]
mod subpath;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tidy;
#[cfg(test)]
mod wire;
