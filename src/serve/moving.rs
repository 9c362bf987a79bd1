//! `heddle migrate-store`: moves a store while its console is stopped, and says what was moved.
use super::place::take_from_console;
use backend::store::Address;
use backend::store::moving::{Weight, migrate};

/// Moves a store, and prints one line for each table.
///
/// # Errors
/// One sentence that says what to do.
pub async fn move_store(from: &str, to: &str) -> Result<(), String> {
    let told = |error: &dyn std::fmt::Display| error.to_string();
    let from = Address::parse(from).map_err(|error| told(&error))?;
    let to = Address::parse(to).map_err(|error| told(&error))?;
    let _lock = match &from {
        Address::Sqlite(path) => take_from_console(path).map_err(|error| told(&error))?,
        Address::Postgres { .. } => None,
    };
    migrate(&from, &to, say)
        .await
        .map_err(|error| told(&error))?;
    println!(
        "all of it is there; start the console with this --database-url and the same --data-dir"
    );
    Ok(())
}

fn say(table: &'static str, weight: Weight) {
    println!("{table:<16}{:>10} rows  {}", weight.rows, weight.digest());
}
