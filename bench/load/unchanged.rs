//! Polls that find nothing new, beside a server that does nothing: 64 connections that ask at once.
use super::clock::{pause, watch};
use super::console::{Built, Console};
use super::found::{Found, Target, real};
use super::wire::{Request, Wire};
use std::io;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinSet;

const CONNECTIONS: usize = 64;
const ROUNDS: usize = 3;
const SECONDS: u64 = 5;

/// Asks both servers in turn, with the same request.
pub(crate) async fn measure(built: &Built, found: &mut Found) -> io::Result<()> {
    let console = built.start(None).await?;
    let client = &console.client;
    let id = console.session().await?;
    let path = format!("/api/agent/get_session_with_metadata?id={id}");
    let whole = client.get(&path["/api/".len()..]).await?;
    let etag = whole["etag"].as_str().unwrap_or_default();
    let headers = [
        ("cookie", &*client.cookie),
        ("if-none-match", etag),
        ("accept", "*/*"),
        ("accept-encoding", "gzip, deflate, br"),
        ("sec-fetch-site", "same-origin"),
    ];
    let request = Request {
        method: "GET",
        path: &path,
        headers: &headers,
        body: "",
    };
    let (hello, port) = hello().await?;
    let (mut bare, mut own, mut cpu_us) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        bare.push(rate(port, 200, &request).await?);
        let before = console.cpu_ms()?;
        let served = rate(client.port, 304, &request).await?;
        let cpu = real(console.cpu_ms()? - before) * 1000.0;
        cpu_us.push(cpu / (served * real(SECONDS)));
        own.push(served);
    }
    let ratios = own
        .iter()
        .zip(&bare)
        .map(|(own, bare)| own / bare)
        .collect();
    drop(hello);
    let least = Target::AtLeast(0.5);
    let what = "304 at 64 connections, beside a bare hyper hello";
    found.row(what, "of its rate", least, median(ratios));
    found.figure("304 per second", median(own));
    found.figure("hyper hello per second", median(bare));
    found.figure("processor time of a 304, us", median(cpu_us));
    after_change(&console, &id, found).await?;
    console.end().await
}

/// What it costs to tell a page the last change, as each page asks after an event.
async fn after_change(console: &Console, id: &str, found: &mut Found) -> io::Result<()> {
    let client = &console.client;
    let since = client.revision(id).await?.saturating_sub(1);
    let path = format!("/api/agent/get_session_with_metadata?id={id}&since={since}");
    let headers = [("cookie", &*client.cookie), ("accept-encoding", "br")];
    let request = Request {
        method: "GET",
        path: &path,
        headers: &headers,
        body: "",
    };
    let mut wire = Wire::open(client.port).await?;
    let (mut count, mut bytes, cpu) = (0, 0, console.cpu_ms()?);
    let end = watch() + Duration::from_secs(SECONDS);
    while watch() < end {
        let answer = wire.ask(&request).await?;
        if answer.status != 200 {
            return Err(io::Error::other(format!(
                "a read answers {}",
                answer.status
            )));
        }
        bytes += answer.body.len() as u64;
        count += 1;
    }
    let cpu = real(console.cpu_ms()? - cpu) * 1000.0;
    found.figure(
        "processor time of a read after a change, us",
        cpu / real(count),
    );
    found.figure("bytes of a read after a change", real(bytes) / real(count));
    Ok(())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// The server to compare with, as a process of its own, and its port.
async fn hello() -> io::Result<(Child, u16)> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("hello").stdout(Stdio::piped());
    let mut child = command.kill_on_drop(true).spawn()?;
    let out = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
    let line = BufReader::new(out).lines().next_line().await?;
    let port = line.and_then(|line| line.parse().ok());
    Ok((child, port.ok_or(io::ErrorKind::UnexpectedEof)?))
}

/// Answers a second.
async fn rate(port: u16, status: u16, request: &Request<'_>) -> io::Result<f64> {
    let mut asking = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let mut wire = Wire::open(port).await?;
        let first = wire.ask(request).await?;
        if first.status != status {
            return Err(io::Error::other(format!(
                "{} instead of {status}",
                first.status
            )));
        }
        asking.spawn(ask(wire, status, request.written(port)));
    }
    pause(200).await;
    let mut count = 0;
    while let Some(asked) = asking.join_next().await {
        count += asked.map_err(io::Error::other)??;
    }
    Ok(real(count) / real(SECONDS))
}

/// Asks again and again; all answers are of one length, which the first tells.
async fn ask(wire: Wire, status: u16, text: String) -> io::Result<u64> {
    let mut stream = wire.stream.into_inner();
    let mut answer = [0; 4096];
    stream.write_all(text.as_bytes()).await?;
    let length = stream.read(&mut answer).await?;
    let wanted = format!("HTTP/1.1 {status}");
    let (mut count, end) = (0, watch() + Duration::from_secs(SECONDS));
    while watch() < end {
        stream.write_all(text.as_bytes()).await?;
        stream.read_exact(&mut answer[..length]).await?;
        if !answer.starts_with(wanted.as_bytes()) {
            return Err(io::Error::other("an answer of another kind"));
        }
        count += 1;
    }
    Ok(count)
}
