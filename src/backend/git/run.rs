//! One run of git: empty environment, fixed configuration, bounded time and output.
use super::config::{self, Config};
use super::driver;
use super::error::GitError;
use super::hardening::{SETTINGS, environment};
use super::person::Person;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{LazyLock, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::sync::Semaphore;

/// Bytes of output that are read. Source: security 5.2.
const OUTPUT_LIMIT: u64 = 20 * 1024 * 1024;
/// How long a reading command may take. Source: security 5.2.
const READ_TIME: Duration = Duration::from_secs(10);
/// How long a writing command may take. Source: security 5.2.
const WRITE_TIME: Duration = Duration::from_secs(60);
/// Git processes at once. Source: security 5.2.
static SLOTS: Semaphore = Semaphore::const_new(8);
/// Runs so far by subcommand, for the metrics.
static SPAWNS: LazyLock<Mutex<BTreeMap<String, u64>>> = LazyLock::new(Mutex::default);

/// Where a run of git happens.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// Its git directory, as recorded when it was made.
    pub(super) git_dir: Option<PathBuf>,
    /// The checkout.
    pub(super) work_tree: PathBuf,
    /// The git directory that holds refs and objects.
    pub(super) common_dir: Option<PathBuf>,
}

/// A call of git.
#[derive(Debug, Clone, Default)]
pub(super) struct Call {
    args: Vec<OsString>,
    env: Vec<(String, OsString)>,
    unset: Vec<String>,
    stdin: Vec<u8>,
    is_write: bool,
}

impl Call {
    pub(super) fn new<I, A>(args: I) -> Self
    where
        I: IntoIterator<Item = A>,
        A: Into<OsString>,
    {
        Self {
            args: args.into_iter().map(Into::into).collect(),
            ..Self::default()
        }
    }

    pub(super) fn arg(mut self, arg: impl Into<OsString>) -> Self {
        self.args.push(arg.into());
        self
    }

    pub(super) fn env(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.env.push((name.to_owned(), value.into()));
        self
    }

    /// Takes a variable out of the environment.
    pub(super) fn without(mut self, name: &str) -> Self {
        self.unset.push(name.to_owned());
        self
    }

    pub(super) fn args<A: AsRef<OsStr>>(self, args: &[A]) -> Self {
        args.iter().fold(self, |call, arg| call.arg(arg.as_ref()))
    }

    /// Paths behind `--`.
    pub(super) fn paths<'a>(self, paths: impl IntoIterator<Item = &'a String>) -> Self {
        paths.into_iter().fold(self.arg("--"), Self::arg)
    }

    pub(super) fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = bytes.into();
        self
    }

    pub(super) fn writes(mut self) -> Self {
        self.is_write = true;
        self
    }

    /// The subcommand; settings may stand before it.
    fn name(&self) -> String {
        let mut args = self.args.iter();
        let mut name = args.next();
        while name.is_some_and(|name| name == "-c") {
            let _setting = args.next();
            name = args.next();
        }
        name.map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default()
    }
}

/// Runs so far, by subcommand.
#[must_use]
pub fn spawns() -> BTreeMap<String, u64> {
    SPAWNS
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
        .clone()
}

/// The version of the installed git, such as `2.47.3`.
///
/// # Errors
/// [`GitError::Missing`] if there is none.
pub async fn version() -> Result<String, GitError> {
    let place = Place {
        git_dir: None,
        work_tree: PathBuf::from("/"),
        common_dir: None,
    };
    let text = plain(&place, Call::new(["version"])).await?;
    let text = String::from_utf8_lossy(&text).into_owned();
    Ok(text
        .split_whitespace()
        .nth(2)
        .unwrap_or_default()
        .to_owned())
}

/// Runs a command that starts no program by itself, without looking at the configuration first.
pub(super) async fn plain(place: &Place, call: Call) -> Result<Vec<u8>, GitError> {
    raw(place, &call, &Config::default()).await
}

