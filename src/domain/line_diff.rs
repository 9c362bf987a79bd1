//! The difference of two texts by lines, bounded in time and size.
use crate::git::{DiffLine, Hunk, LineKind};

/// Lines shown around a change.
const CONTEXT: usize = 3;
/// Most cells of the table that finds common lines; beyond it a block counts as replaced.
const MAX_CELLS: usize = 250_000;

/// The difference of two texts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LineDiff {
    /// The changes with their context.
    pub hunks: Vec<Hunk>,
    /// Lines only on the new side.
    pub added: u64,
    /// Lines only on the old side.
    pub removed: u64,
    /// Whether lines were left out of the hunks.
    pub is_truncated: bool,
}

/// The difference between `old` and `new`, with at most `max_lines` lines in its hunks.
#[must_use]
pub fn line_diff(old: &str, new: &str, max_lines: usize) -> LineDiff {
    let lines = compare(
        &old.lines().collect::<Vec<_>>(),
        &new.lines().collect::<Vec<_>>(),
    );
    let of_kind = |kind| lines.iter().filter(|line| line.kind == kind).count() as u64;
    let (added, removed) = (of_kind(LineKind::Added), of_kind(LineKind::Removed));
    let (hunks, is_truncated) = hunks(lines, max_lines);
    LineDiff {
        hunks,
        added,
        removed,
        is_truncated,
    }
}

/// All lines of both sides, in order.
fn compare(old: &[&str], new: &[&str]) -> Vec<DiffLine> {
    let same = |(a, b): &(&&str, &&str)| a == b;
    let head = old.iter().zip(new).take_while(same).count();
    let (old_rest, new_rest) = (&old[head..], &new[head..]);
    let backwards = old_rest.iter().rev().zip(new_rest.iter().rev());
    let tail = backwards.take_while(same).count();
    let old_middle = &old_rest[..old_rest.len() - tail];
    let new_middle = &new_rest[..new_rest.len() - tail];

    let mut sides = Sides {
        old: 0,
        new: 0,
        lines: Vec::with_capacity(old.len() + new.len()),
    };
    old[..head].iter().for_each(|line| sides.both(line));
    middle(old_middle, new_middle, &mut sides);
    let tail_lines = &old[old.len() - tail..];
    tail_lines.iter().for_each(|line| sides.both(line));
    sides.lines
}

/// The part that differs: by longest common subsequence, if it is small enough.
fn middle(old: &[&str], new: &[&str], sides: &mut Sides) {
    let (mut at_old, mut at_new) = (0, 0);
    if old.len().saturating_mul(new.len()) <= MAX_CELLS {
        let common = common_lengths(old, new);
        let width = new.len() + 1;
        while at_old < old.len() && at_new < new.len() {
            let below = common[(at_old + 1) * width + at_new];
            let right = common[at_old * width + at_new + 1];
            if old[at_old] == new[at_new] {
                sides.both(old[at_old]);
                (at_old, at_new) = (at_old + 1, at_new + 1);
            } else if below >= right {
                sides.removed(old[at_old]);
                at_old += 1;
            } else {
                sides.added(new[at_new]);
                at_new += 1;
            }
        }
    }
    old[at_old..].iter().for_each(|line| sides.removed(line));
    new[at_new..].iter().for_each(|line| sides.added(line));
}

/// Length of the longest common subsequence of every pair of endings, row by row.
fn common_lengths(old: &[&str], new: &[&str]) -> Vec<u32> {
    let width = new.len() + 1;
    let mut table = vec![0; (old.len() + 1) * width];
    for (i, old_line) in old.iter().enumerate().rev() {
        for (j, new_line) in new.iter().enumerate().rev() {
            table[i * width + j] = if old_line == new_line {
                table[(i + 1) * width + j + 1] + 1
            } else {
                table[(i + 1) * width + j].max(table[i * width + j + 1])
            };
        }
    }
    table
}

