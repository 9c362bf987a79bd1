//! Which words of a changed line changed: removed and added lines are paired and compared by words.
use crate::git::{DiffLine, LineKind};
use std::ops::Range;

/// Bytes of a line beyond which no words are compared.
const LINE: usize = 2000;
/// Cells of the table that finds common words; beyond it the middle counts as changed.
const CELLS: usize = 20_000;
/// Lines of a run that are compared at the most.
const LINES: usize = 200;

/// For each line the bytes that differ from its partner; nothing for lines without one.
///
/// Lines are partners by their place in a run of removed lines followed by as many added ones, if
/// half of their words are the same: else a mark would tell nothing.
#[must_use]
pub fn word_marks(lines: &[DiffLine]) -> Vec<Vec<Range<usize>>> {
    let mut marks = vec![Vec::new(); lines.len()];
    let mut at = 0;
    while at < lines.len() {
        let count = |from: usize, kind| {
            let rest = lines[from..].iter();
            rest.take_while(|line| line.kind == kind).count()
        };
        let removed = count(at, LineKind::Removed);
        let added = count(at + removed, LineKind::Added);
        if removed == added && removed <= LINES {
            for old in at..at + removed {
                let new = old + removed;
                if let Some((left, right)) = compare(&lines[old].text, &lines[new].text) {
                    (marks[old], marks[new]) = (left, right);
                }
            }
        }
        at += (removed + added).max(1);
    }
    marks
}

type Marks = Vec<Range<usize>>;

/// What differs on both sides; none if the lines have little in common, or nothing differs.
fn compare(old: &str, new: &str) -> Option<(Marks, Marks)> {
    if old.len() > LINE || new.len() > LINE || old == new {
        return None;
    }
    let (old_words, new_words) = (words(old), words(new));
    let same = common(&old_words, &new_words);
    let weight = |words: &[&str]| words.iter().map(|word| word.trim().len()).sum::<usize>();
    let shared: usize = same.iter().map(|(at, _)| old_words[*at].trim().len()).sum();
    if shared * 4 < weight(&old_words) + weight(&new_words) {
        return None;
    }
    let left = others(&old_words, same.iter().map(|(at, _)| *at));
    let right = others(&new_words, same.iter().map(|(_, at)| *at));
    Some((left, right))
}

/// Words, spaces, and every other letter for itself.
fn words(line: &str) -> Vec<&str> {
    let class = |letter: char| match letter {
        letter if letter.is_alphanumeric() || letter == '_' => 0,
        letter if letter.is_whitespace() => 1,
        _ => 2,
    };
    let mut words = Vec::new();
    let (mut start, mut last) = (0, 2);
    for (at, letter) in line.char_indices() {
        let now = class(letter);
        if at > start && (now == 2 || now != last) {
            words.push(&line[start..at]);
            start = at;
        }
        last = now;
    }
    if start < line.len() {
        words.push(&line[start..]);
    }
    words
}

/// Places of words that both sides have in the same order.
fn common(old: &[&str], new: &[&str]) -> Vec<(usize, usize)> {
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let backwards = old[head..].iter().rev().zip(new[head..].iter().rev());
    let tail = backwards.take_while(|(a, b)| a == b).count();
    let mut same: Vec<(usize, usize)> = (0..head).map(|at| (at, at)).collect();
    let (old_middle, new_middle) = (&old[head..old.len() - tail], &new[head..new.len() - tail]);
    let middle = subsequence(old_middle, new_middle).into_iter();
    same.extend(middle.map(|(a, b)| (a + head, b + head)));
    same.extend(
        (0..tail)
            .rev()
            .map(|at| (old.len() - 1 - at, new.len() - 1 - at)),
    );
    same
}

/// The longest common subsequence, if it is small enough to be found.
fn subsequence(old: &[&str], new: &[&str]) -> Vec<(usize, usize)> {
    let width = new.len() + 1;
    if old.len().saturating_mul(new.len()) > CELLS {
        return Vec::new();
    }
    let mut table = vec![0_u16; (old.len() + 1) * width];
    for (i, a) in old.iter().enumerate().rev() {
        for (j, b) in new.iter().enumerate().rev() {
            table[i * width + j] = if a == b {
                table[(i + 1) * width + j + 1] + 1
            } else {
                table[(i + 1) * width + j].max(table[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j, mut same) = (0, 0, Vec::new());
    while i < old.len() && j < new.len() {
        if old[i] == new[j] {
            same.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if table[(i + 1) * width + j] >= table[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    same
}

/// The bytes of all words but these; neighbours with only a space between are one.
fn others(words: &[&str], kept: impl Iterator<Item = usize>) -> Marks {
    let mut is_kept = vec![false; words.len()];
    kept.for_each(|at| is_kept[at] = true);
    let mut marks: Marks = Vec::new();
    let (mut from, mut blank) = (0, None);
    for (word, is_kept) in words.iter().zip(is_kept) {
        let end = from + word.len();
        let is_blank = word.trim().is_empty();
        match marks.last_mut() {
            _ if is_kept && is_blank => {
                blank = Some(from);
                from = end;
                continue;
            }
            _ if is_kept => {}
            Some(last) if last.end == from || blank == Some(last.end) => last.end = end,
            _ => marks.push(from..end),
        }
        blank = None;
        from = end;
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<DiffLine> {
        let line = |line: &str| DiffLine {
            kind: match &line[..1] {
                "-" => LineKind::Removed,
                "+" => LineKind::Added,
                _ => LineKind::Context,
            },
            old: None,
            new: None,
            text: line[1..].to_owned(),
        };
        text.lines().map(line).collect()
    }

    #[track_caller]
    fn check(text: &str, wanted: &[&[&str]]) {
        let lines = lines(text);
        let marks = word_marks(&lines);
        let shown: Vec<Vec<&str>> = lines
            .iter()
            .zip(marks)
            .map(|(line, marks)| marks.into_iter().map(|mark| &line.text[mark]).collect())
            .collect();
        assert_eq!(shown, wanted);
    }

    #[test]
    fn words_that_differ_are_marked_on_both_sides() {
        check(
            "-let a = first(x);\n+let a = second(x, y);",
            &[&["first"], &["second", ", y"]],
        );
        check("-one two three\n+one three", &[&["two "], &[]]);
        check("-größe = ä;\n+größe = öä;", &[&["ä"], &["öä"]]);
    }

    #[test]
    fn lines_are_partners_by_their_place_if_there_are_as_many() {
        check(
            " x\n-a b c\n-d e f\n+a b C\n+d E f\n y",
            &[&[], &["c"], &["e"], &["C"], &["E"], &[]],
        );
        check("-a b c\n+a b C\n+new", &[&[], &[], &[]]);
    }

    #[test]
    fn lines_with_little_in_common_have_no_marks() {
        check("-return None;\n+let found = look(1);", &[&[], &[]]);
        let long = format!("-{}\n+{}b", "a ".repeat(2000), "a ".repeat(2000));
        check(&long, &[&[], &[]]);
    }

    #[test]
    fn neighbours_are_one_mark_and_too_many_words_are_marked_whole() {
        check(
            "-keeping old words keeping\n+keeping new things keeping",
            &[&["old words"], &["new things"]],
        );
        let many = |word: &str| format!("{word} ").repeat(190);
        let text = format!(
            "-{0}{1}{0}\n+{0}{2}{0}",
            "same ".repeat(90),
            many("a"),
            many("b")
        );
        let marks = word_marks(&lines(&text));
        assert_eq!((marks[0].len(), marks[1].len()), (1, 1));
    }
}
