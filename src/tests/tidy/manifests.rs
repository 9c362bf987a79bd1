//! Manifests: two that must agree, dependencies with a reason, a map that names every room.
use super::tree::File;
use std::collections::BTreeSet;
use toml::{Table, Value};

/// What a running server reads of the build's settings.
const READ_AT_RUN: [&str; 6] = [
    "output-name",
    "site-root",
    "site-pkg-dir",
    "site-addr",
    "reload-port",
    "hash-files",
];

/// Files without which the repository is not whole.
const NEEDED: [&str; 18] = [
    "README.md",
    "LICENSE",
    "docs/CHANGELOG.md",
    "docs/CONTRIBUTING.md",
    ".cargo/deny.toml",
    ".github/workflows/ci.yml",
    ".typos.toml",
    "docs/contract.md",
    "Leptos.toml",
    "Makefile",
    ".ci/run",
    ".ci/setup",
    ".ci/test",
    "Cargo.lock",
    "style/main.css",
    "style/tokens.css",
    "end2end/package-lock.json",
    "end2end/playwright.config.ts",
];

/// What is missing altogether.
pub(super) fn missing(files: &[File]) -> Vec<String> {
    let has = |path: &str| files.iter().any(|file| file.path == path);
    let missing = NEEDED.into_iter().filter(|path| !has(path));
    missing
        .map(|path| format!("{path} is missing: write it, or add it with git."))
        .collect()
}

fn text<'a>(files: &'a [File], path: &str) -> &'a str {
    let file = files.iter().find(|file| file.path == path);
    file.map_or("", |file| &file.text)
}

fn leptos(text: &str) -> Table {
    let whole = text.parse::<Table>().unwrap_or_default();
    let package = whole.get("package").and_then(|value| value.get("metadata"));
    let leptos = package.and_then(|value| value.get("leptos"));
    leptos
        .and_then(Value::as_table)
        .cloned()
        .unwrap_or_default()
}

/// Settings that the build and the running server see differently.
pub(super) fn disagreements(files: &[File]) -> Vec<String> {
    let build = leptos(text(files, "Cargo.toml"));
    let run = leptos(text(files, "Leptos.toml"));
    let lacking = READ_AT_RUN.iter().filter(|key| !run.contains_key(**key));
    let lacking = lacking.map(|key| format!("Leptos.toml does not say {key}."));
    let unequal = run
        .iter()
        .filter(|(key, value)| build.get(*key) != Some(value));
    let unequal = unequal.map(|(key, value)| match build.get(key) {
        Some(other) => format!("{key} is {value} in Leptos.toml and {other} in Cargo.toml."),
        None => format!("Leptos.toml says {key}, the metadata in Cargo.toml does not."),
    });
    lacking.chain(unequal).collect()
}

/// Dependencies that do not say why they are there: beside them, or in the line above.
pub(super) fn unexplained(files: &[File]) -> Vec<String> {
    let manifests = files
        .iter()
        .filter(|file| file.path.ends_with("Cargo.toml"));
    manifests.flat_map(unexplained_in).collect()
}

fn unexplained_in(file: &File) -> Vec<String> {
    let (mut found, mut is_list, mut above) = (Vec::new(), false, "");
    for (index, line) in file.text.lines().enumerate() {
        if line.starts_with('[') {
            is_list = line.trim_end().ends_with("dependencies]");
        }
        let starts = line.starts_with(|c: char| c.is_alphanumeric());
        let name = line.split_once('=').filter(|_| is_list && starts);
        if let Some((name, value)) = name {
            let is_said = line.contains("# ") || above.starts_with("# ");
            // The workspace's table gives the reason of what is inherited from it.
            let is_inherited = value.contains("workspace = true");
            if !is_said && !is_inherited {
                let at = format!("{}:{}", file.path, index + 1);
                let name = name.trim();
                found.push(format!(
                    "{at} {name}: say in the line above what it is for."
                ));
            }
        }
        above = line;
    }
    found
}

