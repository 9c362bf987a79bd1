//! Runs git for repositories and worktrees that may be hostile: by argv, with nothing inherited.
mod changes;
mod commit;
mod diff;
mod driver;
mod files;
mod hardening;
mod path;
mod paths;
mod repo;
mod run;
mod stage;
#[cfg(test)]
mod stage_tests;
#[cfg(test)]
mod tests;
mod worktree;

pub use path::{BadPath, check_path};
pub use repo::Repo;
pub use run::{GitError, spawns, version};
pub use worktree::WorktreeGit;
