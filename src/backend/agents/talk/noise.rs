//! What the agent writes that is no message: told once in a turn, and found among the raw lines.
use super::{Moment, Outcome, Talk, text};
use domain::thread::Body;

/// Bytes of the first such line that the thread shows.
const SHOWN: usize = 200;

/// The lines of one turn that are no messages.
#[derive(Debug)]
pub(super) struct Noise {
    count: u64,
    first: String,
}

impl Talk {
    /// A line, or a part of one, that is no message. A flood of them stays one entry.
    pub(super) fn note_noise(&mut self, moment: Moment, raw: &str, out: &mut Vec<Outcome>) {
        let said = text::plain(text::head(raw, SHOWN));
        let said = said.trim();
        if said.is_empty() && text::plain(raw).trim().is_empty() {
            return;
        }
        self.run.note(raw);
        out.push(Outcome::Noise);
        if !self.run.is_initialized() {
            // It may be no agent at all; if it ends, what it wrote is the reason.
            return;
        }
        let noise = self.turn.noise.get_or_insert_with(|| Noise {
            count: 0,
            first: said.to_owned(),
        });
        noise.count += 1;
        let text = match noise.count {
            1 => format!("the agent wrote a line that is no message: {}", noise.first),
            count => format!(
                "the agent wrote {count} lines that are no messages, the first: {}",
                noise.first
            ),
        };
        let key = format!("noise:{}", self.turn.number);
        let code = "unreadable".to_owned();
        self.say(moment, &key, Body::System { code, text });
        Self::touch(out, &key);
    }
}
