//! Words, numbers and the pieces that a line is cut into.
use super::rules::Rules;
use super::{Piece, Token};

/// A word, a number, or whatever letter stands there.
pub(super) fn word(rules: &Rules, rest: &str) -> (Option<Token>, usize) {
    let first = rest.chars().next().unwrap_or(' ');
    if first.is_ascii_digit() {
        return (Some(Token::Number), number_length(rest));
    }
    let is_at = first == '@' && rules.has_at;
    if !is_word(first) && !is_at {
        return (None, first.len_utf8());
    }
    let length = match (rules.has_dashes, is_at) {
        (_, true) => 1 + dashed_length(&rest[1..]),
        (true, _) => dashed_length(rest),
        (false, _) => word_length(rest),
    };
    let word = &rest[..length];
    let is_known = |known: &str| match rules.is_loud {
        true => known.eq_ignore_ascii_case(word),
        false => known == word,
    };
    let token = if rules.has_keys && is_key(&rest[length..]) {
        Some(Token::Type)
    } else if is_at || rules.keywords.split(' ').any(is_known) {
        Some(Token::Keyword)
    } else if first.is_uppercase() && rules.has_types {
        Some(Token::Type)
    } else {
        None
    };
    (token, length)
}

pub(super) fn is_key(rest: &str) -> bool {
    rest.trim_start_matches(' ').starts_with([':', '='])
}

pub(super) fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

pub(super) fn word_length(rest: &str) -> usize {
    rest.find(|letter| !is_word(letter)).unwrap_or(rest.len())
}

fn dashed_length(rest: &str) -> usize {
    rest.find(|letter| !is_word(letter) && letter != '-')
        .unwrap_or(rest.len())
}

/// Digits with their point, base and unit; `1..2` is two numbers.
fn number_length(rest: &str) -> usize {
    let length = word_length(rest);
    let fraction = rest[length..].strip_prefix('.');
    match fraction.filter(|digits| digits.starts_with(|digit: char| digit.is_ascii_digit())) {
        Some(digits) => length + 1 + word_length(digits),
        None => length,
    }
}

/// Where in a line the lexer is, and what it found so far.
pub(super) struct Reader<'a> {
    pub(super) line: &'a str,
    pub(super) at: usize,
    done: usize,
    pieces: Vec<Piece<'a>>,
}

impl<'a> Reader<'a> {
    pub(super) const fn new(line: &'a str) -> Self {
        Self {
            line,
            at: 0,
            done: 0,
            pieces: Vec::new(),
        }
    }

    pub(super) fn rest(&self) -> &'a str {
        &self.line[self.at..]
    }

    pub(super) fn before(&self) -> Option<char> {
        self.line[..self.at].chars().next_back()
    }

    /// Goes on; what is nothing in particular is collected.
    pub(super) fn take(&mut self, token: Option<Token>, length: usize) {
        let end = self.at + length.max(1);
        if token.is_some() {
            self.give(None, self.at);
            self.give(token, end);
        }
        self.at = end;
    }

    fn give(&mut self, token: Option<Token>, end: usize) {
        if end > self.done {
            let text = &self.line[self.done..end];
            self.pieces.push(Piece { token, text });
            self.done = end;
        }
    }

    pub(super) fn finish(mut self) -> Vec<Piece<'a>> {
        self.give(None, self.line.len());
        self.pieces
    }
}