/// Runs git with a configuration that was read before.
pub(super) async fn run_with(
    place: &Place,
    call: Call,
    config: &Config,
) -> Result<Vec<u8>, GitError> {
    raw(place, &call, config).await
}

/// Runs git with every driver of the repository's configuration switched off.
pub(super) async fn run(place: &Place, person: &Person, call: Call) -> Result<Vec<u8>, GitError> {
    let config = config::read(place, person).await?;
    raw(place, &call, &config).await
}

async fn raw(place: &Place, call: &Call, config: &Config) -> Result<Vec<u8>, GitError> {
    let _slot = SLOTS
        .acquire()
        .await
        .map_err(|_| GitError::Slow(call.name()))?;
    count(&call.name());
    let mut child = command(place, call, config)
        .spawn()
        .map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => GitError::Missing,
            _ => GitError::Io(error),
        })?;
    let limit = if call.is_write { WRITE_TIME } else { READ_TIME };
    let ended = tokio::time::timeout(limit, talk(&mut child, call)).await;
    if let Ok(ended) = ended {
        return ended;
    }
    end_group(&child);
    let _ = child.wait().await;
    Err(GitError::Slow(call.name()))
}

fn count(name: &str) {
    let mut spawns = SPAWNS
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    *spawns.entry(name.to_owned()).or_default() += 1;
}

fn end_group(child: &Child) {
    let group = child
        .id()
        .and_then(|id| i32::try_from(id).ok())
        .and_then(rustix::process::Pid::from_raw);
    if let Some(group) = group {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
}

async fn talk(child: &mut Child, call: &Call) -> Result<Vec<u8>, GitError> {
    let (mut input, output, errors) =
        (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let feed = async {
        if let Some(input) = &mut input {
            let _ = input.write_all(&call.stdin).await;
        }
        drop(input);
    };
    let (mut text, mut complaint) = (Vec::new(), Vec::new());
    let read = async {
        if let Some(output) = output {
            output.take(OUTPUT_LIMIT + 1).read_to_end(&mut text).await?;
        }
        Ok::<_, std::io::Error>(())
    };
    let complain = async {
        if let Some(errors) = errors {
            errors.take(16 * 1024).read_to_end(&mut complaint).await?;
        }
        Ok::<_, std::io::Error>(())
    };
    let ((), read, complained) = tokio::join!(feed, read, complain);
    read?;
    complained?;
    if text.len() as u64 > OUTPUT_LIMIT {
        end_group(child);
        let _ = child.wait().await;
        return Err(GitError::TooMuch(call.name()));
    }
    if child.wait().await?.success() {
        return Ok(text);
    }
    let complaint = String::from_utf8_lossy(&complaint);
    let text = complaint.lines().take(5).collect::<Vec<_>>().join("; ");
    Err(GitError::Refused {
        command: call.name(),
        text,
    })
}

fn command(place: &Place, call: &Call, config: &Config) -> Command {
    let mut command = Command::new("git");
    command
        .env_clear()
        .envs(environment())
        .envs(driver::environment(&config.off));
    if let Some(common) = &place.common_dir {
        command.env("GIT_COMMON_DIR", common);
    }
    command.envs(call.env.iter().map(|(name, value)| (name, value)));
    for name in &call.unset {
        command.env_remove(name);
    }
    if let Some(git_dir) = &place.git_dir {
        command
            .arg(joined("--git-dir=", git_dir))
            .arg(joined("--work-tree=", &place.work_tree));
    }
    command.args(["--no-pager", "--literal-pathspecs", "--no-replace-objects"]);
    for setting in SETTINGS {
        command.args(["-c", setting]);
    }
    for setting in &config.own {
        command.arg("-c").arg(setting);
    }
    command
        .arg("-c")
        .arg(joined("safe.directory=", &place.work_tree));
    command.args(&call.args).current_dir(&place.work_tree);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command.process_group(0).kill_on_drop(true);
    command
}

fn joined(start: &str, path: &Path) -> OsString {
    let mut whole = OsString::from(start);
    whole.push(path);
    whole
}
