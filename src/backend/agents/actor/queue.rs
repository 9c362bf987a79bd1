//! Messages of people: delivered at once, or queued, moved, and sent when the turn is over.
use super::{Actor, Ask};
use crate::error::Failed;
use crate::store::{Change, CommandWrite, Outgoing, StatusChange};
use domain::attachment::Attachment;
use domain::id::ClientId;
use domain::session::{QueuedMessage, SessionStatus};
use std::time::Duration;
use tokio::time::Instant;

/// Whether a message whose time has come may go out: not after a person said that it is enough.
const fn sends_by_itself(status: SessionStatus) -> bool {
    match status {
        SessionStatus::Idle | SessionStatus::Failed | SessionStatus::Interrupted => true,
        SessionStatus::Pending
        | SessionStatus::Running
        | SessionStatus::Working
        | SessionStatus::WaitingApproval
        | SessionStatus::WaitingInput
        | SessionStatus::Completed
        | SessionStatus::Cancelled => false,
    }
}

impl Actor {
    pub(super) async fn message(
        &mut self,
        message: QueuedMessage,
        command: CommandWrite,
    ) -> Result<String, Failed> {
        if message.attachments.iter().any(Attachment::is_image)
            && self.talk.takes_images() == Some(false)
        {
            let text = "this agent takes no images; remove them, or name files with @";
            return Err(Failed::Refused(text.to_owned()));
        }
        let now = message.at;
        let mut change = Change {
            is_activity: true,
            command: Some(command),
            ..Change::at(now)
        };
        if self.is_busy() || !message.is_due(now) {
            change.enqueue = Some(message);
        } else {
            self.deliver(message.into(), &mut change);
        }
        self.timers.idle = None;
        Ok(self.commit(change).await?.answer.unwrap_or_default())
    }

    /// Whether a message has to wait.
    fn is_busy(&self) -> bool {
        let is_at_work = self.is_in_turn() && !self.talk.takes_prompt();
        is_at_work || self.record.outbox.is_some() || self.is_resuming
    }

    /// Sets the time at which a message that waits for it is sent.
    pub(super) fn wait_to_send(&mut self) {
        let times = self.record.session.queue.iter();
        let next = times.filter_map(|queued| queued.not_before).min();
        let now = self.shared.clock.now();
        let is_wanted = sends_by_itself(self.record.session.status) && !self.is_busy();
        self.timers.send = next.filter(|_| is_wanted).map(|at| {
            let wait = Duration::from_millis(at.since(now));
            Instant::now() + wait
        });
    }

    /// Delivers a message whose time has come.
    pub(super) async fn send_due(&mut self) {
        let now = self.shared.clock.now();
        let mut queue = self.record.session.queue.iter();
        let is_due = |queued: &&QueuedMessage| queued.not_before.is_some() && queued.is_due(now);
        let Some(message) = queue.find(is_due).cloned() else {
            return;
        };
        if self.is_busy() || !sends_by_itself(self.record.session.status) {
            return;
        }
        let mut change = Change {
            is_activity: true,
            dequeue: Some(message.client_id.clone()),
            ..Change::at(now)
        };
        self.timers.idle = None;
        self.deliver(message.into(), &mut change);
        if let Err(error) = self.commit(change).await {
            self.not_written(&error);
        }
        self.advance().await;
    }

    /// Makes a message the next one to be delivered while nothing else is.
    fn deliver(&self, outgoing: Outgoing, change: &mut Change) {
        self.accept(outgoing, change);
        change.status = Some(if self.link.is_some() && !self.is_stopping {
            StatusChange::plain(SessionStatus::Working)
        } else {
            StatusChange::because(SessionStatus::Pending, "its agent is being started")
        });
    }

    /// Commands that change what waits.
    pub(super) async fn queue_ask(&mut self, ask: Ask) {
        let (reply, (item, change), command) = match ask {
            Ask::Reword {
                item,
                text,
                command,
                reply,
            } => {
                let change = Change {
                    reword: Some((item.clone(), text)),
                    ..Change::default()
                };
                (reply, (item, change), command)
            }
            Ask::Requeue {
                item,
                to,
                command,
                reply,
            } => {
                let change = Change {
                    requeue: Some((item.clone(), to)),
                    ..Change::default()
                };
                (reply, (item, change), command)
            }
            Ask::Dequeue {
                item,
                command,
                reply,
            } => {
                let change = Change {
                    dequeue: Some(item.clone()),
                    ..Change::default()
                };
                (reply, (item, change), command)
            }
            _ => return,
        };
        Self::reply(reply, self.queue_command(item, change, command).await);
    }

    async fn queue_command(
        &mut self,
        item: ClientId,
        change: Change,
        command: CommandWrite,
    ) -> Result<String, Failed> {
        self.queued(&item)?;
        let now = self.shared.clock.now();
        let change = Change {
            now,
            command: Some(command),
            ..change
        };
        Ok(self.commit(change).await?.answer.unwrap_or_default())
    }

    /// The queued message, or a conflict.
    fn queued(&self, item: &ClientId) -> Result<QueuedMessage, Failed> {
        let mut queue = self.record.session.queue.iter();
        let queued = queue.find(|message| message.client_id == *item);
        queued
            .cloned()
            .ok_or_else(|| self.conflict("this message is no longer queued"))
    }

    /// Stops the turn, if one runs, and delivers a queued message next.
    pub(super) async fn send_now(
        &mut self,
        item: &ClientId,
        by: &str,
        command: CommandWrite,
    ) -> Result<String, Failed> {
        let message = self.queued(item)?;
        let mut change = Change {
            is_activity: true,
            command: Some(command),
            ..Change::at(self.shared.clock.now())
        };
        self.timers.idle = None;
        if !self.is_busy() {
            change.dequeue = Some(item.clone());
            self.deliver(message.into(), &mut change);
            return Ok(self.commit(change).await?.answer.unwrap_or_default());
        }
        change.requeue = Some((item.clone(), 0));
        let (is_in_turn, was_stopping) = (self.is_in_turn(), self.record.cancelling);
        if is_in_turn {
            (change.cancelling, change.send_next) = (Some(true), Some(true));
            let reason = "it is being stopped for the next message";
            change.status = Some(StatusChange::because(SessionStatus::Working, reason));
        }
        let answer = self.commit(change).await?.answer;
        if is_in_turn && !was_stopping {
            self.cancel_turn(by);
        }
        Ok(answer.unwrap_or_default())
    }
}
