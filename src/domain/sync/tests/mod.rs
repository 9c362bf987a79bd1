//! The cases of the specification, in virtual time; a number after a fact is its case there.
mod cache;
mod cadence;
mod failures;
mod flight;
mod gates;
mod model;
mod ops;
mod properties;
mod push;
mod replay;
mod script;
mod stream;
mod watch;
mod world;

use super::*;
use world::World;
