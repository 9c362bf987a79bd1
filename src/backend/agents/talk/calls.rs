//! Tool calls of the turns: found by the agent's id, begun when first heard of.
use super::call::Call;
use super::entries::Matter;
use super::{Moment, Outcome, Talk, TurnEnd, text};
use domain::thread::ToolStatus;
use serde_json::Value;

impl Talk {
    /// A tool call or an update of one, announced before or not.
    pub(super) fn hear_call(&mut self, moment: Moment, told: &Value, out: &mut Vec<Outcome>) {
        let Some(id) = text::string(told, "toolCallId") else {
            return;
        };
        let is_update = text::string(told, "sessionUpdate") == Some("tool_call_update");
        let ends = matches!(text::string(told, "status"), Some("completed" | "failed"));
        let known = self.turn.calls.get(id);
        let known = known.or_else(|| self.left.get(id).filter(|_| is_update));
        let status = known.and_then(|key| Some(self.thread.call(key)?.status));
        match status {
            // Only what may still go on is work that nobody asked for.
            _ if ends => {}
            Some(ToolStatus::Completed | ToolStatus::Failed | ToolStatus::Aborted) => {}
            Some(ToolStatus::Pending | ToolStatus::InProgress | ToolStatus::Unknown) => {
                self.wake_to_act(moment, out);
            }
            None if self.run.is_prompted => self.wake(moment, out),
            None => {}
        }
        let left = self.left.get(id).filter(|_| is_update);
        match left.filter(|_| !self.turn.calls.contains_key(id)).cloned() {
            Some(key) => {
                if status.is_some_and(|status| status != ToolStatus::Aborted) && self.turn.is_open {
                    self.turn.calls.insert(id.to_owned(), key.clone());
                }
                self.merge_call(moment, &key, told, out);
            }
            None => {
                self.call_of_turn(moment, id, told, out);
            }
        }
    }

    /// Merges what is told into the call of this turn, begun if new; returns its key.
    pub(super) fn call_of_turn(
        &mut self,
        moment: Moment,
        id: &str,
        told: &Value,
        out: &mut Vec<Outcome>,
    ) -> String {
        let goes_on = |key: &&String| {
            let call = self.thread.call(key);
            call.is_some_and(|call| call.status.is_open() || call.status == ToolStatus::Unknown)
        };
        let left = || self.left.get(id).filter(goes_on);
        let key = match self.turn.calls.get(id).or_else(left).cloned() {
            Some(key) => {
                self.turn.calls.insert(id.to_owned(), key.clone());
                key
            }
            None => {
                self.close_voice(out);
                self.turn.acted = true;
                let key = format!("tool:{}:{id}", self.turn.number);
                let call = Call::new(id, moment.at);
                self.counts.called(None, &call.kind, &call.title);
                let matter = Matter::Call(Box::new(call));
                self.thread.put(&key, self.turn.number, moment.at, matter);
                self.turn.calls.insert(id.to_owned(), key.clone());
                key
            }
        };
        self.merge_call(moment, &key, told, out);
        key
    }

    fn merge_call(&mut self, moment: Moment, key: &str, told: &Value, out: &mut Vec<Outcome>) {
        let is_stopped = !self.turn.is_open && self.turn.is_cancelled;
        let Some(call) = self.thread.call_mut(key) else {
            return;
        };
        let before = (call.kind.clone(), call.title.clone());
        let was_open = call.status.is_open();
        let bytes = call.merge(told, &self.worktree, moment.at);
        let images = std::mem::take(&mut call.new_images);
        out.extend(
            images
                .into_iter()
                .map(|(image, content)| Outcome::Image { image, content }),
        );
        self.counts.produced(bytes);
        if (call.kind.as_str(), call.title.as_str()) != (before.0.as_str(), before.1.as_str()) {
            let before = Some((before.0.as_str(), before.1.as_str()));
            self.counts.called(before, &call.kind, &call.title);
        }
        if is_stopped {
            // Nothing works on it any more; only an end may still come.
            call.abort(moment.at);
        }
        let is_over = !call.status.is_open();
        if call.status == ToolStatus::Completed && !call.is_counted {
            call.is_counted = true;
            self.counts.produced(call.output_bytes());
            for path in call.diff_paths() {
                self.counts.edited(path);
            }
        }
        if is_over {
            self.turn.open_calls.remove(key);
        } else if self.turn.is_open {
            self.turn.open_calls.insert(key.to_owned());
        } else {
            self.left.insert(call.id().to_owned(), key.to_owned());
        }
        Self::touch(out, key);
        if was_open && is_over {
            out.push(Outcome::WorktreeTouched);
        }
    }

    /// Says of the calls that the turn left open what became of them, as far as that is known.
    pub(super) fn end_calls(&mut self, moment: Moment, end: &TurnEnd, out: &mut Vec<Outcome>) {
        let (is_stopped, goes_on) = match end {
            TurnEnd::Cancelled | TurnEnd::Exit { .. } | TurnEnd::Interrupted => (true, false),
            TurnEnd::NoOutput | TurnEnd::Provider { .. } | TurnEnd::Halted { .. } => (false, false),
            TurnEnd::Success | TurnEnd::Superseded => (false, true),
        };
        for key in std::mem::take(&mut self.turn.open_calls) {
            if let Some(call) = self.thread.call_mut(&key) {
                if is_stopped {
                    call.abort(moment.at);
                } else {
                    call.leave(goes_on, moment.at);
                }
                Self::touch(out, &key);
            }
        }
        for (id, key) in &self.turn.calls {
            if let Some(call) = self.thread.call_mut(key) {
                match call.status {
                    ToolStatus::Completed | ToolStatus::Failed => call.forget(),
                    ToolStatus::Pending
                    | ToolStatus::InProgress
                    | ToolStatus::Aborted
                    | ToolStatus::Unknown => drop(self.left.insert(id.clone(), key.clone())),
                }
            }
        }
    }

    /// The process is gone, and with it the calls that ran on after their turn.
    pub(super) fn abort_left(&mut self, moment: Moment, out: &mut Vec<Outcome>) {
        let mut keys: Vec<String> = self.left.values().cloned().collect();
        keys.sort();
        for key in keys {
            if let Some(call) = self.thread.call_mut(&key)
                && call.status.is_open()
            {
                call.abort(moment.at);
                Self::touch(out, &key);
            }
        }
    }
}
