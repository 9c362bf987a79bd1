//! What lies behind a thread: the journal lines that an entry came from, and what was complained about.
use super::journal::{Dir as JournalDir, JournalError, JournalLine, read_from};
use super::talk::{Dir, Line, Outcome, SessionFact, Talk, plain};
use domain::journal::{RawLine, RawLines};
use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom};
use std::path::Path;

/// Lines of one answer at the most. Source: contract, `agent/get_lines`.
const LINES: usize = 200;
/// Bytes of the lines of one answer at the most. Source: contract, `agent/get_lines`.
const BYTES: usize = 256 * 1024;
/// Bytes of one line; what is longer is cut and says so.
const LINE: usize = 64 * 1024;
/// Lines of standard error at the most. Source: contract, `agent/get_stderr`.
const STDERR: usize = 50;
/// Bytes of one line of standard error.
const STDERR_LINE: usize = 2000;
/// How much of a journal's end is read for standard error, step by step.
const TAILS: [u64; 3] = [256 * 1024, 4 * 1024 * 1024, 32 * 1024 * 1024];

/// The line as the interpreter wants it.
#[must_use]
pub fn heard(line: &JournalLine) -> Line<'_> {
    let dir = match line.dir {
        JournalDir::C2a => Dir::C2a,
        JournalDir::A2c => Dir::A2c,
        JournalDir::Stderr => Dir::Stderr,
        JournalDir::Shim => Dir::Shim,
    };
    Line {
        n: line.n,
        at: line.at,
        dir,
        key: line.key.as_deref(),
        raw: &line.raw,
    }
}

/// The lines above `after` that the entry of a key came from, found by hearing the journal again.
/// Takes as long as the journal is; nothing if there is none.
///
/// # Errors
/// When the journal cannot be read.
pub fn lines_behind(
    path: &Path,
    worktree: &str,
    (key, after): (&str, u64),
) -> Result<RawLines, JournalError> {
    let mut found = RawLines::default();
    if !path.exists() {
        return Ok(found);
    }
    let (mut talk, mut bytes) = (Talk::new(worktree), 0);
    let mut turn = None;
    // What an agent writes beside its messages before a turn is told with the turn.
    let mut noise = Vec::new();
    for line in read_from(path, 0)? {
        let line = line?;
        let outcomes = talk.hear(heard(&line));
        let is_noise = outcomes.contains(&Outcome::Noise);
        let is_here = is_behind(&outcomes, key, &mut turn) || (is_noise && turn.is_some());
        if is_noise && !is_here && noise.len() < LINES {
            noise.push(line);
            continue;
        }
        if !is_here && is_border(&outcomes) {
            (turn, noise) = (None, Vec::new());
        }
        let is_mine = is_here && key.starts_with("user:");
        let before = noise.drain(..if is_mine { noise.len() } else { 0 });
        let lines: Vec<_> = before.chain(is_here.then_some(line)).collect();
        for line in lines.into_iter().filter(|line| line.n > after) {
            let line = shown(line);
            bytes += line.raw.len();
            if found.lines.len() == LINES || (bytes > BYTES && !found.lines.is_empty()) {
                found.more = true;
                return Ok(found);
            }
            found.lines.push(line);
        }
    }
    Ok(found)
}

/// Whether a turn begins or ends.
fn is_border(outcomes: &[Outcome]) -> bool {
    outcomes.iter().any(|outcome| {
        matches!(
            outcome,
            Outcome::Session(SessionFact::TurnStarted { .. } | SessionFact::TurnEnded { .. })
        )
    })
}

/// Whether a line made this entry what it is. A message of a person has the answer to it too;
/// `turn` is the turn that it began.
fn is_behind(outcomes: &[Outcome], key: &str, turn: &mut Option<u64>) -> bool {
    let mut touched = outcomes.iter().filter_map(|outcome| match outcome {
        Outcome::Entry { key } => Some(key.as_str()),
        _ => None,
    });
    // A line that only ends a text, because something else begins, says nothing of that text.
    let is_touched = match key.starts_with("msg:") {
        true => touched.next_back() == Some(key),
        false => touched.any(|touched| touched == key),
    };
    let mut is_answer = false;
    for outcome in outcomes {
        match outcome {
            Outcome::Session(SessionFact::TurnStarted { turn: begun, .. }) if is_touched => {
                *turn = key.starts_with("user:").then_some(*begun);
            }
            Outcome::Session(SessionFact::TurnEnded { turn: ended, .. }) => {
                is_answer |= *turn == Some(*ended);
            }
            _ => {}
        }
    }
    is_touched || is_answer
}

