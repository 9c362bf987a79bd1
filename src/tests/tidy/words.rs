//! Words that must not stand where they stand.
use super::code;
use super::tree::{File, test_files};

/// The only files that may choose between the two halves.
const HALVES: [&str; 2] = ["src/lib.rs", "src/api/mod.rs"];

/// Most lines that may choose between the two halves.
const MAX_GATES: usize = 6;

/// Ways to leave a browser test out, or to wait by the clock.
const LAZY: [&str; 7] = [
    "test.skip",
    "test.fixme",
    "test.only",
    "describe.skip",
    "describe.fixme",
    "describe.only",
    "waitForTimeout",
];

/// Names of files that hold data or secrets.
const PRIVATE: [&str; 9] = [
    ".db", ".db-wal", ".db-shm", ".sqlite", ".sqlite3", ".env", ".pem", ".key", ".p12",
];

/// Starts of texts that are secrets; in two halves, so that this list is none.
const SECRETS: [(&str, &str); 5] = [
    ("-----BEGIN ", "PRIVATE KEY"),
    ("-----BEGIN OPENSSH ", "PRIVATE KEY"),
    ("-----BEGIN RSA ", "PRIVATE KEY"),
    ("ghp", "_"),
    ("sk-ant", "-api"),
];

/// Promises without a number.
pub(super) fn promises(files: &[File]) -> Vec<String> {
    let is_ours = |file: &&File| {
        let kinds = ["rs", "ts", "css", "toml", "sh"];
        let is_script = file.path.starts_with(".ci/") || file.path == "Makefile";
        (kinds.iter().any(|kind| file.is(kind)) || is_script)
            && !file.path.starts_with("src/tests/tidy/")
    };
    let mut found = Vec::new();
    for file in files.iter().filter(is_ours) {
        for (index, line) in file.text.lines().enumerate() {
            let mut marks = ["TODO", "FIXME", "XXX"].into_iter();
            let mark = marks.find(|mark| code::words(line, mark).next().is_some());
            if let Some(mark) = mark.filter(|mark| !has_number(line, mark)) {
                let at = format!("{}:{}", file.path, index + 1);
                found.push(format!(
                    "{at} says {mark}: give it the issue, as in `{mark}(#12)`."
                ));
            }
        }
    }
    found
}

fn has_number(line: &str, mark: &str) -> bool {
    let rest = line.split_once(mark).map_or("", |(_, rest)| rest);
    let number = rest
        .strip_prefix("(#")
        .and_then(|rest| rest.split_once(')'));
    number.is_some_and(|(digits, _)| digits.parse::<u32>().is_ok())
}

/// Tests that are left out, or wait by the clock.
pub(super) fn lazy_tests(files: &[File]) -> Vec<String> {
    let tests = test_files(files);
    let mut found = Vec::new();
    let browser = files
        .iter()
        .filter(|file| file.path.starts_with("end2end/"));
    for file in browser.filter(|file| file.is("ts")) {
        let lazy = LAZY.iter().filter(|word| file.text.contains(**word));
        found.extend(lazy.map(|word| {
            format!(
                "{} says {word}: a test runs, and waits for a condition.",
                file.path
            )
        }));
    }
    for file in files.iter().filter(|file| file.is("rs")) {
        let code = code::blank(&file.text);
        let path = &file.path;
        if code.contains(concat!("#[", "ignore")) || code.contains(concat!("should", "_panic")) {
            found.push(format!(
                "{path} leaves a test out or expects any panic: write the fact."
            ));
        }
        let from = match tests.contains(path.as_str()) {
            true => 0,
            false => code::blank(code::without_tests(&file.text)).len(),
        };
        let sleeps = ["thread::sleep", "time::sleep"];
        if sleeps.iter().any(|sleep| code[from..].contains(sleep)) {
            found.push(format!(
                "{path} sleeps in a test: wait for a condition with a deadline."
            ));
        }
    }
    found
}

