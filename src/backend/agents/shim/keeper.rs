//! The life of one run: what comes from the agent and the server, in one order, into the journal.
use super::ShimSpec;
use super::agent::{self, Agent, Output};
use crate::agents::journal::{Dir, Journal, ShimEvent};
use crate::agents::processes::{ROUND, boot_id, end_run, reap_but, signal_group, start_time};
use crate::agents::wire::FromShim;
use crate::clock::Clock;
use rustix::process::Signal;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, sleep_until, timeout_at};

/// How long what still holds the agent's pipes is waited for while nothing comes.
const DRAIN_QUIET: Duration = Duration::from_secs(1);
/// How long it is waited for in all.
const DRAIN: Duration = Duration::from_secs(5);
/// How long descendants are hunted.
const HUNT: Duration = Duration::from_secs(2);

/// What a server wants.
#[derive(Debug)]
pub(super) enum Order {
    /// A line for the agent; the answer goes to `reply`.
    Send {
        key: String,
        raw: String,
        reply: mpsc::UnboundedSender<FromShim>,
    },
    /// The end.
    Stop,
}

/// How far a stop has come; the moment is when the next step is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Running,
    InputClosed(Instant),
    Asked(Instant),
    Killed,
}

/// The one writer of the journal.
pub(super) struct Keeper {
    spec: ShimSpec,
    journal: Journal,
    orders: mpsc::Receiver<Order>,
    /// When a server spoke last.
    words: watch::Receiver<Instant>,
    last: watch::Sender<u64>,
    input: Option<mpsc::UnboundedSender<String>>,
    stage: Stage,
    is_broken: bool,
}

impl Keeper {
    pub(super) fn new(
        spec: ShimSpec,
        journal: Journal,
        told: (mpsc::Receiver<Order>, watch::Receiver<Instant>),
        last: watch::Sender<u64>,
    ) -> Self {
        let (orders, words) = told;
        let stage = Stage::Running;
        Self {
            spec,
            journal,
            orders,
            words,
            last,
            input: None,
            stage,
            is_broken: false,
        }
    }

    /// Runs the agent to its end; returns the number of the last line and lets the journal go.
    pub(super) async fn keep(mut self) -> u64 {
        let (code, signal) = match agent::start(&self.spec) {
            Ok(agent) => {
                let status = self.attend(agent).await;
                (
                    status.and_then(|status| status.code()),
                    status.and_then(|status| status.signal()),
                )
            }
            Err(reason) => {
                self.write(Dir::Stderr, None, &reason);
                (Some(127), None)
            }
        };
        self.is_broken = false;
        self.note(&ShimEvent::Exited { code, signal });
        self.journal.last()
    }

    async fn attend(&mut self, mut agent: Agent) -> Option<ExitStatus> {
        let pid = agent.pid;
        let start_time = start_time(pid).unwrap_or_default();
        self.input = Some(agent.input.clone());
        drop(std::mem::replace(
            &mut agent.input,
            mpsc::unbounded_channel().0,
        ));
        self.note(&ShimEvent::Started {
            pid,
            start_time,
            boot_id: boot_id(),
        });
        let status = self.until_exit(&mut agent).await;
        self.input = None;
        self.end_descendants().await;
        self.drain(&mut agent.lines).await;
        status
    }

    async fn until_exit(&mut self, agent: &mut Agent) -> Option<ExitStatus> {
        let mut deaths = signal(SignalKind::child()).ok()?;
        let mut terms = signal(SignalKind::terminate()).ok()?;
        loop {
            if self.is_broken && self.stage != Stage::Killed {
                self.kill(agent.pid);
            }
            let due = match self.stage {
                Stage::InputClosed(at) | Stage::Asked(at) => Some(at),
                Stage::Running | Stage::Killed => None,
            };
            tokio::select! {
                status = agent.child.wait() => return status.ok(),
                Some(output) = agent.lines.recv() => self.take(&output),
                Some(order) = self.orders.recv() => self.obey(order),
                Some(()) = terms.recv() => self.stop(),
                () = orphaned(self.spec.orphan_ms, &mut self.words), if self.stage == Stage::Running => {
                    self.stop();
                }
                Some(()) = deaths.recv() => reap_but(Some(agent.pid)),
                () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {
                    self.press(agent.pid);
                }
            }
        }
    }

    fn take(&mut self, output: &Output) {
        self.write(output.dir, None, &output.text);
    }

    fn obey(&mut self, order: Order) {
        let Order::Send { key, raw, reply } = order else {
            return self.stop();
        };
        let n = match self.journal.sent(&key) {
            Some(n) => Some(n),
            None if raw.contains('\n') => None,
            None => self.forward(&key, raw),
        };
        if let Some(n) = n {
            // The server may have gone; it asks again with the same key.
            drop(reply.send(FromShim::Ack { key, n }));
        }
    }

    fn forward(&mut self, key: &str, raw: String) -> Option<u64> {
        let input = self.input.clone()?;
        let n = self.write(Dir::C2a, Some(key), &raw)?;
        drop(input.send(raw));
        Some(n)
    }

    /// First step of the stop: no more input.
    fn stop(&mut self) {
        if self.stage == Stage::Running {
            self.note(&ShimEvent::Stopping);
            self.input = None;
            self.stage = Stage::InputClosed(self.next_step());
        }
    }

    fn press(&mut self, pid: u32) {
        match self.stage {
            Stage::InputClosed(_) => {
                signal_group(pid, Signal::TERM);
                self.stage = Stage::Asked(self.next_step());
            }
            Stage::Asked(_) => self.kill(pid),
            Stage::Running | Stage::Killed => {}
        }
    }

    fn kill(&mut self, pid: u32) {
        signal_group(pid, Signal::KILL);
        self.stage = Stage::Killed;
    }

    fn next_step(&self) -> Instant {
        Instant::now() + Duration::from_millis(self.spec.stop_grace_ms)
    }

    async fn end_descendants(&mut self) {
        let deadline = Instant::now() + HUNT;
        while end_run(&self.spec.run) > 0 && Instant::now() < deadline {
            sleep(ROUND).await;
            reap_but(None);
        }
        reap_but(None);
    }

    async fn drain(&mut self, lines: &mut mpsc::Receiver<Output>) {
        let end = Instant::now() + DRAIN;
        while let Ok(Some(output)) =
            timeout_at(end.min(Instant::now() + DRAIN_QUIET), lines.recv()).await
        {
            self.take(&output);
        }
    }

    fn note(&mut self, event: &ShimEvent) {
        match serde_json::to_string(event) {
            Ok(raw) => drop(self.write(Dir::Shim, None, &raw)),
            Err(error) => eprintln!("shim: event is not written: {error}"),
        }
    }

    /// An agent whose lines cannot be recorded is ended rather than left to run unseen.
    fn write(&mut self, dir: Dir, key: Option<&str>, raw: &str) -> Option<u64> {
        if self.is_broken {
            return None;
        }
        match self.journal.append(Clock::System.now(), dir, key, raw) {
            Ok(n) => {
                self.last.send_replace(n);
                Some(n)
            }
            Err(error) => {
                eprintln!("shim: journal is not written: {error}");
                self.is_broken = true;
                None
            }
        }
    }
}

/// Waits until no server has spoken for this long.
async fn orphaned(after_ms: Option<u64>, words: &mut watch::Receiver<Instant>) {
    let Some(after_ms) = after_ms else {
        return std::future::pending().await;
    };
    loop {
        let end = *words.borrow_and_update() + Duration::from_millis(after_ms);
        match timeout_at(end, words.changed()).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return std::future::pending().await,
            Err(_) => return,
        }
    }
}