struct Sides {
    old: u64,
    new: u64,
    lines: Vec<DiffLine>,
}

impl Sides {
    fn push(&mut self, kind: LineKind, text: &str) {
        let is_old = kind != LineKind::Added;
        let is_new = kind != LineKind::Removed;
        self.old += u64::from(is_old);
        self.new += u64::from(is_new);
        self.lines.push(DiffLine {
            kind,
            old: is_old.then_some(self.old),
            new: is_new.then_some(self.new),
            text: text.to_owned(),
        });
    }

    fn both(&mut self, text: &str) {
        self.push(LineKind::Context, text);
    }

    fn removed(&mut self, text: &str) {
        self.push(LineKind::Removed, text);
    }

    fn added(&mut self, text: &str) {
        self.push(LineKind::Added, text);
    }
}

/// Changes with their context; neighbours closer than two contexts share a hunk.
fn hunks(lines: Vec<DiffLine>, max_lines: usize) -> (Vec<Hunk>, bool) {
    let mut is_near = vec![false; lines.len()];
    for (at, line) in lines.iter().enumerate() {
        if line.kind != LineKind::Context {
            let end = (at + CONTEXT + 1).min(lines.len());
            is_near[at.saturating_sub(CONTEXT)..end].fill(true);
        }
    }
    let mut hunks: Vec<Hunk> = Vec::new();
    let (mut count, mut was_near) = (0, false);
    for (line, near) in lines.into_iter().zip(is_near) {
        if near && count == max_lines {
            return (hunks, true);
        }
        if near {
            count += 1;
            if !was_near {
                let header = format!("line {}", line.new.or(line.old).unwrap_or(1));
                let lines = Vec::new();
                hunks.push(Hunk { header, lines });
            }
            if let Some(hunk) = hunks.last_mut() {
                hunk.lines.push(line);
            }
        }
        was_near = near;
    }
    (hunks, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(old: &str, new: &str, wanted: &[&str]) {
        let diff = line_diff(old, new, 1000);
        let mut found = Vec::new();
        for hunk in &diff.hunks {
            for line in &hunk.lines {
                let sign = match line.kind {
                    LineKind::Context => ' ',
                    LineKind::Added => '+',
                    LineKind::Removed => '-',
                };
                found.push(format!("{sign}{}", line.text));
            }
        }
        assert_eq!(found, wanted);
    }

    #[test]
    fn a_changed_line_is_removed_and_added_between_its_neighbours() {
        check("a\nb\nc", "a\nB\nc", &[" a", "-b", "+B", " c"]);
        check("", "a\nb", &["+a", "+b"]);
        check("a\nb", "", &["-a", "-b"]);
        check("a", "a\n", &[]);
        check("a\nx\nb\ny", "x\ny\nz", &["-a", " x", "-b", " y", "+z"]);
    }

    #[test]
    fn distant_changes_are_hunks_of_their_own_with_numbers() {
        let old: String = (1..=30).map(|n| format!("{n}\n")).collect();
        let new = old.replace("\n5\n", "\nfive\n").replace("\n25\n", "\n");
        let diff = line_diff(&old, &new, 1000);
        assert_eq!((diff.added, diff.removed), (1, 2));
        assert_eq!(diff.hunks.len(), 2);
        assert_eq!(diff.hunks[1].lines[0].old, Some(22));
        assert_eq!(diff.hunks[1].lines[3].text, "25");
    }

    #[test]
    fn large_texts_are_bounded_and_say_so() {
        let old: String = (0..3000).map(|n| format!("old {n}\n")).collect();
        let new: String = (0..3000).map(|n| format!("new {n}\n")).collect();
        let diff = line_diff(&old, &new, 100);
        assert_eq!((diff.added, diff.removed), (3000, 3000));
        assert!(diff.is_truncated);
        assert_eq!(diff.hunks[0].lines.len(), 100);
    }
}
