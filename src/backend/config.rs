//! The console's settings: what the file says, with every default in one place.
use domain::snapshot::SyncSettings;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Why the file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// It cannot be read.
    #[error("the configuration {0} cannot be read: {1}")]
    Unreadable(PathBuf, String),
    /// It has a wrong shape.
    #[error("the configuration {0} is wrong: {1}")]
    Wrong(PathBuf, String),
}

/// Limits and waits; names as in the file's `[heddle.limits]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// Agent processes at once.
    pub max_live_agents: usize,
    /// Seconds after which an idle agent is stopped.
    pub idle_stop_s: u64,
    /// Seconds that an agent has to answer `initialize` and to open a conversation.
    pub init_timeout_s: u64,
    /// Milliseconds that a stopped turn has before its agent is ended.
    pub stop_grace_ms: u64,
    /// Milliseconds before an approval's buttons work.
    pub approval_arm_ms: u64,
    /// Interval of polls of an active session.
    pub poll_base_ms: u64,
    /// Growth of the idle interval, in percent.
    pub poll_factor_percent: u64,
    /// Longest idle interval.
    pub poll_cap_ms: u64,
    /// Jitter of intervals, in percent.
    pub poll_jitter_percent: u64,
    /// Stale after this many intervals.
    pub stale_factor: u64,
    /// Distance of checks of a finished session.
    pub terminal_check_ms: u64,
    /// Bytes of a prompt.
    pub prompt_bytes: usize,
    /// Milliseconds after which a grown entry is written.
    pub stream_write_ms: u64,
    /// Connections at once.
    pub connections: usize,
    /// Milliseconds between two signs of life of a stream of events.
    pub event_beat_ms: u64,
    /// Milliseconds after which a stream of events ends, to be opened anew.
    pub event_life_ms: u64,
    /// Milliseconds that a page waits before it opens a lost stream again.
    pub event_retry_ms: u64,
    /// Streams of events of one user at once.
    pub event_streams: usize,
    /// Events that are kept for pages that were away.
    pub event_ring: usize,
    /// Milliseconds that a node's lease stands after a sign of life.
    pub node_lease_ms: u64,
    /// Milliseconds after which an agent is ended to which no node with a lease has spoken.
    pub node_orphan_ms: u64,
}

impl Default for Limits {
    fn default() -> Self {
        let sync = SyncSettings::default();
        Self {
            max_live_agents: 4,
            idle_stop_s: 600,
            init_timeout_s: 60,
            stop_grace_ms: 3000,
            approval_arm_ms: 500,
            poll_base_ms: sync.base_ms,
            poll_factor_percent: sync.factor_percent,
            poll_cap_ms: sync.cap_ms,
            poll_jitter_percent: sync.jitter_percent,
            stale_factor: sync.stale_factor,
            terminal_check_ms: sync.terminal_check_ms,
            prompt_bytes: 256 * 1024,
            stream_write_ms: 100,
            connections: 2000,
            event_beat_ms: 15_000,
            event_life_ms: 1_800_000,
            event_retry_ms: 3000,
            event_streams: 256,
            event_ring: 4096,
            node_lease_ms: 30_000,
            node_orphan_ms: 30_000,
        }
    }
}

impl Limits {
    /// The sync settings as a text that changes when one of them does.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        serde_json::to_string(&self.sync()).unwrap_or_default()
    }

    /// What the pages are told.
    #[must_use]
    pub fn sync(&self) -> SyncSettings {
        SyncSettings {
            base_ms: self.poll_base_ms,
            factor_percent: self.poll_factor_percent,
            cap_ms: self.poll_cap_ms,
            jitter_percent: self.poll_jitter_percent,
            stale_factor: self.stale_factor,
            terminal_check_ms: self.terminal_check_ms,
            ..SyncSettings::default()
        }
    }
}

/// An agent that can be started.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AgentEntry {
    /// Its name in commands.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// Program and arguments; no shell.
    pub command: Vec<String>,
    /// Variables that are set for it.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// Variables that are copied from the console's environment.
    #[serde(default)]
    pub pass_env: Vec<String>,
    /// Models to offer before the agent tells its own.
    #[serde(default)]
    pub models: Vec<String>,
    /// The mode to set in every conversation.
    #[serde(default)]
    pub mode: Option<String>,
    /// The login method to use.
    #[serde(default)]
    pub auth_method: Option<String>,
    /// Programs that must be found.
    #[serde(default)]
    pub detect: Vec<String>,
    /// How to install it, for people.
    #[serde(default)]
    pub install: Option<String>,
    /// What to do when it asks for a login, for people.
    #[serde(default)]
    pub login: Option<String>,
    /// The oldest major version of Node that it runs on.
    #[serde(default)]
    pub min_node: Option<u32>,
    /// Whether nobody has seen it at work with this console.
    #[serde(default)]
    pub untried: bool,
}

