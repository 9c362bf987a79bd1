//! Agents that the console knows by itself: how each is started, asked to ask, installed, logged in.
use crate::config::AgentEntry;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

/// An agent that is not part of the console; tried unless it says otherwise.
struct Preset {
    id: &'static str,
    name: &'static str,
    command: &'static [&'static str],
    /// The mode in which it asks before it does something.
    mode: Option<&'static str>,
    /// A login method and the variable without which it logs in by itself.
    auth: Option<(&'static str, &'static str)>,
    /// Variables that its vendor documents for keys, addresses and places.
    pass_env: &'static [&'static str],
    env: &'static [(&'static str, &'static str)],
    detect: &'static [&'static str],
    min_node: Option<u32>,
    install: &'static str,
    login: &'static str,
    untried: bool,
}

const PLAIN: Preset = Preset {
    id: "",
    name: "",
    command: &[],
    mode: None,
    auth: None,
    pass_env: &[],
    env: &[],
    detect: &[],
    min_node: None,
    install: "",
    login: "",
    untried: false,
};

/// The variable that names OpenCode's configuration; its default asks for nothing.
const OPENCODE_CONFIG: &str = "OPENCODE_CONFIG";
const OPENCODE_ASKS: &str = r#"{
  "$schema": "https://opencode.ai/config.json",
  "autoupdate": false,
  "permission": { "edit": "ask", "bash": "ask" }
}
"#;

