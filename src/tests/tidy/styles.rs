//! Stylesheets: one for each component, its classes under the component's name.
use super::tree::File;
use std::collections::{BTreeMap, BTreeSet};

/// Components and sheets that do not belong together.
pub(super) fn unmatched(files: &[File]) -> Vec<String> {
    let looks = files.iter().filter(|file| {
        let is_look = ["src/components/", "src/routes/"]
            .iter()
            .any(|room| file.path.starts_with(room));
        is_look && file.is("rs")
    });
    let mut owners: BTreeMap<String, bool> = BTreeMap::new();
    for file in looks {
        let has_classes = file.text.contains("class=") || file.text.contains("class:");
        let needs = has_classes && file.path.starts_with("src/components/");
        *owners.entry(block(file)).or_default() |= needs;
    }
    let sheets = sheets(files);
    let names: BTreeSet<String> = sheets.iter().map(|sheet| block(sheet)).collect();
    let missing = owners.iter().filter(|(_, needs)| **needs);
    let missing = missing.filter(|(block, _)| !names.contains(*block));
    let bare = missing.map(|(block, _)| {
        let file = block.replace('-', "_");
        format!("the component {block} has no sheet: add style/components/{file}.css.")
    });
    let stray = sheets
        .iter()
        .filter(|sheet| !owners.contains_key(&block(sheet)));
    let stray = stray.map(|sheet| {
        let path = &sheet.path;
        format!("{path} has no component of its name in src/components or src/routes.")
    });
    bare.chain(stray).collect()
}

/// Sheets that style what is not theirs, are not imported, or go round the tokens.
pub(super) fn unruly(files: &[File]) -> Vec<String> {
    let main = files.iter().find(|file| file.path == "style/main.css");
    let Some(main) = main else {
        return vec!["style/main.css is missing: it lists the sheets as `@import` lines.".into()];
    };
    let mut found = Vec::new();
    for sheet in sheets(files) {
        let (path, block) = (&sheet.path, block(sheet));
        let name = path.trim_start_matches("style/");
        if !main.text.contains(name) {
            found.push(format!("style/main.css does not import {name}."));
        }
        let foreign = classes(&sheet.text).into_iter();
        let foreign = foreign.filter(|class| !is_of(class, &block));
        found.extend(
            foreign
                .map(|class| format!("{path} styles .{class}; its classes start with .{block}.")),
        );
        if sheet.text.contains("!important") {
            found.push(format!("{path} says !important: order the layers instead."));
        }
        found.extend(colour(&sheet.text).map(|colour| {
            format!("{path} writes the colour {colour}: name it in style/tokens.css.")
        }));
    }
    found
}

/// Components of the thread's entries, and what is drawn in them.
const OF_THREAD: [&str; 24] = [
    "approval_card",
    "code_block",
    "code_runs",
    "copy_button",
    "diff_view",
    "disclosure",
    "entry",
    "entry_group",
    "entry_tools",
    "failure",
    "file_diff",
    "icon",
    "lasting",
    "markdown",
    "message",
    "plan",
    "question_card",
    "question_field",
    "shown_image",
    "terminal_output",
    "thought",
    "time_ago",
    "tool_call",
    "tool_content",
];

/// Rules of the thread that depend on neighbours: an entry more would style all the others anew.
pub(super) fn structural(files: &[File]) -> Vec<String> {
    let sheets = sheets(files).into_iter();
    let sheets = sheets.filter(|sheet| OF_THREAD.contains(&sheet.stem()));
    let lines = sheets.flat_map(|sheet| {
        let text = bare(&sheet.text);
        let lines = text.lines().map(str::to_owned).collect::<Vec<_>>();
        lines.into_iter().map(move |line| (&sheet.path, line))
    });
    let found = lines.filter(|(_, line)| depends_on_neighbours(line));
    let complain = |(path, line): (&String, String)| {
        let line = line.trim();
        format!("{path} looks at neighbours in `{line}`: have the component say it.")
    };
    found.map(complain).collect()
}

fn depends_on_neighbours(line: &str) -> bool {
    const WORDS: [&str; 9] = [
        ":nth-",
        ":last-child",
        ":first-child",
        ":only-child",
        ":first-of-type",
        ":last-of-type",
        ":only-of-type",
        ":has(",
        " ~ ",
    ];
    // A plus of a calculation stands in a declaration, which ends with a semicolon.
    let selector = line.rsplit_once('{').map(|(selector, _)| selector);
    let selector = selector.or_else(|| line.trim_end().ends_with(',').then_some(line));
    selector.is_some_and(|selector| {
        selector.contains(" + ") || WORDS.iter().any(|word| selector.contains(word))
    })
}

