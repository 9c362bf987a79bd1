//! What a prompt asks for: its fenced blocks are steps, its checklist is the plan.
use super::ask;
use serde_json::Value;

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// Run by `sh -c`.
    Sh(String),
    /// Applied by `git apply`.
    Diff(String),
    /// Written as it is.
    File { path: String, text: String },
    /// Put to the person.
    Ask(Value),
}

/// A line of the checklist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) text: String,
    pub(super) is_done: bool,
}

/// What the prompt spells out.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Prompt {
    pub(super) steps: Vec<Step>,
    pub(super) items: Vec<Item>,
}

struct Fence<'a> {
    mark: char,
    length: usize,
    indent: usize,
    info: &'a str,
}

/// Reads the prompt.
///
/// # Errors
/// One sentence when a block is not closed or a `file` block names no path: then nothing is run.
pub(super) fn parse(text: &str) -> Result<Prompt, String> {
    let mut prompt = Prompt::default();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(fence) = opening(line) {
            let body = body(&mut lines, &fence)?;
            prompt.steps.extend(step(fence.info, body)?);
        } else {
            prompt.items.extend(item(line));
        }
    }
    Ok(prompt)
}

fn opening(line: &str) -> Option<Fence<'_>> {
    let rest = line.trim_start_matches(' ');
    let indent = line.len() - rest.len();
    let mark = rest
        .chars()
        .next()
        .filter(|mark| matches!(mark, '`' | '~'))?;
    let info = rest.trim_start_matches(mark);
    let length = rest.len() - info.len();
    let is_fence = indent <= 3 && length >= 3 && !(mark == '`' && info.contains('`'));
    is_fence.then(|| Fence {
        mark,
        length,
        indent,
        info: info.trim(),
    })
}

fn body<'a>(lines: &mut impl Iterator<Item = &'a str>, fence: &Fence) -> Result<String, String> {
    let mut body = String::new();
    for line in lines {
        let tail = line.trim();
        if tail.len() >= fence.length && tail.chars().all(|c| c == fence.mark) {
            return Ok(body);
        }
        let spaces = line.len() - line.trim_start_matches(' ').len();
        body.push_str(&line[spaces.min(fence.indent)..]);
        body.push('\n');
    }
    Err(format!(
        "The block `{}` is not closed, so nothing was run.",
        fence.info
    ))
}

fn step(info: &str, body: String) -> Result<Option<Step>, String> {
    let (name, rest) = info.split_once(char::is_whitespace).unwrap_or((info, ""));
    match name {
        "sh" if body.trim().is_empty() => Ok(None),
        "sh" => Ok(Some(Step::Sh(body.trim_end().to_owned()))),
        "diff" => Ok(Some(Step::Diff(body))),
        "ask" => ask::parse(&body).map(|asked| Some(Step::Ask(asked))),
        "file" => match rest
            .trim()
            .strip_prefix("path=")
            .map(|path| path.trim_matches('"'))
        {
            Some(path) if !path.is_empty() => Ok(Some(Step::File {
                path: path.to_owned(),
                text: body,
            })),
            _ => Err("A `file` block needs `path=...` after it, so nothing was run.".to_owned()),
        },
        _ => Ok(None),
    }
}

fn item(line: &str) -> Option<Item> {
    let rest = line
        .trim_start()
        .strip_prefix(['-', '*', '+'])?
        .trim_start();
    let rest = rest.strip_prefix('[')?;
    let is_done = match rest.chars().next()? {
        ' ' => false,
        'x' | 'X' => true,
        _ => return None,
    };
    let text = rest[1..].strip_prefix("] ")?.trim();
    (!text.is_empty()).then(|| Item {
        text: text.to_owned(),
        is_done,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, steps: &[Step]) {
        assert_eq!(parse(text).unwrap().steps, steps);
    }

    fn sh(text: &str) -> Step {
        Step::Sh(text.to_owned())
    }

    #[test]
    fn fenced_blocks_become_steps_in_order() {
        let text = "Do\n```sh\necho a\necho b\n```\nthen\n~~~diff\n--- a/x\n~~~\n```file path=a/b.txt\nhi\n```\n";
        let file = Step::File {
            path: "a/b.txt".into(),
            text: "hi\n".into(),
        };
        check(
            text,
            &[sh("echo a\necho b"), Step::Diff("--- a/x\n".into()), file],
        );
    }

    #[test]
    fn other_blocks_and_inline_code_are_text() {
        check(
            "```rust\nfn main() {}\n```\nuse `sh` and ```x```\n```sh\n\n```",
            &[],
        );
    }

    #[test]
    fn a_longer_fence_holds_a_shorter_one() {
        let file = Step::File {
            path: "a b.md".into(),
            text: "```sh\nno\n```\n".into(),
        };
        check("````file path=\"a b.md\"\n```sh\nno\n```\n````", &[file]);
    }

    #[test]
    fn an_indented_block_loses_its_indent() {
        check(
            "  ```sh\n  if x; then\n    y\n  fi\n  ```",
            &[sh("if x; then\n  y\nfi")],
        );
    }

    #[test]
    fn a_block_that_is_not_closed_or_has_no_path_runs_nothing() {
        assert!(parse("```sh\nrm -r x").unwrap_err().contains("not closed"));
        assert!(
            parse("```sh\na\n```\n```file\nx\n```")
                .unwrap_err()
                .contains("path=")
        );
    }

    #[test]
    fn a_checklist_outside_blocks_is_the_plan() {
        let items = parse("- [ ] one\n* [x] two\n```sh\n- [ ] no\n```\n- plain\n- [y] no")
            .unwrap()
            .items;
        let item = |text: &str, is_done| Item {
            text: text.into(),
            is_done,
        };
        assert_eq!(items, [item("one", false), item("two", true)]);
    }
}
