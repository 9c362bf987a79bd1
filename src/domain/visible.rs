//! Makes characters visible that could hide or reorder what a person reads.
use std::borrow::Cow;

/// `text` with control, bidirectional and zero-width characters as their code points, such as
/// `⟨U+202E⟩`. Line ends and tabs stay.
#[must_use]
pub fn reveal(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    let mut before = None;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let is_joiner = joins(before.replace(letter), letter, letters.peek().copied());
        if is_hidden(letter) && !is_joiner {
            shown.push_str(&format!("⟨U+{:04X}⟩", u32::from(letter)));
        } else {
            shown.push(letter);
        }
    }
    Cow::Owned(shown)
}

/// Whether a letter joins its neighbours where writing needs it: the parts of a sign, such as those
/// of a family, or letters of Arabic and Indic scripts. Between others it would hide.
fn joins(before: Option<char>, letter: char, after: Option<char>) -> bool {
    let (Some(before), Some(after)) = (before, after) else {
        return false;
    };
    let are = |fits: fn(char) -> bool| fits(before) && fits(after);
    match letter {
        '\u{200d}' => are(is_sign) || are(is_joining),
        '\u{200c}' => are(is_joining),
        _ => false,
    }
}

/// Pictures, their colours and the mark that asks for a picture.
const fn is_sign(letter: char) -> bool {
    matches!(letter, '\u{fe0f}' | '\u{2190}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}')
}

/// Letters of scripts whose letters take other forms beside others.
const fn is_joining(letter: char) -> bool {
    matches!(letter, '\u{0600}'..='\u{06ff}' | '\u{0900}'..='\u{0dff}')
}

/// An argv as one line, quoted as a shell would need it, with hidden characters made visible.
#[must_use]
pub fn command_line(argv: &[String]) -> String {
    let words: Vec<String> = argv.iter().map(|word| quoted(word)).collect();
    reveal(&words.join(" ")).into_owned()
}

fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./=:@%+,".contains(letter);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// Controls, bidirectional marks and embeddings, zero-width characters, tags.
fn is_hidden(letter: char) -> bool {
    match letter {
        '\n' | '\t' => false,
        '\u{00ad}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{3164}'
        | '\u{feff}' | '\u{ffa0}' => true,
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => true,
        '\u{e0000}'..='\u{e007f}' => true,
        _ => letter.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_signs_and_letters_stay_joined() {
        for text in [
            "👩\u{200d}👩\u{200d}👧",
            "🏳\u{fe0f}\u{200d}🌈",
            "می\u{200c}خواهم",
        ] {
            assert_eq!(reveal(text), text);
        }
    }

    #[test]
    fn hidden_characters_are_shown() {
        assert_eq!(reveal("plain\n\tköln"), "plain\n\tköln");
        assert_eq!(reveal("a\u{1b}[8mb\r"), "a⟨U+001B⟩[8mb⟨U+000D⟩");
        assert_eq!(reveal("rm\u{202e}x"), "rm⟨U+202E⟩x");
        assert_eq!(reveal("a\u{200d}b"), "a⟨U+200D⟩b");
        assert_eq!(reveal("👩\u{200d}"), "👩⟨U+200D⟩");
        assert_eq!(reveal("a\u{200b}b\u{7f}"), "a⟨U+200B⟩b⟨U+007F⟩");
    }

    #[test]
    fn an_argv_is_one_unambiguous_line() {
        let argv = ["sh", "-c", "it's done", ""].map(String::from);
        assert_eq!(command_line(&argv), r"sh -c 'it'\''s done' ''");
    }
}
