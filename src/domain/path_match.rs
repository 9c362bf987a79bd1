//! Which paths fit what a person typed: whole words before scattered letters, short before long.

/// How well a path fits, smaller is better; none if it does not. `query` is in lower case.
fn fit(query: &str, path: &str) -> Option<u8> {
    let path = path.to_lowercase();
    let name = path.rsplit('/').next().unwrap_or(&path);
    if name.starts_with(query) {
        return Some(0);
    }
    if path.starts_with(query) {
        return Some(1);
    }
    if name.contains(query) {
        return Some(2);
    }
    if path.contains(query) {
        return Some(3);
    }
    let mut letters = path.chars();
    let is_scattered = query
        .chars()
        .all(|wanted| letters.any(|letter| letter == wanted));
    is_scattered.then_some(4)
}

/// The `most` paths that fit best, each once; all fit an empty query.
#[must_use]
pub fn best<'a>(query: &str, paths: impl Iterator<Item = &'a str>, most: usize) -> Vec<&'a str> {
    let query = query.to_lowercase();
    let ranked = |path: &'a str| Some((fit(&query, path)?, path.len(), path));
    let mut found: Vec<_> = paths.filter_map(ranked).collect();
    found.sort_unstable();
    found.dedup();
    found.truncate(most);
    found.into_iter().map(|(_, _, path)| path).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TREE: [&str; 6] = [
        "src/main.rs",
        "src/domain/mod.rs",
        "docs/Domain.md",
        "a/main/b.txt",
        "domain.txt",
        "domain.txt",
    ];

    #[track_caller]
    fn check(query: &str, found: &[&str]) {
        assert_eq!(best(query, TREE.into_iter(), 3), found);
    }

    #[test]
    fn names_come_before_folders_and_letters_in_order_last() {
        check(
            "dom",
            &["domain.txt", "docs/Domain.md", "src/domain/mod.rs"],
        );
        check("main", &["src/main.rs", "domain.txt", "docs/Domain.md"]);
        check("sdm", &["docs/Domain.md", "src/domain/mod.rs"]);
        check("b.t", &["a/main/b.txt"]);
        check("nothing", &[]);
    }

    #[test]
    fn nothing_typed_finds_the_shortest() {
        check("", &["domain.txt", "src/main.rs", "a/main/b.txt"]);
    }
}
