//! Ending a turn, a start, an idle process.
use super::{Actor, Reply};
use crate::agents::talk::build;
use crate::error::Failed;
use crate::store::{Change, CommandWrite, StatusChange};
use domain::action::SessionAction;
use domain::session::SessionStatus;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::time::Instant;

impl Actor {
    /// Tells the shim to end the agent and all that it started.
    pub(super) fn stop_process(&mut self) {
        self.timers.stop = None;
        let Some(link) = &self.link else { return };
        self.is_stopping = true;
        if link.stop().is_err() {
            tracing::warn!(session.id = %self.id, "the shim of session {} is gone", self.id);
        }
    }

    /// Ends a process that lives only to be ready, and says why in the thread.
    pub(super) async fn stop_spare(&mut self, others_wait: bool) {
        let why = if others_wait {
            "another session waits for an agent".to_owned()
        } else {
            let idle = self.shared.limits.idle_stop_s;
            match idle / 60 {
                0 => format!("nothing happened for {idle} s"),
                1 => "nothing happened for a minute".to_owned(),
                minutes => format!("nothing happened for {minutes} minutes"),
            }
        };
        let run = self.record.run.clone().unwrap_or_default();
        let text = format!("the agent was stopped: {why}; the next message starts it again");
        self.say(&format!("stopped:{run}"), "stopped", &text).await;
        self.stop_process();
    }

    /// Ends a spare process if another session still waits for one.
    pub(super) async fn make_room(&mut self) {
        if self.shared.hungry.load(Ordering::SeqCst) > 0 {
            self.stop_spare(true).await;
        }
    }

    pub(super) fn refuse_unless(&self, action: SessionAction) -> Result<(), Failed> {
        let is_allowed = action.is_allowed(self.record.session.status);
        if is_allowed {
            Ok(())
        } else {
            Err(Failed::Refused(action.refusal().to_owned()))
        }
    }

    pub(super) async fn cancel(&mut self, by: &str, command: CommandWrite, reply: Reply) {
        let answer = self.try_cancel(by, command).await;
        let _ = reply.send(answer);
    }

    async fn try_cancel(&mut self, by: &str, command: CommandWrite) -> Result<String, Failed> {
        self.refuse_unless(SessionAction::Cancel)?;
        let mut change = Change {
            is_activity: true,
            ..Change::at(self.shared.clock.now())
        };
        change.command = Some(command);
        if self.is_in_turn() {
            change.cancelling = Some(true);
            change.send_next = Some(false);
            let reason = "it is being stopped";
            change.status = Some(StatusChange::because(SessionStatus::Working, reason));
            let answer = self.commit(change).await?.answer;
            self.cancel_turn(by);
            return Ok(answer.unwrap_or_default());
        }
        self.stop_waiting();
        (self.is_resuming, self.timers.answer) = (false, None);
        change.outbox = Some(None);
        change.status = Some(StatusChange::plain(SessionStatus::Cancelled));
        let answer = self.commit(change).await?.answer;
        if self.link.is_some() {
            self.stop_process();
        } else {
            self.slot = None;
        }
        Ok(answer.unwrap_or_default())
    }

    /// Asks the agent to end its turn; what lives after the grace is ended.
    pub(super) fn cancel_turn(&mut self, by: &str) {
        if let Some(session) = self.talk.acp_session() {
            let key = uuid::Uuid::new_v4().to_string();
            self.send(&key, &build::cancel(session, by));
        }
        for open in self.talk.open_permissions() {
            if !self.answered.contains(&open.request_id) {
                let key = uuid::Uuid::new_v4().to_string();
                self.send(&key, &build::cancelled(&open.rpc_id));
            }
        }
        self.leave_questions();
        let grace = Duration::from_millis(self.shared.limits.stop_grace_ms);
        self.timers.stop = Some(Instant::now() + grace);
    }

    pub(super) async fn complete(&mut self, command: CommandWrite, reply: Reply) {
        let answer = self.try_complete(command).await;
        let _ = reply.send(answer);
    }

    async fn try_complete(&mut self, command: CommandWrite) -> Result<String, Failed> {
        if self.record.session.status == SessionStatus::Completed {
            return self.unchanged(command).await;
        }
        self.refuse_unless(SessionAction::Complete)?;
        let change = self.moved_to(SessionStatus::Completed, command);
        let answer = self.commit(change).await?.answer;
        self.stop_process();
        Ok(answer.unwrap_or_default())
    }

    /// The change by which a person's command gives the session a status.
    fn moved_to(&self, status: SessionStatus, command: CommandWrite) -> Change {
        Change {
            is_activity: true,
            status: Some(StatusChange::plain(status)),
            command: Some(command),
            ..Change::at(self.shared.clock.now())
        }
    }

    /// Remembers a command that changes nothing.
    pub(super) async fn unchanged(&mut self, command: CommandWrite) -> Result<String, Failed> {
        let answer = serde_json::to_string(&self.record.session)?;
        self.shared
            .store
            .remember(command, &answer, self.shared.clock.now())
            .await?;
        Ok(answer)
    }

    pub(super) async fn resume(&mut self, command: CommandWrite, reply: Reply) {
        let answer = self.try_resume(command).await;
        let _ = reply.send(answer);
        self.advance().await;
    }

    async fn try_resume(&mut self, command: CommandWrite) -> Result<String, Failed> {
        self.refuse_unless(SessionAction::Resume)?;
        if self.link.is_some() && self.record.session.status == SessionStatus::Idle {
            return self.unchanged(command).await;
        }
        self.is_resuming = true;
        let change = self.moved_to(SessionStatus::Running, command);
        Ok(self.commit(change).await?.answer.unwrap_or_default())
    }
}
