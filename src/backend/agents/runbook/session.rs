//! The agent's sessions, and what a client may ask of them.
use super::blocks::Said;
use super::peer::{INTERNAL, INVALID_PARAMS, INVALID_REQUEST, METHOD_NOT_FOUND, NOT_FOUND};
use super::peer::{Peer, Refusal};
use super::store::{self, Log};
use super::turn::Turn;
use super::updates;
use serde_json::{Value, json};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

/// Whether steps need permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Ask,
    Auto,
}

impl Mode {
    /// The mode's id on the wire.
    pub(super) fn id(self) -> &'static str {
        match self {
            Self::Ask => "ask",
            Self::Auto => "auto",
        }
    }
}

/// One conversation in one working directory.
pub(super) struct Session {
    pub(super) id: Uuid,
    pub(super) cwd: PathBuf,
    pub(super) mode: Cell<Mode>,
    log: Log,
    turn: RefCell<Option<CancellationToken>>,
}

impl Session {
    fn new(id: Uuid, cwd: PathBuf, log: Log) -> Self {
        Self {
            id,
            cwd,
            mode: Cell::new(Mode::Ask),
            log,
            turn: RefCell::default(),
        }
    }

    pub(super) fn keep(&self, update: &Value) {
        self.log.add(update);
    }

    pub(super) async fn tell(&self, peer: &Peer, update: &Value) {
        peer.notify(
            "session/update",
            &json!({"sessionId": self.id.to_string(), "update": update}),
        )
        .await;
    }

    fn modes(&self) -> Value {
        json!({"modes": {"currentModeId": self.mode.get().id(), "availableModes": [
            {"id": "ask", "name": "Ask", "description": "Ask before each step"},
            {"id": "auto", "name": "Auto", "description": "Run the steps without asking"},
        ]}})
    }
}

/// The agent: its sessions and its client.
pub(super) struct Agent {
    peer: Rc<Peer>,
    sessions: RefCell<HashMap<Uuid, Rc<Session>>>,
    has_terminals: Cell<bool>,
    has_forms: Cell<bool>,
    turns: TaskTracker,
}

impl Agent {
    pub(super) fn new(peer: Rc<Peer>) -> Self {
        Self {
            peer,
            sessions: RefCell::default(),
            has_terminals: Cell::new(false),
            has_forms: Cell::new(false),
            turns: TaskTracker::new(),
        }
    }

    /// Takes one line from the client.
    pub(super) async fn take(self: &Rc<Self>, line: &str) {
        let Ok(message) = serde_json::from_str::<Value>(line) else {
            let refusal = (super::peer::PARSE_ERROR, "the line is not JSON".to_owned());
            return self.peer.answer(&Value::Null, Err(refusal)).await;
        };
        let (id, method) = (
            message.get("id"),
            message.get("method").and_then(Value::as_str),
        );
        let params = message.get("params").cloned().unwrap_or_default();
        match (id, method) {
            (Some(id), Some("session/prompt")) => self.prompt(id.clone(), &params).await,
            (Some(id), Some(method)) => {
                let answer = self.request(method, &params).await;
                let is_new = answer.is_ok() && method == "session/new";
                let session = answer
                    .as_ref()
                    .ok()
                    .and_then(|made| self.session(made).ok());
                self.peer.answer(id, answer).await;
                if let Some(session) = session.filter(|_| is_new) {
                    session.tell(&self.peer, &updates::commands()).await;
                }
            }
            (None, Some("session/cancel")) => self.cancel(&params),
            (None, Some(_)) => {}
            (Some(_), None) if message.get("result").or(message.get("error")).is_some() => {
                self.peer.resolve(&message);
            }
            (id, None) => {
                let refusal = (INVALID_REQUEST, "the message has no method".to_owned());
                self.peer
                    .answer(id.unwrap_or(&Value::Null), Err(refusal))
                    .await;
            }
        }
    }

    /// Ends all turns and waits for what they run.
    pub(super) async fn close(&self) {
        for session in self.sessions.borrow().values() {
            if let Some(turn) = session.turn.borrow().as_ref() {
                turn.cancel();
            }
        }
        self.turns.close();
        self.turns.wait().await;
    }

    async fn request(&self, method: &str, params: &Value) -> Result<Value, Refusal> {
        match method {
            "initialize" => {
                let asked = &params["clientCapabilities"]["_meta"]["terminal_output"];
                self.has_terminals.set(asked == true);
                let forms = &params["clientCapabilities"]["elicitation"];
                self.has_forms.set(forms.is_object());
                Ok(updates::abilities())
            }
            "authenticate" => Ok(json!({})),
            "session/new" => self.create(params),
            "session/load" => self.load(params).await,
            "session/resume" => self.open(params).map(|(session, _)| session.modes()),
            "session/list" => {
                let cwd = params["cwd"]
                    .as_str()
                    .map_or_else(std::env::current_dir, |cwd| Ok(cwd.into()));
                let cwd = cwd.map_err(|error| (INTERNAL, error.to_string()))?;
                Ok(json!({"sessions": store::list(&cwd)}))
            }
            "session/set_mode" => self.set_mode(params),
            _ => Err((METHOD_NOT_FOUND, format!("there is no method {method}"))),
        }
    }

