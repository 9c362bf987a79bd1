//! The process of the agent: one run from start to exit, what it can do, what it complained about.
use super::capabilities::{Capabilities, Init};
use super::outcome::Opening;
use super::{Moment, Outcome, SessionFact, Stage, Talk, TurnEnd, text};
use domain::session::FailureCode;
use domain::time::Timestamp;
use serde_json::Value;
use std::collections::{BTreeSet, HashMap, VecDeque};

/// Lines of standard error kept.
const TAIL_LINES: usize = 20;
/// Bytes kept of one such line.
const LINE_MAX: usize = 1000;

/// What an open request of ours is about.
#[derive(Debug)]
pub(super) enum Asked {
    Initialize,
    Authenticate,
    Open(Opening, Option<String>),
    Prompt(u64),
    Mode(String),
    Model(String),
    Option(String, String),
    Other,
}

/// One run of the process.
#[derive(Debug, Default)]
pub(super) struct Run {
    is_started: bool,
    is_ended: bool,
    is_stopping: bool,
    /// An error entry says already why it cannot be used.
    pub(super) has_failed: bool,
    pub(super) is_opening: bool,
    pub(super) is_loading: bool,
    pub(super) is_open: bool,
    pub(super) asked: HashMap<String, Asked>,
    /// The methods of all that we asked.
    pub(super) methods: BTreeSet<String>,
    pub(super) last_activity: Option<Timestamp>,
    last_id: u64,
    pub(super) init: Option<Init>,
    /// Whether a prompt went to this run.
    pub(super) is_prompted: bool,
    /// Whether this run, or the one before, takes images; none before the first answered.
    pub(super) images: Option<bool>,
    stderr: VecDeque<String>,
    notes: VecDeque<String>,
}

impl Run {
    pub(super) fn stage(&self) -> Stage {
        match (&self.init, self.is_started) {
            _ if self.is_ended => Stage::Ended,
            (None, false) => Stage::NotStarted,
            (None, true) => Stage::Started,
            _ if self.is_opening => Stage::Opening,
            _ if self.is_open => Stage::Ready,
            (Some(init), _) => Stage::Initialized {
                auth: init.auth.clone(),
            },
        }
    }

    /// Whether a conversation is open and nothing is on its way to end it.
    pub(super) const fn may_act(&self) -> bool {
        let is_up = self.is_open && !self.is_ended;
        is_up && !self.is_stopping && !self.is_opening && !self.is_loading
    }

    /// Whether the agent answered `initialize`, and so speaks the protocol.
    pub(super) const fn is_initialized(&self) -> bool {
        self.init.is_some()
    }

    pub(super) fn capabilities(&self) -> Capabilities {
        let init = self.init.as_ref();
        init.map(|init| init.capabilities).unwrap_or_default()
    }

    pub(super) fn agent_info(&self) -> Option<(&str, &str)> {
        let info = self.init.as_ref()?.info.as_ref()?;
        Some((&info.0, &info.1))
    }

    pub(super) const fn next_id(&self) -> u64 {
        self.last_id.saturating_add(1)
    }

    pub(super) fn hear_our_id(&mut self, id: &Value) {
        self.is_started = true;
        self.last_id = self.last_id.max(id.as_u64().unwrap_or(0));
    }

    pub(super) fn hear_stderr(&mut self, raw: &str) {
        for line in raw.lines() {
            keep(&mut self.stderr, line);
        }
    }

    /// Keeps a line of standard output that is no message.
    pub(super) fn note(&mut self, raw: &str) {
        keep(&mut self.notes, raw);
    }

    pub(super) fn stderr_tail(&self) -> Vec<String> {
        self.stderr.iter().cloned().collect()
    }
}

impl Talk {
    pub(super) fn hear_shim(&mut self, moment: Moment, raw: &str, out: &mut Vec<Outcome>) {
        let Ok(told) = serde_json::from_str::<Value>(raw) else {
            return;
        };
        match text::string(&told, "event") {
            Some("started") => {
                out.extend(self.lost());
                self.run = Run {
                    is_started: true,
                    last_activity: self.run.last_activity,
                    images: self.run.images,
                    ..Run::default()
                };
                self.left.clear();
                self.owed.clear();
                out.push(Outcome::Session(SessionFact::Started));
            }
            Some("stopping") => self.run.is_stopping = true,
            Some("moved") => {
                self.turn.number = told.get("turn").and_then(Value::as_u64).unwrap_or(0);
            }
            Some("exited") => {
                let end = (text::int(&told, "code"), text::int(&told, "signal"));
                self.exited(moment, end, out);
            }
            _ => {}
        }
    }

    fn exited(
        &mut self,
        moment: Moment,
        (code, signal): (Option<i32>, Option<i32>),
        out: &mut Vec<Outcome>,
    ) {
        if self.run.is_ended {
            return;
        }
        self.run.is_ended = true;
        let expected = self.run.is_stopping;
        let class = if signal.is_some() {
            (FailureCode::Signal, "signal")
        } else {
            (FailureCode::Exit, "exit")
        };
        let message = self.exit_text(code, signal);
        if self.turn.is_open {
            let end = if expected || self.turn.is_cancelled {
                TurnEnd::Cancelled
            } else {
                self.failure(moment, (class.1, &message), (code, signal), out);
                TurnEnd::Exit { code, signal }
            };
            self.end_turn(moment, end, out);
        } else if !expected && !self.run.is_open && !self.run.has_failed {
            self.failure(moment, (class.1, &message), (code, signal), out);
            let code = class.0;
            out.push(Outcome::Session(SessionFact::StartFailed { code, message }));
        }
        self.run_ended(moment, out);
        out.push(Outcome::Session(SessionFact::Exited {
            code,
            signal,
            expected,
        }));
    }

    /// Why the process is gone; what it said instead of the protocol, if it never spoke it.
    fn exit_text(&self, code: Option<i32>, signal: Option<i32>) -> String {
        let how = match (code, signal) {
            (_, Some(signal)) => format!("signal {signal} ended the agent"),
            (Some(code), None) => format!("the agent exited with code {code}"),
            (None, None) => "the agent exited".to_owned(),
        };
        if self.run.init.is_some() {
            return how;
        }
        let said: Vec<&str> = self.run.notes.iter().map(String::as_str).collect();
        if said.is_empty() {
            format!("{how} before it answered")
        } else {
            format!("{how} before it answered; it said: {}", said.join("\n"))
        }
    }

    /// Agent and shim are gone and no line says how: ends what was open. The same happens by
    /// itself when a new run begins.
    pub fn lost(&mut self) -> Vec<Outcome> {
        let mut out = Vec::new();
        if !self.run.is_started || self.run.is_ended {
            return out;
        }
        self.run.is_ended = true;
        let moment = self.last;
        if self.turn.is_open {
            let end = if self.turn.is_cancelled {
                TurnEnd::Cancelled
            } else {
                TurnEnd::Interrupted
            };
            self.end_turn(moment, end, &mut out);
        }
        self.run_ended(moment, &mut out);
        out
    }

    /// Ends what only a living process could go on with.
    fn run_ended(&mut self, moment: Moment, out: &mut Vec<Outcome>) {
        self.close_voice(out);
        self.void_asks(false, out);
        self.abort_left(moment, out);
        self.owed.clear();
        self.run.asked.clear();
    }
}

fn keep(lines: &mut VecDeque<String>, line: &str) {
    let line = text::plain(text::head(line, LINE_MAX));
    if line.trim().is_empty() {
        return;
    }
    if lines.len() == TAIL_LINES {
        lines.pop_front();
    }
    lines.push_back(line);
}
