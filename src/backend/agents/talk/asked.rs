//! What a request for permission shows: the command as a person would type it, else all there is.
use super::call::Call;
use super::text;
use domain::thread::{Approval, ApprovalOption, ApprovalState};
use domain::visible::command_line;
use serde_json::{Map, Value};

/// Fields that hold a command, or what holds one; the first that does counts.
const COMMANDS: [&str; 8] = [
    "command",
    "cmd",
    "argv",
    "commandLine",
    "command_line",
    "script",
    "input",
    "arguments",
];
/// How deep a command may be hidden.
const DEPTH: usize = 4;

/// A command that an agent wants to run.
#[derive(Debug, PartialEq)]
enum Command {
    /// For a shell that nobody names.
    Line(String),
    Argv(Vec<String>),
    /// One after the other.
    Several(Vec<Vec<String>>),
}

/// The request as it is shown.
pub(super) fn approval(n: u64, call: &Call, options: Vec<ApprovalOption>) -> Approval {
    let command = command(call.raw_input(), DEPTH);
    let argv = match &command {
        Some(Command::Argv(argv)) => Some(argv.clone()),
        Some(Command::Line(_) | Command::Several(_)) | None => None,
    };
    Approval {
        request_id: n.to_string(),
        tool_call_id: Some(call.id().to_owned()).filter(|id| !id.is_empty()),
        title: call.title.clone(),
        argv,
        cwd: call.cwd.clone(),
        text: text::cut(&asked(call, command), text::TEXT_MAX),
        diffs: call.diffs(),
        options,
        args_hash: call.args_hash(),
        state: ApprovalState::Open,
        answer: None,
    }
}

