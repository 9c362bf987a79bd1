//! Starting an agent: its worktree, a slot, a shim that holds it.
use super::Actor;
use crate::agents::link::{Link, spawn_shim};
use crate::agents::shim::ShimSpec;
use crate::error::Failed;
use crate::store::{Change, EntryWrite, StatusChange};
use domain::session::{Failure, FailureCode, SessionStatus};
use domain::thread::Body;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::time::Instant;

impl Actor {
    /// Starts the agent if a message waits for one; called until everything is there.
    pub(super) async fn start_agent(&mut self) {
        if self.link.is_some() || self.wants_slot {
            return;
        }
        if let Err(error) = self.try_start().await {
            self.start_failed(&error.to_string()).await;
        }
    }

    async fn try_start(&mut self) -> Result<(), Failed> {
        let is_clustered = self.shared.standing.is_clustered();
        // Another node may begin what only waits, so that nothing of it is made here before.
        if !is_clustered {
            self.make_worktree().await?;
        }
        if self.slot.is_none() {
            match self.shared.slots.clone().try_acquire_owned() {
                Ok(slot) => self.slot = Some(slot),
                Err(_) => return self.wait_for_slot().await,
            }
        }
        if is_clustered {
            self.verify().await?;
            self.make_worktree().await?;
        }
        self.spawn().await
    }

    async fn make_worktree(&mut self) -> Result<(), Failed> {
        if Path::new(&self.record.session.worktree.path).is_dir() {
            return Ok(());
        }
        if self.was_elsewhere() {
            return self.restore_worktree().await;
        }
        if self.record.entry_count > 1 {
            let text = "the worktree of this session is gone; start a new session";
            return Err(Failed::Refused(text.to_owned()));
        }
        let git = self.git().await?;
        match self.shared.standing.is_clustered() {
            true => git.restore().await,
            false => git.create().await,
        }
    }

    async fn wait_for_slot(&mut self) -> Result<(), Failed> {
        let reason = format!(
            "it waits until one of the {} agents at work is free",
            self.shared.limits.max_live_agents
        );
        let status = Some(StatusChange::because(SessionStatus::Pending, &reason));
        let change = Change {
            status,
            ..Change::at(self.shared.clock.now())
        };
        self.commit(change).await?;
        self.be_hungry();
        Ok(())
    }

    async fn spawn(&mut self) -> Result<(), Failed> {
        let entry = self.entry().cloned().ok_or_else(|| {
            Failed::Refused(format!(
                "the agent {} is no longer configured",
                self.record.session.agent
            ))
        })?;
        let run = uuid::Uuid::new_v4().to_string();
        let epoch = self.record.epoch + 1;
        let status = Some(StatusChange::plain(SessionStatus::Running));
        let now = self.shared.clock.now();
        let (new_run, new_epoch) = (Some(Some(run.clone())), Some(epoch));
        let change = Change {
            status,
            run: new_run,
            epoch: new_epoch,
            ..Change::at(now)
        };
        self.commit(change).await?;
        let spec = ShimSpec {
            session_dir: self.session_dir(),
            socket_path: self.socket(),
            cwd: Path::new(&self.record.session.worktree.path).to_owned(),
            argv: entry.command.clone(),
            env: entry.environment(),
            run: run.clone(),
            stop_grace_ms: 2000,
            orphan_ms: self.orphan_ms(),
        };
        let not_held = |error: &dyn std::fmt::Display| {
            tracing::error!(%error, "the process that holds an agent did not start");
            let text =
                "the process that holds the agent did not start; the log of the console says why";
            Failed::Refused(text.to_owned())
        };
        tokio::fs::create_dir_all(&spec.session_dir)
            .await
            .map_err(|error| not_held(&error))?;
        spawn_shim(&self.shared.program, &spec)
            .await
            .map_err(|error| not_held(&error))?;
        let attached = Link::attach_to(&run, &spec.socket_path, self.heard, epoch).await;
        let (link, lines) = attached.map_err(|error| not_held(&error))?;
        (self.link, self.lines) = (Some(link), Some(lines));
        self.ping();
        self.sent.clear();
        self.last_id = 0;
        self.wait_for_answer();
        Ok(())
    }

    pub(super) fn wait_for_answer(&mut self) {
        let wait = Duration::from_secs(self.shared.limits.init_timeout_s);
        self.timers.answer = Some(Instant::now() + wait);
    }

    /// Writes why there is no agent; the message that waited stays in the thread.
    pub(super) async fn start_failed(&mut self, message: &str) {
        (self.slot, self.is_resuming) = (None, false);
        let now = self.shared.clock.now();
        let stderr_tail = self.talk.stderr_tail();
        let body = Body::Error {
            code: "start".to_owned(),
            text: message.to_owned(),
            exit_code: None,
            signal: None,
            stderr_tail: stderr_tail.clone(),
            retry_at: None,
        };
        let failure = Failure {
            code: FailureCode::Start,
            message: message.to_owned(),
            exit_code: None,
            signal: None,
            stderr_tail,
            retry_at: None,
        };
        let key = format!("start:{}", self.record.session.revision);
        let change = Change {
            is_activity: true,
            entries: vec![EntryWrite {
                key,
                turn: self.talk.turn(),
                at: now,
                body,
            }],
            status: Some(StatusChange::failed(failure)),
            agent_alive: Some(false),
            run: Some(None),
            outbox: Some(None),
            ..Change::at(now)
        };
        if let Err(error) = self.commit(change).await {
            self.not_written(&error);
        }
    }

    pub(super) async fn start_took_too_long(&mut self) {
        let seconds = self.shared.limits.init_timeout_s;
        self.stop_process();
        self.start_failed(&format!("the agent did not answer within {seconds} s"))
            .await;
    }

    /// Gives up waiting for a slot.
    pub(super) fn stop_waiting(&mut self) {
        if std::mem::take(&mut self.wants_slot) {
            self.shared.hungry.fetch_sub(1, Ordering::SeqCst);
        }
    }
}
