//! Emphasis beside punctuation of languages that put no spaces between words. Pure.
//!
//! Markdown ends an emphasis only where a word ends, which it knows by spaces: in `**「重要」**です`
//! the stars would stay. Source: `CommonMark` 0.31, "left-flanking delimiter run".
use std::borrow::Cow;

/// Stands between such a punctuation mark and the stars, so that they are not beside it. Never part
/// of a text: Unicode keeps it for programs.
pub(super) const MARK: char = '\u{fdd0}';

/// The text with marks where stars stand between a punctuation mark and a letter of such a language.
#[must_use]
pub(super) fn marked(source: &str) -> Cow<'_, str> {
    if !source.contains('*') || !source.chars().any(is_unspaced) {
        return Cow::Borrowed(source);
    }
    let mut marked = String::with_capacity(source.len() + 16);
    let mut rest = source;
    let mut before = None;
    while let Some(at) = rest.find('*') {
        let (text, stars_on) = rest.split_at(at);
        marked.push_str(text);
        before = text.chars().next_back().or(before);
        let length = stars_on
            .find(|letter| letter != '*')
            .unwrap_or(stars_on.len());
        let (stars, after) = stars_on.split_at(length);
        let next = after.chars().next();
        let (ends, begins) = (is_hidden(before, next), is_hidden(next, before));
        marked.extend(ends.then_some(MARK));
        marked.push_str(stars);
        marked.extend(begins.then_some(MARK));
        before = Some('*');
        rest = after;
    }
    marked.push_str(rest);
    Cow::Owned(marked)
}

/// Whether stars beside `mark` are no end of an emphasis because of the letter on the other side.
fn is_hidden(mark: Option<char>, letter: Option<char>) -> bool {
    let (Some(mark), Some(letter)) = (mark, letter) else {
        return false;
    };
    is_punctuation(mark) && letter.is_alphanumeric() && (is_unspaced(mark) || is_unspaced(letter))
}

fn is_punctuation(letter: char) -> bool {
    (letter.is_ascii_punctuation() && !r"*\./_-".contains(letter))
        || matches!(letter, '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3020}' | '\u{30fb}'
            | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}' | '\u{b7}' | '\u{ff01}'..='\u{ff0f}'
            | '\u{ff1a}'..='\u{ff20}' | '\u{ff3b}'..='\u{ff40}' | '\u{ff5b}'..='\u{ff65}')
}

/// Letters and marks of Chinese, Japanese and Korean, and of Thai, Lao and Khmer.
fn is_unspaced(letter: char) -> bool {
    matches!(letter, '\u{0e00}'..='\u{0eff}' | '\u{1780}'..='\u{17ff}' | '\u{3000}'..='\u{30ff}'
        | '\u{3100}'..='\u{312f}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}'
        | '\u{20000}'..='\u{3ffff}')
}

/// The text without the marks.
#[must_use]
pub(super) fn unmarked(text: &str) -> Cow<'_, str> {
    if text.contains(MARK) {
        Cow::Owned(text.replace(MARK, ""))
    } else {
        Cow::Borrowed(text)
    }
}
