//! What of an entry can be put on the clipboard.
use crate::ansi;
use crate::thread::{Body, ToolCall, ToolContent};
use crate::tool_brief::{command_of, is_output, unfenced};

/// A part of an entry that can be copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Copied {
    /// What was said, as it was written.
    Message,
    /// The command of a tool call.
    Command,
    /// What a tool call printed.
    Output,
}

impl Copied {
    /// What a button calls it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Message => "Copy message",
            Self::Command => "Copy command",
            Self::Output => "Copy output",
        }
    }

    /// The same beside other buttons.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Message => "Copy",
            Self::Command => "Command",
            Self::Output => "Output",
        }
    }
}

/// The parts that can be copied, with their texts; none is empty.
#[must_use]
pub fn copies(body: &Body) -> Vec<(Copied, String)> {
    let parts = match body {
        Body::User { text, .. } | Body::Agent { text, .. } => vec![(Copied::Message, text.clone())],
        Body::Tool(call) => vec![
            (Copied::Command, command_of(call)),
            (Copied::Output, printed(call)),
        ],
        _ => Vec::new(),
    };
    let is_something = |(_, text): &(Copied, String)| !text.is_empty();
    parts.into_iter().filter(is_something).collect()
}

/// All that a call printed, without its colours.
fn printed(call: &ToolCall) -> String {
    let is_output = is_output(&call.tool_kind);
    let said = call.content.iter().filter_map(|content| match content {
        ToolContent::Text { text } if is_output => Some(ansi::plain(unfenced(text))),
        ToolContent::Text { text } => Some(text.clone()),
        ToolContent::Terminal { text, .. } => Some(ansi::plain(text)),
        ToolContent::Diff(_) | ToolContent::Image(_) => None,
    });
    said.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tool(kind: &str, content: &str) -> Body {
        let json = format!(
            r#"{{"kind":"tool","toolCallId":"a","title":"ls","toolKind":"{kind}","status":"completed","content":[{content}],"startedAt":"1970-01-01T00:00:00.000Z"}}"#
        );
        serde_json::from_str(&json).unwrap()
    }

    #[test]
    fn a_call_has_its_command_and_what_it_printed_without_colours() {
        let red = r#"{"type":"terminal","text":"\u001b[31mred\u001b[0m"}"#;
        let both = vec![
            (Copied::Command, "ls".to_owned()),
            (Copied::Output, "red".to_owned()),
        ];
        assert_eq!(copies(&tool("execute", red)), both);
        assert_eq!(copies(&tool("read", red)), both[1..]);
    }

    #[test]
    fn what_is_empty_is_not_offered() {
        assert_eq!(copies(&tool("read", "")), []);
        let said = serde_json::from_str(r#"{"kind":"agent","text":"","open":true}"#).unwrap();
        assert_eq!(copies(&said), []);
    }
}
