//! A page that listens: opens a stream and notes what it is told, when, and what it misses.
use super::client::Client;
use super::clock::wall_ms;
use super::wire::{Request, Wire};
use domain::push::{BEAT, CHANGES, Position, RESUME, Resume, SessionUpdated, UPDATED, Verdict};
use domain::time::Timestamp;
use serde_json::Value;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::io::AsyncBufReadExt;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;

/// Longest wait for the first word of a stream.
const PATIENCE: Duration = Duration::from_secs(30);
/// Streams that are opened at the same time.
const AT_ONCE: usize = 64;

/// An event of a session as it arrived.
#[derive(Clone, Copy)]
pub(crate) struct Told {
    /// Its number among the events of the node.
    pub(crate) n: u64,
    pub(crate) revision: u64,
    /// Milliseconds since the time that the change carries, which is taken before its commit.
    pub(crate) late: i64,
}

#[derive(Default)]
pub(crate) struct Heard {
    pub(crate) told: Vec<Told>,
    pub(crate) bytes: u64,
    pub(crate) beats: u64,
    /// Verdicts after the first that said that something was missed.
    pub(crate) gaps: u64,
    pub(crate) is_over: bool,
    at: Option<String>,
}

/// What became of an attempt to listen.
pub(crate) enum Opened {
    Listener(Listener),
    /// The console refused with this status.
    Refused(u16),
}

pub(crate) struct Listener {
    pub(crate) verdict: Verdict,
    heard: Arc<Mutex<Heard>>,
    reading: JoinHandle<()>,
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.reading.abort();
    }
}

#[derive(Default)]
struct Event {
    id: String,
    name: String,
    data: String,
}

impl Listener {
    /// Opens a stream of a session and waits for its first word.
    pub(crate) async fn open(client: &Client, id: &str, at: Option<&str>) -> io::Result<Opened> {
        Self::open_at(client, &format!("/api/events?session={id}"), at).await
    }

    async fn open_at(client: &Client, path: &str, at: Option<&str>) -> io::Result<Opened> {
        let mut headers = vec![("cookie", &*client.cookie)];
        headers.extend(at.map(|at| ("last-event-id", at)));
        let request = Request {
            method: "GET",
            path,
            headers: &headers,
            body: "",
        };
        let mut wire = Wire::open(client.port).await?;
        let answer = timeout(PATIENCE, wire.begin(&request)).await??;
        if answer.status != 200 {
            return Ok(Opened::Refused(answer.status));
        }
        let heard = Arc::new(Mutex::new(Heard::default()));
        let first = timeout(PATIENCE, next(&mut wire, &heard)).await??;
        if first.name != RESUME {
            return Err(io::Error::other("a stream begins without a verdict"));
        }
        lock(&heard).at = Some(first.id);
        let verdict = serde_json::from_str::<Resume>(&first.data)?.verdict;
        let noted = heard.clone();
        let reading = tokio::spawn(async move {
            while let Ok(event) = next(&mut wire, &noted).await {
                note(&mut lock(&noted), event);
            }
            lock(&noted).is_over = true;
        });
        Ok(Opened::Listener(Self {
            verdict,
            heard,
            reading,
        }))
    }

    /// Opens this many, some at a time; `since` has them bring what changed after that revision.
    pub(crate) async fn open_all(
        client: &Client,
        id: &str,
        since: Option<u64>,
        count: usize,
    ) -> io::Result<Vec<Self>> {
        let since = since.map_or(String::new(), |since| format!("&since={since}"));
        let path = format!("/api/events?session={id}{since}");
        let mut opening = JoinSet::new();
        let mut all = Vec::with_capacity(count);
        for n in 0..count {
            if opening.len() >= AT_ONCE {
                all.extend(joined(&mut opening).await?);
            }
            let (client, path) = (client.clone(), path.clone());
            opening.spawn(async move {
                match Self::open_at(&client, &path, None).await? {
                    Opened::Listener(listener) => Ok(listener),
                    Opened::Refused(status) => {
                        Err(io::Error::other(format!("stream {n} is refused: {status}")))
                    }
                }
            });
        }
        while !opening.is_empty() {
            all.extend(joined(&mut opening).await?);
        }
        Ok(all)
    }

    pub(crate) fn heard(&self) -> MutexGuard<'_, Heard> {
        lock(&self.heard)
    }

    /// Where the stream is.
    pub(crate) fn at(&self) -> Option<String> {
        self.heard().at.clone()
    }
}

async fn joined(opening: &mut JoinSet<io::Result<Listener>>) -> io::Result<Option<Listener>> {
    match opening.join_next().await {
        Some(joined) => joined.map_err(io::Error::other)?.map(Some),
        None => Ok(None),
    }
}

/// The next event; the sizes of chunks stand on lines of their own, which name nothing.
async fn next(wire: &mut Wire, heard: &Mutex<Heard>) -> io::Result<Event> {
    let (mut event, mut line) = (Event::default(), String::new());
    loop {
        line.clear();
        let bytes = wire.stream.read_line(&mut line).await?;
        if bytes == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        lock(heard).bytes += bytes as u64;
        match line.trim_end().split_once(": ") {
            Some(("id", value)) => value.clone_into(&mut event.id),
            Some(("event", value)) => value.clone_into(&mut event.name),
            Some(("data", value)) => value.clone_into(&mut event.data),
            _ if line == "\n" && !event.name.is_empty() => return Ok(event),
            _ => {}
        }
    }
}

fn note(heard: &mut Heard, event: Event) {
    match event.name.as_str() {
        UPDATED | CHANGES => {
            if let (Some((revision, at_ms)), Some(at)) =
                (change_of(&event), Position::parse(&event.id))
            {
                heard.told.push(Told {
                    n: at.n,
                    revision,
                    late: wall_ms() - at_ms,
                });
            }
        }
        RESUME => heard.gaps += 1,
        BEAT => heard.beats += 1,
        _ => {}
    }
    if !event.id.is_empty() {
        heard.at = Some(event.id);
    }
}

/// The revision that an event tells of, and when it was, in milliseconds since 1970.
fn change_of(event: &Event) -> Option<(u64, i64)> {
    if event.name == UPDATED {
        let update = serde_json::from_str::<SessionUpdated>(&event.data).ok()?;
        return Some((update.revision, update.updated_at.0));
    }
    let change = serde_json::from_str::<Value>(&event.data).ok()?;
    let at: Timestamp = serde_json::from_value(change["updatedAt"].clone()).ok()?;
    Some((change["revision"].as_u64()?, at.0))
}

fn lock(heard: &Mutex<Heard>) -> MutexGuard<'_, Heard> {
    heard.lock().unwrap_or_else(PoisonError::into_inner)
}
