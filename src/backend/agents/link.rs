//! The server's end of a shim: starts one, attaches to it, and reads its journal as it grows.
pub use super::link_error::LinkError;

use super::journal::JournalLine;
use super::lines::BoundedLines;
use super::shim::ShimSpec;
use super::wire::{FromShim, MAX_LINE, ToShim, VERSION};
use std::collections::HashMap;
use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::process::Command;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep, timeout_at};

/// How long a fresh shim may take to answer.
const ATTACH_WAIT: Duration = Duration::from_secs(10);
const ATTACH_POLL: Duration = Duration::from_millis(10);
/// Lines that wait for the reader of a [`LineStream`] before the socket is left alone.
const LINES_AHEAD: usize = 16;

/// Starts a shim that outlives this process; its status is taken when it ends. Returns its id.
/// Needs a tokio runtime.
///
/// # Errors
/// `Start` when the program cannot be started or does not take the spec.
pub async fn spawn_shim(exe: &Path, spec: &ShimSpec) -> Result<u32, LinkError> {
    let path = spec.session_dir.join("shim.log");
    let log = OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(path);
    let log = log.map_err(LinkError::Start)?;
    let mut command = Command::new(exe);
    command.arg("shim").env_clear().current_dir("/");
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(log);
    let mut child = command.spawn().map_err(LinkError::Start)?;
    let pid = child.id().ok_or(LinkError::Silent)?;
    let mut text = serde_json::to_vec(spec).map_err(|error| LinkError::Start(error.into()))?;
    text.push(b'\n');
    let input = child.stdin.take();
    tokio::spawn(async move { child.wait().await });
    if let Some(mut input) = input {
        input.write_all(&text).await.map_err(LinkError::Start)?;
    }
    Ok(pid)
}

type Waiting = Arc<Mutex<Acks>>;

#[derive(Default)]
struct Acks {
    by_key: HashMap<String, Vec<oneshot::Sender<u64>>>,
    is_over: bool,
}

fn locked(waiting: &Waiting) -> MutexGuard<'_, Acks> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An attached shim; dropping it and its stream hangs up and changes nothing for the agent.
#[derive(Debug, Clone)]
pub struct Link {
    ops: mpsc::UnboundedSender<ToShim>,
    waiting: Waiting,
    run: Arc<str>,
    last: u64,
}

impl std::fmt::Debug for Acks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Acks")
            .field("open", &self.by_key.len())
            .finish_non_exhaustive()
    }
}

/// The journal above the line that was asked for, in order; ends when the connection does.
#[derive(Debug)]
pub struct LineStream {
    lines: mpsc::Receiver<JournalLine>,
}

impl LineStream {
    /// The next line, or `None` when the connection is gone. Cancel safe.
    pub async fn next(&mut self) -> Option<JournalLine> {
        self.lines.recv().await
    }
}

/// A line that is on its way to the journal.
#[derive(Debug)]
pub struct Sent(oneshot::Receiver<u64>);

impl Sent {
    /// The line's number, once it is on the disk. Not to be awaited by the task that reads the
    /// [`LineStream`]: acknowledgements come after the lines before them.
    ///
    /// # Errors
    /// `Lost` when the connection ended first; the line may be in the journal or not.
    pub async fn acked(self) -> Result<u64, LinkError> {
        self.0.await.map_err(|_| LinkError::Lost)
    }
}

impl Link {
    /// Attaches, waiting up to ten seconds for the socket to appear; lines above `after` follow.
    ///
    /// # Errors
    /// `Silent` when nothing answers; `Refused` when another server holds the agent.
    pub async fn attach(
        socket: &Path,
        after: u64,
        epoch: u64,
    ) -> Result<(Self, LineStream), LinkError> {
        let deadline = Instant::now() + ATTACH_WAIT;
        let (read, write) = connect(socket, deadline).await?.into_split();
        let (ops, outgoing) = mpsc::unbounded_channel();
        drop(ops.send(ToShim::Attach {
            v: VERSION,
            after,
            epoch,
        }));
        tokio::spawn(speak(write, outgoing));
        let mut from = BoundedLines::new(BufReader::new(read), MAX_LINE, 0);
        let first = timeout_at(deadline, next_op(&mut from)).await;
        let (run, last) = match first.map_err(|_| LinkError::Silent)? {
            Some(FromShim::Hello {
                v: VERSION,
                run,
                last,
            }) => (run.into(), last),
            Some(FromShim::Refused { epoch }) => return Err(LinkError::Refused(epoch)),
            _ => return Err(LinkError::Silent),
        };
        let (sender, lines) = mpsc::channel(LINES_AHEAD);
        let waiting = Waiting::default();
        tokio::spawn(listen(from, sender, Arc::clone(&waiting)));
        Ok((
            Self {
                ops,
                waiting,
                run,
                last,
            },
            LineStream { lines },
        ))
    }

