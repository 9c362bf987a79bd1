//! Private servers for tests: each in a directory of its own on a free loopback port, gone when the
//! process that started it ends, however it ends.
mod place;
mod postgres;

pub use place::free_port;
pub use postgres::{Halted, Postgres};
