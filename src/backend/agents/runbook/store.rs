//! Where conversations are kept, so that a session can be listed, loaded and resumed: outside the
//! working tree, which stays as the steps leave it.
use crate::clock::{Clock, from_system};
use serde_json::{Value, json};
use std::env;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// Longest title in a list, in characters.
const MAX_TITLE: usize = 80;

/// The conversation of one session, growing.
pub(super) struct Log {
    file: File,
}

impl Log {
    /// Starts a conversation in the first folder that takes it.
    pub(super) fn create(id: Uuid, cwd: &Path) -> io::Result<Self> {
        let mut failure = io::Error::other("there is no folder to keep the conversation in");
        for folder in folders(cwd) {
            match create_in(&folder, id, cwd) {
                Ok(log) => return Ok(log),
                Err(error) => failure = error,
            }
        }
        Err(failure)
    }

    /// Goes on with a conversation; answers its updates too.
    pub(super) fn open(id: Uuid, cwd: &Path) -> io::Result<(Self, Vec<Value>)> {
        for folder in folders(cwd) {
            let path = folder.join(format!("{id}.jsonl"));
            if path.is_file() {
                let updates = lines(&path)?
                    .filter_map(|line| line.get("update").cloned())
                    .collect();
                let file = OpenOptions::new().append(true).open(path)?;
                return Ok((Self { file }, updates));
            }
        }
        Err(io::ErrorKind::NotFound.into())
    }

    /// Adds an update. What cannot be kept is missing after a restart, nothing else.
    pub(super) fn add(&self, update: &Value) {
        let line = format!("{}\n", json!({"update": update}));
        if let Err(error) = (&self.file).write_all(line.as_bytes()) {
            eprintln!("runbook: conversation is not kept: {error}");
        }
    }
}

fn create_in(folder: &Path, id: Uuid, cwd: &Path) -> io::Result<Log> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    let found = fs::symlink_metadata(folder)?;
    if !found.is_dir() || found.uid() != rustix::process::geteuid().as_raw() {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    let path = folder.join(format!("{id}.jsonl"));
    let mut file = OpenOptions::new()
        .append(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    writeln!(
        file,
        "{}",
        json!({"session": {"id": id.to_string(), "cwd": cwd, "at": Clock::System.now()}})
    )?;
    Ok(Log { file })
}

/// The sessions of a working directory as `session/list` shows them, the latest first.
pub(super) fn list(cwd: &Path) -> Vec<Value> {
    let mut found: Vec<(String, Value)> = folders(cwd)
        .iter()
        .filter_map(|folder| fs::read_dir(folder).ok())
        .flat_map(|entries| entries.flatten())
        .filter_map(|entry| summary(&entry.path(), cwd))
        .collect();
    found.sort_by(|a, b| b.0.cmp(&a.0));
    found.into_iter().map(|(_, summary)| summary).collect()
}

fn summary(path: &Path, cwd: &Path) -> Option<(String, Value)> {
    let id = Uuid::parse_str(path.file_stem()?.to_str()?).ok()?;
    let mut lines = lines(path).ok()?;
    if lines.next()?["session"]["cwd"].as_str().map(Path::new) != Some(cwd) {
        return None;
    }
    let title = lines.find_map(|line| {
        let update = &line["update"];
        let text = update["content"]["text"].as_str()?;
        (update["sessionUpdate"] == "user_message_chunk").then(|| first_line(text))
    });
    let updated = from_system(fs::metadata(path).ok()?.modified().ok()?).to_string();
    let summary =
        json!({"sessionId": id.to_string(), "cwd": cwd, "title": title, "updatedAt": updated});
    Some((updated, summary))
}

/// The first line with something in it, cut to a title's length.
pub(super) fn first_line(text: &str) -> String {
    let line = text
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty())
        .unwrap_or_default();
    if line.chars().count() <= MAX_TITLE {
        return line.to_owned();
    }
    line.chars().take(MAX_TITLE - 1).chain(['…']).collect()
}

/// A torn last line is passed over.
fn lines(path: &Path) -> io::Result<impl Iterator<Item = Value>> {
    let lines = BufReader::new(File::open(path)?).lines();
    Ok(lines
        .map_while(Result::ok)
        .filter_map(|line| serde_json::from_str(&line).ok()))
}

fn folders(cwd: &Path) -> Vec<PathBuf> {
    if let Some(folder) = env::var_os("HEDDLE_RUNBOOK_DIR").filter(|folder| !folder.is_empty()) {
        return vec![folder.into()];
    }
    let uid = rustix::process::geteuid().as_raw();
    let temporary = env::temp_dir().join(format!("heddle-runbook-{uid}"));
    let in_git = git_dir(cwd).map(|dir| dir.join("heddle-runbook"));
    in_git.into_iter().chain([temporary]).collect()
}

/// The git directory that a folder belongs to; a linked worktree has its own.
fn git_dir(cwd: &Path) -> Option<PathBuf> {
    let found = cwd
        .ancestors()
        .map(|folder| folder.join(".git"))
        .find(|path| path.exists())?;
    if found.is_dir() {
        return Some(found);
    }
    let text = fs::read_to_string(&found).ok()?;
    let dir = found.parent()?.join(text.strip_prefix("gitdir:")?.trim());
    dir.is_dir().then_some(dir)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_linked_worktree_keeps_conversations_in_its_own_git_directory() {
        let dir = tempfile::tempdir().unwrap();
        let own = dir.path().join("main/.git/worktrees/w");
        fs::create_dir_all(&own).unwrap();
        fs::create_dir_all(dir.path().join("w/sub")).unwrap();
        fs::write(
            dir.path().join("w/.git"),
            "gitdir: ../main/.git/worktrees/w\n",
        )
        .unwrap();
        let found = git_dir(&dir.path().join("w/sub")).unwrap();
        assert_eq!(found.canonicalize().unwrap(), own.canonicalize().unwrap());
    }

    #[test]
    fn a_conversation_is_listed_and_read_again() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join(".git")).unwrap();
        let id = Uuid::new_v4();
        let update = json!({"sessionUpdate": "user_message_chunk", "content": {"type": "text", "text": "\nTidy up\nnow"}});
        Log::create(id, dir.path()).unwrap().add(&update);
        let (_log, updates) = Log::open(id, dir.path()).unwrap();
        assert_eq!(updates, [update]);
        let listed = list(dir.path());
        assert_eq!(listed[0]["title"], "Tidy up");
        assert_eq!(listed[0]["sessionId"], id.to_string());
        assert!(Log::open(Uuid::new_v4(), dir.path()).is_err());
    }
}
