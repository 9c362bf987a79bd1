//! The command line: flags, environment, and which part of the program runs.
use backend::agents::{runbook, shim};
use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Self-hosted web console for coding-agent sessions.
#[derive(Debug, Parser)]
#[command(name = "heddle", version)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs a built-in agent, speaking ACP on standard input and output.
    Agent {
        /// The agent's name: `runbook`.
        name: String,
    },
    /// Internal: holds one agent.
    #[command(hide = true)]
    Shim,
}

/// Runs the program and says how it ended.
#[must_use]
pub fn main() -> ExitCode {
    match Cli::parse().command {
        Some(Command::Agent { name }) if name == "runbook" => runbook::run(),
        Some(Command::Agent { name }) => {
            eprintln!("heddle: there is no built-in agent {name:?}; the only one is \"runbook\".");
            ExitCode::from(2)
        }
        Some(Command::Shim) => match shim::read_spec() {
            Ok(spec) => shim::run(spec),
            Err(error) => {
                eprintln!("heddle: {error}.");
                ExitCode::from(2)
            }
        },
        None => ExitCode::FAILURE,
    }
}
