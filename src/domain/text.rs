//! Cutting and naming text, safely for every script.

/// The longest beginning of `text` with at most `limit` bytes that ends between characters.
#[must_use]
pub fn cut(text: &str, limit: usize) -> &str {
    if text.len() <= limit {
        return text;
    }
    let mut end = limit;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Bytes as lower-case hex digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(digit).collect()
}

/// Lower-case letters, digits and single dashes: safe in branch names. Empty if nothing is left.
#[must_use]
pub fn slug(text: &str, limit: usize) -> String {
    let mut slug = String::new();
    for letter in text.chars() {
        if slug.len() >= limit {
            break;
        }
        if letter.is_ascii_alphanumeric() {
            slug.push(letter.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}

/// A title from a prompt: its first line with words, without markdown marks.
#[must_use]
pub fn title_of(prompt: &str) -> String {
    let words = |line: &str| {
        let line = line.trim_start_matches(|letter: char| !letter.is_alphanumeric());
        let line = line
            .trim_end_matches(|letter: char| letter.is_whitespace() || ".:;,#*`".contains(letter));
        (!line.is_empty()).then(|| line.to_owned())
    };
    let fenced = |line: &&str| !line.trim_start().starts_with("```");
    let title = prompt
        .lines()
        .filter(fenced)
        .find_map(words)
        .unwrap_or_else(|| "Session".to_owned());
    if title.chars().count() <= 80 {
        return title;
    }
    let mut short: String = title.chars().take(79).collect();
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_never_splits_a_character() {
        assert_eq!(cut("häkeln", 2), "h");
        assert_eq!(cut("häkeln", 3), "hä");
        assert_eq!(cut("ab", 5), "ab");
    }

    #[test]
    fn every_byte_takes_two_hex_digits() {
        assert_eq!(hex(&[0, 0x0f, 0xa0, 0xff]), "000fa0ff");
    }

    #[test]
    fn a_slug_is_safe_in_a_branch_name() {
        assert_eq!(slug("Fix: the  Läuse & --bugs!", 40), "fix-the-l-use-bugs");
        assert_eq!(slug("../../x", 40), "x");
        assert_eq!(slug("一二", 40), "");
        assert_eq!(slug("abcdef", 3), "abc");
    }

    #[test]
    fn a_title_is_the_first_line_with_words() {
        assert_eq!(title_of("\n# Fix the build.\nmore"), "Fix the build");
        assert_eq!(title_of("* What can you do?\n"), "What can you do?");
        assert_eq!(title_of("```sh\nls\n```"), "ls");
        assert_eq!(title_of(""), "Session");
        assert_eq!(title_of(&"a".repeat(100)).chars().count(), 80);
    }
}