fn shown(line: JournalLine) -> RawLine {
    let dir = match line.dir {
        JournalDir::C2a => "c2a",
        JournalDir::A2c => "a2c",
        JournalDir::Stderr => "stderr",
        JournalDir::Shim => "shim",
    };
    let whole = line.raw.len();
    let raw = match whole > LINE {
        true => format!(
            "{}\n[cut: {whole} bytes in all]",
            domain::text::cut(&line.raw, LINE)
        ),
        false => line.raw,
    };
    let dir = dir.to_owned();
    RawLine {
        n: line.n,
        at: line.at,
        dir,
        raw,
    }
}

/// The last lines of standard error, oldest first, 50 at most; read from the end.
///
/// # Errors
/// When the journal cannot be read.
pub fn last_stderr(path: &Path) -> io::Result<Vec<String>> {
    let mut file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        opened => opened?,
    };
    let size = file.metadata()?.len();
    let mut lines = VecDeque::new();
    for tail in TAILS {
        let from = size.saturating_sub(tail);
        file.seek(SeekFrom::Start(from))?;
        let mut bytes = Vec::new();
        Read::by_ref(&mut file).take(tail).read_to_end(&mut bytes)?;
        lines = stderr_of(&bytes);
        if lines.len() == STDERR || from == 0 {
            break;
        }
    }
    Ok(lines.into())
}

