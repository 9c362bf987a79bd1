//! What facts about an agent mean for its session: status, evidence, and what is done next.
use super::Actor;
use crate::agents::talk::{SessionFact, Stage, TurnEnd};
use crate::store::{Change, EntryWrite, Outgoing, StatusChange};
use domain::session::{Failure, FailureCode, Phase, SessionStatus};
use domain::thread::Body;
use std::time::Duration;
use tokio::time::Instant;

impl Actor {
    /// Takes over what a fact says about the session.
    pub(super) fn fact(&mut self, fact: &SessionFact, change: &mut Change) {
        match fact {
            SessionFact::Started => change.agent_alive = Some(true),
            SessionFact::Opened { acp_session, .. } => {
                change.acp_session = Some(Some(acp_session.clone()));
                change.resumable = Some(true);
            }
            SessionFact::TurnStarted { client_id, .. } => {
                let is_ours = |outgoing: &Outgoing| Some(&outgoing.client_id) == client_id.as_ref();
                if self.record.outbox.as_ref().is_some_and(is_ours) {
                    change.outbox = Some(None);
                }
            }
            SessionFact::TurnEnded { end, .. } => self.turn_ended(end, change),
            SessionFact::AuthRequired { message } => self.needs_login(message, change),
            SessionFact::StartFailed { .. } if change.status.is_some() => {}
            SessionFact::StartFailed { code, message } => self.not_started(*code, message, change),
            SessionFact::Exited {
                code,
                signal,
                expected,
            } => {
                change.agent_alive = Some(false);
                change.run = Some(None);
                let was_needed = self.record.outbox.is_some() || self.is_resuming;
                let told = change
                    .status
                    .as_mut()
                    .and_then(|status| status.error.as_mut());
                if let Some(failure) = told {
                    (failure.exit_code, failure.signal) = (*code, *signal);
                } else if was_needed && !expected && change.status.is_none() {
                    self.exited_early((*code, *signal), change);
                }
            }
            SessionFact::Initialized
            | SessionFact::ReopenFailed { .. }
            | SessionFact::PermissionOpened { .. }
            | SessionFact::PermissionClosed { .. }
            | SessionFact::Title(_) => {}
        }
    }

    /// The agent wants a login: the thread and the status say what to do.
    fn needs_login(&mut self, message: &str, change: &mut Change) {
        let hint = self.entry().and_then(|entry| entry.login.clone());
        let hint = hint.map(|hint| format!("{hint}, then send a message again"));
        if let Some(text) = hint.clone() {
            let code = "login".to_owned();
            change.entries.push(EntryWrite {
                key: format!("login:{}", self.record.run.as_deref().unwrap_or_default()),
                turn: self.talk.turn(),
                at: change.now,
                body: Body::System { code, text },
            });
        }
        let hint = hint.map(|hint| format!("; {hint}")).unwrap_or_default();
        let message = format!("the agent needs a login: {message}{hint}");
        self.not_started(FailureCode::Start, &message, change);
    }

    fn failure(&self, code: FailureCode, message: &str) -> Failure {
        let stderr_tail = self.talk.stderr_tail();
        Failure {
            code,
            message: message.to_owned(),
            exit_code: None,
            signal: None,
            stderr_tail,
            retry_at: None,
        }
    }

    fn not_started(&mut self, code: FailureCode, message: &str, change: &mut Change) {
        change.outbox = Some(None);
        change.status = Some(StatusChange::failed(self.failure(code, message)));
        self.is_resuming = false;
        self.timers.stop = Some(Instant::now());
    }

    fn exited_early(&mut self, end: (Option<i32>, Option<i32>), change: &mut Change) {
        let failure = self.exit_failure(end, "the agent ended before it could begin");
        change.outbox = Some(None);
        change.status = Some(StatusChange::failed(failure));
        self.is_resuming = false;
    }

    fn exit_failure(&self, end: (Option<i32>, Option<i32>), message: &str) -> Failure {
        let (exit_code, signal) = end;
        let code = if signal.is_some() {
            FailureCode::Signal
        } else {
            FailureCode::Exit
        };
        Failure {
            exit_code,
            signal,
            ..self.failure(code, message)
        }
    }

    fn turn_ended(&mut self, end: &TurnEnd, change: &mut Change) {
        (change.cancelling, change.send_next) = (Some(false), Some(false));
        let status = match end {
            // The turn that takes its place says what the session does.
            TurnEnd::Superseded => return,
            TurnEnd::Success | TurnEnd::Halted { .. } => return self.next_in_queue(change),
            TurnEnd::Cancelled if self.sends_next() => return self.next_in_queue(change),
            TurnEnd::Cancelled => StatusChange::plain(SessionStatus::Cancelled),
            TurnEnd::NoOutput => {
                let message = "the turn ended without any output";
                StatusChange::failed(self.failure(FailureCode::NoOutput, message))
            }
            TurnEnd::Provider { .. } if change.status.is_some() => return,
            TurnEnd::Provider { message, retry_at } => StatusChange::failed(Failure {
                retry_at: *retry_at,
                ..self.failure(FailureCode::Provider, message)
            }),
            TurnEnd::Exit { code, signal } => {
                let message = "the agent ended in the middle of the turn";
                StatusChange::failed(self.exit_failure((*code, *signal), message))
            }
            TurnEnd::Interrupted => StatusChange::plain(SessionStatus::Interrupted),
        };
        change.status = Some(status);
    }

