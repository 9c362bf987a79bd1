//! One tool call, merged from everything that the agent says about it.
use super::terminals::Terminals;
use super::{images, text};
use domain::thread::{FileDiff, Image, Location, ToolCall, ToolContent, ToolStatus};
use domain::time::Timestamp;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Longest input kept, in bytes; with output, content and terminals 1 MiB for a call.
const INPUT_MAX: usize = 128 * 1024;
/// Longest raw output kept, in bytes.
const OUTPUT_MAX: usize = 256 * 1024;
/// Longest content kept, in bytes.
const CONTENT_MAX: usize = 384 * 1024;

/// Images of one call that are shown; more keep their names.
const IMAGES_MAX: usize = 20;

/// Fields that a request for permission is about; what their hash is made of.
const ASKED: [&str; 5] = ["title", "kind", "rawInput", "content", "locations"];

#[derive(Debug, Clone)]
enum Item {
    Text(String),
    Diff(FileDiff),
    Image(Image),
    Terminal(String),
}

/// A tool call.
#[derive(Debug, Clone)]
pub(super) struct Call {
    id: String,
    pub(super) title: String,
    pub(super) kind: String,
    pub(super) status: ToolStatus,
    pub(super) cwd: Option<String>,
    locations: Vec<Location>,
    input: Option<String>,
    output: Option<String>,
    items: Vec<Item>,
    terminals: Terminals,
    /// The agent's own fields of [`ASKED`], as they stand.
    raw: Value,
    diff_paths: BTreeSet<String>,
    /// Images with their bytes that are not given on yet.
    pub(super) new_images: Vec<(Image, Vec<u8>)>,
    /// Whether its edits and output are counted.
    pub(super) is_counted: bool,
    /// A person allowed it, and the agent told nothing of it since.
    pub(super) is_allowed: bool,
    /// A person rejected it, and nobody allowed it.
    pub(super) is_rejected: bool,
    started_at: Timestamp,
    pub(super) ended_at: Option<Timestamp>,
}

impl Call {
    pub(super) fn new(id: &str, at: Timestamp) -> Self {
        Self {
            id: id.to_owned(),
            title: id.to_owned(),
            kind: "other".to_owned(),
            status: ToolStatus::Pending,
            cwd: None,
            locations: Vec::new(),
            input: None,
            output: None,
            items: Vec::new(),
            terminals: Terminals::default(),
            raw: json!({}),
            diff_paths: BTreeSet::new(),
            new_images: Vec::new(),
            is_counted: false,
            is_allowed: false,
            is_rejected: false,
            started_at: at,
            ended_at: None,
        }
    }

    /// Takes what is told: what is absent stays, arrays replace. Returns the bytes of new output.
    pub(super) fn merge(&mut self, told: &Value, worktree: &str, at: Timestamp) -> usize {
        for field in ASKED {
            if let Some(value) = told.get(field).filter(|value| !value.is_null()) {
                self.raw[field] = value.clone();
            }
        }
        let name = text::string(told, "name").filter(|_| self.title == self.id);
        if let Some(title) = text::string(told, "title").or(name) {
            self.title = text::cut(title, 4096);
        }
        if let Some(kind) = text::string(told, "kind") {
            self.kind = text::head(kind, 64).to_owned();
        }
        if let Some(locations) = told.get("locations").and_then(Value::as_array) {
            let shown = |told| location(told, worktree);
            self.locations = locations.iter().filter_map(shown).take(1000).collect();
        }
        if let Some(input) = told.get("rawInput").filter(|input| !text::is_void(input)) {
            self.input = Some(text::cut(&text::pretty(input), INPUT_MAX));
            self.cwd = text::string(input, "cwd")
                .map(|cwd| text::shown_path(worktree, cwd))
                .or(self.cwd.take());
        }
        if let Some(content) = told.get("content").and_then(Value::as_array) {
            self.replace_content(content, worktree);
        }
        let meta = told.get("_meta").unwrap_or(&Value::Null);
        let bytes = self.terminals.hear(meta, &self.id);
        let cwd = meta.pointer("/terminal_info/cwd").and_then(Value::as_str);
        let cwd = cwd.map(|cwd| text::shown_path(worktree, cwd));
        self.cwd = self.cwd.take().or(cwd);
        if let Some(output) = told
            .get("rawOutput")
            .filter(|output| !text::is_void(output))
        {
            self.hear_output(output);
        }
        self.hear_status(text::string(told, "status"), at);
        bytes
    }

    fn replace_content(&mut self, content: &[Value], worktree: &str) {
        self.items.clear();
        let mut left = CONTENT_MAX;
        for told in content {
            match text::string(told, "type") {
                Some("diff") => {
                    let Some(diff) = diff(told, worktree, left) else {
                        continue;
                    };
                    let old = diff.old_text.as_ref().map_or(0, String::len);
                    left = left.saturating_sub(old + diff.new_text.len());
                    self.diff_paths.insert(diff.path.clone());
                    self.items.push(Item::Diff(diff));
                }
                Some("terminal") => {
                    let id = text::string(told, "terminalId")
                        .unwrap_or(&self.id)
                        .to_owned();
                    self.terminals.begin(&id);
                    self.items.push(Item::Terminal(id));
                }
                Some("content") => {
                    let block = told.get("content").unwrap_or(&Value::Null);
                    let item = self.block(block, left);
                    left = left.saturating_sub(match &item {
                        Item::Text(text) => text.len(),
                        _ => 0,
                    });
                    self.items.push(item);
                }
                _ => {}
            }
        }
    }