/// Lines that choose between the halves: outside the border, or more than there should be.
pub(super) fn divided(files: &[File]) -> Vec<String> {
    let gates = [
        "cfg(feature",
        "cfg(not(feature",
        "cfg_attr(feature",
        "cfg_attr(not(feature",
        "cfg!(feature",
    ];
    let mut found = Vec::new();
    let mut count = 0;
    let sources = files.iter().filter(|file| file.is("rs"));
    for file in sources.filter(|file| !file.path.starts_with("src/tests/")) {
        let code = code::blank(&file.text);
        let uses: usize = gates.iter().map(|gate| code.matches(gate).count()).sum();
        count += uses;
        if uses > 0 && !HALVES.contains(&file.path.as_str()) {
            found.push(format!(
                "{} chooses by feature: only {} may.",
                file.path,
                HALVES.join(" and ")
            ));
        }
    }
    if count > MAX_GATES {
        found.push(format!(
            "{count} lines choose by feature: {MAX_GATES} are enough."
        ));
    }
    found
}

/// Files that must not be in the repository.
pub(super) fn private(files: &[File]) -> Vec<String> {
    let is_private = |file: &&File| {
        let name = file.path.rsplit('/').next().unwrap_or_default();
        let has_end = PRIVATE.iter().any(|end| name.ends_with(end));
        let has_secret = SECRETS
            .iter()
            .any(|(start, rest)| file.text.contains(&format!("{start}{rest}")));
        let is_built = ["node_modules/", "dist/", "target/"]
            .iter()
            .any(|folder| file.path.contains(folder));
        has_end || has_secret || is_built
    };
    files
        .iter()
        .filter(is_private)
        .map(|file| {
            format!(
                "{} holds data, a secret or a build: take it out.",
                file.path
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(check: fn(&[File]) -> Vec<String>, path: &str, text: &str) -> usize {
        check(&[File::new(path, text)]).len()
    }

    #[test]
    fn a_promise_without_a_number_is_found() {
        assert_eq!(count(promises, "src/a.rs", "// TODO: later"), 1);
        assert_eq!(count(promises, "end2end/a.ts", "// FIXME(#x)"), 1);
        assert_eq!(count(promises, "src/a.rs", "// TODO(#12): later\nTODOS"), 0);
    }

    #[test]
    fn browser_tests_that_are_left_out_are_found() {
        for word in LAZY {
            assert_eq!(count(lazy_tests, "end2end/tests/a.spec.ts", word), 1);
        }
        assert_eq!(count(lazy_tests, "end2end/tests/a.spec.ts", "test('a')"), 0);
    }

    #[test]
    fn tests_that_are_left_out_or_sleep_are_found() {
        let ignored = "#[test]\n#[ignore]\nfn a() {}\n";
        assert_eq!(count(lazy_tests, "src/a.rs", ignored), 1);
        assert_eq!(count(lazy_tests, "src/a.rs", "// #[ignore]\n"), 0);
        let sleep = "fn a() { std::thread::sleep(x) }\n";
        assert_eq!(count(lazy_tests, "src/a.rs", sleep), 0);
        assert_eq!(count(lazy_tests, "src/tests/a.rs", sleep), 1);
        let foot = format!("fn x() {{}}\n#[cfg(test)]\nmod tests {{\n{sleep}}}\n");
        assert_eq!(count(lazy_tests, "src/a.rs", &foot), 1);
    }

    #[test]
    fn a_choice_between_the_halves_stays_at_the_border() {
        let text = "#[cfg(feature = \"ssr\")]\nmod x;\n";
        assert_eq!(count(divided, "src/components/a.rs", text), 1);
        assert_eq!(count(divided, "src/lib.rs", text), 0);
        assert_eq!(count(divided, "src/api/error.rs", text), 1);
        assert_eq!(count(divided, "src/api/mod.rs", &text.repeat(6)), 0);
        assert_eq!(count(divided, "src/api/mod.rs", &text.repeat(7)), 1);
    }

    #[test]
    fn secrets_and_databases_are_found() {
        assert_eq!(count(private, "a/heddle.db", ""), 1);
        assert_eq!(count(private, ".env", ""), 1);
        assert_eq!(count(private, "end2end/node_modules/a.js", ""), 1);
        let (start, rest) = SECRETS[0];
        assert_eq!(count(private, "a.txt", &format!("{start}{rest}")), 1);
        assert_eq!(count(private, "src/backend/key.rs", "let key = 1;"), 0);
    }
}
