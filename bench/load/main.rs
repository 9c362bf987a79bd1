//! What the console reaches under load: many streams, many polls, many that come back at once.
//!
//! `load BINARY CONFIG` measures and prints JSON; `load hello` is the server to compare with.
mod again;
mod client;
mod clock;
mod console;
mod found;
mod hello;
mod listener;
mod streams;
mod unchanged;
mod wire;
mod writes;

use console::Built;
use found::Found;
use std::io;
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let ended = match args.as_slice() {
        [word] if word == "hello" => hello::serve().await,
        [binary, config] => measure(&Built::new(binary, config)).await,
        [binary, config, only] => one(&Built::new(binary, config), only).await,
        _ => Err(io::Error::other("load BINARY CONFIG [PART], or load hello")),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("load: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn measure(built: &Built) -> io::Result<()> {
    let mut found = Found::default();
    streams::told(built, &mut found).await?;
    streams::content(built, &mut found).await?;
    streams::idle(built, &mut found).await?;
    unchanged::measure(built, &mut found).await?;
    again::measure(built, &mut found).await?;
    writes::measure(built, &mut found).await?;
    found.print();
    Ok(())
}

/// One part by itself, to look at it closely.
async fn one(built: &Built, part: &str) -> io::Result<()> {
    let mut found = Found::default();
    match part {
        "told" => streams::told(built, &mut found).await?,
        "content" => streams::content(built, &mut found).await?,
        "idle" => streams::idle(built, &mut found).await?,
        "unchanged" => unchanged::measure(built, &mut found).await?,
        "again" => again::measure(built, &mut found).await?,
        "writes" => writes::measure(built, &mut found).await?,
        _ => return Err(io::Error::other("there is no such part")),
    }
    found.print();
    Ok(())
}
