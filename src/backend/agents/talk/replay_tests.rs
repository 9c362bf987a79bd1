//! Recorded traffic of real agents, read as a thread and compared with what was read before.
use super::*;
use domain::thread::{Body, ToolContent};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// A line that a test owns.
#[derive(Debug, Clone)]
pub(super) struct Heard {
    pub(super) dir: Dir,
    pub(super) key: Option<String>,
    pub(super) at: Timestamp,
    pub(super) raw: String,
}

impl Heard {
    pub(super) fn line(&self, n: u64) -> Line<'_> {
        Line {
            n,
            at: self.at,
            dir: self.dir,
            key: self.key.as_deref(),
            raw: &self.raw,
        }
    }
}

pub(super) fn started() -> Heard {
    Heard {
        dir: Dir::Shim,
        key: None,
        at: Timestamp(0),
        raw: r#"{"event":"started","pid":1}"#.to_owned(),
    }
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// A recording as journal lines, the shim's first.
pub(super) fn recording(name: &str) -> Vec<Heard> {
    let path = fixtures().join("acp").join(format!("{name}.jsonl"));
    let text = std::fs::read_to_string(&path).unwrap();
    let mut heard = vec![started()];
    for line in text.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let dir = match line["dir"].as_str().unwrap() {
            "c2a" => Dir::C2a,
            "a2c" | "a2c-raw" => Dir::A2c,
            "stderr" => Dir::Stderr,
            _ => continue,
        };
        let raw = match &line["msg"] {
            Value::String(raw) => raw.clone(),
            message => message.to_string(),
        };
        let seconds = line["t"].as_f64().unwrap();
        let at = Timestamp((seconds * 1000.0) as i64);
        let key = None;
        heard.push(Heard { dir, key, at, raw });
    }
    heard
}

pub(super) fn names() -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(fixtures().join("acp"))
        .unwrap()
        .filter_map(|file| {
            let path = file.unwrap().path();
            let is_recording = path.extension().is_some_and(|kind| kind == "jsonl");
            is_recording.then(|| path.file_stem().unwrap().to_str().unwrap().to_owned())
        })
        .collect();
    names.sort();
    names
}

/// All lines heard by one interpreter, with all that followed.
pub(super) fn hear_all(lines: &[Heard]) -> (Talk, Vec<Outcome>) {
    let mut talk = Talk::new("/srv/demo");
    let mut outcomes = Vec::new();
    for (at, heard) in lines.iter().enumerate() {
        outcomes.extend(talk.hear(heard.line(at as u64 + 1)));
    }
    (talk, outcomes)
}

fn brief(text: &str) -> String {
    let flat = text.replace('\n', "\\n");
    let short: String = flat.chars().take(60).collect();
    format!("{}b \"{short}\"", text.len())
}

fn content(content: &ToolContent) -> String {
    match content {
        ToolContent::Text { text } => format!("text({})", brief(text)),
        ToolContent::Diff(diff) => {
            let old = diff.old_text.as_deref().map_or("new".to_owned(), brief);
            format!("diff({} {old} -> {})", diff.path, brief(&diff.new_text))
        }
        ToolContent::Terminal {
            text, exit_code, ..
        } => format!("terminal({} exit {exit_code:?})", brief(text)),
        ToolContent::Image(image) => format!("image({} {}b)", image.mime, image.bytes),
    }
}

fn entry(body: &Body) -> String {
    match body {
        Body::User { text, .. } => brief(text),
        Body::Agent { text, open } | Body::Thought { text, open } => {
            format!("{} {}", if *open { "open" } else { "done" }, brief(text))
        }
        Body::System { code, text } => format!("{code} {}", brief(text)),
        Body::Error {
            code,
            text,
            stderr_tail,
            ..
        } => format!("{code} {} stderr {}", brief(text), stderr_tail.len()),
        Body::Plan { items } => items
            .iter()
            .map(|item| format!("[{}] {}", item.status, item.text))
            .collect::<Vec<_>>()
            .join("; "),
        Body::Image(image) => format!("image({} {}b)", image.mime, image.bytes),
        Body::Tool(call) => {
            let (status, kind) = (call.status.as_str(), &call.tool_kind);
            let mut line = format!("{status} {kind} {}", brief(&call.title));
            for place in &call.locations {
                write!(line, " @{}", place.path).unwrap();
            }
            if let Some(output) = &call.output {
                write!(line, " out({})", brief(output)).unwrap();
            }
            for told in &call.content {
                write!(line, " {}", content(told)).unwrap();
            }
            line
        }
        Body::Question(question) => format!("{:?} {}", question.state, brief(&question.message)),
        Body::Approval(approval) => {
            let answer = approval.answer.as_ref();
            format!(
                "{:?} {} asks {} argv {:?} cwd {:?} diffs {} answer {:?}",
                approval.state,
                brief(&approval.title),
                brief(&approval.text),
                approval.argv,
                approval.cwd,
                approval.diffs.len(),
                answer.map(|answer| &answer.kind),
            )
        }
    }
}

