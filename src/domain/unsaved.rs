//! What would be lost with a worktree, and the sentence that names it before it goes.
use crate::amount;
use crate::visible::reveal;

/// Names of one kind in the sentence; the rest is counted.
const NAMED: usize = 5;

/// What a worktree holds that is in no other place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unsaved {
    /// Files that are not committed.
    pub files: u64,
    /// Commits that no other branch holds.
    pub commits: u64,
    /// Repositories inside the worktree that go with it.
    pub repositories: Vec<InnerRepository>,
    /// Ignored files, folders of them as one with a slash at the end.
    pub ignored: Vec<String>,
}

/// A repository inside a worktree: a submodule, one made there, or another worktree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InnerRepository {
    /// Its folder.
    pub path: String,
    /// Commits that are in no other place.
    pub commits: u64,
    /// Files that are not committed in it.
    pub files: u64,
}

impl Unsaved {
    /// Names all of it; none if nothing would be lost.
    #[must_use]
    pub fn sentence(&self) -> Option<String> {
        let mut parts = Vec::new();
        if self.files > 0 {
            parts.push(amount::of(self.files, "uncommitted file"));
        }
        if self.commits > 0 {
            parts.push(format!(
                "{} on no other branch",
                amount::of(self.commits, "commit")
            ));
        }
        if !self.repositories.is_empty() {
            let inner = self
                .repositories
                .iter()
                .map(InnerRepository::words)
                .collect();
            parts.push(named(
                inner,
                "repository inside it",
                "repositories inside it",
            ));
        }
        if !self.ignored.is_empty() {
            let names = self.ignored.iter();
            let names = names.map(|name| reveal(name).into_owned()).collect();
            parts.push(named(names, "ignored file", "ignored files"));
        }
        (!parts.is_empty()).then(|| {
            format!(
                "the worktree holds what is nowhere else: {}; keep elsewhere what is needed, or \
                 delete with discardWork",
                parts.join("; ")
            )
        })
    }
}

impl InnerRepository {
    fn words(&self) -> String {
        let path = reveal(&self.path);
        let mut parts = Vec::new();
        if self.commits > 0 {
            parts.push(format!("{} of its own", amount::of(self.commits, "commit")));
        }
        if self.files > 0 {
            parts.push(amount::of(self.files, "uncommitted file"));
        }
        match parts.is_empty() {
            true => path.into_owned(),
            false => format!("{path} ({})", parts.join(", ")),
        }
    }
}

fn named(mut names: Vec<String>, one: &str, more: &str) -> String {
    let count = names.len();
    names.truncate(NAMED);
    let rest = match count - names.len() {
        0 => String::new(),
        rest => format!(" and {rest} more"),
    };
    let noun = if count == 1 { one } else { more };
    format!("{noun}: {}{rest}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_unsaved_needs_no_sentence() {
        assert_eq!(Unsaved::default().sentence(), None);
    }

    #[test]
    fn everything_that_goes_is_named_with_its_number() {
        let unsaved = Unsaved {
            files: 1,
            commits: 2,
            repositories: vec![
                InnerRepository {
                    path: "lib".to_owned(),
                    commits: 1,
                    files: 3,
                },
                InnerRepository {
                    path: "inner".to_owned(),
                    commits: 0,
                    files: 0,
                },
            ],
            ignored: [".env", "target/"].map(str::to_owned).to_vec(),
        };
        assert_eq!(
            unsaved.sentence().unwrap(),
            "the worktree holds what is nowhere else: 1 uncommitted file; 2 commits on no other branch; \
             repositories inside it: lib (1 commit of its own, 3 uncommitted files), inner; \
             ignored files: .env, target/; keep elsewhere what is needed, or delete with discardWork"
        );
    }

    #[test]
    fn a_long_list_is_cut_and_says_so() {
        let ignored = (0..9).map(|n| format!("{n}.log")).collect();
        let text = Unsaved {
            ignored,
            ..Unsaved::default()
        }
        .sentence()
        .unwrap();
        assert!(text.contains("4.log and 4 more;"), "{text}");
        let ignored = vec!["a\u{202e}b".to_owned()];
        let text = Unsaved {
            ignored,
            ..Unsaved::default()
        }
        .sentence()
        .unwrap();
        assert!(!text.contains('\u{202e}'), "{text}");
    }
}
