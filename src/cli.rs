//! The command line: flags, environment, and which part of the program runs.
use crate::serve::{
    DataOptions, Lines, Log, ServeOptions, StartError, doctor, login_link, move_store, run,
};
use backend::agents::{runbook, shim};
use clap::{Parser, Subcommand};
use std::process::ExitCode;
use std::sync::Arc;

/// Self-hosted web console for coding-agent sessions.
#[derive(Debug, Parser)]
#[command(name = "heddle", version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    data: DataOptions,
    #[command(flatten)]
    serve: ServeOptions,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the console (the default).
    Serve {
        #[command(flatten)]
        serve: ServeOptions,
        #[command(flatten)]
        data: DataOptions,
    },
    /// Prints a new one-time login link for the running console.
    LoginLink {
        #[command(flatten)]
        data: DataOptions,
    },
    /// Runs a built-in agent, speaking ACP on standard input and output.
    Agent {
        /// The agent's name: `runbook`.
        name: String,
    },
    /// Internal: holds one agent.
    #[command(hide = true)]
    Shim,
    /// Moves the store of a stopped console from a SQLite file to a PostgreSQL server.
    MigrateStore {
        /// Where it is: `sqlite://PATH`.
        #[arg(long, value_name = "URL")]
        from: String,
        /// Where it goes, an empty database: `postgres://USER:PASSWORD@HOST:PORT/DATABASE`.
        #[arg(
            long,
            value_name = "URL",
            env = "HEDDLE_DATABASE_URL",
            hide_env_values = true
        )]
        to: String,
    },
    /// Checks git, agents, database and data directory.
    Doctor {
        #[command(flatten)]
        serve: ServeOptions,
        #[command(flatten)]
        data: DataOptions,
    },
}

/// Runs the program and says how it ended.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match cli.command {
        None => serve(&cli.data, &cli.serve),
        Some(Command::Serve {
            serve: options,
            data,
        }) => serve(&data, &options),
        Some(Command::LoginLink { data }) => print_link(&data),
        Some(Command::MigrateStore { from, to }) => {
            match runtime().block_on(move_store(&from, &to)) {
                Ok(()) => ExitCode::SUCCESS,
                Err(text) => complain(&text, 1),
            }
        }
        Some(Command::Doctor { serve, data }) => {
            let is_good = runtime().block_on(doctor::run(&data, &serve));
            if is_good {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            }
        }
        Some(Command::Agent { name }) if name == "runbook" => runbook::run(),
        Some(Command::Agent { name }) => complain(
            &format!("there is no built-in agent {name:?}; the only one is \"runbook\""),
            2,
        ),
        Some(Command::Shim) => match shim::read_spec() {
            Ok(spec) => shim::run(spec),
            Err(error) => complain(&error.to_string(), 2),
        },
    }
}

fn complain(text: &str, code: u8) -> ExitCode {
    eprintln!("heddle: {text}.");
    ExitCode::from(code)
}

#[expect(clippy::expect_used, reason = "without a runtime there is no program")]
fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime can be made")
}

fn serve(data: &DataOptions, options: &ServeOptions) -> ExitCode {
    let (log, writing) = Log::start(std::io::stderr());
    log_to(log);
    let runtime = runtime();
    let ended = runtime.block_on(run(data, options));
    runtime.shutdown_background();
    drop(writing);
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error @ StartError::Open(_)) => complain(&error.to_string(), 2),
        Err(error) => complain(&error.to_string(), 1),
    }
}

fn print_link(data: &DataOptions) -> ExitCode {
    match runtime().block_on(login_link(&data.resolve())) {
        Ok(link) => {
            println!("{link}");
            ExitCode::SUCCESS
        }
        Err(text) => complain(&text, 1),
    }
}

fn log_to(log: Arc<Log>) {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_env("HEDDLE_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_writer(log)
        .with_env_filter(filter)
        .event_format(Lines)
        .init();
}
