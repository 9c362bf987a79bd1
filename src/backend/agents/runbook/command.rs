//! Runs one shell command and hands its output on while it runs.
use crate::agents::processes::signal_group;
use rustix::process::Signal;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

/// Output is handed on at most this often.
const COALESCE: Duration = Duration::from_millis(50);
/// How long a cancelled command may take to end by itself.
const GRACE: Duration = Duration::from_millis(500);
/// How long output of what the command left running is still taken.
const TAIL: Duration = Duration::from_millis(200);
/// Most output of one command that is shown, in bytes.
const MAX_OUTPUT: usize = 1024 * 1024;

/// How a command ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ended {
    pub(super) code: Option<i32>,
    /// The signal's name.
    pub(super) signal: Option<String>,
}

impl Ended {
    fn of(status: ExitStatus) -> Self {
        let signal = status.signal().map(|number| match number {
            1 => "SIGHUP".to_owned(),
            2 => "SIGINT".to_owned(),
            6 => "SIGABRT".to_owned(),
            9 => "SIGKILL".to_owned(),
            11 => "SIGSEGV".to_owned(),
            13 => "SIGPIPE".to_owned(),
            15 => "SIGTERM".to_owned(),
            other => format!("signal {other}"),
        });
        Self {
            code: status.code(),
            signal,
        }
    }

    pub(super) fn is_success(&self) -> bool {
        self.code == Some(0)
    }

    /// For a sentence: `exit status 1`.
    pub(super) fn words(&self) -> String {
        match (self.code, &self.signal) {
            (Some(code), _) => format!("exit status {code}"),
            (None, Some(signal)) => format!("ended by {signal}"),
            (None, None) => "ended".to_owned(),
        }
    }
}

/// Output that waits to be handed on.
#[derive(Default)]
struct Held {
    bytes: Vec<u8>,
    shown: usize,
    passed_over: usize,
    due: Option<Instant>,
}

impl Held {
    fn add(&mut self, bytes: &[u8]) {
        let room = (MAX_OUTPUT - self.shown).min(bytes.len());
        self.bytes.extend_from_slice(&bytes[..room]);
        self.shown += room;
        self.passed_over += bytes.len() - room;
        if room > 0 {
            self.due.get_or_insert_with(|| Instant::now() + COALESCE);
        }
    }

    /// A character that is not whole yet stays for the next time.
    fn take(&mut self) -> Option<String> {
        self.due = None;
        let whole = match std::str::from_utf8(&self.bytes) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => self.bytes.len(),
        };
        let rest = self.bytes.split_off(whole);
        let text = String::from_utf8_lossy(&std::mem::replace(&mut self.bytes, rest)).into_owned();
        (!text.is_empty()).then_some(text)
    }

    fn finish(&mut self) -> Option<String> {
        let mut text = self.take().unwrap_or_default();
        text.push_str(&String::from_utf8_lossy(&std::mem::take(&mut self.bytes)));
        if self.passed_over > 0 {
            text.push_str(&format!(
                "\n[{} more bytes are not shown]\n",
                self.passed_over
            ));
        }
        (!text.is_empty()).then_some(text)
    }
}

/// Runs `sh -c script` in a process group of its own; `cancel` ends the group.
///
/// # Errors
/// When the shell cannot be started.
pub(super) async fn run(
    script: &str,
    cwd: &Path,
    cancel: &CancellationToken,
    mut on_output: impl AsyncFnMut(String),
) -> io::Result<Ended> {
    let (mut child, mut output) = start(script, cwd)?;
    let group = child.id().unwrap_or_default();
    let mut held = Held::default();
    let mut chunk = vec![0; 16 * 1024];
    let (mut ended, mut is_open, mut is_asked) = (None, true, false);
    let mut limit: Option<Instant> = None;
    loop {
        let pause = Instant::now();
        tokio::select! {
            () = cancel.cancelled(), if !is_asked && ended.is_none() => {
                is_asked = true;
                signal_group(group, Signal::TERM);
                limit = Some(pause + GRACE);
            }
            () = sleep_until(limit.unwrap_or(pause)), if limit.is_some() => {
                if ended.is_some() { break }
                signal_group(group, Signal::KILL);
                limit = None;
            }
            read = output.read(&mut chunk), if is_open => match read {
                Ok(0) | Err(_) => is_open = false,
                Ok(length) => held.add(&chunk[..length]),
            },
            () = sleep_until(held.due.unwrap_or(pause)), if held.due.is_some() => {
                if let Some(text) = held.take() { on_output(text).await }
            }
            status = child.wait(), if ended.is_none() => {
                ended = Some(Ended::of(status?));
                limit = Some(Instant::now() + TAIL);
            }
        }
        if ended.is_some() && !is_open {
            break;
        }
    }
    if is_asked {
        signal_group(group, Signal::KILL);
    }
    if let Some(text) = held.finish() {
        on_output(text).await;
    }
    ended.ok_or_else(|| io::Error::other("the command has no status"))
}

/// Both outputs share one pipe, so that their order is kept.
fn start(script: &str, cwd: &Path) -> io::Result<(Child, pipe::Receiver)> {
    let (reader, writer) = io::pipe()?;
    let mut command = Command::new("sh");
    command
        .arg("-c")
        .arg(script)
        .current_dir(cwd)
        .process_group(0);
    command
        .stdin(Stdio::null())
        .stdout(writer.try_clone()?)
        .stderr(writer);
    let child = command.spawn()?;
    Ok((child, pipe::Receiver::from_owned_fd(reader.into())?))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn output(script: &str) -> (Ended, String) {
        let dir = tempfile::tempdir().unwrap();
        let mut text = String::new();
        let cancel = CancellationToken::new();
        let ended = run(script, dir.path(), &cancel, async |part| {
            text.push_str(&part)
        })
        .await;
        (ended.unwrap(), text)
    }

    #[tokio::test]
    async fn both_outputs_come_in_order_with_the_status() {
        let (ended, text) = output("echo a; echo b >&2; echo ä; exit 3").await;
        assert_eq!(text, "a\nb\nä\n");
        assert_eq!(ended.words(), "exit status 3");
    }

    #[tokio::test]
    async fn more_output_than_is_shown_is_counted() {
        let (ended, text) = output("head -c 1048580 /dev/zero | tr '\\0' x").await;
        assert!(ended.is_success());
        assert!(text.ends_with("x\n[4 more bytes are not shown]\n"));
    }

    #[tokio::test]
    async fn a_cancelled_command_is_ended_though_it_ignores_it() {
        let dir = tempfile::tempdir().unwrap();
        let cancel = CancellationToken::new();
        let script = "trap '' TERM; echo up; while :; do sleep 1; done";
        let ended = run(script, dir.path(), &cancel, async |_| cancel.cancel())
            .await
            .unwrap();
        assert_eq!(ended.signal.as_deref(), Some("SIGKILL"));
    }

    #[test]
    fn a_split_character_waits_for_its_rest() {
        let mut held = Held::default();
        held.add(&[b'a', 0xc3]);
        assert_eq!(held.take().as_deref(), Some("a"));
        held.add(&[0xa4]);
        assert_eq!(held.take().as_deref(), Some("ä"));
    }
}
