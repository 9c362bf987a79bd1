//! Who signs the commits that are made here.
use serde::{Deserialize, Serialize};

/// Who signs a commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// The name.
    pub name: String,
    /// The mail address, without angle brackets.
    pub email: String,
}

/// Why nothing is committed while git knows nobody who signs.
pub const NOBODY_SIGNS: &str = "git does not know who signs commits here; run `git config --global \
    user.name \"Your Name\"` and `git config --global user.email you@example.org`, then commit again";
