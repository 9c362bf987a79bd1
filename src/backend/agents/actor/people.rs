//! Commands of people: approvals, options, and who does the rest.
use super::{Actor, Ask, Reply};
use crate::agents::talk::{OpenPermission, build};
use crate::error::Failed;
use crate::store::{Change, CommandWrite, EntryWrite};
use domain::action::SessionAction;
use domain::session::QueuedMessage;
use domain::thread::{ApprovalAnswer, ApprovalOption, ApprovalState, Body};
use tokio::time::Instant;

impl Actor {
    /// Takes a command; it is answered after its commit.
    pub(super) async fn answer(&mut self, ask: Ask) {
        match ask {
            Ask::Tend => self.advance().await,
            // Whoever cannot be asked is asked again by the next write.
            Ask::Verify => drop(self.verify().await),
            Ask::Touched => self.timers.files = Some(Instant::now()),
            Ask::Cancel { by, command, reply } => self.cancel(&by, command, reply).await,
            Ask::Answer(answer) => self.answer_question(answer).await,
            Ask::Complete { command, reply } => self.complete(command, reply).await,
            Ask::Resume { command, reply } => self.resume(command, reply).await,
            Ask::Delete {
                discard,
                command,
                reply,
            } => self.delete(discard, command, reply).await,
            Ask::Send {
                message: (text, enclosed),
                not_before,
                by,
                command,
                reply,
            } => {
                let message = QueuedMessage {
                    client_id: command.client_id.clone(),
                    text,
                    at: self.shared.clock.now(),
                    by,
                    attachments: enclosed.attachments,
                    files: enclosed.files,
                    next: false,
                    not_before,
                };
                Self::reply(reply, self.message(message, command).await);
                self.advance().await;
            }
            Ask::SendNow {
                item,
                by,
                command,
                reply,
            } => {
                Self::reply(reply, self.send_now(&item, &by, command).await);
                self.advance().await;
            }
            ask @ (Ask::Reword { .. } | Ask::Requeue { .. } | Ask::Dequeue { .. }) => {
                self.queue_ask(ask).await;
            }
            talk => self.talk_command(talk).await,
        }
    }

    /// Commands that say something to the agent or change what will be said.
    async fn talk_command(&mut self, ask: Ask) {
        let (reply, answer) = match ask {
            Ask::Approve {
                request_id,
                option_id,
                args_hash,
                by,
                command,
                reply,
            } => {
                let chosen = (option_id.as_str(), args_hash.as_str());
                (reply, self.approve(&request_id, chosen, by, command).await)
            }
            Ask::SetOption {
                option,
                value,
                command,
                reply,
            } => (reply, self.set_option(&option, &value, command).await),
            _ => return,
        };
        Self::reply(reply, answer);
    }

    async fn approve(
        &mut self,
        request_id: &str,
        chosen: (&str, &str),
        by: String,
        command: CommandWrite,
    ) -> Result<String, Failed> {
        let (option_id, args_hash) = chosen;
        let open = self.open_permission(request_id).await?;
        let options = open.options.iter();
        let option = options
            .clone()
            .find(|option| option.option_id == option_id)
            .cloned();
        let Some(option) = option else {
            return Err(Failed::Refused(
                "this approval has no such option".to_owned(),
            ));
        };
        if self.talk.args_hash_of(request_id).as_deref() != Some(args_hash) {
            return Err(self.conflict("what the agent asks for has changed; look at it again"));
        }
        self.answered.insert(request_id.to_owned());
        let answer = self.write_answer(&open, &option, &by, command).await;
        if answer.is_err() {
            self.answered.remove(request_id);
            return answer;
        }
        let key = uuid::Uuid::new_v4().to_string();
        self.send(
            &key,
            &build::selected(&open.rpc_id, request_id, option_id, &by),
        );
        answer
    }

    async fn write_answer(
        &mut self,
        open: &OpenPermission,
        option: &ApprovalOption,
        by: &str,
        command: CommandWrite,
    ) -> Result<String, Failed> {
        let now = self.shared.clock.now();
        let said = self
            .talk
            .entry(&open.key)
            .ok_or_else(|| self.conflict("this approval is gone"))?;
        let Body::Approval(mut approval) = said.body else {
            return Err(self.conflict("this approval is gone"));
        };
        approval.state = ApprovalState::Answered;
        approval.answer = Some(ApprovalAnswer {
            option_id: option.option_id.clone(),
            kind: option.kind.clone(),
            by: by.to_owned(),
            at: now,
        });
        let body = Body::Approval(approval);
        let write = EntryWrite {
            key: open.key.clone(),
            turn: said.turn,
            at: said.at,
            body,
        };
        let status = Some(self.turn_status());
        let change = Change {
            is_activity: true,
            entries: vec![write],
            status,
            command: Some(command),
            ..Change::at(now)
        };
        Ok(self.commit(change).await?.answer.unwrap_or_default())
    }

    /// The open permission of this name; says whether it was answered before or never was.
    async fn open_permission(&mut self, request_id: &str) -> Result<OpenPermission, Failed> {
        let open = self.talk.open_permissions();
        let open = open.into_iter().find(|open| open.request_id == request_id);
        let is_over = self.record.cancelling || !self.is_in_turn();
        let is_answered = self.answered.contains(request_id) || is_over;
        match open {
            Some(open) if !is_answered => Ok(open),
            Some(_) => Err(self.conflict("somebody answered this approval already")),
            None => {
                let key = format!("approval:{request_id}");
                if self.talk.entry(&key).is_some() {
                    return Err(self.conflict("this approval is no longer open"));
                }
                Err(Failed::NotFound("there is no such approval".to_owned()))
            }
        }
    }

    pub(super) fn conflict(&self, message: &str) -> Failed {
        let current = Some(Box::new(self.record.session.clone()));
        Failed::Conflict {
            message: message.to_owned(),
            current,
        }
    }

    async fn set_option(
        &mut self,
        option: &str,
        value: &str,
        command: CommandWrite,
    ) -> Result<String, Failed> {
        self.refuse_unless(SessionAction::SetOption)?;
        let session = self
            .talk
            .acp_session()
            .filter(|_| self.link.is_some())
            .map(str::to_owned);
        let refusal = || Failed::Refused(SessionAction::SetOption.refusal().to_owned());
        let session = session.ok_or_else(refusal)?;
        let id = self.fresh_id();
        let unknown = || Failed::Refused("the agent offers no such option".to_owned());
        let line = self
            .choose(id, &session, option, value)
            .ok_or_else(unknown)?;
        let key = command.client_id.to_string();
        let answer = self.unchanged(command).await?;
        self.send(&key, &line);
        Ok(answer)
    }

    /// Answers a waiting caller.
    pub(super) fn reply(reply: Reply, answer: Result<String, Failed>) {
        let _ = reply.send(answer);
    }
}
