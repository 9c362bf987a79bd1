//! Output of commands that the agent runs itself and tells beside its messages.
use super::text;
use domain::thread::ToolContent;
use serde_json::Value;
use std::collections::BTreeSet;

/// Longest output kept of one call, in bytes.
const TERMINAL_MAX: usize = 256 * 1024;
/// Terminals of one call; what comes after goes to the last.
const TERMINALS: usize = 16;

#[derive(Debug, Default, Clone)]
struct Terminal {
    id: String,
    text: String,
    exit_code: Option<i32>,
    signal: Option<String>,
}

/// The terminals of one call. Ids that nobody announced are usual.
#[derive(Debug, Default, Clone)]
pub(super) struct Terminals(Vec<Terminal>);

impl Terminals {
    /// The call shows a terminal.
    pub(super) fn begin(&mut self, id: &str) {
        self.at(id);
    }

    fn at(&mut self, id: &str) -> &mut Terminal {
        let at = self.0.iter().position(|terminal| terminal.id == id);
        let at = at.unwrap_or_else(|| {
            if self.0.len() < TERMINALS {
                self.0.push(Terminal {
                    id: id.to_owned(),
                    ..Terminal::default()
                });
            }
            self.0.len() - 1
        });
        &mut self.0[at]
    }

    /// Takes what a message tells beside itself; returns the bytes of output in it. `own` names
    /// the terminal where the agent does not.
    pub(super) fn hear(&mut self, meta: &Value, own: &str) -> usize {
        let of = |told: &Value| text::string(told, "terminal_id").unwrap_or(own).to_owned();
        if let Some(told) = meta.get("terminal_info").filter(|told| told.is_object()) {
            self.begin(&of(told));
        }
        let mut bytes = 0;
        for field in ["terminal_output", "terminal_output_delta"] {
            let told = meta.get(field).unwrap_or(&Value::Null);
            if let Some(more) = text::string(told, "data") {
                bytes += more.len();
                let used: usize = self.0.iter().map(|terminal| terminal.text.len()).sum();
                let terminal = self.at(&of(told));
                let others = used - terminal.text.len();
                text::append(
                    &mut terminal.text,
                    more,
                    TERMINAL_MAX.saturating_sub(others),
                );
            }
        }
        if let Some(told) = meta.get("terminal_exit").filter(|told| told.is_object()) {
            let terminal = self.at(&of(told));
            terminal.exit_code = text::int(told, "exit_code").or(terminal.exit_code);
            terminal.signal = match told.get("signal") {
                Some(Value::String(signal)) => Some(signal.clone()),
                Some(Value::Number(signal)) => Some(signal.to_string()),
                _ => terminal.signal.take(),
            };
        }
        bytes
    }

    /// The command ended, as the raw output tells; false if there is no terminal to tell it of.
    pub(super) fn exited(&mut self, code: i32) -> bool {
        match self.0.last_mut() {
            Some(terminal) => {
                terminal.exit_code.get_or_insert(code);
                true
            }
            None => false,
        }
    }

    pub(super) fn shown(&self, id: &str) -> Option<ToolContent> {
        let terminal = self.0.iter().find(|terminal| terminal.id == id);
        terminal.map(Terminal::shown)
    }

    /// Those that the content does not name.
    pub(super) fn others(&self, named: &BTreeSet<&str>) -> impl Iterator<Item = ToolContent> {
        let others = self.0.iter();
        others
            .filter(|terminal| !named.contains(terminal.id.as_str()))
            .map(Terminal::shown)
    }
}

impl Terminal {
    fn shown(&self) -> ToolContent {
        ToolContent::Terminal {
            text: self.text.clone(),
            exit_code: self.exit_code,
            signal: self.signal.clone(),
        }
    }
}