fn sheets(files: &[File]) -> Vec<&File> {
    let sheets = files.iter().filter(|file| file.is("css"));
    sheets
        .filter(|file| file.path.starts_with("style/components/"))
        .collect()
}

fn block(file: &File) -> String {
    file.stem().replace('_', "-")
}

fn is_of(class: &str, block: &str) -> bool {
    let rest = class.strip_prefix(block);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-') || rest.starts_with("__"))
}

/// The sheet without comments and texts.
fn bare(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest
        .find(['"', '\''])
        .into_iter()
        .chain(rest.find("/*"))
        .min()
    {
        let end = if rest[at..].starts_with("/*") {
            "*/"
        } else {
            &rest[at..=at]
        };
        out.push_str(&rest[..at]);
        let from = at + if end == "*/" { 2 } else { 1 };
        let length = rest[from..].find(end).map(|length| length + end.len());
        rest = &rest[length.map_or(rest.len(), |length| from + length)..];
    }
    out + rest
}

fn classes(text: &str) -> BTreeSet<String> {
    let text = bare(text);
    let is_name = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    let after_dots = text.split('.').skip(1);
    let names = after_dots.map(|rest| &rest[..rest.find(|c| !is_name(c)).unwrap_or(rest.len())]);
    names
        .filter(|name| name.starts_with(|c: char| c.is_alphabetic() || c == '_'))
        .map(str::to_owned)
        .collect()
}

/// A colour that is written out.
fn colour(text: &str) -> Option<String> {
    let text = bare(text);
    let values = text
        .split(['{', ';', '}'])
        .filter_map(|line| line.split_once(':'));
    let mut words = values.flat_map(|(_, value)| value.split([' ', ',', '(', ')', '\n']));
    let is_hex = |word: &str| {
        let digits = word.strip_prefix('#').unwrap_or_default();
        (3..=8).contains(&digits.len()) && digits.chars().all(|c| c.is_ascii_hexdigit())
    };
    let functions = [
        "rgb", "rgba", "hsl", "hsla", "oklch", "oklab", "lab", "lch", "hwb",
    ];
    let word = words.find(|word| is_hex(word) || functions.contains(word));
    word.map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(sheet: &str, text: &str) -> Vec<File> {
        vec![
            File::new("src/components/git_section.rs", "view! { <p class=\"x\"> }"),
            File::new(sheet, text),
            File::new("style/main.css", "@import \"components/git_section.css\";"),
        ]
    }

    #[track_caller]
    fn check(text: &str, faults: usize) {
        let found = unruly(&files("style/components/git_section.css", text));
        assert_eq!(found.len(), faults, "{found:?}");
    }

    #[test]
    fn component_and_sheet_need_each_other() {
        assert!(unmatched(&files("style/components/git_section.css", "")).is_empty());
        assert_eq!(unmatched(&files("style/components/other.css", "")).len(), 2);
        assert_eq!(unmatched(&files("style/base.css", "")).len(), 1);
    }

    #[test]
    fn a_sheet_that_is_not_imported_is_found() {
        let found = unruly(&files("style/components/other.css", ""));
        assert!(found[0].contains("does not import"), "{found:?}");
        assert_eq!(unruly(&[]).len(), 1);
    }

    #[test]
    fn classes_are_those_of_the_component() {
        check(
            ".git-section { & .git-section__branch { margin: .5rem 0.5em } }",
            0,
        );
        check("/* .b */ .git-section-x { background: url(\"a.png\") }", 0);
        check(".git-section .active {}", 1);
        check(".git-sections {}", 1);
    }

    #[test]
    fn rules_of_the_thread_that_look_at_neighbours_are_found() {
        let count = |path: &str, text: &str| structural(&files(path, text)).len();
        let entry = "style/components/entry.css";
        assert_eq!(count(entry, "  .entry:last-child { top: 0; }"), 1);
        assert_eq!(count(entry, ".entry + .entry,\n.a { top: 0; }"), 1);
        assert_eq!(count(entry, ".entry { & li:has(> p) { top: 0; } }"), 1);
        assert_eq!(count(entry, ".entry {\n  & li:has(> p) { top: 0; }\n}"), 1);
        assert_eq!(count(entry, ".entry { top: calc(1px + 2px); }"), 0);
        assert_eq!(count("style/components/page.css", ".page:last-child {}"), 0);
    }

    #[test]
    fn colours_stand_in_the_tokens() {
        check(
            ".git-section { color: var(--ink); & a:hover { opacity: 1 } }",
            0,
        );
        check(".git-section { color: #1f6feb; }", 1);
        check(".git-section { color: rgb(1, 2, 3) }", 1);
        check(".git-section { margin: 0 !important }", 1);
    }
}
