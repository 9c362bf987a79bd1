//! The built-in agent: no model, it does the steps that a prompt spells out, speaking ACP.
mod ask;
mod blocks;
mod command;
mod edit;
mod patch;
mod peer;
mod plan;
mod prompt;
mod session;
mod shortcuts;
mod store;
mod turn;
mod updates;

use super::lines::BoundedLines;
use peer::Peer;
use session::Agent;
use std::io;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;
use tokio::io::{AsyncWriteExt, BufReader, stdin, stdout};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tokio::task::LocalSet;
use tokio::time::timeout;

/// Longest message that is taken, in bytes.
const MAX_MESSAGE: usize = 96 * 1024 * 1024;
/// How long the end of running commands is waited for.
const CLOSE_WAIT: Duration = Duration::from_secs(2);

/// Speaks ACP on standard input and output until the input ends: `heddle agent runbook`.
#[must_use]
pub fn run() -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("runbook: {error}");
            return ExitCode::FAILURE;
        }
    };
    let served = LocalSet::new().block_on(&runtime, serve());
    // The reader of standard input cannot be interrupted.
    runtime.shutdown_background();
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("runbook: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve() -> io::Result<()> {
    let (lines, outgoing) = mpsc::channel(64);
    let writing = tokio::task::spawn_local(write(outgoing));
    let agent = Rc::new(Agent::new(Rc::new(Peer::new(lines))));
    let mut terms = signal(SignalKind::terminate())?;
    let mut messages = BoundedLines::new(BufReader::new(stdin()), MAX_MESSAGE, 0);
    loop {
        let line = tokio::select! {
            line = messages.next() => line?,
            _ = terms.recv() => None,
        };
        match line {
            Some(line) if line.cut_from.is_none() && line.text.trim().is_empty() => {}
            Some(line) => agent.take(&line.text).await,
            None => break,
        }
    }
    timeout(CLOSE_WAIT, agent.close()).await.ok();
    drop(agent);
    timeout(CLOSE_WAIT, writing).await.ok();
    Ok(())
}

async fn write(mut outgoing: mpsc::Receiver<String>) -> io::Result<()> {
    let mut out = stdout();
    while let Some(mut line) = outgoing.recv().await {
        line.push('\n');
        out.write_all(line.as_bytes()).await?;
        out.flush().await?;
    }
    Ok(())
}
