//! What a read or a search comes to, in a few words beside its title.
use crate::amount;
use crate::thread::{ToolCall, ToolContent};
use crate::visible::command_line;
use serde_json::Value;

/// Where and how much: `src/a.rs:34 · 1.2 kB`. Empty where the call speaks for itself.
#[must_use]
pub fn brief(call: &ToolCall) -> String {
    if !matches!(call.tool_kind.as_str(), "read" | "search" | "fetch") {
        return String::new();
    }
    let parts = [place(call), result(call)];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    parts.join(" · ")
}

/// The title of a call as it is shown: agents that write Markdown put its code between backticks.
#[must_use]
pub fn plain_title(title: &str) -> String {
    let mut shown = String::with_capacity(title.len());
    let mut rest = title;
    while let Some((before, from)) = rest.split_once('`') {
        let Some((code, after)) = from.split_once('`') else {
            break;
        };
        shown.push_str(before);
        shown.push_str(code);
        rest = after;
    }
    shown.push_str(rest);
    if shown.trim().is_empty() {
        return title.to_owned();
    }
    shown
}

/// The first file, with its line, unless the title names it.
fn place(call: &ToolCall) -> Option<String> {
    let first = call.locations.first()?;
    let line = first.line.map(|line| format!(":{line}"));
    let more = match call.locations.len() {
        1 => String::new(),
        count => format!(" and {} more", count - 1),
    };
    if call.title.contains(&first.path) && more.is_empty() {
        return line.map(|line| format!("line {}", &line[1..]));
    }
    Some(format!("{}{}{more}", first.path, line.unwrap_or_default()))
}

/// How much came back, once it is over.
fn result(call: &ToolCall) -> Option<String> {
    if call.status.is_open() {
        return None;
    }
    let said = call.content.iter().filter_map(|content| match content {
        ToolContent::Text { text } | ToolContent::Terminal { text, .. } => Some(text.as_str()),
        ToolContent::Diff(_) | ToolContent::Image(_) => None,
    });
    let mut said: Vec<&str> = said.collect();
    if said.is_empty() {
        said.extend(call.output.as_deref());
    }
    let bytes: usize = said.iter().map(|text| text.len()).sum();
    let lines = said.iter().flat_map(|text| text.lines());
    let lines = lines.filter(|line| !line.trim().is_empty()).count();
    match call.tool_kind.as_str() {
        _ if bytes == 0 => None,
        "search" => Some(amount::of(lines as u64, "line")),
        _ => Some(amount::bytes(bytes as u64)),
    }
}

/// Whether the words of a tool of this kind are output, line by line. The words of the other kinds
/// are prose: what was thought, fetched and told, or came from a tool that nobody knows.
#[must_use]
pub fn is_output(kind: &str) -> bool {
    matches!(
        kind,
        "read" | "edit" | "delete" | "move" | "search" | "execute"
    )
}

/// Output without the fence that some agents put around all of it.
#[must_use]
pub fn unfenced(text: &str) -> &str {
    let inner = || {
        let trimmed = text.trim();
        let ticks = trimmed.len() - trimmed.trim_start_matches('`').len();
        let (fence, rest) = trimmed.split_at(ticks);
        let (_, body) = rest.split_once('\n')?;
        let body = body.strip_suffix(fence)?;
        let is_whole = ticks >= 3 && (body.is_empty() || body.ends_with('\n'));
        (is_whole && !body.contains(fence)).then(|| body.strip_suffix('\n').unwrap_or(body))
    };
    inner().unwrap_or(text)
}

/// What was run, from what the agent gave as input; else the title. Empty where nothing was run.
#[must_use]
pub fn command_of(call: &ToolCall) -> String {
    if call.tool_kind != "execute" {
        return String::new();
    }
    let word = |word: &Value| word.as_str().map(str::to_owned);
    match given(call).iter().find(|(name, _)| is_command(name)) {
        Some((_, Value::String(command))) => command.clone(),
        Some((_, Value::Array(words))) => {
            let words: Option<Vec<String>> = words.iter().map(word).collect();
            command_line(&words.unwrap_or_default())
        }
        _ => call.title.clone(),
    }
}

/// The command, unless the title of the call says the same.
#[must_use]
pub fn own_command(call: &ToolCall) -> String {
    let command = command_of(call);
    let is_title = command.trim() == plain_title(&call.title).trim();
    if is_title { String::new() } else { command }
}