/// Folders of `src` that the README's map does not name.
pub(super) fn unmapped(files: &[File]) -> Vec<String> {
    let readme = text(files, "README.md");
    let below = files
        .iter()
        .filter_map(|file| file.path.strip_prefix("src/"));
    let rooms = below.filter_map(|path| path.split_once('/').map(|(room, _)| room));
    let rooms: BTreeSet<&str> = rooms.collect();
    let is_named = |room: &str| {
        let line = format!("{room}/");
        let named = [
            format!("`{room}/`"),
            format!("src/{room}/"),
            format!("`src/{room}`"),
        ];
        named.iter().any(|name| readme.contains(name))
            || readme
                .lines()
                .any(|found| found.trim_start().starts_with(&line))
    };
    let unnamed = rooms.into_iter().filter(|room| !is_named(room));
    unnamed
        .map(|room| format!("the map in README.md does not name src/{room}/: add its line."))
        .collect()
}

/// Addresses of mirrors in the lock file of the browser tests.
pub(super) fn mirrored(files: &[File]) -> Vec<String> {
    let lock = text(files, "end2end/package-lock.json");
    let addresses = lock.lines().filter(|line| line.contains("\"resolved\""));
    let foreign = addresses.filter(|line| !line.contains("\"https://registry.npmjs.org/"));
    foreign
        .map(|line| format!("end2end/package-lock.json names a mirror: {}.", line.trim()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAME: &str = "[package.metadata.leptos]\noutput-name = \"a\"\nsite-root = \"b\"\n\
        site-pkg-dir = \"c\"\nsite-addr = \"d\"\nreload-port = 1\nhash-files = true\n";

    fn both(run: &str) -> Vec<String> {
        let build = format!("{SAME}bin-package = \"a\"\n");
        disagreements(&[
            File::new("Cargo.toml", &build),
            File::new("Leptos.toml", run),
        ])
    }

    #[test]
    fn build_and_run_must_agree() {
        assert_eq!(both(SAME), Vec::<String>::new());
        assert_eq!(both(&SAME.replace("= 1", "= 2")).len(), 1);
        assert_eq!(both(&SAME.replace("hash-files", "hash-file")).len(), 2);
        assert_eq!(both("").len(), 6);
    }

    #[test]
    fn a_dependency_without_a_reason_is_found() {
        let text = "[dependencies]\n# Why.\na = \"1\"\nb = \"1\"\nc = \"1\" # Why.\n\
            d = { workspace = true }\n# Why.\ne = { features = [\n  \"x\",\n] }\n\
            [features]\nf = []\n[dev-dependencies]\ng = \"1\"\n";
        let found = unexplained(&[File::new("src/x/Cargo.toml", text)]);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(
            found[0].contains(" b:") && found[1].contains(" g:"),
            "{found:?}"
        );
    }

    #[test]
    fn a_room_that_the_map_forgets_is_found() {
        let files = |map: &str| {
            let rooms = ["src/api/mod.rs", "src/feeds/mod.rs", "src/lib.rs"];
            let rooms = rooms.iter().map(|path| File::new(path, ""));
            rooms
                .chain([File::new("README.md", map)])
                .collect::<Vec<_>>()
        };
        assert_eq!(
            unmapped(&files("- `api/` the door\nfeeds/   fresh")).len(),
            0
        );
        assert_eq!(unmapped(&files("| `src/api` | | `src/feeds` |")).len(), 0);
        assert_eq!(unmapped(&files("- `api/` the door")).len(), 1);
    }

    #[test]
    fn what_is_missing_is_named() {
        assert_eq!(missing(&[]).len(), NEEDED.len());
        assert_eq!(
            missing(&[File::new("README.md", "")]).len(),
            NEEDED.len() - 1
        );
    }

    #[test]
    fn a_mirror_in_the_lock_file_is_found() {
        let check = |line: &str| mirrored(&[File::new("end2end/package-lock.json", line)]).len();
        assert_eq!(
            check("\"resolved\": \"https://registry.npmjs.org/a.tgz\""),
            0
        );
        assert_eq!(check("\"resolved\": \"http://mirror.local/a.tgz\""), 1);
    }
}
