//! The pure interpreter of one session's conversation: journal lines in, thread and facts out.
//!
//! No I/O and no clock: time comes from the lines, so replaying a journal gives the same state.
pub mod build;

mod answers;
mod approvals;
mod asked;
mod call;
mod call_end;
mod calls;
mod capabilities;
mod counts;
mod entries;
mod form;
mod images;
mod incoming;
mod noise;
mod offers;
mod ours;
mod outcome;
mod process;
mod questions;
mod retry;
mod terminals;
mod text;
mod turns;
mod unasked;
mod updates;
mod words;

#[cfg(test)]
mod damage_tests;
#[cfg(test)]
mod replay_tests;
#[cfg(test)]
mod rule_tests;
#[cfg(test)]
mod unasked_tests;

pub use approvals::OpenPermission;
pub use capabilities::{AuthMethod, Capabilities};
pub use entries::Said;
pub use outcome::{Dir, Line, Opening, Outcome, SessionFact, Stage, TurnEnd};
pub use questions::OpenQuestion;
pub(crate) use text::plain;

use approvals::Asks;
use counts::Counts;
use domain::snapshot::{AgentState, Metadata};
use domain::time::Timestamp;
use entries::Thread;
use offers::Offers;
use process::Run;
use questions::Questions;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use turns::Turn;
use words::Voice;

/// Where the interpreter is in the journal.
#[derive(Debug, Clone, Copy)]
struct Moment {
    n: u64,
    at: Timestamp,
}

/// Everything that the journal said so far.
#[derive(Debug)]
pub struct Talk {
    worktree: String,
    acp_session: Option<String>,
    run: Run,
    turn: Turn,
    thread: Thread,
    voice: Option<Voice>,
    echo: Option<String>,
    asks: Asks,
    questions: Questions,
    /// Calls that a turn left open, by the agent's id: a late update may still end them.
    left: HashMap<String, String>,
    /// Answers that we owe, by the request's id.
    owed: HashMap<String, Owed>,
    counts: Counts,
    offers: Offers,
    last: Moment,
    bytes: u64,
}

/// An answer that we owe to the agent.
#[derive(Debug, Clone)]
struct Owed {
    n: u64,
    key: String,
    raw: String,
}

impl Talk {
    /// A conversation without a line yet. `worktree` is absolute and canonical.
    #[must_use]
    pub fn new(worktree: &str) -> Self {
        Self {
            worktree: text::tidy_path(worktree),
            acp_session: None,
            run: Run::default(),
            turn: Turn::default(),
            thread: Thread::default(),
            voice: None,
            echo: None,
            asks: Asks::default(),
            questions: Questions::default(),
            left: HashMap::new(),
            owed: HashMap::new(),
            counts: Counts::default(),
            offers: Offers::default(),
            last: Moment {
                n: 0,
                at: Timestamp(0),
            },
            bytes: 0,
        }
    }

    /// Takes the next line of the journal and says what follows.
    pub fn hear(&mut self, line: Line<'_>) -> Vec<Outcome> {
        let mut out = Vec::new();
        let moment = Moment {
            n: line.n,
            at: line.at,
        };
        self.rest_until(line.at, &mut out);
        match line.dir {
            Dir::Shim => self.hear_shim(moment, line.raw, &mut out),
            Dir::Stderr => self.run.hear_stderr(line.raw),
            Dir::C2a => self.hear_ours(moment, line, &mut out),
            Dir::A2c => self.hear_agent(moment, line.raw, &mut out),
        }
        self.last = moment;
        out
    }

    /// How far the conversation is.
    #[must_use]
    pub fn stage(&self) -> Stage {
        match self.run.stage() {
            Stage::Ready if self.turn.is_open => Stage::InTurn,
            stage => stage,
        }
    }

    /// The agent's name for the conversation, kept over the end of the process.
    #[must_use]
    pub fn acp_session(&self) -> Option<&str> {
        self.acp_session.as_deref()
    }

    /// What the agent of this run can do.
    #[must_use]
    pub fn capabilities(&self) -> Capabilities {
        self.run.capabilities()
    }

    /// Whether the agent takes images; none before it first said so.
    #[must_use]
    pub fn takes_images(&self) -> Option<bool> {
        self.run.images
    }

    /// Name and version of the agent of this run, as it tells them.
    #[must_use]
    pub fn agent_info(&self) -> Option<(&str, &str)> {
        self.run.agent_info()
    }

    /// The id for our next request of this run.
    #[must_use]
    pub fn next_id(&self) -> u64 {
        self.run.next_id()
    }

    /// The number of the turn that is or was last in progress; 0 before the first.
    #[must_use]
    pub fn turn(&self) -> u64 {
        self.turn.number
    }

    /// The entry of a key, whole.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<Said> {
        self.thread.said(key)
    }

    /// The keys of all entries in the order in which they began.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.thread.keys()
    }

    /// Counts about the session.
    #[must_use]
    pub fn metadata(&self) -> Metadata {
        self.counts.metadata()
    }

    /// What the agent offers, 32 kB of JSON at most.
    #[must_use]
    pub fn agent_state(&self) -> AgentState {
        self.offers.agent_state()
    }

    /// The last lines of standard error of this run, oldest first, 20 at most.
    #[must_use]
    pub fn stderr_tail(&self) -> Vec<String> {
        self.run.stderr_tail()
    }

    /// When a line other than the shim's came last.
    #[must_use]
    pub fn last_activity(&self) -> Timestamp {
        self.run.last_activity.unwrap_or(self.last.at)
    }

    /// Bytes that the agent wrote to standard output, in all runs.
    #[must_use]
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Answers that the journal does not hold yet, oldest first: to be sent after an attach.
    #[must_use]
    pub fn unanswered(&self) -> Vec<(String, String)> {
        let sorted: BTreeMap<u64, &Owed> = self.owed.values().map(|owed| (owed.n, owed)).collect();
        sorted
            .into_values()
            .map(|owed| (owed.key.clone(), owed.raw.clone()))
            .collect()
    }

    /// Sends an answer and remembers it until the journal holds it.
    fn owe(&mut self, n: u64, id: &Value, raw: String, out: &mut Vec<Outcome>) {
        let key = text::derived_uuid(&self.worktree, "answer", n);
        let owed = Owed {
            n,
            key: key.clone(),
            raw: raw.clone(),
        };
        self.owed.insert(id.to_string(), owed);
        out.push(Outcome::Send { key, raw });
    }

    fn touch(out: &mut Vec<Outcome>, key: &str) {
        out.push(Outcome::Entry {
            key: key.to_owned(),
        });
    }
}
