//! Turns that no prompt asked for: the agent goes on by itself, and no answer tells when it is done.
//!
//! Such a turn begins with whatever the agent does while no turn is open. It ends when the agent is
//! quiet and waits for nobody, when our next prompt goes out, or when a person stops it.
use super::turns::Turn;
use super::{Moment, Outcome, SessionFact, Talk, TurnEnd};
use domain::session::BY_ITSELF;
use domain::thread::{Body, ToolStatus};
use domain::time::Timestamp;

/// Without a word of the agent for so long the turn is over, in milliseconds.
const REST_MS: i64 = 10_000;
/// The same while a tool call runs that the agent told of.
const CALL_REST_MS: i64 = 600_000;
/// What comes so soon after the end of a turn was said in it, in milliseconds: agents answer a
/// prompt before the last of their updates is out.
const LATE_MS: u64 = 1000;

impl Talk {
    /// Whether a turn is in progress that nobody asked for.
    #[must_use]
    pub fn is_unasked(&self) -> bool {
        self.turn.is_open && self.turn.is_unasked
    }

    /// Whether our next prompt may take the place of a turn that nobody asked for.
    #[must_use]
    pub fn takes_prompt(&self) -> bool {
        self.is_unasked() && !self.turn.is_cancelled && !self.waits_for_person()
    }

    /// When the turn that nobody asked for is over, if the agent stays quiet.
    #[must_use]
    pub fn rests_at(&self) -> Option<Timestamp> {
        if !self.takes_prompt() {
            return None;
        }
        let runs = |key: &String| {
            let call = self.thread.call(key);
            call.is_some_and(|call| call.status == ToolStatus::InProgress)
        };
        let rest = match self.turn.open_calls.iter().any(runs) {
            true => CALL_REST_MS,
            false => REST_MS,
        };
        let last = self.run.last_activity.unwrap_or(self.last.at);
        Some(Timestamp(last.0.saturating_add(rest)))
    }

    /// Ends a turn that nobody asked for, if it is over by now. The next line would do the same.
    pub fn rest(&mut self, now: Timestamp) -> Vec<Outcome> {
        let mut out = Vec::new();
        self.rest_until(now, &mut out);
        out
    }

    pub(super) fn rest_until(&mut self, now: Timestamp, out: &mut Vec<Outcome>) {
        if let Some(at) = self.rests_at().filter(|at| *at <= now) {
            let n = self.last.n;
            self.end_turn(Moment { n, at }, TurnEnd::Success, out);
        }
    }

    /// Whether a request of the agent waits for a person.
    fn waits_for_person(&self) -> bool {
        !self.open_permissions().is_empty() || !self.open_questions().is_empty()
    }

    /// The agent says or does something; while no turn is open, one of its own begins with that.
    pub(super) fn wake_to_act(&mut self, moment: Moment, out: &mut Vec<Outcome>) {
        if self.run.is_prompted && !self.is_late(moment) {
            self.wake(moment, out);
        }
    }

    /// Whether something was said in the turn that has just ended.
    pub(super) fn is_late(&self, moment: Moment) -> bool {
        let ended = self.turn.ended;
        ended.is_some_and(|ended| moment.at.since(ended) < LATE_MS)
    }

    /// The agent needs a person; while no turn is open, one of its own begins with that.
    pub(super) fn wake(&mut self, moment: Moment, out: &mut Vec<Outcome>) {
        // What is being stopped does not begin anew.
        if self.turn.is_open || self.turn.is_cancelled || !self.run.may_act() {
            return;
        }
        self.close_voice(out);
        self.turn = Turn {
            number: self.turn.number + 1,
            is_open: true,
            is_unasked: true,
            began: moment.at,
            ..Turn::default()
        };
        self.counts.turns += 1;
        let turn = self.turn.number;
        let key = format!("woke:{turn}");
        let text = format!("the agent went on by itself at {} UTC", moment.at.minute());
        let code = BY_ITSELF.to_owned();
        self.say(moment, &key, Body::System { code, text });
        Self::touch(out, &key);
        let client_id = None;
        out.push(Outcome::Session(SessionFact::TurnStarted {
            turn,
            client_id,
        }));
    }

    /// A person stopped a turn that nobody asked for: it is over once its requests are answered.
    pub(super) fn end_if_stopped(&mut self, moment: Moment, out: &mut Vec<Outcome>) {
        if self.is_unasked() && self.turn.is_cancelled && !self.waits_for_person() {
            self.end_turn(moment, TurnEnd::Cancelled, out);
        }
    }
}
