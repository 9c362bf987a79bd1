//! What is written: by an agent at work, and at most, on SQLite and on PostgreSQL.
use super::clock::{pause, watch};
use super::console::{Built, Console};
use super::found::{Found, real};
use super::wire::Wire;
use serde_json::json;
use servers::Postgres;
use std::io;
use std::time::Duration;
use tokio::task::JoinSet;

/// Sessions that are written to at the same time.
const WRITERS: usize = 16;
const SECONDS: u64 = 5;
/// How long an agent is watched, in seconds.
const WATCHED: u64 = 20;

pub(crate) async fn measure(built: &Built, found: &mut Found) -> io::Result<()> {
    one(built, "SQLite", None, found).await?;
    let postgres = Postgres::durable();
    let url = postgres.database();
    one(built, "PostgreSQL", Some(url), found).await
}

async fn one(
    built: &Built,
    name: &str,
    database: Option<String>,
    found: &mut Found,
) -> io::Result<()> {
    let console = built.start(database).await?;
    let mut sessions = Vec::new();
    for _ in 0..WRITERS {
        sessions.push(console.session().await?);
    }
    let (each, cpu) = of_agent(&console, &sessions[0]).await?;
    found.figure(&format!("{name}: changes of an agent, per second"), each);
    found.figure(
        &format!("{name}: processor time of an agent second, ms"),
        cpu,
    );
    for writers in [1, WRITERS] {
        let rate = written(&console, &sessions[..writers]).await?;
        found.figure(
            &format!("{name}: changes per second, {writers} at once"),
            rate,
        );
    }
    console.end().await
}

/// Committed changes in a second of an agent that says something in it, and what they cost.
async fn of_agent(console: &Console, id: &str) -> io::Result<(f64, f64)> {
    console.work(id, WATCHED + 5).await?;
    pause(2000).await;
    let (before, cpu) = (console.client.revision(id).await?, console.cpu_ms()?);
    pause(WATCHED * 1000).await;
    let changes = console.client.revision(id).await? - before;
    let cpu = console.cpu_ms()? - cpu;
    console.client.reaches(id, "idle").await?;
    Ok((real(changes) / real(WATCHED), real(cpu) / real(WATCHED)))
}

/// Changes a second, when these sessions are renamed again and again.
async fn written(console: &Console, sessions: &[String]) -> io::Result<f64> {
    let mut writing = JoinSet::new();
    for id in sessions {
        let (client, id) = (console.client.clone(), id.clone());
        writing.spawn(async move {
            let mut wire = Wire::open(client.port).await?;
            let mut revision = client.revision(&id).await?;
            let (mut count, end) = (0, watch() + Duration::from_secs(SECONDS));
            while watch() < end {
                let args =
                    json!({"id": id, "revision": revision, "title": format!("Load {count}")});
                let path = "agent/update_session";
                let session = client.post_by(&mut wire, path, args).await?;
                revision = session["revision"].as_u64().unwrap_or_default();
                count += 1;
            }
            io::Result::Ok(count)
        });
    }
    let mut count = 0;
    while let Some(written) = writing.join_next().await {
        count += written.map_err(io::Error::other)??;
    }
    Ok(real(count) / real(SECONDS))
}
