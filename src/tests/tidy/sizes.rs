//! How long things may get, and how a file opens.
use super::code::{self, Kind};
use super::tree::{File, test_files};

/// Lines of a file without its tests. Source: architecture, "Sizes".
const MAX_FILE: usize = 300;
/// Lines of a function.
const MAX_FUNCTION: usize = 50;
/// Lines of a component with its view.
const MAX_COMPONENT: usize = 80;
/// Lines in the body of a server function: parse, one backend call, map.
const MAX_SERVER_BODY: usize = 15;
/// Lines of a stylesheet.
const MAX_SHEET: usize = 120;
/// Lines of the README.
const MAX_README: usize = 150;

/// Files and functions that are too long.
pub(super) fn too_long(files: &[File]) -> Vec<String> {
    let tests = test_files(files);
    let mut found = Vec::new();
    for file in files {
        let (text, most) = match file.path.as_str() {
            path if file.is("rs") && !tests.contains(path) => {
                found.extend(functions(file));
                (code::without_tests(&file.text), MAX_FILE)
            }
            path if file.is("css") && path.starts_with("style/") => (&*file.text, MAX_SHEET),
            "README.md" => (&*file.text, MAX_README),
            _ => continue,
        };
        let lines = text.lines().count();
        if lines > most {
            let path = &file.path;
            found.push(format!(
                "{path} has {lines} lines, {most} at most: split it."
            ));
        }
    }
    found
}

fn functions(file: &File) -> Vec<String> {
    let code = code::blank(code::without_tests(&file.text));
    let judge = |function: code::Function| {
        let (lines, most) = match function.kind {
            Kind::Plain => (function.lines, MAX_FUNCTION),
            Kind::Component => (function.lines, MAX_COMPONENT),
            Kind::Server => (function.body, MAX_SERVER_BODY),
        };
        let (path, line, name) = (&file.path, function.line, function.name);
        (lines > most)
            .then(|| format!("{path}:{line} {name} has {lines} lines, {most} at most: split it."))
    };
    code::functions(&code)
        .into_iter()
        .filter_map(judge)
        .collect()
}

/// Rust files whose first line does not say why they exist.
pub(super) fn unopened(files: &[File]) -> Vec<String> {
    let sources = files.iter().filter(|file| file.is("rs"));
    let silent = sources.filter(|file| {
        let first = file.text.lines().next().unwrap_or_default();
        first
            .strip_prefix("//! ")
            .is_none_or(|says| says.trim().len() < 10)
    });
    silent
        .map(|file| {
            let path = &file.path;
            format!("{path} must open with `//! ` and why the file exists, on line 1.")
        })
        .collect()
}

/// Modules that are split over `x.rs` and a folder `x/`.
pub(super) fn split_rooms(files: &[File]) -> Vec<String> {
    let sources = files.iter().filter(|file| file.is("rs"));
    let split = sources.filter(|file| {
        let folder = file.path.replace(".rs", "/");
        files.iter().any(|other| other.path.starts_with(&folder))
    });
    split
        .map(|file| {
            let folder = file.path.replace(".rs", "");
            format!(
                "{} stands beside {folder}/: move it to {folder}/mod.rs.",
                file.path
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, text: &str, faults: usize) {
        assert_eq!(too_long(&[File::new(path, text)]).len(), faults);
    }

    fn function(head: &str, body: usize) -> String {
        format!("{head}fn f() {{\n{}}}\n", "x();\n".repeat(body))
    }

    #[test]
    fn long_files_are_found_and_their_tests_not_counted() {
        check("src/a.rs", &"//\n".repeat(300), 0);
        check("src/a.rs", &"//\n".repeat(301), 1);
        let tested = "//\n".repeat(300) + "#[cfg(test)]\nmod tests {\n}\n";
        check("src/a.rs", &tested, 0);
        check("src/tests/a.rs", &"//\n".repeat(999), 0);
        check("style/a.css", &"\n".repeat(121), 1);
        check("README.md", &"\n".repeat(151), 1);
    }

    #[test]
    fn long_functions_are_found_by_their_kind() {
        check("src/a.rs", &function("", 48), 0);
        check("src/a.rs", &function("", 49), 1);
        check("src/a.rs", &function("#[component]\n", 78), 0);
        check("src/a.rs", &function("#[component]\n", 79), 1);
        check("src/a.rs", &function("#[server]\n", 15), 0);
        check("src/a.rs", &function("#[server]\n", 16), 1);
    }

    #[test]
    fn a_file_that_does_not_say_why_it_exists_is_found() {
        let check = |text: &str| unopened(&[File::new("src/a.rs", text)]).len();
        assert_eq!(check("//! Why this exists.\n"), 0);
        assert_eq!(check("use x;\n//! Why this exists.\n"), 1);
        assert_eq!(check("//! TBD\n"), 1);
    }

    #[test]
    fn a_file_beside_its_folder_is_found() {
        let files = |front: &str| [File::new(front, ""), File::new("src/a/b.rs", "")];
        assert_eq!(split_rooms(&files("src/a/mod.rs")).len(), 0);
        assert_eq!(split_rooms(&files("src/a.rs")).len(), 1);
    }
}