#[derive(Debug, Default, Deserialize)]
struct File {
    #[serde(default)]
    heddle: Table,
}

/// The `[heddle]` table.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Table {
    /// `[heddle.limits]`.
    #[serde(default)]
    pub limits: Limits,
    /// `[[heddle.agents]]`.
    #[serde(default)]
    pub agents: Vec<AgentEntry>,
    /// Where people get help; the console's own page if absent.
    #[serde(default)]
    pub support_url: Option<String>,
    /// Repositories, beside those of the command line.
    #[serde(default)]
    pub repos: Vec<PathBuf>,
}

/// Reads the file; a missing one means the built-in values.
///
/// # Errors
/// [`ConfigError`] if it is there and cannot be used.
pub fn read(path: &Path) -> Result<Table, ConfigError> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Table::default()),
        Err(error) => return Err(ConfigError::Unreadable(path.to_owned(), error.to_string())),
    };
    parse(&text).map_err(|text| ConfigError::Wrong(path.to_owned(), text))
}

fn parse(text: &str) -> Result<Table, String> {
    let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
    for agent in &file.heddle.agents {
        if agent.id.is_empty() || agent.command.is_empty() {
            return Err(format!(
                "the agent {:?} needs an id and a command",
                agent.name
            ));
        }
    }
    Ok(file.heddle)
}

/// Finds a program as a shell would.
#[must_use]
pub fn which(program: &str) -> Option<PathBuf> {
    use std::os::unix::fs::PermissionsExt;
    let is_program = |path: &PathBuf| {
        path.metadata()
            .is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
    };
    if program.contains('/') {
        return Some(PathBuf::from(program)).filter(is_program);
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(is_program)
}

impl AgentEntry {
    /// Why it cannot be started here, if it cannot.
    #[must_use]
    pub fn missing(&self) -> Option<String> {
        let program = self.command.first().into_iter();
        let absent = program
            .chain(&self.detect)
            .find(|program| which(program).is_none())?;
        Some(format!(
            "the program {absent} is not installed or not on PATH"
        ))
    }

    /// The whole environment of its process. Source: contract, "Program".
    #[must_use]
    pub fn environment(&self) -> BTreeMap<String, String> {
        const ALWAYS: [&str; 5] = ["PATH", "HOME", "LANG", "TERM", "TMPDIR"];
        let copied = ALWAYS
            .into_iter()
            .chain(self.pass_env.iter().map(String::as_str));
        let found = |name: &str| Some((name.to_owned(), std::env::var(name).ok()?));
        let mut all: BTreeMap<_, _> = copied.filter_map(found).collect();
        all.extend(self.env.clone());
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agents_and_limits_are_read_and_the_rest_keeps_its_default() {
        let table = parse(
            "[package.metadata.leptos]\noutput-name = 'x'\n[heddle.limits]\npoll_base_ms = 50\n
             [[heddle.agents]]\nid = 'a'\nname = 'A'\ncommand = ['a', '--acp']\npassEnv = ['KEY']\n",
        )
        .unwrap();
        assert_eq!(table.limits.poll_base_ms, 50);
        assert_eq!(table.limits.max_live_agents, 4);
        assert_eq!(table.agents[0].pass_env, ["KEY"]);
    }

    #[test]
    fn a_misspelt_agent_field_is_told() {
        let wrong = "[[heddle.agents]]\nid = 'a'\nname = 'A'\ncommand = ['a']\ncomand = 1\n";
        assert!(parse(wrong).unwrap_err().contains("comand"));
        assert!(parse("[[heddle.agents]]\nid = 'a'\nname = 'A'\ncommand = []\n").is_err());
    }

    #[test]
    fn a_missing_program_is_named() {
        let mut entry = AgentEntry {
            command: vec!["/bin/sh".to_owned()],
            ..AgentEntry::default()
        };
        assert_eq!(entry.missing(), None);
        entry.command[0] = "no-such-agent-here".to_owned();
        assert!(entry.missing().unwrap().contains("no-such-agent-here"));
    }
}
