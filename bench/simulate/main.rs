//! A million pages in virtual time: the real sync core and stream logic against a modelled server.
mod report;
mod steps;
mod world;

use std::process::ExitCode;
use world::World;

fn main() -> ExitCode {
    let count = std::env::args().nth(1).and_then(|count| count.parse().ok());
    let mut world = World::new(count.unwrap_or(1_000_000));
    world.run();
    match report::print(&world) {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}
