//! Applies a patch with git: first to copies, to show what it would do, then to the files.
use super::edit;
use std::env;
use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use uuid::Uuid;

/// What happens to one file; `None` is a file that is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) path: String,
    pub(super) before: Option<Vec<u8>>,
    pub(super) after: Option<Vec<u8>>,
}

/// The files that a patch names, each once.
///
/// # Errors
/// One sentence when it names none or names one in a way that is not understood.
fn paths(patch: &str) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    let mut left = (0, 0);
    for line in patch.lines() {
        if left != (0, 0) {
            left = count(line, left);
        } else if let Some(hunk) = line.strip_prefix("@@ ") {
            left = hunk_size(hunk).ok_or_else(|| format!("The patch has a bad line: `{line}`."))?;
        } else if let Some(name) = line
            .strip_prefix("--- ")
            .or_else(|| line.strip_prefix("+++ "))
        {
            note(&mut found, name, true)?;
        } else if let Some(name) = ["rename from ", "rename to ", "copy from ", "copy to "]
            .iter()
            .find_map(|start| line.strip_prefix(start))
        {
            note(&mut found, name, false)?;
        }
    }
    if found.is_empty() {
        Err("The patch names no file.".to_owned())
    } else {
        Ok(found)
    }
}

fn count(line: &str, (old, new): (usize, usize)) -> (usize, usize) {
    match line.as_bytes().first() {
        Some(b'-') => (old.saturating_sub(1), new),
        Some(b'+') => (old, new.saturating_sub(1)),
        Some(b'\\') => (old, new),
        _ => (old.saturating_sub(1), new.saturating_sub(1)),
    }
}

/// From `-1,2 +3,4 @@ text`: 2 and 4; a missing count is 1.
fn hunk_size(hunk: &str) -> Option<(usize, usize)> {
    let mut ranges = hunk.split(' ');
    let mut size = |sign: char| {
        let range = ranges.next()?.strip_prefix(sign)?;
        range
            .split_once(',')
            .map_or(Some(1), |(_, count)| count.parse().ok())
    };
    Some((size('-')?, size('+')?))
}

fn note(found: &mut Vec<String>, name: &str, has_prefix: bool) -> Result<(), String> {
    let name = name.split('\t').next().unwrap_or_default().trim_end();
    if name == "/dev/null" {
        return Ok(());
    }
    let path = if has_prefix {
        name.split_once('/').map(|(_, path)| path)
    } else {
        Some(name)
    };
    let path = path.filter(|path| !path.starts_with('"') && !name.starts_with('"'));
    let path =
        path.ok_or_else(|| format!("The patch names `{name}`, not `a/path` or `b/path`."))?;
    if !found.iter().any(|known| known == path) {
        found.push(path.to_owned());
    }
    Ok(())
}

/// Removes itself.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

/// What the patch would do.
///
/// # Errors
/// One sentence when a path is refused or the patch does not fit.
pub(super) async fn preview(patch: &str, cwd: &Path) -> Result<Vec<Change>, String> {
    let paths = paths(patch)?;
    let scratch =
        Scratch(env::temp_dir().join(format!("heddle-patch-{}", Uuid::new_v4().simple())));
    let failed = |error: std::io::Error| format!("The patch cannot be tried: {error}.");
    DirBuilder::new()
        .mode(0o700)
        .create(&scratch.0)
        .map_err(failed)?;
    let mut changes = Vec::new();
    for path in paths {
        let before = edit::read(cwd, &path)?;
        if let Some(bytes) = &before {
            edit::write(&scratch.0, &path, None, bytes)?;
        }
        changes.push(Change {
            path,
            before,
            after: None,
        });
    }
    git_apply(patch, &scratch.0).await?;
    for change in &mut changes {
        change.after = edit::read(&scratch.0, &change.path)?;
    }
    Ok(changes)
}

/// Applies what [`preview`] showed.
///
/// # Errors
/// One sentence when a file changed since, or git did something else.
pub(super) async fn apply(patch: &str, cwd: &Path, changes: &[Change]) -> Result<(), String> {
    for change in changes {
        if edit::read(cwd, &change.path)? != change.before {
            let path = &change.path;
            return Err(format!(
                "`{path}` has changed since it was shown, so nothing was applied."
            ));
        }
    }
    git_apply(patch, cwd).await?;
    for change in changes {
        if edit::read(cwd, &change.path)? != change.after {
            return Err(format!(
                "git did not apply the change of `{}` as shown.",
                change.path
            ));
        }
    }
    Ok(())
}

async fn git_apply(patch: &str, folder: &Path) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("git cannot be run: {error}.");
    let mut command = Command::new("git");
    command.args([
        "-c",
        "core.fsmonitor=false",
        "-c",
        "core.hooksPath=/dev/null",
    ]);
    command
        .args(["apply", "--whitespace=nowarn", "-"])
        .current_dir(folder);
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        command.env_remove(name);
    }
    command
        .env("LC_ALL", "C")
        .env("GIT_CEILING_DIRECTORIES", env::temp_dir());
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let mut child = command.spawn().map_err(failed)?;
    if let Some(mut input) = child.stdin.take() {
        // Git may refuse early; its message says why.
        input.write_all(patch.as_bytes()).await.ok();
    }
    let output = child.wait_with_output().await.map_err(failed)?;
    if output.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&output.stderr);
    let reasons: Vec<_> = text
        .lines()
        .map(|line| line.trim_start_matches("error: "))
        .collect();
    Err(format!("The patch does not apply: {}.", reasons.join("; ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATCH: &str = "--- a/x.txt\n+++ b/x.txt\n@@ -1,2 +1,2 @@\n one\n-two\n+2\n\
                         --- /dev/null\n+++ b/new/y\n@@ -0,0 +1 @@\n+made\n";

    #[test]
    fn names_come_from_headers_and_not_from_hunks() {
        let tricky =
            "--- a/x\n+++ b/x\n@@ -1 +1 @@\n--- a/no\n+++ b/no\nrename from p\nrename to q\n";
        assert_eq!(paths(tricky).unwrap(), ["x", "p", "q"]);
        assert_eq!(paths(PATCH).unwrap(), ["x.txt", "new/y"]);
        assert!(paths("hello").is_err());
        assert!(paths("--- x\n+++ x\n").is_err());
    }

    #[tokio::test]
    async fn a_patch_is_shown_first_and_then_applied() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("x.txt"), "one\ntwo\n").unwrap();
        let changes = preview(PATCH, dir.path()).await.unwrap();
        assert_eq!(fs::read(dir.path().join("x.txt")).unwrap(), b"one\ntwo\n");
        assert_eq!(changes[0].after.as_deref(), Some(&b"one\n2\n"[..]));
        apply(PATCH, dir.path(), &changes).await.unwrap();
        assert_eq!(fs::read(dir.path().join("x.txt")).unwrap(), b"one\n2\n");
        assert_eq!(fs::read(dir.path().join("new/y")).unwrap(), b"made\n");
    }

    #[tokio::test]
    async fn a_patch_that_does_not_fit_or_leaves_the_folder_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        assert!(
            preview(PATCH, dir.path())
                .await
                .unwrap_err()
                .contains("does not apply")
        );
        let outside = "--- /dev/null\n+++ b/../y\n@@ -0,0 +1 @@\n+made\n";
        assert!(
            preview(outside, dir.path())
                .await
                .unwrap_err()
                .contains("leaves")
        );
    }
}
