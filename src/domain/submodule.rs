//! A submodule among the changes of a worktree.
use serde::{Deserialize, Serialize};

/// A submodule as a change: the commits that the repository around it points to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Submodule {
    /// Object id of the commit before; absent if there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old: Option<String>,
    /// Object id of the commit checked out in it; absent if it is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new: Option<String>,
    /// Whether it has commits that no remote-tracking branch has.
    #[serde(default)]
    pub has_commits: bool,
    /// Whether it has files that are not committed in it.
    #[serde(default)]
    pub has_changes: bool,
}

impl Submodule {
    /// What a reader sees: where it pointed and points to, and what it holds.
    #[must_use]
    pub fn words(&self) -> String {
        let short = |oid: &Option<String>| {
            let oid = oid.as_deref().unwrap_or("nothing");
            oid.get(..8).unwrap_or(oid).to_owned()
        };
        let mut words = match self.old == self.new {
            true => format!("submodule at {}", short(&self.new)),
            false => format!("submodule {} → {}", short(&self.old), short(&self.new)),
        };
        if self.has_commits {
            words.push_str(" · has commits of its own");
        }
        if self.has_changes {
            words.push_str(" · has changes");
        }
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_submodule_says_where_it_points_and_what_it_holds() {
        let mut submodule = Submodule {
            old: Some("0123456789".to_owned()),
            new: Some("abcdef0123".to_owned()),
            has_commits: true,
            has_changes: false,
        };
        assert_eq!(
            submodule.words(),
            "submodule 01234567 → abcdef01 · has commits of its own"
        );
        submodule = Submodule {
            old: submodule.new.clone(),
            has_commits: false,
            has_changes: true,
            ..submodule
        };
        assert_eq!(submodule.words(), "submodule at abcdef01 · has changes");
        submodule.new = None;
        assert_eq!(
            submodule.words(),
            "submodule abcdef01 → nothing · has changes"
        );
    }
}