/// Whether what went in is no more than the command, which is shown.
#[must_use]
pub fn is_told(call: &ToolCall) -> bool {
    let given = given(call);
    let is_told = |name: &String| is_command(name) || SURROUNDINGS.contains(&name.as_str());
    call.tool_kind == "execute" && !given.is_empty() && given.keys().all(is_told)
}

/// What agents say beside a command: where it runs, and what its title says.
const SURROUNDINGS: [&str; 3] = ["cwd", "workdir", "description"];

fn is_command(name: &str) -> bool {
    matches!(name, "command" | "cmd")
}

/// What went in, by its names.
fn given(call: &ToolCall) -> serde_json::Map<String, Value> {
    let input = call.input.as_deref().unwrap_or_default();
    serde_json::from_str(input).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(kind: &str, title: &str, input: &str) -> ToolCall {
        let json = format!(
            r#"{{"toolCallId":"a","title":{title:?},"toolKind":"{kind}","status":"completed","input":{input:?},"startedAt":"1970-01-01T00:00:00.000Z"}}"#
        );
        serde_json::from_str(&json).unwrap()
    }

    #[test]
    fn a_command_is_taken_from_the_input_or_is_the_title() {
        let command = |kind, input| command_of(&run(kind, "Run it", input));
        assert_eq!(command("execute", r#"{"command":"ls -l"}"#), "ls -l");
        let argv = r#"{"command":["bash","-lc","a b"]}"#;
        assert_eq!(command("execute", argv), "bash -lc 'a b'");
        assert_eq!(command("execute", "{"), "Run it");
        assert_eq!(command("read", r#"{"command":"ls"}"#), "");
    }

    #[test]
    fn a_command_that_is_the_title_is_not_said_twice() {
        let command = |title| own_command(&run("execute", title, r#"{"command":"ls -l"}"#));
        assert_eq!(command("`ls -l`"), "");
        assert_eq!(command("List the files"), "ls -l");
    }

    #[test]
    fn input_that_is_only_the_command_is_told_by_it() {
        let told = |kind, input| is_told(&run(kind, "ls", input));
        assert!(told("execute", r#"{"command":"ls","cwd":"/a"}"#));
        assert!(!told("execute", r#"{"command":"ls","timeout":5}"#));
        assert!(!told("read", r#"{"command":"ls"}"#));
        assert!(!told("execute", "{}"));
    }

    #[track_caller]
    fn check(more: &str, wanted: &str) {
        let json = format!(
            r#"{{"toolCallId":"a","title":"Read a.rs","status":"completed","startedAt":"1970-01-01T00:00:00.000Z",{more}}}"#
        );
        assert_eq!(brief(&serde_json::from_str(&json).unwrap()), wanted);
    }

    #[test]
    fn a_title_is_shown_without_the_backticks_around_its_code() {
        assert_eq!(plain_title("`cargo test`"), "cargo test");
        assert_eq!(plain_title("Run `ls` in `src`"), "Run ls in src");
        assert_eq!(plain_title("a ` alone"), "a ` alone");
        assert_eq!(plain_title("``"), "``");
        assert_eq!(plain_title("echo `date` `"), "echo date `");
    }

    #[test]
    fn a_read_tells_its_place_and_size_and_a_search_its_lines() {
        check(
            r#""toolKind":"read","locations":[{"path":"src/b.rs","line":3}],"content":[{"type":"text","text":"0123456789"}]"#,
            "src/b.rs:3 · 10 B",
        );
        check(
            r#""toolKind":"read","locations":[{"path":"a.rs","line":3}],"output":"12""#,
            "line 3 · 2 B",
        );
        check(r#""toolKind":"search","output":"a:1\n\nb:2\n""#, "2 lines");
        check(
            r#""toolKind":"search","locations":[{"path":"x"},{"path":"y"}]"#,
            "x and 1 more",
        );
        check(r#""toolKind":"execute","output":"a""#, "");
    }

    #[test]
    fn only_a_fence_around_all_of_an_output_is_taken_off() {
        for (text, shown) in [
            ("```\na\n# b\n```", "a\n# b"),
            ("```rs\nfn\n```\n", "fn"),
            ("````\n```\n````", "```"),
            (
                "```\na\n```\nand\n```\nb\n```",
                "```\na\n```\nand\n```\nb\n```",
            ),
            ("# Title", "# Title"),
            ("```", "```"),
            ("``\na\n``", "``\na\n``"),
        ] {
            assert_eq!(unfenced(text), shown, "{text:?}");
        }
    }
}
