//! What the agent says: streamed texts, plans, echoes of the prompt and the console's own words.
use super::counts::PlanCount;
use super::entries::{Matter, Thread};
use super::text::{self, TEXT_MAX};
use super::{Moment, Outcome, Talk};
use domain::thread::{Body, PlanItem};
use domain::time::Timestamp;
use serde_json::Value;

/// Shortest pause before a retry of a cut stream, in milliseconds; recorded ones are 300 and up.
const RETRY_MS: u64 = 250;

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Speaker {
    Agent,
    Thought,
}

/// The text that grows now.
#[derive(Debug)]
pub(super) struct Voice {
    key: String,
    speaker: Speaker,
    message: Option<String>,
    heard: Timestamp,
}

impl Voice {
    /// Whether a chunk belongs to this text. Without a message id, an agent whose stream was cut
    /// tells the same text from the start after a pause: that is another text.
    fn goes_on(
        &self,
        moment: Moment,
        (speaker, message): (Speaker, Option<&str>),
        more: &str,
        thread: &Thread,
    ) -> bool {
        let is_same = self.speaker == speaker && self.message.as_deref() == message;
        let is_again = message.is_none()
            && moment.at.since(self.heard) >= RETRY_MS
            && thread.starts_with(&self.key, more);
        is_same && !is_again
    }
}

impl Talk {
    /// A chunk of text: it lets the current text grow, or begins another one.
    pub(super) fn hear_chunk(
        &mut self,
        moment: Moment,
        speaker: Speaker,
        update: &Value,
        out: &mut Vec<Outcome>,
    ) {
        let content = update.get("content").unwrap_or(&Value::Null);
        let more = text::block(content);
        if !more.trim().is_empty() {
            self.wake_to_act(moment, out);
        }
        if self.hear_image(moment, (speaker, content), out) || more.is_empty() {
            return;
        }
        let message = text::string(update, "messageId");
        self.counts.produced(more.len());
        if speaker == Speaker::Agent && !more.trim().is_empty() {
            self.turn.spoke = true;
        }
        let key = match &mut self.voice {
            Some(voice) if voice.goes_on(moment, (speaker, message), &more, &self.thread) => {
                voice.heard = moment.at;
                voice.key.clone()
            }
            _ => {
                self.close_voice(out);
                self.begin_voice(moment, speaker, message)
            }
        };
        self.thread.grow(&key, &more);
        Self::touch(out, &key);
    }

    fn begin_voice(&mut self, moment: Moment, speaker: Speaker, message: Option<&str>) -> String {
        let key = format!("msg:{}", moment.n);
        let (text, open) = (String::new(), self.turn.is_open);
        let body = match speaker {
            Speaker::Agent => Body::Agent { text, open },
            Speaker::Thought => Body::Thought { text, open },
        };
        if speaker == Speaker::Agent {
            self.counts.replies += 1;
            self.turn.last_text = Some(key.clone());
        }
        self.say(moment, &key, body);
        self.voice = Some(Voice {
            key: key.clone(),
            speaker,
            message: message.map(str::to_owned),
            heard: moment.at,
        });
        key
    }

    /// Ends the text that grows now.
    pub(super) fn close_voice(&mut self, out: &mut Vec<Outcome>) {
        if let Some(voice) = self.voice.take() {
            self.thread.close(&voice.key);
            Self::touch(out, &voice.key);
        }
        self.echo = None;
    }

    /// The plan of the turn, replaced as a whole.
    pub(super) fn hear_plan(&mut self, moment: Moment, update: &Value, out: &mut Vec<Outcome>) {
        let Some(entries) = update.get("entries").and_then(Value::as_array) else {
            return;
        };
        let word = |entry: &Value, field, default: &str| {
            text::string(entry, field).unwrap_or(default).to_owned()
        };
        let items: Vec<PlanItem> = entries
            .iter()
            .filter(|entry| entry.is_object())
            .map(|entry| PlanItem {
                text: text::cut(&word(entry, "content", ""), 4096),
                priority: word(entry, "priority", "medium"),
                status: word(entry, "status", "pending"),
            })
            .collect();
        let done = items.iter().filter(|item| item.status == "completed");
        self.counts.plan = Some(PlanCount {
            done: done.count() as u64,
            total: items.len() as u64,
        });
        self.wake_to_act(moment, out);
        self.close_voice(out);
        self.turn.acted = true;
        let key = format!("plan:{}", self.turn.number);
        self.say(moment, &key, Body::Plan { items });
        Self::touch(out, &key);
    }

    /// The prompt told back is dropped; other text in a person's name is shown as the console's.
    pub(super) fn hear_echo(&mut self, moment: Moment, update: &Value, out: &mut Vec<Outcome>) {
        let content = update.get("content").unwrap_or(&Value::Null);
        let more = text::block(content);
        // An image told back is one that a person sent: the thread has it.
        let is_image = text::string(content, "type") == Some("image");
        if more.is_empty() || is_image || (self.echo.is_none() && self.turn.prompt.contains(&more))
        {
            return;
        }
        let key = match self.echo.take() {
            Some(key) => key,
            None => {
                let key = format!("sys:{}", moment.n);
                let (code, text) = ("injected".to_owned(), String::new());
                self.say(moment, &key, Body::System { code, text });
                key
            }
        };
        self.thread.grow(&key, &more);
        Self::touch(out, &key);
        self.echo = Some(key);
    }

    /// A word of the console in the thread.
    pub(super) fn system(
        &mut self,
        moment: Moment,
        (code, said): (&str, &str),
        out: &mut Vec<Outcome>,
    ) {
        let key = format!("sys:{}", moment.n);
        let (code, text) = (code.to_owned(), text::cut(said, TEXT_MAX));
        self.say(moment, &key, Body::System { code, text });
        Self::touch(out, &key);
    }

    /// A failure in the thread, with the last lines of standard error.
    pub(super) fn failure(
        &mut self,
        moment: Moment,
        (code, said): (&str, &str),
        (exit_code, signal): (Option<i32>, Option<i32>),
        out: &mut Vec<Outcome>,
    ) {
        let key = format!("err:{}", moment.n);
        let body = Body::Error {
            code: code.to_owned(),
            text: text::cut(said, TEXT_MAX),
            exit_code,
            signal,
            stderr_tail: self.run.stderr_tail(),
            retry_at: None,
        };
        if self.say(moment, &key, body) {
            self.counts.errors += 1;
        }
        Self::touch(out, &key);
    }

    /// Puts an entry of the current turn; says whether it is new.
    pub(super) fn say(&mut self, moment: Moment, key: &str, body: Body) -> bool {
        let turn = self.turn.number;
        self.thread.put(key, turn, moment.at, Matter::Plain(body))
    }
}
