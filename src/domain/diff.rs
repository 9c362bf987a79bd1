//! Reads the unified diff that git prints.
use crate::git::{DiffLine, Hunk, LineKind};

/// The part of a diff that ends in the file `path`: the last one, if several files are in it.
#[must_use]
pub fn section<'a>(text: &'a str, path: &str) -> &'a str {
    let named = format!("+++ b/{path}");
    let starts: Vec<usize> = std::iter::once(0)
        .chain(text.match_indices("\ndiff --git ").map(|(at, _)| at + 1))
        .chain(std::iter::once(text.len()))
        .collect();
    let pieces = starts.windows(2).map(|ends| &text[ends[0]..ends[1]]);
    let is_of = |piece: &&str| piece.lines().take(12).any(|line| line.trim_end() == named);
    let mut pieces = pieces.filter(|piece| !piece.is_empty());
    let last = pieces.clone().next_back().unwrap_or_default();
    pieces.find(is_of).unwrap_or(last)
}

/// The hunks of one file's diff, and whether lines beyond `max_lines` were left out.
#[must_use]
pub fn parse(text: &str, max_lines: usize) -> (Vec<Hunk>, bool) {
    let mut hunks: Vec<Hunk> = Vec::new();
    let (mut old, mut new) = (0, 0);
    let mut count = 0;
    for line in text.split_inclusive('\n') {
        let line = line.strip_suffix('\n').unwrap_or(line);
        if line.starts_with("@@ ") {
            (old, new) = starts(line);
            hunks.push(Hunk {
                header: line.to_owned(),
                lines: Vec::new(),
            });
            continue;
        }
        let Some(hunk) = hunks.last_mut() else {
            continue;
        };
        let Some(line) = numbered(line, &mut old, &mut new) else {
            continue;
        };
        count += 1;
        if count > max_lines {
            return (hunks, true);
        }
        hunk.lines.push(line);
    }
    (hunks, false)
}

fn numbered(line: &str, old: &mut u64, new: &mut u64) -> Option<DiffLine> {
    let kind = match line.as_bytes().first() {
        Some(b'+') => LineKind::Added,
        Some(b'-') => LineKind::Removed,
        Some(b' ') => LineKind::Context,
        _ => return None,
    };
    let take = |number: &mut u64| {
        let here = *number;
        *number += 1;
        Some(here)
    };
    Some(DiffLine {
        kind,
        old: if kind == LineKind::Added {
            None
        } else {
            take(old)
        },
        new: if kind == LineKind::Removed {
            None
        } else {
            take(new)
        },
        text: line[1..].to_owned(),
    })
}

/// The first line numbers of a hunk header such as `@@ -1,3 +1,4 @@ fn main`.
fn starts(header: &str) -> (u64, u64) {
    let number = |mark: char| {
        let rest = header.split(mark).nth(1)?;
        rest.split([',', ' ']).next()?.parse().ok()
    };
    (number('-').unwrap_or(1), number('+').unwrap_or(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIFF: &str =
        "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -2,2 +2,3 @@ fn a\n one\n-two\n+2\n+3\n";

    #[test]
    fn lines_carry_the_numbers_of_both_sides() {
        let (hunks, is_cut) = parse(DIFF, 100);
        let lines: Vec<_> = hunks[0]
            .lines
            .iter()
            .map(|l| (l.old, l.new, l.text.as_str()))
            .collect();
        let wanted = [
            (Some(2), Some(2), "one"),
            (Some(3), None, "two"),
            (None, Some(3), "2"),
            (None, Some(4), "3"),
        ];
        assert_eq!(lines, wanted);
        assert!(!is_cut);
    }

    #[test]
    fn lines_beyond_the_bound_are_left_out_and_said() {
        let (hunks, is_cut) = parse(DIFF, 2);
        assert_eq!((hunks[0].lines.len(), is_cut), (2, true));
    }

    #[test]
    fn removed_lines_that_look_like_headers_stay_lines() {
        let (hunks, _) = parse("@@ -1 +1 @@\n--- a\n+++ b\n", 9);
        assert_eq!(hunks[0].lines.len(), 2);
    }

    #[test]
    fn the_section_of_a_file_is_found() {
        let two = format!("{DIFF}{}", DIFF.replace("x", "y"));
        assert!(section(&two, "y").starts_with("diff --git a/y"));
        assert!(section(&two, "x").starts_with("diff --git a/x"));
    }
}
