//! The slash commands: each is short for a script.
use super::prompt::{Prompt, Step, parse};
use std::path::Path;

/// Commands are short for a script; the rest is read as blocks.
pub(super) fn understand(text: &str, cwd: &Path) -> Result<Prompt, String> {
    let script = |script: &str| {
        Ok(Prompt {
            steps: vec![Step::Sh(script.to_owned())],
            items: Vec::new(),
        })
    };
    let text = text.trim();
    match text.split_once(char::is_whitespace).unwrap_or((text, "")) {
        ("/run", "") => Err("`/run` needs a command, such as `/run ls`.".to_owned()),
        ("/run", command) => script(command.trim()),
        ("/status", "") => script("git status"),
        ("/test", "") => match test_command(cwd) {
            Some(command) => script(command),
            None => Err("I found no tests to run; use `/run` with the command.".to_owned()),
        },
        _ => parse(text),
    }
}

fn test_command(cwd: &Path) -> Option<&'static str> {
    let has = |name: &str| cwd.join(name).is_file();
    let makefile = std::fs::read_to_string(cwd.join("Makefile")).unwrap_or_default();
    if makefile.lines().any(|line| line.starts_with("test:")) {
        return Some("make test");
    }
    [
        ("Cargo.toml", "cargo test"),
        ("package.json", "npm test"),
        ("go.mod", "go test ./..."),
        ("pyproject.toml", "python3 -m pytest"),
    ]
    .into_iter()
    .find_map(|(name, command)| has(name).then_some(command))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_short_for_a_script() {
        let dir = tempfile::tempdir().unwrap();
        let steps = |text: &str| understand(text, dir.path()).map(|prompt| prompt.steps);
        assert_eq!(steps("/run ls -l\n").unwrap(), [Step::Sh("ls -l".into())]);
        assert_eq!(steps("/status").unwrap(), [Step::Sh("git status".into())]);
        assert!(steps("/run").is_err() && steps("/test").is_err());
        std::fs::write(dir.path().join("Makefile"), "all:\ntest: all\n").unwrap();
        assert_eq!(steps("/test").unwrap(), [Step::Sh("make test".into())]);
        assert_eq!(steps("please help").unwrap(), []);
    }
}
