//! A short look at an agent: started in an empty folder, asked to open a conversation, ended.
use super::lines::BoundedLines;
use super::processes::{RUN_MARKER, signal_group, sweep};
use super::reader;
use super::talk::build;
use crate::config::AgentEntry;
use rustix::process::Signal;
use serde_json::{Map, Value};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::{Instant, timeout, timeout_at};

/// Longest line that is read; some agents list their commands in half a megabyte.
const MAX_LINE: usize = 8 * 1024 * 1024;
/// What is kept of a longer one, in bytes.
const KEPT_OF_LONG: usize = 64 * 1024;
/// Bytes of standard error that are read.
const MAX_STDERR: u64 = 64 * 1024;
/// How long the agent has to end by itself after its input is closed.
const GRACE: Duration = Duration::from_secs(1);
/// JSON-RPC code of ACP: a login is needed first.
const AUTH_REQUIRED: i64 = -32000;

/// What is looked at and how.
#[derive(Debug, Clone, Copy)]
pub struct Probe<'a> {
    /// The agent.
    pub entry: &'a AgentEntry,
    /// Where the empty folder is made; it is removed after.
    pub place: &'a Path,
    /// Longest wait for each answer.
    pub wait: Duration,
}

/// What a look found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// It opened a conversation.
    Ready,
    /// It asked for a login.
    NeedsLogin,
    /// Neither; one sentence for a person.
    Failed(String),
}

/// Starts the agent, opens a conversation without a prompt, and ends all that it started.
pub async fn probe(probe: Probe<'_>) -> Found {
    let run = uuid::Uuid::new_v4().to_string();
    let folder = probe.place.join(&run);
    if let Err(error) = tokio::fs::create_dir_all(&folder).await {
        return Found::Failed(format!("the folder for the check is not made: {error}"));
    }
    let found = match start(probe.entry, &folder, &run) {
        Ok(child) => look(child, probe, (&folder, run)).await,
        Err(error) => Found::Failed(format!("it cannot be started: {error}")),
    };
    // Its parent stays: another check may use it.
    if let Err(error) = tokio::fs::remove_dir_all(&folder).await {
        tracing::warn!(error = %error, "the folder of a check was not removed");
    }
    found
}

fn start(entry: &AgentEntry, folder: &Path, run: &str) -> std::io::Result<Child> {
    let (program, args) = entry
        .command
        .split_first()
        .ok_or(std::io::ErrorKind::InvalidInput)?;
    let mut command = Command::new(program);
    command.args(args).current_dir(folder);
    command.env_clear().envs(entry.environment());
    command.env(RUN_MARKER, run).process_group(0);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    command.stderr(Stdio::piped()).kill_on_drop(true);
    command.spawn()
}

async fn look(mut child: Child, probe: Probe<'_>, (folder, run): (&Path, String)) -> Found {
    let pid = child.id().unwrap_or_default();
    let complaints = child
        .stderr
        .take()
        .map(|pipe| tokio::spawn(last_words(pipe)));
    let found = match (child.stdin.take(), child.stdout.take()) {
        (Some(input), Some(output)) => {
            let talk = Conversation {
                input,
                lines: BoundedLines::of_messages(BufReader::new(output), MAX_LINE, KEPT_OF_LONG),
                wait: probe.wait,
            };
            open(talk, probe.entry, folder).await
        }
        _ => Err("its pipes are not there".to_owned()),
    };
    end(child, pid, run).await;
    match (found, complaints) {
        (Ok(found), _) => found,
        (Err(why), Some(words)) => match timeout(GRACE, words).await {
            Ok(Ok(words)) if !words.is_empty() => Found::Failed(format!("{why}: {words}")),
            _ => Found::Failed(why),
        },
        (Err(why), None) => Found::Failed(why),
    }
}

