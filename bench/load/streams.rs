//! Streams of events: a thousand that are told of a change a second, ten thousand that rest.
use super::clock::{pause, rank, watch};
use super::console::{Built, Console};
use super::found::{Found, Target, real};
use super::listener::Listener;
use std::collections::BTreeSet;
use std::io;

const TOLD: usize = 1000;
const IDLE: usize = 10_000;
/// How long the thousand are watched, in seconds.
const SECONDS: u64 = 60;

/// A thousand streams of one session whose agent says something each second.
pub(crate) async fn told(built: &Built, found: &mut Found) -> io::Result<()> {
    let console = built.start(None).await?;
    let id = console.session().await?;
    let before = console.settled_memory().await?;
    console.work(&id, SECONDS + 30).await?;
    let streams = Listener::open_all(&console.client, &id, None, TOLD).await?;
    let heard = hear(&console, &id, &streams).await?;
    let held = heard.memory.saturating_sub(before);
    let sum = Sum::of(&streams, console.client.revision(&id).await?);
    sum.rows(found, "1,000 streams", 150.0);
    let each = real(held) / real(TOLD as u64) / 1000.0;
    let most = Target::AtMost(30.0);
    found.row("1,000 streams: memory of a stream", "kB", most, each);
    found.figure("events told, per second", heard.events / heard.seconds);
    found.figure(
        "processor time for an event told, us",
        heard.cpu_ms * 1000.0 / heard.events,
    );
    found.figure("bytes of an event on the wire", heard.bytes / heard.events);
    drop(streams);
    console.end().await
}

/// A thousand streams that bring the changes themselves, two a second.
pub(crate) async fn content(built: &Built, found: &mut Found) -> io::Result<()> {
    let console = built.start(None).await?;
    let id = console.session().await?;
    console.work_at(&id, 2 * (SECONDS + 30), "0.5").await?;
    let since = console.client.revision(&id).await?;
    let streams = Listener::open_all(&console.client, &id, Some(since), TOLD).await?;
    let heard = hear(&console, &id, &streams).await?;
    let sum = Sum::of(&streams, console.client.revision(&id).await?);
    sum.rows(found, "1,000 streams with content", 150.0);
    found.figure("changes brought, per second", heard.events / heard.seconds);
    found.figure(
        "processor time for a change brought, us",
        heard.cpu_ms * 1000.0 / heard.events,
    );
    found.figure("bytes of a change on the wire", heard.bytes / heard.events);
    drop(streams);
    console.end().await
}

/// What a while of listening came to.
struct While {
    events: f64,
    bytes: f64,
    seconds: f64,
    cpu_ms: f64,
    memory: u64,
}

/// Lets streams listen for a while, and until the session rests.
async fn hear(console: &Console, id: &str, streams: &[Listener]) -> io::Result<While> {
    pause(5000).await;
    streams.iter().for_each(|stream| {
        let mut heard = stream.heard();
        (heard.told, heard.bytes) = (Vec::new(), 0);
    });
    let (cpu, began) = (console.cpu_ms()?, watch());
    pause(SECONDS * 1000).await;
    let cpu = console.cpu_ms()? - cpu;
    let seconds = began.elapsed().as_secs_f64();
    let memory = console.memory()?;
    let told: usize = streams.iter().map(|stream| stream.heard().told.len()).sum();
    let bytes: u64 = streams.iter().map(|stream| stream.heard().bytes).sum();
    console.client.reaches(id, "idle").await?;
    pause(500).await;
    Ok(While {
        events: real(told as u64),
        bytes: real(bytes),
        seconds,
        cpu_ms: real(cpu),
        memory,
    })
}

/// What all streams heard.
struct Sum {
    late: Vec<i64>,
    lost: u64,
}

impl Sum {
    /// Lost is each event that another stream heard and this one did not, unless it was told that
    /// it missed something, and the last revision where it is missing.
    fn of(streams: &[Listener], last: u64) -> Self {
        let mut sum = Self {
            late: Vec::new(),
            lost: 0,
        };
        let mut all = BTreeSet::new();
        for stream in streams {
            all.extend(stream.heard().told.iter().map(|told| told.n));
        }
        for stream in streams {
            let heard = stream.heard();
            sum.late.extend(heard.told.iter().map(|told| told.late));
            let own: BTreeSet<u64> = heard.told.iter().map(|told| told.n).collect();
            let is_late = heard.told.last().is_none_or(|told| told.revision < last);
            if heard.gaps == 0 {
                sum.lost += (all.len() - own.len()) as u64 + u64::from(is_late);
            }
        }
        sum.late.sort_unstable();
        sum
    }

    fn rows(&self, found: &mut Found, what: &str, most_late: f64) {
        let late =
            |permille| f64::from(i32::try_from(rank(&self.late, permille)).unwrap_or(i32::MAX));
        found.figure(&format!("{what}, commit to arrival, p50, ms"), late(500));
        found.figure(&format!("{what}, commit to arrival, p95, ms"), late(950));
        let most = Target::AtMost(most_late);
        let name = format!("{what}: commit to arrival, p99");
        found.row(&name, "ms", most, late(990));
        let lost = real(self.lost);
        found.row(
            &format!("{what}: events lost"),
            "",
            Target::AtMost(0.0),
            lost,
        );
    }
}

/// Ten thousand streams that are told nothing but signs of life.
pub(crate) async fn idle(built: &Built, found: &mut Found) -> io::Result<()> {
    let console = built.start(None).await?;
    let id = console.session().await?;
    let before = console.settled_memory().await?;
    let began = watch();
    let streams = Listener::open_all(&console.client, &id, None, IDLE).await?;
    let opened = began.elapsed().as_secs_f64();
    // Each stream writes its first sign of life within this time.
    pause(20_000).await;
    let (cpu, began) = (console.cpu_ms()?, watch());
    pause(30_000).await;
    let cpu = console.cpu_ms()? - cpu;
    let stream_seconds = real(IDLE as u64) * began.elapsed().as_secs_f64();
    let memory = console.settled_memory().await?;
    let is_over = streams
        .iter()
        .filter(|stream| stream.heard().is_over)
        .count();
    if is_over > 0 {
        return Err(io::Error::other(format!("{is_over} idle streams ended")));
    }
    let most = Target::AtMost(400.0);
    found.row(
        "10,000 idle streams: memory",
        "MB",
        most,
        real(memory) / 1e6,
    );
    let each = real(memory.saturating_sub(before)) / real(IDLE as u64) / 1000.0;
    found.figure("memory of an idle stream, kB", each);
    found.figure("memory without streams, MB", real(before) / 1e6);
    found.figure("streams opened, per second", real(IDLE as u64) / opened);
    found.figure(
        "processor time of an idle stream, us per second",
        real(cpu) * 1000.0 / stream_seconds,
    );
    drop(streams);
    console.end().await
}
