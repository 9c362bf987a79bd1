//! Who may import whom: what cargo does not hold by itself.
use super::code;
use super::tree::{File, test_files};

/// A room, and the rooms that its code may name. The longest name that fits counts.
const MAY_IMPORT: [(&str, &[&str]); 7] = [
    ("browser", &[]),
    ("api", &["domain", "backend"]),
    ("feeds", &["domain", "api", "browser"]),
    ("components", &["domain", "browser"]),
    ("components::ui", &[]),
    (
        "routes",
        &["domain", "feeds", "components", "browser", "api::error"],
    ),
    (
        "app",
        &["domain", "routes", "feeds", "components", "browser"],
    ),
];

/// Crates that only one room may name: the browser's devices.
const DEVICES: [&str; 4] = ["web_sys", "gloo_timers", "js_sys", "leptos_use"];

/// Paths that lead where they must not.
pub(super) fn trespasses(files: &[File]) -> Vec<String> {
    let tests = test_files(files);
    let sources = files.iter().filter(|file| file.is("rs"));
    let sources = sources.filter(|file| !tests.contains(file.path.as_str()));
    sources.flat_map(trespasses_of).collect()
}

fn trespasses_of(file: &File) -> Vec<String> {
    let Some(module) = module(&file.path) else {
        return Vec::new();
    };
    let code = code::blank(code::without_tests(&file.text));
    let mut found = Vec::new();
    if let Some((room, allowed)) = rule(&module) {
        for (line, path) in paths(&code, &module) {
            if !is_in(&path, room) && !allowed.iter().any(|other| is_in(&path, other)) {
                let list = allowed.join(", ");
                let at = format!("{}:{line}", file.path);
                found.push(format!("{at} names {path}; {room} may name only: {list}."));
            }
        }
    }
    if !is_in(&module, "browser") && module != "lib" {
        let uses = DEVICES.iter().flat_map(|device| {
            let lines = code::words(&code, device).map(|at| code::line_of(&code, at));
            lines.map(|line| (line, *device)).collect::<Vec<_>>()
        });
        found.extend(uses.map(|(line, device)| {
            let at = format!("{}:{line}", file.path);
            format!("{at} names {device}: only src/browser touches the browser.")
        }));
    }
    found
}

/// `src/feeds/session.rs` is `feeds::session`; the crates below `src` have walls of their own.
fn module(path: &str) -> Option<String> {
    let path = path.strip_prefix("src/")?.strip_suffix(".rs")?;
    let path = path.strip_suffix("/mod").unwrap_or(path);
    let is_crate = path.starts_with("domain/") || path.starts_with("backend/");
    (!is_crate).then(|| path.replace('/', "::"))
}

fn rule(module: &str) -> Option<(&'static str, &'static [&'static str])> {
    let rules = MAY_IMPORT.into_iter();
    rules
        .filter(|(room, _)| is_in(module, room))
        .max_by_key(|(room, _)| room.len())
}

fn is_in(path: &str, room: &str) -> bool {
    let rest = path.strip_prefix(room);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// All paths into our rooms, whole, with their lines.
fn paths(code: &str, module: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for root in ["crate", "super", "domain", "backend"] {
        for at in code::words(code, root) {
            let rest = &code[at..];
            let is_start = !code[..at].trim_end().ends_with("::") && !code[..at].ends_with('$');
            // A path, or the whole crate in `use domain;`.
            let leads_on = rest[root.len()..].starts_with("::");
            if !is_start || !leads_on || is_inside_group(&code[..at]) {
                continue;
            }
            let line = code::line_of(code, at);
            let mut expanded = Vec::new();
            expand(rest, &[], module, &mut expanded);
            found.extend(expanded.into_iter().map(|path| (line, path)));
        }
    }
    found
}

/// In `use crate::{a::super_thing, …}` the group is expanded from its start.
fn is_inside_group(before: &str) -> bool {
    let statement = before.rsplit(';').next().unwrap_or_default();
    let Some(at) = statement.rfind("::{") else {
        return false;
    };
    let group = &statement[at..];
    group.matches('{').count() > group.matches('}').count() && statement[..at].contains("use ")
}

fn expand(text: &str, prefix: &[&str], module: &str, found: &mut Vec<String>) {
    let text = text.trim_start();
    if let Some(group) = text.strip_prefix('{') {
        for item in items(group) {
            expand(item, prefix, module, found);
        }
        return;
    }
    let part = code::name(text);
    let mut path = prefix.to_vec();
    path.push(part);
    match text[part.len()..].strip_prefix("::") {
        Some(rest) if rest.starts_with(['{', '*']) || !code::name(rest).is_empty() => {
            expand(rest, &path, module, found);
        }
        _ => found.push(absolute(&path, module)),
    }
}

/// The items of a group, up to its closing brace.
fn items(group: &str) -> Vec<&str> {
    let (mut depth, mut start, mut items) = (0, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                items.push(group[start..at].trim());
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    items.retain(|item| !item.is_empty());
    items
}

fn absolute(path: &[&str], module: &str) -> String {
    let mut whole: Vec<&str> = match path[0] {
        "super" => module.split("::").collect(),
        _ => Vec::new(),
    };
    for part in path {
        match *part {
            "super" => {
                whole.pop();
            }
            "crate" | "self" | "" => {}
            part => whole.push(part),
        }
    }
    whole.join("::")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, code: &str, named: &[&str]) {
        let found = trespasses(&[File::new(path, code)]);
        assert_eq!(found.len(), named.len(), "{found:?}");
        for (found, named) in found.iter().zip(named) {
            assert!(found.contains(&format!("names {named}")), "{found}");
        }
    }

    #[test]
    fn a_component_that_fetches_is_found() {
        check("src/components/a.rs", "use crate::api::get;", &["api::get"]);
        let code = "fn f() { crate::feeds::open(); super::super::api::x() }";
        check("src/components/a.rs", code, &["feeds::open", "api::x"]);
        check(
            "src/components/a.rs",
            "use backend::Store;",
            &["backend::Store"],
        );
        check("src/components/a.rs", "// use crate::api::x;", &[]);
    }

    #[test]
    fn groups_are_looked_into() {
        let code = "use crate::{browser, feeds::{self, x::y as z}, components::ui};";
        check("src/components/a.rs", code, &["feeds", "feeds::x::y"]);
    }

    #[test]
    fn what_the_table_allows_passes() {
        check(
            "src/components/a.rs",
            "use domain::id::SessionId; use super::ui::Badge;",
            &[],
        );
        check("src/routes/a.rs", "use crate::api::error::ApiError;", &[]);
        check(
            "src/api/a.rs",
            "use backend::store::Store; use super::error::X;",
            &[],
        );
        check("src/serve/mod.rs", "use crate::{api, app};", &[]);
        let tests = "#[cfg(test)]\nmod tests {\n use crate::api::x;\n}\n";
        check("src/components/a.rs", tests, &[]);
    }

    #[test]
    fn a_page_may_name_errors_of_the_api_and_nothing_else_of_it() {
        check(
            "src/routes/a.rs",
            "use crate::api::sessions::get;",
            &["api::sessions::get"],
        );
    }

    #[test]
    fn the_smallest_components_know_no_domain_type() {
        let code = "use domain::session::Row; use crate::components::ui::icon;";
        check("src/components/ui/a.rs", code, &["domain::session::Row"]);
    }

    #[test]
    fn the_browser_is_touched_in_one_room_only() {
        check("src/feeds/a.rs", "fn f(e: web_sys::Event) {}", &["web_sys"]);
        check("src/browser/a.rs", "use web_sys::Event;", &[]);
    }
}
