//! Why git did not do something. What it printed is for the log; people read fixed sentences.
use crate::error::Failed;

/// Why git did not do it.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// It is not installed.
    #[error("git is not installed or not on PATH; install git 2.38 or newer")]
    Missing,
    /// The folder to work in was removed.
    #[error("the worktree of this session is gone")]
    Gone,
    /// It took too long.
    #[error("git {0} took too long and was ended")]
    Slow(String),
    /// It printed more than is read.
    #[error("git {0} printed more than can be shown")]
    TooMuch(String),
    /// It said no.
    #[error("git {command} refused")]
    Refused {
        /// The subcommand.
        command: String,
        /// What it printed to standard error, first lines. For the log and for finding out the
        /// reason; never for a browser.
        text: String,
    },
    /// It could not be run.
    #[error("git could not be run")]
    Io(#[from] std::io::Error),
}

impl GitError {
    /// Whether git said no in these words.
    pub(super) fn names(&self, words: &str) -> bool {
        matches!(self, Self::Refused { text, .. } if text.contains(words))
    }
}

impl From<GitError> for Failed {
    fn from(error: GitError) -> Self {
        match error {
            GitError::Missing | GitError::Slow(_) => Self::Unavailable(error.to_string()),
            GitError::Gone => Self::Refused(error.to_string()),
            GitError::TooMuch(_) => Self::TooLarge(error.to_string()),
            GitError::Refused { command, text } => refused(&command, &text),
            GitError::Io(cause) => Self::Internal(format!("git could not be run: {cause}")),
        }
    }
}

/// Notes what git printed in the log; the sentence has only the number of that line.
fn refused(command: &str, text: &str) -> Failed {
    let incident = uuid::Uuid::new_v4().simple().to_string()[..8].to_owned();
    tracing::warn!(
        incident,
        git.command = command,
        cause = text,
        "incident {incident}"
    );
    Failed::Refused(format!(
        "git {command} failed here; the reason is in the log of the console as incident {incident}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_git_printed_is_no_part_of_what_people_read() {
        let error = GitError::Refused {
            command: "commit-tree".to_owned(),
            text: "fatal: cannot open '/home/ann/secret'".to_owned(),
        };
        let failed = Failed::from(error).to_string();
        assert!(
            failed.contains("incident") && !failed.contains("ann"),
            "{failed}"
        );
    }
}
