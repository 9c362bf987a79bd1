//! Counts of the server, and how `/metrics` shows them.
use backend::console::Console;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Mutex;

/// Counts since the start.
#[derive(Debug, Default)]
pub struct Meters {
    requests: Mutex<BTreeMap<(String, u16), u64>>,
    bytes: Mutex<BTreeMap<String, u64>>,
}

impl Meters {
    /// Counts an answer.
    pub fn request(&self, function: &str, status: u16, bytes: u64) {
        let mut requests = self
            .requests
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        *requests.entry((function.to_owned(), status)).or_default() += 1;
        drop(requests);
        let mut all = self
            .bytes
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        *all.entry(function.to_owned()).or_default() += bytes;
    }

    /// All counts as Prometheus reads them.
    #[must_use]
    pub fn text(&self, console: &Console, by_status: &BTreeMap<String, u64>) -> String {
        let mut text = String::new();
        let requests = self
            .requests
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone();
        for ((function, status), count) in requests {
            let _ = writeln!(
                text,
                "heddle_api_requests_total{{function=\"{function}\",status=\"{status}\"}} {count}"
            );
        }
        let bytes = self
            .bytes
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone();
        for (function, count) in bytes {
            let _ = writeln!(
                text,
                "heddle_api_response_bytes{{function=\"{function}\"}} {count}"
            );
        }
        for (status, count) in by_status {
            let _ = writeln!(text, "heddle_sessions{{status=\"{status}\"}} {count}");
        }
        let _ = writeln!(text, "heddle_agent_processes {}", console.live_agents());
        let _ = writeln!(
            text,
            "heddle_stale_incidents_total {}",
            console.stale_incidents()
        );
        for (command, count) in backend::git::spawns() {
            let _ = writeln!(
                text,
                "heddle_git_spawns_total{{command=\"{command}\"}} {count}"
            );
        }
        text
    }
}
