//! Starts the agent and carries its output: each pipe becomes lines of bounded length.
use super::ShimSpec;
use crate::agents::journal::Dir;
use crate::agents::lines::BoundedLines;
use crate::agents::processes::RUN_MARKER;
use std::process::Stdio;
use tokio::io::{AsyncRead, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::mpsc;

/// Longest line of standard output that is kept whole, in bytes.
pub(super) const MAX_LINE: usize = 8 * 1024 * 1024;
/// What is kept of a longer one, in bytes; of a message four times that.
const KEPT_OF_LONG: usize = 64 * 1024;
/// Longest line of standard error, in bytes.
const MAX_STDERR_LINE: usize = 16 * 1024;
/// Most standard error that one run records, in bytes; an agent that floods it fills no disk.
const MAX_STDERR: usize = 16 * 1024 * 1024;

/// A line that the agent wrote.
#[derive(Debug)]
pub(super) struct Output {
    pub(super) dir: Dir,
    pub(super) text: String,
}

/// A running agent and what it says; `lines` ends when both pipes are closed.
pub(super) struct Agent {
    pub(super) child: Child,
    pub(super) pid: u32,
    pub(super) input: mpsc::UnboundedSender<String>,
    pub(super) lines: mpsc::Receiver<Output>,
}

/// Starts the agent in a process group of its own.
///
/// # Errors
/// One sentence for a person.
pub(super) fn start(spec: &ShimSpec) -> Result<Agent, String> {
    let Some((program, args)) = spec.argv.split_first() else {
        return Err("the agent has no command".to_owned());
    };
    if !spec.cwd.is_dir() {
        return Err(format!(
            "working directory {} does not exist",
            spec.cwd.display()
        ));
    }
    let mut command = Command::new(program);
    command
        .args(args)
        .current_dir(&spec.cwd)
        .env_clear()
        .envs(&spec.env);
    command.env(RUN_MARKER, &spec.run).process_group(0);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let started = command.spawn();
    let mut child = started.map_err(|error| format!("cannot start {program}: {error}"))?;
    let (sender, lines) = mpsc::channel(4);
    if let Some(pipe) = child.stdout.take() {
        tokio::spawn(carry_messages(pipe, sender.clone()));
    }
    if let Some(pipe) = child.stderr.take() {
        tokio::spawn(carry_complaints(pipe, sender));
    }
    let (input, waiting) = mpsc::unbounded_channel();
    if let Some(pipe) = child.stdin.take() {
        tokio::spawn(feed(pipe, waiting));
    }
    let pid = child.id().unwrap_or_default();
    Ok(Agent {
        child,
        pid,
        input,
        lines,
    })
}

async fn carry_messages(pipe: impl AsyncRead + Unpin, lines: mpsc::Sender<Output>) {
    let mut from = BoundedLines::of_messages(BufReader::new(pipe), MAX_LINE, KEPT_OF_LONG);
    while let Ok(Some(line)) = from.next().await {
        if lines
            .send(Output {
                dir: Dir::A2c,
                text: line.noted(),
            })
            .await
            .is_err()
        {
            return;
        }
    }
}

/// Goes on reading after the limit, so that the agent does not block.
async fn carry_complaints(pipe: impl AsyncRead + Unpin, lines: mpsc::Sender<Output>) {
    let mut from = BoundedLines::new(BufReader::new(pipe), MAX_STDERR_LINE, MAX_STDERR_LINE);
    let mut room = Some(MAX_STDERR);
    while let Ok(Some(line)) = from.next().await {
        let Some(left) = room else { continue };
        let text = line.noted();
        room = left.checked_sub(text.len());
        let text = if room.is_some() {
            text
        } else {
            "[further standard error is not recorded]".to_owned()
        };
        if lines
            .send(Output {
                dir: Dir::Stderr,
                text,
            })
            .await
            .is_err()
        {
            return;
        }
    }
}

/// Ends, and so closes the agent's input, when the queue is closed and empty or the pipe breaks.
async fn feed(mut pipe: ChildStdin, mut waiting: mpsc::UnboundedReceiver<String>) {
    while let Some(mut line) = waiting.recv().await {
        line.push('\n');
        if pipe.write_all(line.as_bytes()).await.is_err() {
            return;
        }
    }
}
