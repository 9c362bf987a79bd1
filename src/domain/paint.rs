//! Lines as they are drawn: pieces of code with their colour, and the words that a change touched.
use crate::git::{DiffLine, LineKind};
use crate::syntax::{Language, Lexer, Piece, Token};
use crate::word_marks::word_marks;
use std::ops::Range;

/// A piece of a line that is drawn alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Its colour; that of plain text without.
    pub token: Option<Token>,
    /// Whether it is what differs from the other side.
    pub is_marked: bool,
    /// Its text.
    pub text: String,
}

/// The lines of a hunk with their colours and marks. Each side is read for itself.
#[must_use]
pub fn hunk(lines: &[DiffLine], language: Option<Language>) -> Vec<Vec<Run>> {
    let (mut old, mut new) = (Lexer::new(language), Lexer::new(language));
    let marks = word_marks(lines);
    let painted = |(line, marks): (&DiffLine, Vec<Range<usize>>)| {
        let pieces = match line.kind {
            LineKind::Removed => old.line(&line.text),
            LineKind::Added => new.line(&line.text),
            LineKind::Context => {
                old.line(&line.text);
                new.line(&line.text)
            }
        };
        runs(&pieces, &marks)
    };
    lines.iter().zip(marks).map(painted).collect()
}

/// A text with its colours; its line ends are in it.
#[must_use]
pub fn text(text: &str, language: Option<Language>) -> Vec<Run> {
    let mut lexer = Lexer::new(language);
    let mut all: Vec<Run> = Vec::new();
    let mut add = |token, text: &str| match all.last_mut() {
        Some(last) if last.token == token => last.text.push_str(text),
        _ => all.push(Run {
            token,
            is_marked: false,
            text: text.to_owned(),
        }),
    };
    for line in text.split_inclusive('\n') {
        let bare = line.strip_suffix('\n').unwrap_or(line);
        for piece in lexer.line(bare) {
            add(piece.token, piece.text);
        }
        if bare.len() < line.len() {
            add(None, "\n");
        }
    }
    all
}

/// Pieces cut where marks begin and end.
fn runs(pieces: &[Piece<'_>], marks: &[Range<usize>]) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut from = 0;
    for piece in pieces {
        let end = from + piece.text.len();
        let edges = marks.iter().flat_map(|mark| [mark.start, mark.end]);
        let inside = edges.filter(|edge| (from + 1..end).contains(edge));
        let mut start = from;
        for edge in inside.chain([end]) {
            runs.push(Run {
                token: piece.token,
                is_marked: marks.iter().any(|mark| mark.contains(&start)),
                text: piece.text[start - from..edge - from].to_owned(),
            });
            start = edge;
        }
        from = end;
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_and_marks_cut_each_other() {
        let line = |kind, text: &str| DiffLine {
            kind,
            old: None,
            new: None,
            text: text.to_owned(),
        };
        let lines = [
            line(LineKind::Removed, "let size = first;"),
            line(LineKind::Added, "let size = second;"),
        ];
        let drawn = hunk(&lines, Some(Language::Rust));
        let shown: Vec<_> = drawn[1]
            .iter()
            .map(|run| (run.text.as_str(), run.token, run.is_marked))
            .collect();
        let wanted = [
            ("let", Some(Token::Keyword), false),
            (" size = ", None, false),
            ("second", None, true),
            (";", None, false),
        ];
        assert_eq!(shown, wanted);
    }

    #[test]
    fn a_text_keeps_every_letter_and_few_pieces() {
        let code = "a\n\nb // c\n";
        let drawn = text(code, Some(Language::Rust));
        assert_eq!(drawn.len(), 3);
        let whole: String = drawn.into_iter().map(|run| run.text).collect();
        assert_eq!(whole, code);
        assert_eq!(text(code, None).len(), 1);
    }
}
