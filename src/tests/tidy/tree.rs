//! The files of the repository as git knows them: tracked, or new and not ignored.
use super::code;
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// One file; `path` is relative to the top, with slashes.
#[derive(Debug, Clone)]
pub(super) struct File {
    pub(super) path: String,
    /// Empty where the file is no text.
    pub(super) text: String,
}

impl File {
    /// A made-up file, to plant a fault.
    pub(super) fn new(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    pub(super) fn is(&self, extension: &str) -> bool {
        self.path
            .rsplit_once('.')
            .is_some_and(|(_, found)| found == extension)
    }

    /// `src/components/ui/button.rs` is `button`, `src/routes/session/mod.rs` is `session`.
    pub(super) fn stem(&self) -> &str {
        let path = self.path.rsplit_once('.').map_or("", |(stem, _)| stem);
        let path = path.strip_suffix("/mod").unwrap_or(path);
        path.rsplit('/').next().unwrap_or(path)
    }
}

/// Where the repository is. Asked while the test runs: clones may share what was built.
fn top() -> PathBuf {
    std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from("."), PathBuf::from)
}

/// All files of the repository.
pub(super) fn files() -> Vec<File> {
    let args = ["ls-files", "--cached", "--others", "--exclude-standard"];
    let listed = Command::new("git").args(args).current_dir(top()).output();
    let listed = listed.expect("git is needed to list the files");
    assert!(listed.status.success(), "tidy needs a git checkout");
    let names = String::from_utf8(listed.stdout).unwrap();
    let names: BTreeSet<&str> = names.lines().collect();
    let read = |path: &str| {
        let bytes = fs::read(top().join(path)).ok()?;
        let text = String::from_utf8(bytes).unwrap_or_default();
        Some(File::new(path, &text))
    };
    let files: Vec<File> = names.into_iter().filter_map(read).collect();
    assert!(
        files.len() > 20,
        "the list of files is too short to be true"
    );
    files
}

/// Rust files that hold only tests: below `src/tests`, or declared behind `cfg(test)`.
pub(super) fn test_files(files: &[File]) -> BTreeSet<&str> {
    let mut found: BTreeSet<&str> = BTreeSet::new();
    for file in files.iter().filter(|file| file.is("rs")) {
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let is_front = ["mod", "lib", "main"].map(|name| format!("{folder}/{name}.rs"));
        let own = match is_front.contains(&file.path) {
            true => folder.to_owned(),
            false => format!("{folder}/{}", file.stem()),
        };
        let tests = code::test_modules(&file.text);
        let tests: Vec<_> = tests.iter().map(|name| format!("{own}/{name}")).collect();
        found.extend(
            files
                .iter()
                .map(|other| other.path.as_str())
                .filter(|path| {
                    let is_below = |root: &String| {
                        let rest = path.strip_prefix(root.as_str());
                        rest.is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
                    };
                    path.starts_with("src/tests/") || tests.iter().any(is_below)
                }),
        );
    }
    found
}

#[test]
fn files_behind_cfg_test_are_test_files() {
    let files = [
        File::new("src/a/mod.rs", "#[cfg(test)]\nmod tests;\nmod real;\n"),
        File::new("src/a/tests.rs", ""),
        File::new("src/a/real.rs", "#[cfg(test)]\npub(crate) mod suite;\n"),
        File::new("src/a/real/suite.rs", ""),
        File::new("src/tests/mod.rs", ""),
    ];
    let found: Vec<_> = test_files(&files).into_iter().collect();
    assert_eq!(
        found,
        ["src/a/real/suite.rs", "src/a/tests.rs", "src/tests/mod.rs"]
    );
}
