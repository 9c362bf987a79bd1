//! A small repository to try the console on, made in the data directory where none is given.
use crate::error::Failed;
use crate::git::Repo;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::process::Command;

const README: &str = "# Sample\n\nA small repository to try Heddle on. Nothing here matters.\n";
const SCRIPT: &str = "#!/bin/sh\n# Greets whoever is named.\necho \"Hello, ${1:-world}!\"\n";
const NOTES: &str = "# Notes\n\n- The greeting is in `hello.sh`.\n- `./hello.sh Ada` greets Ada.\n";

impl super::Console {
    /// Makes the sample repository if it is not there; answers its path. Where nobody is named who
    /// signs commits, the sample names somebody for itself.
    ///
    /// # Errors
    /// [`Failed::Internal`] with the reason.
    pub async fn sample_repository(data_dir: &Path) -> Result<PathBuf, Failed> {
        let root = data_dir.join("sample");
        if root.join(".git").exists() {
            return Ok(root);
        }
        let failed =
            |error: std::io::Error| Failed::Internal(format!("the sample repository: {error}"));
        tokio::fs::create_dir_all(&root).await.map_err(failed)?;
        for (name, text) in [
            ("README.md", README),
            ("hello.sh", SCRIPT),
            ("NOTES.md", NOTES),
        ] {
            tokio::fs::write(root.join(name), text)
                .await
                .map_err(failed)?;
        }
        let program = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        tokio::fs::set_permissions(root.join("hello.sh"), program)
            .await
            .map_err(failed)?;
        for args in [
            &["init", "--quiet", "--initial-branch=main"][..],
            &["add", "."],
            &[
                "-c",
                "user.name=Sample",
                "-c",
                "user.email=sample@localhost",
                "commit",
                "--quiet",
                "-m",
                "Start the sample",
            ],
        ] {
            git(&root, args).await?;
        }
        if !Repo::open(&root).await?.is_signed().await? {
            git(&root, &["config", "user.name", "Sample"]).await?;
            git(&root, &["config", "user.email", "sample@localhost"]).await?;
        }
        Ok(root)
    }
}

async fn git(root: &Path, args: &[&str]) -> Result<(), Failed> {
    let output = Command::new("git")
        .args(args)
        .current_dir(root)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .stdin(Stdio::null())
        .output()
        .await
        .map_err(|error| Failed::Internal(format!("git: {error}")))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(Failed::Internal(format!("the sample repository: {said}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn commits_in_the_sample_are_signed_by_somebody() {
        let folder = tempfile::tempdir().unwrap();
        let root = crate::console::Console::sample_repository(folder.path());
        let root = root.await.unwrap();
        let repo = Repo::open(&root).await.unwrap();
        assert!(repo.is_signed().await.unwrap());
    }
}