/// The command in a raw input, whatever the agent calls it.
fn command(input: &Value, depth: usize) -> Option<Command> {
    match input {
        Value::String(line) => (!line.trim().is_empty()).then(|| Command::Line(line.clone())),
        Value::Array(items) => argv(items),
        Value::Object(fields) => {
            let inner = depth.checked_sub(1)?;
            let mut found = COMMANDS.iter().filter_map(|name| {
                let value = fields.get(*name)?;
                // A text under these names is not always one that is run.
                let is_loose = matches!(*name, "input" | "arguments") && !value.is_object();
                command(value, inner).filter(|_| !is_loose)
            });
            Some(with_arguments(found.next()?, fields))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// A list of words, or a list of such lists.
fn argv(items: &[Value]) -> Option<Command> {
    let word = |item: &Value| match item {
        Value::String(word) => Some(word.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    };
    let words = |items: &[Value]| items.iter().map(word).collect::<Option<Vec<String>>>();
    if items.is_empty() {
        return None;
    }
    if let Some(words) = words(items) {
        return Some(Command::Argv(words));
    }
    let lists = items.iter().map(|item| words(item.as_array()?));
    let mut lists: Vec<Vec<String>> = lists.collect::<Option<_>>()?;
    lists.retain(|list| !list.is_empty());
    match lists.len() {
        0 => None,
        1 => lists.pop().map(Command::Argv),
        _ => Some(Command::Several(lists)),
    }
}

/// A program with its arguments beside it.
fn with_arguments(command: Command, fields: &Map<String, Value>) -> Command {
    let args = fields.get("args").and_then(Value::as_array);
    match (command, args.and_then(|args| argv(args))) {
        (Command::Line(program), Some(Command::Argv(args))) => {
            Command::Argv([vec![program], args].concat())
        }
        (Command::Argv(program), Some(Command::Argv(args))) => {
            Command::Argv([program, args].concat())
        }
        (command, _) => command,
    }
}

/// The whole request: the command, else the raw input, else what the agent wrote about it. Empty
/// if it tells nothing but a title.
fn asked(call: &Call, command: Option<Command>) -> String {
    match command {
        Some(Command::Line(line)) => return line,
        Some(Command::Argv(argv)) => return command_line(&argv),
        Some(Command::Several(lists)) => {
            let lines: Vec<String> = lists.iter().map(|argv| command_line(argv)).collect();
            return lines.join("\n");
        }
        None => {}
    }
    let input = call.raw_input();
    if !text::is_void(input) {
        return text::pretty(input);
    }
    let texts = call.texts();
    if !texts.trim().is_empty() {
        return match call.kind.as_str() {
            "execute" => format!("{}\n{texts}", call.title),
            _ => texts,
        };
    }
    let paths = call.locations().iter().map(|place| place.path.as_str());
    paths.collect::<Vec<_>>().join("\n")
}

/// The agent's own options, as far as they can be answered.
pub(super) fn options(params: &Value) -> Vec<ApprovalOption> {
    let told = params.get("options").and_then(Value::as_array);
    let options = told.into_iter().flatten().filter_map(|told| {
        let option_id = text::string(told, "optionId")?;
        Some(ApprovalOption {
            option_id: option_id.to_owned(),
            name: text::string(told, "name").unwrap_or(option_id).to_owned(),
            kind: text::string(told, "kind").unwrap_or_default().to_owned(),
        })
    });
    options.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::time::Timestamp;
    use serde_json::json;

    #[track_caller]
    fn check(told: &Value, wanted: &str) {
        let mut call = Call::new("", Timestamp(0));
        call.merge(told, "/w", Timestamp(0));
        assert_eq!(approval(1, &call, Vec::new()).text, wanted, "{told}");
    }

    #[track_caller]
    fn check_input(input: &Value, wanted: &str) {
        check(&json!({"title": "T", "rawInput": input}), wanted);
    }

    #[test]
    fn a_command_is_one_line_however_it_is_given() {
        check_input(&json!({"command": "ls -l"}), "ls -l");
        check_input(&json!({"cmd": "ls -l"}), "ls -l");
        check_input(
            &json!({"command": ["git", "commit", "-m", "it's"]}),
            r"git commit -m 'it'\''s'",
        );
        check_input(&json!({"cmd": ["ls", "a b"]}), "ls 'a b'");
        check_input(&json!({"command": [["ls", "-l"]]}), "ls -l");
        check_input(
            &json!({"command": [["ls"], ["cat", "a b"]]}),
            "ls\ncat 'a b'",
        );
        check_input(&json!({"command": {"argv": ["sleep", 5]}}), "sleep 5");
        check_input(
            &json!({"command": "git", "args": ["log", "-n", 1]}),
            "git log -n 1",
        );
        check_input(&json!({"input": {"cmd": ["ls"]}}), "ls");
        check_input(&json!({"argv": ["ls"]}), "ls");
        check_input(&json!(["rm", "-rf", "a b"]), "rm -rf 'a b'");
        check_input(&json!("ls -l"), "ls -l");
        check_input(&json!({"cmd": "", "command": ["ls"]}), "ls");
    }

    #[test]
    fn what_is_no_command_is_told_whole() {
        check_input(&json!({"input": "text"}), "{\n  \"input\": \"text\"\n}");
        check_input(
            &json!({"command": [{"a": 1}]}),
            "{\n  \"command\": [\n    {\n      \"a\": 1\n    }\n  ]\n}",
        );
        check(
            &json!({"title": "T", "locations": [{"path": "/w/a"}, {"path": "/b"}]}),
            "a\n/b",
        );
        let text = json!([{"type": "content", "content": {"type": "text", "text": "why"}}]);
        check(&json!({"title": "T", "content": text}), "why");
        check(
            &json!({"title": "T", "kind": "execute", "content": text}),
            "T\nwhy",
        );
    }

    #[test]
    fn a_request_that_tells_nothing_has_no_text() {
        for input in [json!(null), json!({}), json!(""), json!([])] {
            check_input(&input, "");
        }
        check(&json!({}), "");
    }
}
