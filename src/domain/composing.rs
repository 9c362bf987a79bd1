//! Writing a message: what is being completed at the caret, and going back to earlier messages.

/// What a person began to write and may want to have completed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// A file, after `@`.
    File(String),
    /// A command of the agent, after `/` at the beginning.
    Command(String),
}

/// What stands before the caret, if it can be completed.
#[must_use]
pub fn begun(before: &str) -> Option<Begun> {
    if let Some(name) = before.strip_prefix('/')
        && !name.contains(char::is_whitespace)
    {
        return Some(Begun::Command(name.to_owned()));
    }
    let word = &before[word_start(before)..];
    word.strip_prefix('@')
        .map(|path| Begun::File(path.to_owned()))
}

/// Where the last word begins.
fn word_start(text: &str) -> usize {
    let gap = text.char_indices().rev().find(|(_, c)| c.is_whitespace());
    gap.map_or(0, |(at, c)| at + c.len_utf8())
}

/// The text before the caret with its last word completed; a space follows.
#[must_use]
pub fn completed(before: &str, with: &str) -> String {
    let kept = &before[..word_start(before)];
    let mark = &before[kept.len()..];
    let mark = if mark.starts_with('@') { '@' } else { '/' };
    format!("{kept}{mark}{with} ")
}

/// The parts of a text before and after a caret, which browsers count in UTF-16 units.
#[must_use]
pub fn split(text: &str, caret: u32) -> (&str, &str) {
    let mut units = 0;
    for (at, letter) in text.char_indices() {
        if units >= caret {
            return text.split_at(at);
        }
        units += u32::try_from(letter.len_utf16()).unwrap_or(1);
    }
    (text, "")
}

/// The length of a text as browsers count it.
#[must_use]
pub fn units(text: &str) -> u32 {
    u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX)
}

/// Earlier messages while a person goes through them; what is changed on the way stays.
#[derive(Debug, Clone, Default)]
pub struct Recall {
    lines: Vec<String>,
    at: usize,
}

impl Recall {
    /// Whether a person is among earlier messages.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        !self.lines.is_empty()
    }

    /// The message before; `earlier` are all of them, read when the going back begins.
    pub fn back(&mut self, now: &str, earlier: impl FnOnce() -> Vec<String>) -> Option<String> {
        if !self.is_open() {
            let mut lines = earlier();
            self.at = lines.len();
            if self.at == 0 {
                return None;
            }
            lines.push(now.to_owned());
            self.lines = lines;
        }
        let to = self.at.checked_sub(1)?;
        Some(self.go(now, to))
    }

    /// The message after, at last what was being written.
    pub fn forth(&mut self, now: &str) -> Option<String> {
        let to = self.at + 1;
        if to >= self.lines.len() {
            return None;
        }
        let line = self.go(now, to);
        Some(line)
    }

    fn go(&mut self, now: &str, to: usize) -> String {
        now.clone_into(&mut self.lines[self.at]);
        self.at = to;
        self.lines[to].clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_after_a_mark_can_be_completed() {
        let file = |path: &str| Some(Begun::File(path.to_owned()));
        let command = |name: &str| Some(Begun::Command(name.to_owned()));
        for (before, wanted) in [
            ("@", file("")),
            ("look at @src/ma", file("src/ma")),
            ("a\n@b", file("b")),
            ("mail@host", None),
            ("@a b", None),
            ("/", command("")),
            ("/te", command("te")),
            ("/run ls", None),
            ("/run @a", file("a")),
            ("see /te", None),
            ("", None),
        ] {
            assert_eq!(begun(before), wanted, "{before:?}");
        }
    }

    #[test]
    fn what_is_chosen_takes_the_place_of_the_word() {
        assert_eq!(
            completed("look at @ma", "src/main.rs"),
            "look at @src/main.rs "
        );
        assert_eq!(completed("ö\n@", "é.txt"), "ö\n@é.txt ");
        assert_eq!(completed("/te", "test"), "/test ");
    }

    #[test]
    fn a_caret_is_counted_as_browsers_do() {
        assert_eq!(split("aé😀b", 4), ("aé😀", "b"));
        assert_eq!(split("ab", 9), ("ab", ""));
        assert_eq!((split("", 0), units("aé😀")), (("", ""), 4));
    }

    #[test]
    fn going_back_and_forth_loses_nothing() {
        let all = || vec!["one".to_owned(), "two".to_owned()];
        let mut recall = Recall::default();
        assert_eq!(recall.back("draft", all).as_deref(), Some("two"));
        assert_eq!(recall.back("two!", all).as_deref(), Some("one"));
        assert_eq!(recall.back("one", all), None);
        assert_eq!(recall.forth("one").as_deref(), Some("two!"));
        assert_eq!(recall.forth("two!").as_deref(), Some("draft"));
        assert_eq!(recall.forth("draft"), None);
        assert_eq!(Recall::default().back("draft", Vec::new), None);
    }
}
