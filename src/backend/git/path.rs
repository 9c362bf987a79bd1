//! Paths from outside: relative, inside the worktree, never git's own.

/// Why a path is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a path must be relative and stay inside the worktree")]
pub struct BadPath;

/// Whether a path names something inside a worktree.
///
/// # Errors
/// [`BadPath`] for absolute paths, `..`, NUL, empty parts and anything named `.git`.
pub fn check_path(path: &str) -> Result<(), BadPath> {
    if path.is_empty() || path.len() > 4096 || path.contains('\0') {
        return Err(BadPath);
    }
    let is_bad = |part: &str| part.is_empty() || part == "." || part == ".." || is_git(part);
    if path.split('/').any(is_bad) {
        Err(BadPath)
    } else {
        Ok(())
    }
}

fn is_git(part: &str) -> bool {
    let name = part.trim_end_matches(['.', ' ']).to_lowercase();
    name == ".git" || name == "git~1" || name.starts_with(".git:")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_and_odd_names_are_allowed() {
        for path in [
            "a",
            "a/b.rs",
            "-rf",
            "a\nb",
            "<img src=x>.txt",
            ".gitignore",
            "..a",
            "ä/ö",
        ] {
            assert_eq!(check_path(path), Ok(()), "{path}");
        }
    }

    #[test]
    fn ways_out_and_git_itself_are_refused() {
        let bad = [
            "",
            "/etc/passwd",
            "../x",
            "a/../../x",
            "a//b",
            "a/./b",
            "a\0b",
            ".git/config",
            ".GIT/x",
            ".git ",
            "sub/.git/HEAD",
            ".git./x",
            "GIT~1/x",
            "//x",
            "a/",
        ];
        for path in bad {
            assert_eq!(check_path(path), Err(BadPath), "{path}");
        }
    }
}