/// The input is closed by now; what is left is ended, first the group, then all that it marked.
async fn end(mut child: Child, pid: u32, run: String) {
    if timeout(GRACE, child.wait()).await.is_err() {
        signal_group(pid, Signal::TERM);
        if timeout(GRACE, child.wait()).await.is_err() {
            signal_group(pid, Signal::KILL);
            drop(child.wait().await);
        }
    }
    let swept = tokio::task::spawn_blocking(move || sweep(&run)).await;
    if !swept.unwrap_or(false) {
        tracing::warn!("a checked agent left processes behind");
    }
}

/// The last line of standard error.
async fn last_words(pipe: impl AsyncRead + Unpin) -> String {
    let mut text = Vec::new();
    let mut pipe = pipe.take(MAX_STDERR);
    // What came before an error is as good.
    pipe.read_to_end(&mut text).await.ok();
    let text = String::from_utf8_lossy(&text);
    let last = text.lines().rev().find(|line| !line.trim().is_empty());
    domain::text::cut(last.unwrap_or_default().trim(), 300).to_owned()
}

struct Conversation {
    input: ChildStdin,
    lines: BoundedLines<BufReader<ChildStdout>>,
    wait: Duration,
}

async fn open(mut talk: Conversation, entry: &AgentEntry, folder: &Path) -> Result<Found, String> {
    let hello = build::initialize(1, env!("CARGO_PKG_VERSION"));
    if let Err(refused) = talk.ask(1, &hello).await? {
        return Ok(judged(&refused));
    }
    if let Some(method) = &entry.auth_method
        && let Err(refused) = talk.ask(2, &build::authenticate(2, method)).await?
    {
        return Ok(judged(&refused));
    }
    let new = build::session_new(3, &folder.display().to_string());
    Ok(match talk.ask(3, &new).await? {
        Ok(_) => Found::Ready,
        Err(refused) => judged(&refused),
    })
}

/// What an error of the agent means.
fn judged(refused: &Value) -> Found {
    if refused["code"].as_i64() == Some(AUTH_REQUIRED) {
        return Found::NeedsLogin;
    }
    let said = refused["message"].as_str().unwrap_or("without a reason");
    Found::Failed(format!("it refused: {}", domain::text::cut(said, 300)))
}

impl Conversation {
    /// The answer to a request of ours, or the error in its place; requests of the agent are
    /// refused meanwhile.
    async fn ask(&mut self, id: u64, line: &str) -> Result<Result<Value, Value>, String> {
        let deadline = Instant::now() + self.wait;
        self.say(line).await?;
        loop {
            let next = timeout_at(deadline, self.lines.next()).await;
            let late = || format!("it did not answer within {} s", self.wait.as_secs());
            let line = next.map_err(|_| late())?.ok().flatten();
            let line = line.ok_or_else(|| "it ended before it answered".to_owned())?;
            for message in reader::read(&line.text).messages {
                if let Some(answer) = self.answer_in(id, message).await? {
                    return Ok(answer);
                }
            }
        }
    }

    /// The answer to a request of ours, if the message is that.
    async fn answer_in(
        &mut self,
        id: u64,
        mut message: Map<String, Value>,
    ) -> Result<Option<Result<Value, Value>>, String> {
        let theirs = message.remove("id").unwrap_or_default();
        if message.contains_key("method") {
            if !theirs.is_null() {
                self.say(&build::error(&theirs, -32601, "method not found"))
                    .await?;
            }
            return Ok(None);
        }
        let mut field = |name| {
            message
                .remove(name)
                .filter(|value: &Value| !value.is_null())
        };
        Ok((theirs.as_u64() == Some(id)).then(|| match field("error") {
            Some(error) => Err(error),
            None => Ok(field("result").unwrap_or_default()),
        }))
    }

    async fn say(&mut self, line: &str) -> Result<(), String> {
        let written = self.input.write_all(format!("{line}\n").as_bytes()).await;
        written.map_err(|_| "it ended before it answered".to_owned())
    }
}
