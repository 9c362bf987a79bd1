//! The lines of a terminal that a cursor can still reach.
use super::{ESC, Span, Style};
use std::collections::VecDeque;

/// Lines above the last one that a cursor can go back to; terminals keep one screen.
const REACH: usize = 500;
/// The last column that a cursor can go to where nothing is written yet.
pub(super) const WIDEST: usize = 2_000;
/// Blanks that cursors may leave behind in one output.
const BLANKS: usize = 100_000;
/// What stands where nothing was written.
const BLANK: Cell = Cell {
    style: Style {
        fg: None,
        bg: None,
        bold: false,
        dim: false,
        italic: false,
        underline: false,
        inverse: false,
    },
    letter: ' ',
};

/// A letter in its style.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Cell {
    style: Style,
    letter: char,
}

/// The lines that a cursor can still reach, and those above them.
#[derive(Default)]
pub(super) struct Screen {
    done: Vec<Span>,
    lines: VecDeque<Vec<Cell>>,
    line: usize,
    pub(super) column: usize,
    saved: (usize, usize),
    /// Blanks that cursors left behind, in all.
    blanks: usize,
    style: Style,
}

impl Screen {
    pub(super) fn push(&mut self, letter: char) {
        let cell = Cell {
            style: self.style,
            letter,
        };
        let (column, blank) = (self.column, BLANK);
        // Cursors that run ahead on every line would make more of an output than it is.
        let length = self.current().len();
        let gap = column
            .saturating_sub(length)
            .min(BLANKS.saturating_sub(self.blanks));
        let column = column.min(length + gap);
        self.blanks += gap;
        let line = self.current();
        if column < line.len() {
            line[column] = cell;
        } else {
            line.extend(std::iter::repeat_n(blank, gap));
            line.push(cell);
        }
        self.column = column + 1;
    }

    fn current(&mut self) -> &mut Vec<Cell> {
        if self.lines.len() <= self.line {
            self.lines.resize(self.line + 1, Vec::new());
        }
        &mut self.lines[self.line]
    }

    pub(super) fn line_end(&mut self) {
        self.current();
        self.column = 0;
        self.line += 1;
        self.current();
        if self.lines.len() > REACH
            && let Some(first) = self.lines.pop_front()
        {
            add(&mut self.done, &first, true);
            self.line -= 1;
            self.saved.0 = self.saved.0.saturating_sub(1);
        }
    }

    pub(super) fn finish(mut self) -> Vec<Span> {
        let count = self.lines.len();
        for (at, line) in self.lines.iter().enumerate() {
            add(&mut self.done, line, at + 1 < count);
        }
        self.done
    }

    /// Moves the cursor, or erases, as a control sequence says.
    fn obey(&mut self, letter: char, params: &str) {
        let number = params.split(';').next().unwrap_or_default();
        let count = number.parse::<usize>().unwrap_or(1).clamp(1, REACH);
        match letter {
            'A' => self.line = self.line.saturating_sub(count),
            'B' => self.line = (self.line + count).min(self.lines.len().saturating_sub(1)),
            'C' => self.column = (self.column + count).min(WIDEST.max(self.column)),
            'D' => self.column = self.column.saturating_sub(count),
            'E' | 'F' => {
                self.obey(if letter == 'E' { 'B' } else { 'A' }, params);
                self.column = 0;
            }
            'G' => self.column = number.parse::<usize>().unwrap_or(1).clamp(1, WIDEST) - 1,
            'K' => self.erase(number),
            // All of a screen cannot be told from all of the output.
            'J' if matches!(number, "" | "0") => {
                self.erase("0");
                self.lines.truncate(self.line + 1);
            }
            's' => self.saved = (self.line, self.column),
            'u' => (self.line, self.column) = self.saved,
            _ => {}
        }
    }

    /// Erases in the line: to its end, to its beginning, or all of it.
    fn erase(&mut self, what: &str) {
        let column = self.column;
        let line = self.current();
        match what {
            "" | "0" => line.truncate(column),
            "1" => line
                .iter_mut()
                .take(column + 1)
                .for_each(|cell| *cell = BLANK),
            "2" => line.clear(),
            _ => {}
        }
    }

    /// What follows an escape: a control sequence, a string, or something short; the last two go.
    pub(super) fn escape(&mut self, rest: &mut std::str::Chars<'_>) {
        match rest.next() {
            Some('[') => self.control(rest),
            Some(']' | 'P' | 'X' | '^' | '_') => self.string(rest),
            Some(' '..='/') => drop(rest.next()),
            Some('7') => self.obey('s', ""),
            Some('8') => self.obey('u', ""),
            Some('\n') => self.line_end(),
            _ => {}
        }
    }

    /// A string ends with BEL or ST; a line end ends it too, so that it cannot hide the output.
    fn string(&mut self, rest: &mut std::str::Chars<'_>) {
        while let Some(letter) = rest.next() {
            match letter {
                '\u{7}' | '\u{9c}' => return,
                ESC => {
                    rest.next();
                    return;
                }
                '\n' => return self.line_end(),
                _ => {}
            }
        }
    }

    pub(super) fn control(&mut self, rest: &mut std::str::Chars<'_>) {
        let mut params = String::new();
        for letter in rest.by_ref() {
            match letter {
                'm' => return self.style.apply(&params),
                '\n' => return self.line_end(),
                '@'..='~' => return self.obey(letter, &params),
                _ => params.push(letter),
            }
        }
    }
}

/// Adds a line to spans, with its end if there is one.
fn add(spans: &mut Vec<Span>, line: &[Cell], has_end: bool) {
    for cell in line {
        match spans.last_mut() {
            Some(span) if span.style == cell.style => span.text.push(cell.letter),
            _ => spans.push(Span {
                style: cell.style,
                text: cell.letter.into(),
            }),
        }
    }
    if !has_end {
        return;
    }
    match spans.last_mut() {
        Some(span) => span.text.push('\n'),
        None => spans.push(Span {
            style: Style::default(),
            text: "\n".to_owned(),
        }),
    }
}