/// The thread, then the state and the facts about turns.
pub(super) fn render(talk: &Talk, outcomes: &[Outcome]) -> String {
    let mut page = String::new();
    for key in talk.keys() {
        let said = talk.entry(key).unwrap();
        let (kind, turn) = (said.body.kind(), said.turn);
        let shown = if kind == "user" { "user" } else { key };
        writeln!(page, "{shown} {kind} t{turn} {}", entry(&said.body)).unwrap();
    }
    for outcome in outcomes {
        match outcome {
            Outcome::Send { raw, .. } => {
                let sent: Value = serde_json::from_str(raw).unwrap();
                writeln!(page, "> {}", text::sorted(&sent)).unwrap();
            }
            Outcome::Session(fact) => writeln!(page, "= {fact:?}").unwrap(),
            _ => {}
        }
    }
    let (open, owed) = (talk.open_permissions().len(), talk.unanswered().len());
    writeln!(page, "stage {:?} open {open} owed {owed}", talk.stage()).unwrap();
    let metadata = serde_json::to_string(&talk.metadata()).unwrap();
    writeln!(page, "{metadata}").unwrap();
    let state = talk.agent_state();
    let choice = |choice: &domain::snapshot::Choice| {
        format!("{} of {}", choice.current, choice.available.len())
    };
    writeln!(
        page,
        "modes {:?} models {:?} options {:?} commands {}",
        state.modes.as_ref().map(choice),
        state.models.as_ref().map(choice),
        state
            .options
            .iter()
            .map(|option| format!("{}={}", option.id, choice(&option.choice)))
            .collect::<Vec<_>>(),
        state.commands.len()
    )
    .unwrap();
    page
}

#[test]
fn every_recording_reads_as_its_stored_thread() {
    let mut differing = Vec::new();
    for name in names() {
        let (talk, outcomes) = hear_all(&recording(&name));
        let text = render(&talk, &outcomes);
        let path = fixtures().join("threads").join(format!("{name}.txt"));
        if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
            std::fs::write(&path, &text).unwrap();
        } else if std::fs::read_to_string(&path).unwrap_or_default() != text {
            differing.push(format!("{name}:\n{text}"));
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

#[test]
fn replaying_twice_gives_the_same() {
    for name in names() {
        let lines = recording(&name);
        let (one, first) = hear_all(&lines);
        let (two, second) = hear_all(&lines);
        assert_eq!(first, second, "{name}");
        assert_eq!(render(&one, &first), render(&two, &second), "{name}");
    }
}

#[test]
fn an_interpreter_rebuilt_at_any_time_goes_on_as_if_it_had_never_stopped() {
    for name in names() {
        let lines = recording(&name);
        let (whole, outcomes) = hear_all(&lines);
        for cut in (0..=lines.len()).step_by(10) {
            let (mut rebuilt, mut told) = hear_all(&lines[..cut]);
            for (at, heard) in lines.iter().enumerate().skip(cut) {
                told.extend(rebuilt.hear(heard.line(at as u64 + 1)));
            }
            assert_eq!(told, outcomes, "{name} at {cut}");
            assert_eq!(render(&rebuilt, &told), render(&whole, &outcomes), "{name}");
        }
    }
}

/// A small generator with a fixed seed (xorshift).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % (sides.max(1) as u64)).unwrap()
    }
}

/// Changes one place of a message: drops it, or gives it another type.
fn damage(value: &mut Value, dice: &mut Dice) {
    let others = [
        Value::Null,
        Value::from(-1),
        Value::from(u64::MAX),
        Value::from(1e300),
        Value::from("\u{0}ä\u{1b}["),
        Value::Array(vec![Value::Null]),
        serde_json::json!({"type": "terminal"}),
        Value::Bool(true),
    ];
    match value {
        Value::Object(fields) if !fields.is_empty() && dice.roll(8) > 0 => {
            let at = dice.roll(fields.len());
            let key = fields.keys().nth(at).unwrap().clone();
            if dice.roll(4) == 0 {
                fields.remove(&key);
            } else {
                damage(fields.get_mut(&key).unwrap(), dice);
            }
        }
        Value::Array(items) if !items.is_empty() && dice.roll(8) > 0 => {
            let at = dice.roll(items.len());
            damage(&mut items[at], dice);
        }
        other => *other = others[dice.roll(others.len())].clone(),
    }
}

#[test]
fn damaged_traffic_never_panics_and_still_replays_the_same() {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    for name in names() {
        let whole = recording(&name);
        for _ in 0..12 {
            let mut lines = whole.clone();
            for heard in &mut lines {
                match dice.roll(6) {
                    0 => {
                        let end = dice.roll(heard.raw.len());
                        heard.raw = text::head(&heard.raw, end).to_owned();
                    }
                    1 | 2 => {
                        if let Ok(mut value) = serde_json::from_str::<Value>(&heard.raw) {
                            damage(&mut value, &mut dice);
                            heard.raw = value.to_string();
                        }
                    }
                    _ => {}
                }
            }
            let (a, b) = (dice.roll(lines.len()), dice.roll(lines.len()));
            lines.swap(a, b);
            lines.push(lines[a].clone());
            let (one, first) = hear_all(&lines);
            let (two, second) = hear_all(&lines);
            assert_eq!(render(&one, &first), render(&two, &second), "{name}");
            for open in one.open_permissions() {
                assert!(one.args_hash_of(&open.request_id).is_some());
            }
        }
    }
}
