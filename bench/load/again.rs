//! Everybody comes back at once: a thousand streams break and are opened again as pages do it.
use super::client::Client;
use super::clock::{pause, watch};
use super::console::{Built, Console};
use super::found::{Found, Target, real};
use super::listener::{Listener, Opened};
use super::wire::{Request, Wire};
use domain::push::Verdict;
use domain::sync::{Rng, SplitMix64};
use std::io;
use std::sync::Arc;
use tokio::task::JoinSet;

const PAGES: u64 = 1000;
/// A page waits for this at least before it opens a lost stream again, and for as much again at
/// most; the next wait is twice as long. Source: `domain::push::Tab`.
const WAIT_MS: u64 = 1000;

/// What the pages met on their way back.
#[derive(Default)]
struct Back {
    ok: u64,
    gaps: u64,
    /// Answers of 500 and above, to streams and to what was asked after a gap.
    faults: u64,
    refused: u64,
    /// Milliseconds from the break to the verdict, of the last page.
    slowest: u64,
}

/// Once all connections break while the console goes on, once it is killed and started again.
pub(crate) async fn measure(built: &Built, found: &mut Found) -> io::Result<()> {
    let mut console = built.start(None).await?;
    let id = console.session().await?;
    console.work(&id, 120).await?;
    for is_killed in [false, true] {
        let streams = Listener::open_all(&console.client, &id, None, PAGES as usize).await?;
        pause(3000).await;
        let places: Vec<_> = streams.iter().map(Listener::at).collect();
        if is_killed {
            console.kill().await?;
        }
        drop(streams);
        let returning = tokio::spawn(all_back(console.client.clone(), id.clone(), places));
        if is_killed {
            console.begin().await?;
        }
        let back = returning.await.map_err(io::Error::other)??;
        let how = match is_killed {
            false => "after a break",
            true => "after a crash",
        };
        let faults = real(back.faults + back.refused);
        let what = format!("1,000 pages come back {how}: 5xx and refusals");
        found.row(&what, "", Target::AtMost(0.0), faults);
        let verdicts = real(back.ok + back.gaps);
        let what = format!("1,000 pages come back {how}: verdicts");
        found.row(&what, "", Target::AtLeast(real(PAGES)), verdicts);
        found.figure(
            &format!("{how}: told that nothing was missed"),
            real(back.ok),
        );
        found.figure(
            &format!("{how}: all are back after, ms"),
            real(back.slowest),
        );
    }
    end(console).await
}

async fn end(console: Console) -> io::Result<()> {
    console.end().await
}

async fn all_back(client: Client, id: String, places: Vec<Option<String>>) -> io::Result<Back> {
    let (id, mut returning, mut all) = (Arc::from(id), JoinSet::new(), Back::default());
    for (seed, at) in places.into_iter().enumerate() {
        let rng = SplitMix64::new(seed as u64);
        returning.spawn(one_back(client.clone(), Arc::clone(&id), at, rng));
    }
    while let Some(one) = returning.join_next().await {
        let one = one.map_err(io::Error::other)??;
        all.ok += one.ok;
        all.gaps += one.gaps;
        all.faults += one.faults;
        all.refused += one.refused;
        all.slowest = all.slowest.max(one.slowest);
    }
    Ok(all)
}

/// Tries until there is a verdict; asks once for the session if something was missed.
async fn one_back(
    client: Client,
    id: Arc<str>,
    at: Option<String>,
    mut rng: SplitMix64,
) -> io::Result<Back> {
    let (began, mut back) = (watch(), Back::default());
    for tries in 0..6 {
        let wait = WAIT_MS << tries;
        pause(wait + rng.next_u64() % (wait + 1)).await;
        // While nothing listens there is nobody who could answer with a fault.
        let Ok(opened) = Listener::open(&client, &id, at.as_deref()).await else {
            continue;
        };
        let stream = match opened {
            Opened::Listener(stream) => stream,
            Opened::Refused(status) => {
                *(if status >= 500 {
                    &mut back.faults
                } else {
                    &mut back.refused
                }) += 1;
                continue;
            }
        };
        back.slowest = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        match stream.verdict {
            Verdict::Ok => back.ok += 1,
            Verdict::Gap => {
                back.gaps += 1;
                back.faults += u64::from(ask(&client, &id).await? >= 500);
            }
        }
        // The stream stays until the last one is back.
        tokio::spawn(async move {
            pause(5000).await;
            drop(stream);
        });
        break;
    }
    Ok(back)
}

async fn ask(client: &Client, id: &str) -> io::Result<u16> {
    let path = format!("/api/agent/get_session_with_metadata?id={id}");
    let headers = [("cookie", &*client.cookie)];
    let request = Request {
        method: "GET",
        path: &path,
        headers: &headers,
        body: "",
    };
    Ok(Wire::open(client.port).await?.ask(&request).await?.status)
}