    /// A block of content: an image that can be shown, or what it reads as.
    fn block(&mut self, block: &Value, left: usize) -> Item {
        let is_image = |item: &&Item| matches!(item, Item::Image(_));
        let count = self.items.iter().filter(is_image).count();
        match images::image(block).filter(|_| count < IMAGES_MAX) {
            Some((image, content)) => {
                self.new_images.push((image.clone(), content));
                Item::Image(image)
            }
            None => Item::Text(text::cut(&text::block(block), left)),
        }
    }

    /// The raw output as a person reads it: its text where it has one, else its JSON.
    fn hear_output(&mut self, output: &Value) {
        let code = text::int(output, "exit_code").or_else(|| text::int(output, "exitCode"));
        let is_bare = output.as_object().is_some_and(|fields| fields.len() == 1);
        if code.is_some_and(|code| self.terminals.exited(code)) && is_bare {
            return;
        }
        let fields = ["aggregated_output", "output", "stdout", "error"];
        let said = output
            .as_str()
            .or_else(|| fields.iter().find_map(|field| text::string(output, field)));
        let mut shown = match said {
            Some(said) => text::cut(said, OUTPUT_MAX),
            None => text::cut(&text::pretty(output), OUTPUT_MAX),
        };
        if let (Some(code), Some(_)) = (code.filter(|code| *code != 0), said) {
            shown.push_str(&format!("\n[exit code {code}]"));
        }
        self.output = Some(shown);
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// Forgets what only an open request for permission needs.
    pub(super) fn forget(&mut self) {
        self.raw = json!({});
    }

    pub(super) fn args_hash(&self) -> String {
        text::hash(&self.raw)
    }

    pub(super) fn raw_input(&self) -> &Value {
        self.raw.get("rawInput").unwrap_or(&Value::Null)
    }

    pub(super) fn locations(&self) -> &[Location] {
        &self.locations
    }

    /// Files that its diffs named at any time.
    pub(super) fn diff_paths(&self) -> impl Iterator<Item = &str> {
        self.diff_paths.iter().map(String::as_str)
    }

    pub(super) fn diffs(&self) -> Vec<FileDiff> {
        let diffs = self.items.iter().filter_map(|item| match item {
            Item::Diff(diff) => Some(diff.clone()),
            Item::Text(_) | Item::Image(_) | Item::Terminal(_) => None,
        });
        diffs.collect()
    }

    /// Texts of its content, one after the other.
    pub(super) fn texts(&self) -> String {
        let texts = self.items.iter().filter_map(|item| match item {
            Item::Text(text) => Some(text.as_str()),
            Item::Diff(_) | Item::Image(_) | Item::Terminal(_) => None,
        });
        texts.collect::<Vec<_>>().join("\n")
    }

    /// Bytes of its raw output, or of its texts.
    pub(super) fn output_bytes(&self) -> usize {
        let texts = || self.texts().len();
        self.output.as_ref().map_or_else(texts, String::len)
    }

    /// The call as the thread shows it; terminals that the content does not name come last.
    pub(super) fn shown(&self) -> ToolCall {
        let mut content = Vec::new();
        let mut named = BTreeSet::new();
        for item in &self.items {
            match item {
                Item::Text(text) => content.push(ToolContent::Text { text: text.clone() }),
                Item::Diff(diff) => content.push(ToolContent::Diff(diff.clone())),
                Item::Image(image) => content.push(ToolContent::Image(image.clone())),
                Item::Terminal(id) => {
                    named.insert(id.as_str());
                    content.extend(self.terminals.shown(id));
                }
            }
        }
        content.extend(self.terminals.others(&named));
        ToolCall {
            tool_call_id: self.id.clone(),
            title: self.title.clone(),
            tool_kind: self.kind.clone(),
            status: self.status,
            locations: self.locations.clone(),
            input: self.input.clone(),
            output: self.output.clone(),
            content,
            started_at: self.started_at,
            ended_at: self.ended_at,
        }
    }
}

fn location(told: &Value, worktree: &str) -> Option<Location> {
    Some(Location {
        path: text::shown_path(worktree, text::string(told, "path")?),
        line: told.get("line").and_then(Value::as_u64),
    })
}

/// A new file has no old text: agents write that as `null`, as nothing or as an empty text.
fn diff(told: &Value, worktree: &str, max: usize) -> Option<FileDiff> {
    let old = text::string(told, "oldText").filter(|old| !old.is_empty());
    Some(FileDiff {
        path: text::shown_path(worktree, text::string(told, "path")?),
        old_text: old.map(|old| text::cut(old, max / 2)),
        new_text: text::cut(text::string(told, "newText").unwrap_or_default(), max / 2),
    })
}
