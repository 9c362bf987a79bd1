//! Runs git for repositories and worktrees that may be hostile: by argv, with nothing inherited.
mod as_added;
mod attributes;
mod changes;
mod commit;
mod config;
mod content;
#[cfg(test)]
mod conversion_tests;
mod diff;
mod discard;
mod driver;
mod error;
mod files;
mod hardening;
mod nested;
#[cfg(test)]
mod nested_tests;
mod own_index;
mod path;
mod paths;
mod person;
mod put;
mod raw_diff;
mod repo;
mod run;
mod stage;
#[cfg(test)]
mod stage_tests;
mod state;
mod submodules;
#[cfg(test)]
mod tests;
mod unsaved;
mod worktree;

pub use error::GitError;
pub use path::{BadPath, check_path};
pub use repo::Repo;
pub use run::{spawns, version};
pub use state::WorktreeState;
pub use worktree::WorktreeGit;