    /// Attaches to the shim of a run: the one of the run before may still wait for a reader of its
    /// last line, which this is.
    ///
    /// # Errors
    /// As [`Self::attach`].
    pub async fn attach_to(
        run: &str,
        socket: &Path,
        after: u64,
        epoch: u64,
    ) -> Result<(Self, LineStream), LinkError> {
        let deadline = Instant::now() + ATTACH_WAIT;
        loop {
            match Self::attach(socket, after, epoch).await {
                Ok((link, lines)) if link.run() == run => return Ok((link, lines)),
                Err(LinkError::Silent) | Ok(_) if Instant::now() < deadline => {
                    sleep(ATTACH_POLL).await;
                }
                Ok(_) => return Err(LinkError::Silent),
                Err(error) => return Err(error),
            }
        }
    }

    /// The run that the shim holds.
    #[must_use]
    pub fn run(&self) -> &str {
        &self.run
    }

    /// The journal's last line at the time of attaching.
    #[must_use]
    pub fn last(&self) -> u64 {
        self.last
    }

    /// Sends a line to the agent, once per key however often it is repeated.
    ///
    /// # Errors
    /// `Lost` when the connection is gone.
    pub fn send(&self, key: &str, raw: &str) -> Result<Sent, LinkError> {
        let (sender, receiver) = oneshot::channel();
        {
            let mut waiting = locked(&self.waiting);
            if waiting.is_over {
                return Err(LinkError::Lost);
            }
            waiting
                .by_key
                .entry(key.to_owned())
                .or_default()
                .push(sender);
        }
        self.say(ToShim::Send {
            key: key.to_owned(),
            raw: raw.to_owned(),
        })?;
        Ok(Sent(receiver))
    }

    /// Ends the agent and all that it started; the stream then ends with the `exited` line.
    ///
    /// # Errors
    /// `Lost` when the connection is gone.
    pub fn stop(&self) -> Result<(), LinkError> {
        self.say(ToShim::Stop)
    }

    /// Says that a server with a valid lease is here.
    ///
    /// # Errors
    /// `Lost` when the connection is gone.
    pub fn ping(&self) -> Result<(), LinkError> {
        self.say(ToShim::Ping)
    }

    fn say(&self, op: ToShim) -> Result<(), LinkError> {
        self.ops.send(op).map_err(|_| LinkError::Lost)
    }
}

/// A socket file without a listener is what a dead shim left: its successor replaces it.
async fn connect(socket: &Path, deadline: Instant) -> Result<UnixStream, LinkError> {
    loop {
        match UnixStream::connect(socket).await {
            Ok(stream) => return Ok(stream),
            Err(_) if Instant::now() < deadline => sleep(ATTACH_POLL).await,
            Err(_) => return Err(LinkError::Silent),
        }
    }
}

async fn speak(mut write: OwnedWriteHalf, mut outgoing: mpsc::UnboundedReceiver<ToShim>) {
    while let Some(op) = outgoing.recv().await {
        let Ok(mut text) = serde_json::to_vec(&op) else {
            return;
        };
        text.push(b'\n');
        if write.write_all(&text).await.is_err() {
            return;
        }
    }
}

type Ops = BoundedLines<BufReader<OwnedReadHalf>>;

async fn listen(mut from: Ops, lines: mpsc::Sender<JournalLine>, waiting: Waiting) {
    while let Some(op) = next_op(&mut from).await {
        match op {
            FromShim::Line(line) => {
                if lines.send(line).await.is_err() {
                    break;
                }
            }
            FromShim::Ack { key, n } => {
                for sender in locked(&waiting).by_key.remove(&key).unwrap_or_default() {
                    // Whoever sent it need not wait for the answer.
                    sender.send(n).ok();
                }
            }
            FromShim::Hello { .. } | FromShim::Pong | FromShim::Refused { .. } => {}
        }
    }
    let mut waiting = locked(&waiting);
    waiting.is_over = true;
    waiting.by_key.clear();
}

async fn next_op(from: &mut Ops) -> Option<FromShim> {
    let line = from.next().await.ok()??;
    serde_json::from_str(&line.text).ok()
}
