//! The process that holds one agent: it owns the pipes, writes the journal, and outlives the server.
mod agent;
mod keeper;
mod serve;

use super::journal::{Journal, JournalError};
use super::processes::{boot_id, start_time};
use keeper::Keeper;
use rustix::process::{self, DumpableBehavior, Resource, Rlimit};
use serde::{Deserialize, Serialize};
use serve::Desk;
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, BufRead, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, timeout};

/// Most open files of an agent. Source: security design 5.5.
const MAX_FILES: u64 = 4096;
/// How long the last lines wait for a server that reads them.
const LINGER: Duration = Duration::from_secs(30);
/// How long to wait for the shim of the run before to let go of the journal.
const LOCK_WAIT: Duration = Duration::from_secs(5);
const LOCK_POLL: Duration = Duration::from_millis(20);

/// What to run and where; arrives as one line of JSON on the shim's standard input, so that the
/// secrets in `env` show in no list of processes.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ShimSpec {
    /// The session's own directory, absolute; holds `journal.jsonl`, `shim.json`, `shim.log`.
    pub session_dir: PathBuf,
    /// Where the shim listens; below 108 bytes.
    pub socket_path: PathBuf,
    /// The agent's working directory.
    pub cwd: PathBuf,
    /// The agent's command; no shell.
    pub argv: Vec<String>,
    /// The agent's whole environment; the run marker is added.
    pub env: BTreeMap<String, String>,
    /// Names this run; a UUID.
    pub run: String,
    /// Milliseconds between closing the input, SIGTERM and SIGKILL.
    #[serde(default = "default_grace_ms")]
    pub stop_grace_ms: u64,
    /// Milliseconds after the last word of a server at which the agent is ended; never if absent.
    #[serde(default)]
    pub orphan_ms: Option<u64>,
}

/// Source: agents design 4.1, two seconds for each step.
fn default_grace_ms() -> u64 {
    2000
}

impl ShimSpec {
    /// The session's journal.
    #[must_use]
    pub fn journal_path(&self) -> PathBuf {
        self.session_dir.join("journal.jsonl")
    }
}

/// Which process is the shim of a session: the content of `shim.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ShimRecord {
    /// The shim's process id.
    pub pid: u32,
    /// When it started, in clock ticks since boot.
    pub start_time: u64,
    /// The boot that both count in.
    pub boot_id: String,
    /// The run that it holds.
    pub run: String,
    /// Where it listens.
    pub socket: PathBuf,
}

impl ShimRecord {
    /// The record in a session's directory; `None` when there is none that can be read.
    #[must_use]
    pub fn read(session_dir: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(session_dir.join("shim.json")).ok()?).ok()
    }
}

/// The shim cannot hold an agent.
#[derive(Debug, thiserror::Error)]
pub enum ShimError {
    /// Standard input holds no spec.
    #[error("no spec on standard input: {0}")]
    Spec(#[from] serde_json::Error),
    /// The journal cannot be used.
    #[error("{0}")]
    Journal(#[from] JournalError),
    /// The system refused something.
    #[error("{0}: {1}")]
    System(&'static str, #[source] io::Error),
}

/// Reads the spec from the first line of standard input.
///
/// # Errors
/// When there is none.
pub fn read_spec() -> Result<ShimSpec, ShimError> {
    let mut line = String::new();
    let read = io::stdin().lock().read_line(&mut line);
    read.map_err(|error| ShimError::System("standard input", error))?;
    Ok(serde_json::from_str(&line)?)
}

/// Holds the agent until it has ended and a server knows; the entry of `heddle shim`.
#[must_use]
pub fn run(spec: ShimSpec) -> ExitCode {
    let held = settle().and_then(|()| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime
            .map_err(|error| ShimError::System("runtime", error))?
            .block_on(hold(spec))
    });
    match held {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("shim: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Makes this process its own session, the parent of orphans, and small.
fn settle() -> Result<(), ShimError> {
    // Refused for a leader of a process group, which a shell makes of it: then it is alone already.
    process::setsid().ok();
    let failed = |what| move |error: rustix::io::Errno| ShimError::System(what, error.into());
    process::set_child_subreaper(Some(process::getpid())).map_err(failed("subreaper"))?;
    let maximum = process::getrlimit(Resource::Nofile).maximum;
    let current = Some(maximum.map_or(MAX_FILES, |hard| hard.min(MAX_FILES)));
    let files = Rlimit { current, maximum };
    process::setrlimit(Resource::Nofile, files).map_err(failed("limit of open files"))?;
    let no_core = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    process::setrlimit(Resource::Core, no_core).map_err(failed("limit of core files"))?;
    process::set_dumpable_behavior(DumpableBehavior::NotDumpable).map_err(failed("dumpable"))
}

async fn hold(spec: ShimSpec) -> Result<(), ShimError> {
    let journal = open_journal(&spec.journal_path()).await?;
    let (commands, orders) = mpsc::channel(16);
    let (last, seen) = watch::channel(journal.last());
    let (delivered, mut arrivals) = watch::channel(0);
    let (heard, words) = watch::channel(Instant::now());
    let desk = Desk::open(&spec, commands, seen, (delivered, heard))
        .map_err(|error| ShimError::System("socket", error))?;
    write_record(&spec).map_err(|error| ShimError::System("shim.json", error))?;
    let door = desk.door();
    let serving = tokio::spawn(desk.serve());
    let end = Keeper::new(spec, journal, (orders, words), last.clone())
        .keep()
        .await;
    // Nobody may read: then the journal on the disk is the witness.
    drop(timeout(LINGER, arrivals.wait_for(|n| *n >= end)).await);
    serving.abort();
    door.close();
    Ok(())
}

/// The shim of the run before holds the lock for a moment after its last line.
async fn open_journal(path: &Path) -> Result<Journal, JournalError> {
    let deadline = Instant::now() + LOCK_WAIT;
    loop {
        match Journal::open(path) {
            Err(JournalError::Held) if Instant::now() < deadline => sleep(LOCK_POLL).await,
            opened => return opened,
        }
    }
}

fn write_record(spec: &ShimSpec) -> io::Result<()> {
    let pid = std::process::id();
    let record = ShimRecord {
        pid,
        start_time: start_time(pid).unwrap_or_default(),
        boot_id: boot_id(),
        run: spec.run.clone(),
        socket: spec.socket_path.clone(),
    };
    let path = spec.session_dir.join("shim.json");
    let fresh = spec.session_dir.join("shim.json.new");
    let mut options = fs::OpenOptions::new();
    let mut file = options
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&fresh)?;
    file.write_all(&serde_json::to_vec(&record)?)?;
    file.sync_data()?;
    fs::rename(fresh, path)
}
