//! After a restart of the console or of a connection: the journal is heard again, the shim attached.
use super::Actor;
use crate::agents::behind::heard;
use crate::agents::journal::read_from;
use crate::agents::link::{Link, LinkError};
use crate::agents::processes;
use crate::agents::shim::ShimRecord;
use crate::agents::talk::{Outcome, Stage, build};
use crate::error::Failed;
use crate::store::{Change, StatusChange};
use domain::session::{Phase, SessionStatus};
use domain::thread::{ApprovalState, Body};

impl Actor {
    /// Hears the whole journal, attaches to the shim if there is one, and goes on where it stopped.
    pub(super) async fn recover(&mut self) -> Result<(), Failed> {
        self.begin_journal().await?;
        let outcomes = self.hear_journal()?;
        self.follow(outcomes).await;
        if self.record.run.is_some() && self.talk.stage() != Stage::Ended {
            self.reattach().await?;
        } else if self.record.run.is_some() {
            self.settle_ended().await?;
        } else if self.was_given_up() {
            let outcomes = self.talk.lost();
            self.follow(outcomes).await;
        }
        self.deliver_again().await?;
        self.wait_for_rest();
        self.advance().await;
        Ok(())
    }

    /// Outcomes of the lines that were not applied; the others only rebuild the conversation.
    fn hear_journal(&mut self) -> Result<Vec<Outcome>, Failed> {
        let path = self.session_dir().join("journal.jsonl");
        if !path.exists() {
            return Ok(Vec::new());
        }
        let unreadable = |error: &dyn std::fmt::Display| {
            Failed::Internal(format!("the journal is unreadable: {error}"))
        };
        let reader = read_from(&path, self.heard).map_err(|error| unreadable(&error))?;
        let mut outcomes = Vec::new();
        for journal in reader {
            let journal = journal.map_err(|error| unreadable(&error))?;
            let outcome = self.talk.hear(heard(&journal));
            self.heard = journal.n;
            if journal.n > self.record.applied_n {
                outcomes.extend(
                    outcome
                        .into_iter()
                        .filter(|outcome| !matches!(outcome, Outcome::Send { .. })),
                );
            }
        }
        Ok(outcomes)
    }

    async fn reattach(&mut self) -> Result<(), Failed> {
        let shim = ShimRecord::read(&self.session_dir());
        let run = self.record.run.clone().unwrap_or_default();
        let lives = shim.is_some_and(|shim| {
            shim.run == run && processes::is_same_process(shim.pid, shim.start_time, &shim.boot_id)
        });
        if !lives {
            return self.lost_for_good().await;
        }
        let epoch = self.record.epoch + 1;
        let change = Change {
            epoch: Some(epoch),
            ..Change::at(self.shared.clock.now())
        };
        self.commit(change).await?;
        match Link::attach(&self.socket(), self.heard, epoch).await {
            Ok((link, lines)) => {
                (self.link, self.lines) = (Some(link), Some(lines));
                self.ping();
                self.slot = self.shared.slots.clone().try_acquire_owned().ok();
                self.sent.clear();
                for (key, raw) in self.talk.unanswered() {
                    self.send(&key, &raw);
                }
                self.answer_again().await?;
                self.answer_questions_again().await?;
                if self.talk.stage() == Stage::Ready {
                    self.be_idle();
                }
                if self.record.cancelling {
                    self.timers.stop = Some(tokio::time::Instant::now());
                }
                Ok(())
            }
            Err(LinkError::Refused(_)) => Ok(()),
            Err(_) => self.lost_for_good().await,
        }
    }

    /// Sends answers to approvals that are in the store and not in the journal.
    async fn answer_again(&mut self) -> Result<(), Failed> {
        let open = self.talk.open_permissions();
        if open.is_empty() {
            return Ok(());
        }
        let thread = self.shared.store.thread(&self.id).await?;
        for (key, entry) in thread {
            let Body::Approval(approval) = entry.body else {
                continue;
            };
            let Some(open) = open.iter().find(|open| open.key == key) else {
                continue;
            };
            if let (ApprovalState::Answered, Some(answer)) = (approval.state, approval.answer) {
                self.answered.insert(open.request_id.clone());
                let raw = build::selected(
                    &open.rpc_id,
                    &open.request_id,
                    &answer.option_id,
                    &answer.by,
                );
                self.send(&uuid::Uuid::new_v4().to_string(), &raw);
            }
        }
        Ok(())
    }

    /// Agent and shim are gone: what is left of them is ended, and the session says so.
    async fn lost_for_good(&mut self) -> Result<(), Failed> {
        let outcomes = self.hear_journal()?;
        self.follow(outcomes).await;
        if let Some(run) = self.record.run.clone() {
            let _ = tokio::task::spawn_blocking(move || processes::sweep(&run)).await;
        }
        if self.talk.stage() != Stage::Ended {
            let outcomes = self.talk.lost();
            self.follow(outcomes).await;
        }
        (self.link, self.lines, self.slot) = (None, None, None);
        self.is_stopping = false;
        self.settle_ended().await
    }

    /// Makes the row say that there is no process.
    async fn settle_ended(&mut self) -> Result<(), Failed> {
        if self.record.run.is_none() {
            return Ok(());
        }
        let now = self.shared.clock.now();
        let mut change = Change {
            agent_alive: Some(false),
            run: Some(None),
            ..Change::at(now)
        };
        let is_open = self.record.session.status.phase() == Phase::Active;
        if is_open && self.record.outbox.is_none() {
            change.status = Some(StatusChange::plain(SessionStatus::Interrupted));
        }
        self.commit(change).await.map(|_| ())
    }

    /// A message whose line is in the journal is delivered; another one waits on.
    async fn deliver_again(&mut self) -> Result<(), Failed> {
        let Some(outgoing) = &self.record.outbox else {
            return Ok(());
        };
        let key = format!("user:{}", outgoing.client_id);
        if self.talk.entry(&key).is_none() {
            return Ok(());
        }
        let change = Change {
            outbox: Some(None),
            ..Change::at(self.shared.clock.now())
        };
        self.commit(change).await.map(|_| ())
    }

    /// The connection to the shim ended without the end of the agent.
    pub(super) async fn lost_link(&mut self) {
        (self.link, self.lines, self.is_stopping) = (None, None, false);
        if self.record.run.is_none() || self.talk.stage() == Stage::Ended {
            self.slot = None;
            return;
        }
        if let Err(error) = self.reattach().await {
            self.not_written(&error);
        }
        self.advance().await;
    }
}
