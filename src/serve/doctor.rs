//! Checks what the console needs and says it line by line.
use super::options::{DataOptions, ServeOptions};
use backend::agents::presets::with_built_in;
use backend::config::{self, Table};
use backend::relay;
use backend::store::Address;
use std::path::Path;

/// Prints one line per check; false if something that is needed is missing.
pub async fn run(data: &DataOptions, options: &ServeOptions) -> bool {
    let data_dir = data.resolve();
    let is_good = [
        git().await,
        directory(&data_dir),
        database(&data_dir, options).await,
        redis(options.redis_url.as_deref()).await,
    ];
    agents(&data_dir, options);
    is_good.iter().all(|good| *good)
}

async fn git() -> bool {
    let version = backend::git::version().await;
    match &version {
        Ok(version) => println!("git       ok: {version}"),
        Err(error) => println!("git       missing: {error}"),
    }
    version.is_ok()
}

fn directory(path: &Path) -> bool {
    let probe = path.join(".doctor");
    let is_good = std::fs::create_dir_all(path)
        .and_then(|()| std::fs::write(&probe, b""))
        .is_ok();
    let _ = std::fs::remove_file(probe);
    println!(
        "data dir  {}: {}",
        if is_good { "ok" } else { "not writable" },
        path.display()
    );
    is_good
}

async fn database(data_dir: &Path, options: &ServeOptions) -> bool {
    let address = match options.database(data_dir) {
        Ok(address) => address,
        Err(error) => {
            println!("database  {error}");
            return false;
        }
    };
    if matches!(&address, Address::Sqlite(path) if !path.exists()) {
        println!("database  ok: none yet, it is made at the first start");
        return true;
    }
    match address.check().await {
        Ok(told) => println!("database  ok: {told}"),
        Err(error) => {
            println!("database  {error}");
            return false;
        }
    }
    true
}

/// Pages work without Redis; one that is configured is wanted all the same.
async fn redis(url: Option<&str>) -> bool {
    let Some(url) = url else {
        println!("redis     not configured");
        return true;
    };
    let found = relay::is_there(url).await;
    match &found {
        Ok(true) => println!("redis     ok"),
        Ok(false) => println!("redis     does not answer"),
        Err(error) => println!("redis     {error}"),
    }
    found.unwrap_or(false)
}

fn agents(data_dir: &Path, options: &ServeOptions) {
    let path = options
        .config
        .clone()
        .unwrap_or_else(|| data_dir.join("Leptos.toml"));
    let table = config::read(&path).unwrap_or_else(|error| {
        println!("config    {error}");
        Table::default()
    });
    let program = std::env::current_exe().unwrap_or_default();
    for entry in with_built_in(&program, data_dir, table.agents) {
        match entry.missing() {
            None => println!("agent     ok: {}", entry.id),
            Some(reason) => println!("agent     {}: {reason}", entry.id),
        }
    }
}
