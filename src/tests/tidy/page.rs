//! Two things that pages do in one way only: ask the server, and take what people write.
use super::code;
use super::tree::File;

/// The only files of the feeds that start a task: the helper of requests, the drivers, which end
/// with their page by themselves, and what ends the login.
const STARTERS: [&str; 5] = [
    "src/feeds/request.rs",
    "src/feeds/driver/",
    "src/feeds/push/",
    "src/feeds/legacy.rs",
    "src/feeds/draft.rs",
];
/// What every field where people write says: the direction of its words, and its Enter key on a phone.
const SAYS: [&str; 2] = ["dir=", "enterkeyhint="];
/// The only file of the components that reads keys.
const KEYS: &str = "src/components/writing.rs";

/// Tasks of pages that no page ends: what they read after an `await` may be gone.
pub(super) fn unguarded(files: &[File]) -> Vec<String> {
    let is_page = |file: &&File| {
        let rooms = ["src/feeds/", "src/routes/", "src/components/"];
        let is_free = STARTERS.iter().any(|free| file.path.starts_with(free));
        file.is("rs") && rooms.iter().any(|room| file.path.starts_with(room)) && !is_free
    };
    let starts = |file: &&File| code::blank(&file.text).contains("spawn_local");
    let found = files.iter().filter(is_page).filter(starts);
    found
        .map(|file| format!("{} starts a task: use `Requests`.", file.path))
        .collect()
}

/// Fields and keys that know nothing of input methods, phones and scripts.
pub(super) fn unready(files: &[File]) -> Vec<String> {
    let mut found = Vec::new();
    let is_component = |file: &&File| file.is("rs") && file.path.starts_with("src/components/");
    for file in files.iter().filter(is_component) {
        let text = code::without_tests(&file.text);
        let reads_keys = [".key()", ".is_composing()", ".key_code()"];
        if file.path != KEYS && reads_keys.iter().any(|read| text.contains(read)) {
            found.push(format!("{} reads keys: use `writing`.", file.path));
        }
        for tag in ["<textarea", "<input"] {
            for (at, _) in text.match_indices(tag) {
                let rest = &text[at..];
                let end = if tag == "<input" { "/>" } else { "</textarea>" };
                let field = &rest[..rest.find(end).unwrap_or(rest.len())];
                if is_written(field) && !SAYS.iter().all(|said| field.contains(said)) {
                    let line = text[..at].lines().count() + 1;
                    found.push(format!(
                        "{}:{line} has a field without `dir` or `enterkeyhint`.",
                        file.path
                    ));
                }
            }
        }
    }
    found
}

/// Whether people write into a field, and do not choose or tick.
fn is_written(field: &str) -> bool {
    let others = ["checkbox", "radio", "hidden", "file"];
    !others
        .iter()
        .any(|kind| field.contains(&format!("type=\"{kind}\"")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(check: fn(&[File]) -> Vec<String>, path: &str, text: &str) -> usize {
        check(&[File::new(path, text)]).len()
    }

    #[test]
    fn a_task_that_outlives_its_page_is_found() {
        let text = "fn a() { spawn_local(async {}) }";
        assert_eq!(count(unguarded, "src/feeds/git.rs", text), 1);
        assert_eq!(count(unguarded, "src/routes/a.rs", text), 1);
        assert_eq!(count(unguarded, "src/feeds/request.rs", text), 0);
        assert_eq!(count(unguarded, "src/feeds/a.rs", "// spawn_local"), 0);
    }

    #[test]
    fn a_field_that_knows_nothing_of_phones_is_found() {
        let path = "src/components/a.rs";
        assert_eq!(count(unready, path, "<textarea rows=\"2\"></textarea>"), 1);
        assert_eq!(count(unready, path, "<input dir=\"auto\"/>"), 1);
        let good = "<input dir=\"auto\" enterkeyhint=\"done\"/>";
        assert_eq!(count(unready, path, good), 0);
        assert_eq!(count(unready, path, "<input type=\"checkbox\"/>"), 0);
        assert_eq!(count(unready, path, "if event.key() == \"Enter\" {}"), 1);
    }
}
