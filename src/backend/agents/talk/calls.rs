//! Tool calls of the turns: found by the agent's id, begun when first heard of.
use super::call::Call;
use super::entries::Matter;
use super::{Moment, Outcome, Talk, text};
use serde_json::Value;

impl Talk {
    /// A tool call or an update of one, announced before or not.
    pub(super) fn hear_call(&mut self, moment: Moment, told: &Value, out: &mut Vec<Outcome>) {
        let Some(id) = text::string(told, "toolCallId") else {
            return;
        };
        let is_update = text::string(told, "sessionUpdate") == Some("tool_call_update");
        let late = self.aborted.get(id).filter(|_| is_update);
        match late.filter(|_| !self.turn.calls.contains_key(id)).cloned() {
            Some(key) => self.merge_call(moment, &key, told, out),
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
        let key = match self.turn.calls.get(id) {
            Some(key) => key.clone(),
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
        let is_late = !self.turn.is_open;
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
        if is_late {
            // Nothing works on it any more; only an end may still come.
            call.abort(moment.at);
        }
        let is_over = !call.status.is_open();
        if call.status == domain::thread::ToolStatus::Completed && !call.is_counted {
            call.is_counted = true;
            self.counts.produced(call.output_bytes());
            for path in call.diff_paths() {
                self.counts.edited(path);
            }
        }
        if is_over {
            self.turn.open_calls.remove(key);
        } else {
            self.turn.open_calls.insert(key.to_owned());
        }
        Self::touch(out, key);
        if was_open && is_over {
            out.push(Outcome::WorktreeTouched);
        }
    }

    /// Marks the calls that the turn left open.
    pub(super) fn abort_calls(&mut self, moment: Moment, out: &mut Vec<Outcome>) {
        for key in std::mem::take(&mut self.turn.open_calls) {
            if let Some(call) = self.thread.call_mut(&key) {
                call.abort(moment.at);
                Self::touch(out, &key);
            }
        }
        for (id, key) in &self.turn.calls {
            if let Some(call) = self.thread.call_mut(key) {
                call.forget();
                if call.status == domain::thread::ToolStatus::Aborted {
                    self.aborted.insert(id.clone(), key.clone());
                }
            }
        }
    }
}
