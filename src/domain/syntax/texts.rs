//! What may go on over line ends: comments, texts, tags.
use super::rules::{Quote, Rules};
use super::words::{is_word, word_length};
use super::{Lexer, State, Token};

impl Lexer {
    /// Raw texts, characters and lifetimes, which only Rust has.
    pub(super) fn rust_text(
        &mut self,
        rules: &Rules,
        rest: &str,
        before: Option<char>,
    ) -> Option<usize> {
        if !rules.is_rust {
            return None;
        }
        let hashes = rest.strip_prefix('r').map(|raw| {
            let text = raw.trim_start_matches('#');
            (raw.len() - text.len(), text.starts_with('"'))
        });
        let is_start = before.is_none_or(|before| before == 'b' || !is_word(before));
        if let Some((hashes, true)) = hashes.filter(|_| is_start) {
            return Some(self.raw(rest, hashes + 2, hashes));
        }
        let inner = rest.strip_prefix('\'')?;
        if inner.starts_with('\\') {
            let end = inner
                .char_indices()
                .skip(2)
                .find(|(_, letter)| *letter == '\'');
            return end.map(|(at, _)| at + 2);
        }
        let letter = inner.chars().next()?;
        let is_char = inner[letter.len_utf8()..].starts_with('\'');
        is_char.then(|| letter.len_utf8() + 2)
    }

    /// Up to the end of a comment; `rest` begins with its mark or inside it.
    pub(super) fn comment(&mut self, rules: &Rules, rest: &str, depth: usize) -> usize {
        let Some((open, close)) = rules.block else {
            self.state = State::Plain;
            return rest.len();
        };
        let (mut depth, mut at) = (depth, 0);
        while at < rest.len() {
            let tail = &rest[at..];
            if tail.starts_with(close) && depth > 0 {
                depth -= 1;
                at += close.len();
                if depth == 0 || !rules.nests {
                    self.state = State::Plain;
                    return at;
                }
            } else if tail.starts_with(open) && (depth == 0 || rules.nests) {
                depth += 1;
                at += open.len();
            } else {
                at += tail.chars().next().map_or(1, char::len_utf8);
            }
        }
        self.state = State::Comment(depth);
        at
    }

    /// Up to the end of a text, looked for from `from` on.
    pub(super) fn text(&mut self, rest: &str, from: usize, quote: Quote) -> usize {
        let mut at = from;
        while at < rest.len() {
            let tail = &rest[at..];
            if quote.escapes && tail.starts_with('\\') {
                let escaped = tail[1..].chars().next().map_or(0, char::len_utf8);
                at += 1 + escaped;
            } else if tail.starts_with(quote.mark) {
                self.state = State::Plain;
                return at + quote.mark.len();
            } else {
                at += tail.chars().next().map_or(1, char::len_utf8);
            }
        }
        self.state = match quote.goes_on {
            true => State::Text(quote),
            false => State::Plain,
        };
        rest.len()
    }

    pub(super) fn raw(&mut self, rest: &str, from: usize, hashes: usize) -> usize {
        let mut at = from;
        while let Some(found) = rest[at..].find('"') {
            at += found + 1;
            let marks = rest[at..].bytes().take(hashes);
            if marks.filter(|byte| *byte == b'#').count() == hashes {
                self.state = State::Plain;
                return at + hashes;
            }
        }
        self.state = State::Raw(hashes);
        rest.len()
    }

    /// Between tags.
    pub(super) fn markup(&mut self, rest: &str) -> (Option<Token>, usize) {
        let name = rest
            .strip_prefix('<')
            .map(|tag| tag.trim_start_matches(['/', '!', '?']));
        if let Some(name) = name
            && name.starts_with(|letter: char| letter.is_ascii_alphabetic())
        {
            self.state = State::Tag;
            let length = rest.len() - name.len();
            return (Some(Token::Keyword), length + word_length(name));
        }
        let first = rest.chars().next().map_or(1, char::len_utf8);
        let text = rest[first..].find('<').unwrap_or(rest.len() - first);
        (None, first + text)
    }

    pub(super) fn tag(&mut self, rest: &str) -> (Option<Token>, usize) {
        let first = rest.chars().next().unwrap_or(' ');
        match first {
            '>' => {
                self.state = State::Plain;
                (Some(Token::Keyword), 1)
            }
            '"' | '\'' => {
                let end = rest[1..].find(first);
                (Some(Token::Text), end.map_or(rest.len(), |end| end + 2))
            }
            first if is_word(first) => (Some(Token::Type), word_length(rest)),
            first => (None, first.len_utf8()),
        }
    }
}
