//! Files that cannot be stored as their attributes demand: they are refused by name, never stored raw.
use super::error::GitError;
use super::run::Call;
use super::worktree::WorktreeGit;
use crate::error::Failed;
use domain::visible::reveal;

/// Values of an attribute that name no driver.
const NO_DRIVER: [&str; 3] = ["unspecified", "unset", "set"];

impl WorktreeGit {
    /// Refuses files whose attributes name a filter: a filter is a program of the repository, and
    /// the console runs none.
    pub(super) async fn refuse_filtered(
        &self,
        paths: impl Iterator<Item = &String>,
    ) -> Result<(), Failed> {
        let list: String = paths.map(|path| format!("{path}\0")).collect();
        if list.is_empty() {
            return Ok(());
        }
        let check = Call::new(["check-attr", "-z", "--stdin", "filter"]).stdin(list);
        let text = self.git(check).await?;
        let text = String::from_utf8_lossy(&text);
        let mut parts = text.split('\0');
        while let (Some(path), Some(_attribute), Some(filter)) =
            (parts.next(), parts.next(), parts.next())
        {
            if !NO_DRIVER.contains(&filter) {
                return Err(filtered(path, filter));
            }
        }
        Ok(())
    }
}

fn filtered(path: &str, filter: &str) -> Failed {
    let (path, filter) = (reveal(path), reveal(filter));
    let lfs = if filter == "lfs" { " (Git LFS)" } else { "" };
    Failed::Refused(format!(
        "{path} goes through the filter {filter}{lfs} that the attributes of this repository name; the \
         console runs no filters of repositories, so commit this file with git in the worktree"
    ))
}

/// Why git did not take files in, as a sentence for the file that it named.
pub(super) fn unfit(error: GitError, paths: &[String]) -> Failed {
    let GitError::Refused { text, .. } = &error else {
        return error.into();
    };
    let is_named = |path: &&String| {
        text.contains(&format!("'{path}'")) || text.contains(&format!("in {path}"))
    };
    let named = paths.iter().find(is_named);
    let path = named.map_or_else(
        || "a chosen file".to_owned(),
        |path| reveal(path).into_owned(),
    );
    let why = if text.contains("as both a file and as a directory") {
        "takes the place of something that git still tracks there; choose its deletion too"
    } else if text.contains("would be replaced by") {
        "has line ends that git could not give back, and core.safecrlf of this repository forbids that"
    } else if text.contains("encod") || text.contains("BOM is") {
        "is not in the working-tree-encoding that the attributes of this repository name"
    } else {
        return error.into();
    };
    Failed::Refused(format!("{path} {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_git_cannot_store_is_told_in_a_sentence_with_the_name_of_the_file() {
        let sentence = |text: &str| {
            let refused = GitError::Refused {
                command: "update-index".to_owned(),
                text: text.to_owned(),
            };
            unfit(refused, &["a.txt".to_owned(), "lnk/g".to_owned()]).to_string()
        };
        let displaced = sentence("error: 'lnk/g' appears as both a file and as a directory");
        assert!(
            displaced.starts_with("lnk/g takes the place"),
            "{displaced}"
        );
        let ends = sentence("fatal: CRLF would be replaced by LF in a.txt");
        assert!(ends.starts_with("a.txt has line ends"), "{ends}");
        let encoded = sentence("fatal: failed to encode 'a.txt' from UTF-16 to UTF-8");
        assert!(
            encoded.starts_with("a.txt is not in the working-tree"),
            "{encoded}"
        );
        let other = sentence("fatal: unable to write /home/ann/x");
        assert!(
            other.contains("incident") && !other.contains("ann"),
            "{other}"
        );
    }
}
