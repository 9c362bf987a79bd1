//! The talk before the talk: initialize, log in, open the conversation, then deliver the message.
use super::Actor;
use crate::agents::talk::{Stage, build};
use crate::store::{Change, EntryWrite, StatusChange};
use domain::session::SessionStatus;
use domain::snapshot::AgentOption;
use domain::thread::Body;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// A UUID that is the same for the same run and step, so that a repeated send is seen as one.
fn step_key(run: &str, step: &str) -> String {
    let digest = Sha256::digest(format!("{run}\n{step}"));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes)
        .into_uuid()
        .to_string()
}

/// The method of a line that is ours.
fn method_of(line: &str) -> String {
    let message: Value = serde_json::from_str(line).unwrap_or_default();
    message["method"].as_str().unwrap_or_default().to_owned()
}

/// Whether an option is meant by `mode`, `model` or its own name.
fn is_about(known: &AgentOption, option: &str) -> bool {
    known.id == option || known.category.as_deref() == Some(option)
}

impl Actor {
    /// Does the next step towards the delivery of what waits.
    pub(super) async fn advance(&mut self) {
        if self.is_stopping {
            return;
        }
        match self.talk.stage() {
            Stage::NotStarted | Stage::Ended => {
                if self.record.outbox.is_some() || self.is_resuming {
                    self.start_agent().await;
                }
            }
            Stage::Started => {
                let id = self.talk.next_id();
                self.send_once("initialize", |_| {
                    build::initialize(id, env!("CARGO_PKG_VERSION"))
                });
            }
            Stage::Initialized { .. } => {
                if !self.open_fork().await {
                    self.open();
                }
            }
            Stage::InTurn if self.talk.takes_prompt() => self.ready().await,
            Stage::Opening | Stage::InTurn => {}
            Stage::Ready => self.ready().await,
        }
    }

    /// A number for a request, above all that were used in this run.
    pub(super) fn fresh_id(&mut self) -> u64 {
        self.last_id = self.talk.next_id().max(self.last_id + 1);
        self.last_id
    }

    pub(super) fn send_once(&mut self, step: &str, line: impl FnOnce(u64) -> String) {
        if self.link.is_none() || !self.sent.insert(step.to_owned()) {
            return;
        }
        let run = self.record.run.clone().unwrap_or_default();
        let line = line(self.fresh_id());
        self.send(&step_key(&run, step), &line);
    }

    fn open(&mut self) {
        if self.timers.stop.is_some() {
            return;
        }
        let method = self.entry().and_then(|entry| entry.auth_method.clone());
        if let Some(method) = method {
            self.send_once("authenticate", |id| build::authenticate(id, &method));
            if !self.talk.is_answered("authenticate") {
                return;
            }
        }
        let can = self.talk.capabilities();
        let worktree = self.record.session.worktree.path.clone();
        let before = self
            .record
            .acp_session
            .clone()
            .filter(|_| !self.sent.contains("reopen"));
        match before {
            Some(session) if can.resume => {
                self.send_once("reopen", |id| {
                    build::session_resume(id, &session, &worktree)
                });
            }
            Some(session) if can.load => {
                self.send_once("reopen", |id| build::session_load(id, &session, &worktree));
            }
            _ => {
                self.needs_recap |= self.talk.turn() > 0;
                self.copy_failed();
                self.send_once("open", |id| build::session_new(id, &worktree));
            }
        }
    }

    async fn ready(&mut self) {
        if !self.set_up().await {
            return;
        }
        let Some(session) = self.talk.acp_session().map(str::to_owned) else {
            return;
        };
        if let Some(outgoing) = self.record.outbox.clone() {
            self.deliver_to(&session, outgoing).await;
        } else if std::mem::take(&mut self.is_resuming) {
            let status = Some(StatusChange::plain(SessionStatus::Idle));
            let change = Change {
                status,
                ..Change::at(self.shared.clock.now())
            };
            if let Err(error) = self.commit(change).await {
                self.not_written(&error);
            }
            self.be_idle();
        }
    }

    /// Sets mode and model as configured and chosen, once per run; says whether that is done, so
    /// that no turn begins in a mode that asks for nothing.
    async fn set_up(&mut self) -> bool {
        let Some(session) = self.talk.acp_session().map(str::to_owned) else {
            return true;
        };
        let mode = self.entry().and_then(|entry| entry.mode.clone());
        let model = self.record.session.model.clone();
        let mut is_done = true;
        for (step, wanted) in [("mode", mode), ("model", model)] {
            let Some(wanted) = wanted else { continue };
            let id = self.talk.next_id().max(self.last_id + 1);
            let line = self.choose(id, &session, step, &wanted);
            let Some(line) = line.filter(|_| self.is_offered(step, &wanted)) else {
                self.say_missing(step, &wanted).await;
                continue;
            };
            is_done &= self.talk.is_answered(&method_of(&line));
            self.send_once(step, |_| line);
        }
        if self.timers.answer.is_none() && !is_done {
            self.wait_for_answer();
        } else if is_done {
            self.timers.answer = None;
        }
        is_done
    }

    /// Whether the agent lists the value; a list that was too long to keep says nothing.
    fn is_offered(&self, option: &str, wanted: &str) -> bool {
        let state = self.talk.agent_state();
        let is_it = |known: &&AgentOption| is_about(known, option);
        let choice = match (state.options.iter().find(is_it), option) {
            (Some(known), _) => Some(&known.choice),
            (None, "mode") => state.modes.as_ref(),
            (None, _) => state.models.as_ref(),
        };
        choice.is_some_and(|choice| {
            let values = &choice.available;
            values.len() < 2 || values.iter().any(|value| value.id == wanted)
        })
    }

    /// Tells once in the thread that the agent does not know what it was to be set to.
    async fn say_missing(&mut self, option: &str, wanted: &str) {
        if !self.sent.insert(option.to_owned()) {
            return;
        }
        let text = if option == "mode" {
            format!(
                "the agent does not offer the mode {wanted}, in which it would ask first: \
                 it may act without asking"
            )
        } else {
            format!("the agent does not offer the {option} {wanted}: it uses its own choice")
        };
        self.say(&format!("missing:{option}"), "notice", &text)
            .await;
    }

    /// Puts a word of the console into the thread.
    pub(super) async fn say(&mut self, key: &str, code: &str, text: &str) {
        let now = self.shared.clock.now();
        let (code, text) = (code.to_owned(), text.to_owned());
        let write = EntryWrite {
            key: key.to_owned(),
            turn: self.talk.turn(),
            at: now,
            body: Body::System { code, text },
        };
        let change = Change {
            entries: vec![write],
            ..Change::at(now)
        };
        if let Err(error) = self.commit(change).await {
            self.not_written(&error);
        }
    }

    /// The message that sets an option: `mode`, `model`, or one by the agent's name.
    pub(super) fn choose(
        &self,
        id: u64,
        session: &str,
        option: &str,
        value: &str,
    ) -> Option<String> {
        let state = self.talk.agent_state();
        let is_it = |known: &&AgentOption| is_about(known, option);
        if let Some(known) = state.options.iter().find(is_it) {
            let value = match value {
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                other => Value::from(other),
            };
            return Some(build::set_config_option(id, session, &known.id, &value));
        }
        match option {
            "mode" if state.modes.is_some() => Some(build::set_mode(id, session, value)),
            "model" if state.models.is_some() => Some(build::set_model(id, session, value)),
            _ => None,
        }
    }
}