/// In the order in which they are offered.
const PRESETS: [Preset; 9] = [
    Preset {
        id: "claude-code",
        name: "Claude Code",
        command: &["claude-agent-acp"],
        mode: Some("default"),
        pass_env: &[
            "ANTHROPIC_API_KEY",
            "ANTHROPIC_AUTH_TOKEN",
            "ANTHROPIC_BASE_URL",
            "ANTHROPIC_MODEL",
            "CLAUDE_CODE_OAUTH_TOKEN",
            "CLAUDE_CONFIG_DIR",
        ],
        detect: &["node"],
        min_node: Some(22),
        install: "npm install -g @agentclientprotocol/claude-agent-acp",
        login: "run `claude` in a terminal and enter /login, or set ANTHROPIC_API_KEY for the console",
        ..PLAIN
    },
    Preset {
        id: "codex",
        name: "Codex",
        command: &["codex-acp"],
        mode: Some("read-only"),
        pass_env: &[
            "OPENAI_API_KEY",
            "OPENAI_BASE_URL",
            "CODEX_API_KEY",
            "CODEX_HOME",
        ],
        install: "npm install -g @agentclientprotocol/codex-acp",
        login: "run `codex login` in a terminal",
        ..PLAIN
    },
    Preset {
        id: "gemini",
        name: "Gemini CLI",
        command: &["gemini", "--acp"],
        mode: Some("default"),
        auth: Some(("gemini-api-key", "GEMINI_API_KEY")),
        pass_env: &[
            "GEMINI_API_KEY",
            "GOOGLE_API_KEY",
            "GOOGLE_GEMINI_BASE_URL",
            "GOOGLE_GENAI_USE_VERTEXAI",
            "GOOGLE_CLOUD_PROJECT",
            "GOOGLE_CLOUD_LOCATION",
            "GOOGLE_APPLICATION_CREDENTIALS",
        ],
        detect: &["node"],
        min_node: Some(20),
        install: "npm install -g @google/gemini-cli",
        login: "run `gemini` in a terminal and log in, or set GEMINI_API_KEY for the console",
        ..PLAIN
    },
    Preset {
        id: "opencode",
        name: "OpenCode",
        command: &["opencode", "acp"],
        pass_env: &[
            "ANTHROPIC_API_KEY",
            "OPENAI_API_KEY",
            "GEMINI_API_KEY",
            "OPENROUTER_API_KEY",
            "OPENCODE_API_KEY",
            "XDG_CONFIG_HOME",
            "XDG_DATA_HOME",
        ],
        install: "npm install -g opencode-ai",
        login: "run `opencode auth login` in a terminal",
        ..PLAIN
    },
    Preset {
        id: "qwen",
        name: "Qwen Code",
        command: &["qwen", "--acp"],
        mode: Some("default"),
        auth: Some(("openai", "OPENAI_API_KEY")),
        pass_env: &[
            "OPENAI_API_KEY",
            "OPENAI_BASE_URL",
            "OPENAI_MODEL",
            "DASHSCOPE_API_KEY",
        ],
        detect: &["node"],
        min_node: Some(22),
        install: "npm install -g @qwen-code/qwen-code",
        login: "run `qwen` in a terminal and enter /auth, or set OPENAI_API_KEY, OPENAI_BASE_URL and OPENAI_MODEL for the console",
        ..PLAIN
    },
    Preset {
        id: "kimi",
        name: "Kimi Code",
        command: &["kimi", "acp"],
        mode: Some("default"),
        pass_env: &[
            "KIMI_CODE_HOME",
            "KIMI_MODEL_NAME",
            "KIMI_MODEL_API_KEY",
            "KIMI_MODEL_BASE_URL",
            "KIMI_MODEL_PROVIDER_TYPE",
        ],
        env: &[("KIMI_CODE_NO_AUTO_UPDATE", "1")],
        detect: &["node"],
        min_node: Some(22),
        install: "npm install -g @moonshot-ai/kimi-code",
        login: "run `kimi` in a terminal and enter /login",
        ..PLAIN
    },
    Preset {
        id: "vibe",
        name: "Mistral Vibe",
        command: &["vibe-acp"],
        mode: Some("ask"),
        pass_env: &["MISTRAL_API_KEY", "VIBE_HOME"],
        install: "uv tool install mistral-vibe",
        login: "run `vibe --setup` in a terminal, or set MISTRAL_API_KEY for the console",
        ..PLAIN
    },
    Preset {
        id: "goose",
        name: "Goose",
        command: &["goose", "acp"],
        pass_env: &[
            "GOOSE_PROVIDER",
            "GOOSE_MODEL",
            "ANTHROPIC_API_KEY",
            "OPENAI_API_KEY",
            "GOOGLE_API_KEY",
            "OPENROUTER_API_KEY",
        ],
        env: &[("GOOSE_MODE", "approve")],
        install: "see https://block.github.io/goose for the way to install its command line",
        login: "run `goose configure` in a terminal",
        untried: true,
        ..PLAIN
    },
    Preset {
        id: "auggie",
        name: "Auggie",
        command: &["auggie", "--acp"],
        pass_env: &["AUGMENT_SESSION_AUTH"],
        detect: &["node"],
        min_node: Some(22),
        install: "npm install -g @augmentcode/auggie",
        login: "run `auggie login` in a terminal",
        untried: true,
        ..PLAIN
    },
];

/// The built-in agent, the presets and the entries of the file, in this order; an entry of the
/// file replaces a preset of the same id. `program` is the console's own binary.
#[must_use]
pub fn with_built_in(program: &Path, data_dir: &Path, file: Vec<AgentEntry>) -> Vec<AgentEntry> {
    let has = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let mut all = vec![runbook(program)];
    all.extend(PRESETS.iter().map(|preset| entry(preset, data_dir, has)));
    for own in file {
        match all.iter_mut().find(|known| known.id == own.id) {
            Some(known) => *known = own,
            None => all.push(own),
        }
    }
    all
}

/// Writes the files that presets name; they are the console's own.
///
/// # Errors
/// When the data directory cannot be written.
pub fn write_files(data_dir: &Path) -> io::Result<()> {
    let path = opencode_config(data_dir);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, OPENCODE_ASKS)
}

fn opencode_config(data_dir: &Path) -> PathBuf {
    data_dir.join("agents").join("opencode.json")
}

fn runbook(program: &Path) -> AgentEntry {
    AgentEntry {
        id: "runbook".to_owned(),
        name: "Runbook: no model, does the steps that you write".to_owned(),
        command: vec![
            program.display().to_string(),
            "agent".to_owned(),
            "runbook".to_owned(),
        ],
        ..AgentEntry::default()
    }
}

