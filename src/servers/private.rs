//! A private PostgreSQL for tests that are not written in Rust: prints the address of an empty
//! database, and ends when its standard input does.
use servers::Postgres;
use std::io::{Read as _, Write as _};

fn main() {
    let server = Postgres::start();
    let _ = writeln!(std::io::stdout(), "{}", server.database());
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
}