    fn create(&self, params: &Value) -> Result<Value, Refusal> {
        let (id, cwd) = (Uuid::new_v4(), cwd(params)?);
        let failed = |error| {
            (
                INTERNAL,
                format!("the conversation cannot be kept: {error}"),
            )
        };
        let log = Log::create(id, &cwd).map_err(failed)?;
        let session = Session::new(id, cwd, log);
        let mut answer = session.modes();
        answer["sessionId"] = id.to_string().into();
        self.sessions.borrow_mut().insert(id, Rc::new(session));
        Ok(answer)
    }

    async fn load(&self, params: &Value) -> Result<Value, Refusal> {
        let (session, updates) = self.open(params)?;
        for update in &updates {
            session.tell(&self.peer, update).await;
        }
        session.tell(&self.peer, &updates::commands()).await;
        Ok(session.modes())
    }

    fn open(&self, params: &Value) -> Result<(Rc<Session>, Vec<Value>), Refusal> {
        let cwd = cwd(params)?;
        let asked = params["sessionId"].as_str().unwrap_or_default();
        let missing = || (NOT_FOUND, format!("there is no session {asked}"));
        let id = Uuid::parse_str(asked).map_err(|_| missing())?;
        let is_busy = |session: &Rc<Session>| session.turn.borrow().is_some();
        if self.sessions.borrow().get(&id).is_some_and(is_busy) {
            return Err((INVALID_REQUEST, "the session is busy".to_owned()));
        }
        let (log, updates) = Log::open(id, &cwd).map_err(|_| missing())?;
        let session = Rc::new(Session::new(id, cwd, log));
        self.sessions.borrow_mut().insert(id, Rc::clone(&session));
        Ok((session, updates))
    }

    fn session(&self, params: &Value) -> Result<Rc<Session>, Refusal> {
        let asked = params["sessionId"].as_str().unwrap_or_default();
        let found = Uuid::parse_str(asked).ok();
        let found = found.and_then(|id| self.sessions.borrow().get(&id).cloned());
        found.ok_or_else(|| (NOT_FOUND, format!("there is no session {asked}")))
    }

    fn set_mode(&self, params: &Value) -> Result<Value, Refusal> {
        let session = self.session(params)?;
        session.mode.set(match params["modeId"].as_str() {
            Some("ask") => Mode::Ask,
            Some("auto") => Mode::Auto,
            _ => return Err((INVALID_PARAMS, "the modes are ask and auto".to_owned())),
        });
        Ok(json!({}))
    }

    fn cancel(&self, params: &Value) {
        if let Ok(session) = self.session(params)
            && let Some(turn) = session.turn.borrow().as_ref()
        {
            turn.cancel();
        }
    }

    async fn prompt(self: &Rc<Self>, id: Value, params: &Value) {
        let begun = self.session(params).and_then(|session| {
            let mut turn = session.turn.borrow_mut();
            if turn.is_some() {
                return Err((
                    INVALID_REQUEST,
                    "the session is busy with a prompt".to_owned(),
                ));
            }
            let cancel = CancellationToken::new();
            *turn = Some(cancel.clone());
            drop(turn);
            Ok((session, cancel))
        });
        let (session, cancel) = match begun {
            Ok(begun) => begun,
            Err(refusal) => return self.peer.answer(&id, Err(refusal)).await,
        };
        let (said, agent) = (Said::of(&params["prompt"]), Rc::clone(self));
        let (peer, has_terminals) = (Rc::clone(&self.peer), self.has_terminals.get());
        let has_forms = self.has_forms.get();
        self.turns.spawn_local(async move {
            let turn = Turn {
                peer,
                session: Rc::clone(&session),
                cancel,
                has_terminals,
                has_forms,
            };
            let reason = turn.run(&said).await;
            session.turn.borrow_mut().take();
            agent
                .peer
                .answer(&id, Ok(json!({"stopReason": reason})))
                .await;
        });
    }
}

fn cwd(params: &Value) -> Result<PathBuf, Refusal> {
    let cwd = Path::new(params["cwd"].as_str().unwrap_or_default());
    if cwd.is_absolute() && cwd.is_dir() {
        return Ok(cwd.to_owned());
    }
    Err((
        INVALID_PARAMS,
        "cwd must be an existing folder, absolute".to_owned(),
    ))
}