fn entry(preset: &Preset, data_dir: &Path, has: impl Fn(&str) -> bool) -> AgentEntry {
    let all = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let pairs = preset.env.iter();
    let mut env: BTreeMap<String, String> = pairs
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    if preset.id == "opencode" {
        let path = opencode_config(data_dir).display().to_string();
        env.insert(OPENCODE_CONFIG.to_owned(), path);
    }
    let auth = preset.auth.filter(|(_, variable)| has(variable));
    AgentEntry {
        id: preset.id.to_owned(),
        name: preset.name.to_owned(),
        command: all(preset.command),
        env,
        pass_env: all(preset.pass_env),
        models: Vec::new(),
        mode: preset.mode.map(str::to_owned),
        auth_method: auth.map(|(method, _)| method.to_owned()),
        detect: all(preset.detect),
        install: Some(preset.install.to_owned()),
        login: Some(preset.login.to_owned()),
        min_node: preset.min_node,
        untried: preset.untried,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn preset(id: &str, set: &[&str]) -> AgentEntry {
        let preset = PRESETS.iter().find(|preset| preset.id == id).unwrap();
        entry(preset, Path::new("/data"), |name| set.contains(&name))
    }

    #[test]
    fn every_preset_says_how_to_install_and_to_log_in_and_asks() {
        for known in &PRESETS {
            let entry = preset(known.id, &[]);
            assert!(!entry.name.is_empty() && !entry.command.is_empty());
            let texts = [entry.install, entry.login];
            assert!(
                texts
                    .into_iter()
                    .all(|text| text.is_some_and(|text| !text.is_empty()))
            );
            let asks_by_env = !entry.env.is_empty();
            assert!(
                entry.mode.is_some() || asks_by_env || entry.untried,
                "{}",
                entry.id
            );
        }
    }

    #[test]
    fn a_login_by_key_is_asked_for_only_where_the_key_is() {
        assert_eq!(preset("gemini", &[]).auth_method, None);
        let with_key = preset("gemini", &["GEMINI_API_KEY"]).auth_method;
        assert_eq!(with_key.as_deref(), Some("gemini-api-key"));
        let with_key = preset("qwen", &["OPENAI_API_KEY"]).auth_method;
        assert_eq!(with_key.as_deref(), Some("openai"));
        assert_eq!(preset("codex", &["OPENAI_API_KEY"]).auth_method, None);
    }

    #[test]
    fn an_entry_of_the_file_replaces_the_preset_of_its_id_and_others_come_last() {
        let own = |id: &str| AgentEntry {
            id: id.to_owned(),
            name: "Mine".to_owned(),
            command: vec!["mine".to_owned()],
            ..AgentEntry::default()
        };
        let all = with_built_in(
            Path::new("/h"),
            Path::new("/d"),
            vec![own("mine"), own("codex")],
        );
        let names: Vec<&str> = all.iter().map(|entry| entry.id.as_str()).collect();
        assert_eq!(names[..3], ["runbook", "claude-code", "codex"]);
        assert_eq!(names[names.len() - 1], "mine");
        assert_eq!(names.len(), PRESETS.len() + 2);
        assert_eq!(all[2].command, ["mine"]);
    }

    #[test]
    fn opencode_is_told_to_ask_by_a_file_of_the_console() {
        let folder = tempfile::tempdir().unwrap();
        write_files(folder.path()).unwrap();
        let preset = PRESETS.iter().find(|preset| preset.id == "opencode");
        let entry = entry(preset.unwrap(), folder.path(), |_| false);
        let text = std::fs::read_to_string(&entry.env[OPENCODE_CONFIG]).unwrap();
        let told: serde_json::Value = serde_json::from_str(&text).unwrap();
        let asks = serde_json::json!({"edit": "ask", "bash": "ask"});
        assert_eq!(told["permission"], asks);
    }
}