fn stderr_of(bytes: &[u8]) -> VecDeque<String> {
    let mut kept = VecDeque::new();
    for line in bytes.split(|byte| *byte == b'\n') {
        // The first may be torn; it is passed over like every other that makes no sense.
        let Ok(line) = serde_json::from_slice::<JournalLine>(line) else {
            continue;
        };
        if line.dir != JournalDir::Stderr {
            continue;
        }
        for said in line.raw.lines().filter(|said| !said.trim().is_empty()) {
            if kept.len() == STDERR {
                kept.pop_front();
            }
            kept.push_back(plain(domain::text::cut(said, STDERR_LINE)));
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::journal::Journal;
    use domain::time::Timestamp;
    use serde_json::json;
    use std::path::PathBuf;

    const MESSAGE: &str = "0199f0a0-1111-4222-8333-444455556666";

    fn update(update: &serde_json::Value) -> String {
        json!({"jsonrpc": "2.0", "method": "session/update", "params": {"sessionId": "s", "update": update}})
            .to_string()
    }

    fn text(kind: &str, text: &str) -> String {
        update(&json!({"sessionUpdate": kind, "content": {"type": "text", "text": text}}))
    }

    fn journal(more: &[(JournalDir, Option<&str>, String)]) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.jsonl");
        let mut journal = Journal::open(&path).unwrap();
        for (dir, key, raw) in more {
            journal.append(Timestamp(0), *dir, *key, raw).unwrap();
        }
        (folder, path)
    }

    fn a_turn() -> Vec<(JournalDir, Option<&'static str>, String)> {
        let call = |status: &str, kind: &str| {
            update(
                &json!({"sessionUpdate": kind, "toolCallId": "t", "title": "T", "status": status}),
            )
        };
        let prompt = json!({"jsonrpc": "2.0", "id": 3, "method": "session/prompt", "params": {"sessionId": "s", "prompt": [{"type": "text", "text": "go"}]}});
        let end = json!({"jsonrpc": "2.0", "id": 3, "result": {"stopReason": "end_turn"}});
        vec![
            (JournalDir::C2a, Some(MESSAGE), prompt.to_string()),
            (JournalDir::A2c, None, text("agent_message_chunk", "one ")),
            (
                JournalDir::Stderr,
                None,
                "\u{1b}[31mwarning\u{1b}[0m".to_owned(),
            ),
            (JournalDir::A2c, None, text("agent_message_chunk", "two")),
            (JournalDir::A2c, None, call("pending", "tool_call")),
            (JournalDir::A2c, None, call("completed", "tool_call_update")),
            (JournalDir::A2c, None, end.to_string()),
        ]
    }

    #[track_caller]
    fn check(path: &Path, (key, after): (&str, u64), wanted: &[u64]) {
        let found = lines_behind(path, "/w", (key, after)).unwrap();
        let numbers: Vec<u64> = found.lines.iter().map(|line| line.n).collect();
        assert_eq!(numbers, wanted, "{key}");
        assert!(!found.more);
    }

    #[test]
    fn an_entry_has_the_lines_that_made_it() {
        let (_folder, path) = journal(&a_turn());
        check(&path, ("msg:2", 0), &[2, 4]);
        check(&path, ("msg:2", 2), &[4]);
        check(&path, ("tool:1:t", 0), &[5, 6]);
        check(&path, (&format!("user:{MESSAGE}"), 0), &[1, 7]);
        check(&path, ("sys:9", 0), &[]);
        check(&path.with_extension("none"), ("msg:2", 0), &[]);
    }

    #[test]
    fn what_is_no_message_is_found_behind_its_turn_and_behind_its_own_entry() {
        let mut lines = a_turn();
        let noise = |text: &str| (JournalDir::A2c, None, text.to_owned());
        lines.insert(0, noise("before"));
        lines.insert(3, noise("within"));
        lines.push(noise("after"));
        let init = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize"}).to_string();
        let answer = json!({"jsonrpc": "2.0", "id": 1, "result": {"protocolVersion": 1}});
        lines.insert(0, (JournalDir::C2a, None, init));
        lines.insert(1, noise(&answer.to_string()));
        let (_folder, path) = journal(&lines);
        check(&path, (&format!("user:{MESSAGE}"), 0), &[3, 4, 6, 11, 12]);
        check(&path, ("noise:1", 0), &[6, 12]);
        check(&path, ("noise:0", 0), &[3]);
        check(&path, ("msg:5", 0), &[5, 8]);
    }

    #[test]
    fn answers_are_bounded_and_long_lines_cut() {
        let mut lines = a_turn();
        lines.truncate(1);
        let chunk = |n: usize| {
            let text = text("agent_message_chunk", &format!("{n} "));
            (JournalDir::A2c, None, text)
        };
        lines.extend((0..250).map(chunk));
        let (_folder, path) = journal(&lines);
        let first = lines_behind(&path, "/w", ("msg:2", 0)).unwrap();
        assert_eq!((first.lines.len(), first.more), (200, true));
        let rest = lines_behind(&path, "/w", ("msg:2", first.lines[199].n)).unwrap();
        assert_eq!((rest.lines.len(), rest.more), (50, false));

        lines.truncate(1);
        let long = |_| {
            let text = text("agent_message_chunk", &"x".repeat(100_000));
            (JournalDir::A2c, None, text)
        };
        lines.extend((0..6).map(long));
        let (_folder, path) = journal(&lines);
        let found = lines_behind(&path, "/w", ("msg:2", 0)).unwrap();
        assert_eq!((found.lines.len(), found.more), (3, true));
        assert!(found.lines[0].raw.ends_with("bytes in all]"));
    }

    #[test]
    fn the_last_words_on_standard_error_are_read_from_the_end() {
        let (_folder, path) = journal(&a_turn());
        assert_eq!(last_stderr(&path).unwrap(), ["warning"]);
        let mut lines = a_turn();
        let noise = |n: usize| (JournalDir::Stderr, None, format!("line {n}\n\n"));
        lines.extend((0..80).map(noise));
        let filler = text("agent_message_chunk", &"x".repeat(400_000));
        lines.push((JournalDir::A2c, None, filler));
        let (_folder, path) = journal(&lines);
        let found = last_stderr(&path).unwrap();
        assert_eq!((found.len(), found[0].as_str()), (50, "line 30"));
        assert!(
            last_stderr(&path.with_extension("none"))
                .unwrap()
                .is_empty()
        );
    }
}
