//! Deleting a session: never work that exists nowhere else, unless a person says so.
use super::{Actor, Reply};
use crate::agents::processes;
use crate::error::Failed;
use crate::store::{Change, CommandWrite};
use domain::session::{Phase, SessionStatus};
use std::path::Path;
use std::time::Duration;

/// How long the end of the agent is waited for.
const END: Duration = Duration::from_secs(8);

impl Actor {
    pub(super) async fn delete(&mut self, discard: bool, command: CommandWrite, reply: Reply) {
        let answer = self.try_delete(discard, command).await;
        Self::reply(reply, answer);
    }

    async fn try_delete(&mut self, discard: bool, command: CommandWrite) -> Result<String, Failed> {
        if !discard {
            self.refuse_busy()?;
            self.refuse_unsaved().await?;
        }
        self.end_process().await;
        if !discard {
            self.refuse_unsaved().await?;
        }
        if Path::new(&self.record.session.worktree.path).exists() {
            self.git().await?.remove().await?;
        }
        let now = self.shared.clock.now();
        let (outbox, command) = (Some(None), Some(command));
        let change = Change {
            deleted: true,
            agent_alive: Some(false),
            run: Some(None),
            outbox,
            command,
            ..Change::at(now)
        };
        let answer = self.write(change).await?.answer;
        // Nothing is left to look after.
        (self.record.outbox, self.is_resuming) = (None, false);
        self.record.session.status = SessionStatus::Completed;
        let _ = tokio::fs::remove_dir_all(self.session_dir()).await;
        self.shared.attachments.sweep().await;
        Ok(answer.unwrap_or_default())
    }

    fn refuse_busy(&self) -> Result<(), Failed> {
        let is_busy = self.record.session.status.phase() == Phase::Active;
        if !is_busy && self.record.session.queue.is_empty() {
            return Ok(());
        }
        let text = "the agent is at work or messages wait for it; stop it first, or delete with discardWork";
        Err(Failed::Refused(text.to_owned()))
    }

    async fn refuse_unsaved(&self) -> Result<(), Failed> {
        if !Path::new(&self.record.session.worktree.path).exists() {
            return Ok(());
        }
        let unsaved = self.git().await?.unsaved().await?;
        unsaved
            .sentence()
            .map_or(Ok(()), |text| Err(Failed::Refused(text)))
    }

    async fn end_process(&mut self) {
        self.stop_waiting();
        let run = self.record.run.clone();
        if self.link.is_some() {
            self.stop_process();
            let ended = async {
                while let Some(lines) = &mut self.lines {
                    match lines.next().await {
                        Some(line) if line.raw.contains("\"exited\"") => return,
                        Some(_) => {}
                        None => return,
                    }
                }
            };
            let _ = tokio::time::timeout(END, ended).await;
        }
        (self.link, self.lines, self.slot) = (None, None, None);
        if let Some(run) = run {
            let _ = tokio::task::spawn_blocking(move || processes::sweep(&run)).await;
        }
    }
}