    /// After a good turn: the next queued message, else idle.
    fn next_in_queue(&mut self, change: &mut Change) {
        let outbox = change.outbox.as_ref().unwrap_or(&self.record.outbox);
        if outbox.is_some() {
            // A message is on its way already; the others wait for the end of its turn.
            change.status = Some(StatusChange::plain(SessionStatus::Working));
            return;
        }
        let queue = &self.record.session.queue;
        let mut due = queue.iter().filter(|queued| queued.is_due(change.now));
        let wanted = queue.iter().find(|queued| queued.next);
        let Some(next) = wanted.or_else(|| due.next()).cloned() else {
            change.status = Some(StatusChange::plain(SessionStatus::Idle));
            return;
        };
        change.dequeue = Some(next.client_id.clone());
        self.accept(next.into(), change);
        change.status = Some(StatusChange::plain(SessionStatus::Working));
    }

    /// Whether a queued message goes out although a person stopped the turn.
    fn sends_next(&self) -> bool {
        let queue = &self.record.session.queue;
        queue.iter().any(|queued| queued.next)
    }

    /// Makes a message the next one to be delivered.
    pub(super) fn accept(&self, outgoing: Outgoing, change: &mut Change) {
        let key = format!("user:{}", outgoing.client_id);
        let body = outgoing.body();
        let turn = self.talk.turn() + 1;
        change.entries.push(EntryWrite {
            key,
            turn,
            at: change.now,
            body,
        });
        change.outbox = Some(Some(outgoing));
    }

    /// An open turn beats every stored status.
    pub(super) fn derive_status(&self, facts: &[SessionFact], change: &mut Change) {
        let begins = |fact: &SessionFact| matches!(fact, SessionFact::TurnStarted { .. });
        // Lines that are caught up with may end a turn and begin the next.
        let has_begun = facts.iter().any(begins) && !self.record.cancelling;
        if change.status.is_some() && !(has_begun && self.is_in_turn()) {
            return;
        }
        let is_about_turn = |fact: &SessionFact| {
            matches!(
                fact,
                SessionFact::TurnStarted { .. }
                    | SessionFact::PermissionOpened { .. }
                    | SessionFact::PermissionClosed { .. }
            )
        };
        if self.is_in_turn() && facts.iter().any(is_about_turn) {
            change.status = Some(self.turn_status());
        }
    }

    /// The status of an open turn.
    pub(super) fn turn_status(&self) -> StatusChange {
        if self.record.cancelling {
            return StatusChange::because(SessionStatus::Working, "it is being stopped");
        }
        let is_open = |request: &str| !self.answered.contains(request);
        let waits = self
            .talk
            .open_permissions()
            .iter()
            .any(|open| is_open(&open.request_id));
        let asks = self
            .talk
            .open_questions()
            .iter()
            .any(|open| is_open(&open.question_id));
        let status = match (waits, asks) {
            (true, _) => SessionStatus::WaitingApproval,
            (false, true) => SessionStatus::WaitingInput,
            (false, false) => SessionStatus::Working,
        };
        StatusChange::plain(status)
    }

    /// What is done once a fact is in the store.
    pub(super) fn after(&mut self, fact: &SessionFact) {
        match fact {
            SessionFact::PermissionClosed { request_id } => {
                self.answered.remove(request_id);
            }
            SessionFact::Opened { .. } => self.timers.answer = None,
            SessionFact::TurnStarted { .. } => self.timers.idle = None,
            SessionFact::TurnEnded { end, .. } => self.after_turn(end),
            SessionFact::Exited { .. } => {
                (self.link, self.lines, self.slot) = (None, None, None);
                self.is_stopping = false;
                self.timers.answer = None;
                self.timers.stop = None;
                self.timers.idle = None;
                self.sent.clear();
                self.last_id = 0;
            }
            SessionFact::Started
            | SessionFact::Initialized
            | SessionFact::ReopenFailed { .. }
            | SessionFact::AuthRequired { .. }
            | SessionFact::StartFailed { .. }
            | SessionFact::PermissionOpened { .. }
            | SessionFact::Title(_) => {}
        }
    }

    fn after_turn(&mut self, end: &TurnEnd) {
        self.answered.clear();
        let is_stopped = match end {
            TurnEnd::Success
            | TurnEnd::Superseded
            | TurnEnd::Halted { .. }
            // An error of the provider, or silence, says nothing against the process.
            | TurnEnd::Provider { .. }
            | TurnEnd::NoOutput => false,
            TurnEnd::Cancelled | TurnEnd::Exit { .. } | TurnEnd::Interrupted => true,
        };
        let goes_on = self.record.outbox.is_some();
        if goes_on {
            self.timers.stop = None;
        }
        if !goes_on && is_stopped && self.link.is_some() && self.talk.stage() != Stage::Ended {
            self.timers.stop = Some(Instant::now());
        }
        if !goes_on && !is_stopped && self.record.session.status.phase() != Phase::Active {
            self.be_idle();
        }
    }

    /// Starts the wait after which an idle process is stopped, or stops it now if others wait.
    pub(super) fn be_idle(&mut self) {
        let others_wait = self.shared.hungry.load(std::sync::atomic::Ordering::SeqCst) > 0;
        let wait = if others_wait {
            0
        } else {
            self.shared.limits.idle_stop_s
        };
        self.timers.idle = Some(Instant::now() + Duration::from_secs(wait));
    }
}
