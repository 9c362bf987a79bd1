//! What a key means in a field where people write, and how much they may write.

/// The key that sends what is written in a field of several lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SendKey {
    /// Enter sends, Shift+Enter breaks the line.
    #[default]
    Enter,
    /// Enter breaks the line, Ctrl+Enter or Cmd+Enter sends.
    CommandEnter,
}

impl SendKey {
    /// The word that settings use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Enter => "enter",
            Self::CommandEnter => "command-enter",
        }
    }

    /// The key that a setting names; by the device without one: a touch keyboard has no Shift
    /// that can be held.
    #[must_use]
    pub fn of(setting: Option<&str>, is_touch: bool) -> Self {
        match setting {
            Some("enter") => Self::Enter,
            Some("command-enter") => Self::CommandEnter,
            _ if is_touch => Self::CommandEnter,
            _ => Self::Enter,
        }
    }

    /// Whether Enter with these keys held sends. Else the browser does what it does with the key.
    #[must_use]
    pub const fn is_sent_by(self, modifiers: Modifiers) -> bool {
        match (self, modifiers) {
            (_, Modifiers { alt: true, .. } | Modifiers { shift: true, .. }) => false,
            (_, Modifiers { command: true, .. }) => true,
            (Self::Enter, Modifiers { command: false, .. }) => true,
            (Self::CommandEnter, Modifiers { command: false, .. }) => false,
        }
    }
}

/// The keys that are held while another one is pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Modifiers {
    /// Whether Shift is held.
    pub shift: bool,
    /// Whether Ctrl or Cmd is held.
    pub command: bool,
    /// Whether Alt is held.
    pub alt: bool,
}

/// Why a text cannot be sent, and what would do, by its size and the most bytes that are taken.
#[must_use]
pub fn too_long(bytes: u64, most: u64) -> Option<String> {
    (most > 0 && bytes > most).then(|| {
        format!(
            "this text has {} kB, a message may have {} kB at most; shorten it",
            bytes.div_ceil(1024),
            most / 1024,
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Modifiers = Modifiers {
        shift: false,
        command: false,
        alt: false,
    };
    const SHIFT: Modifiers = Modifiers {
        shift: true,
        ..PLAIN
    };
    const COMMAND: Modifiers = Modifiers {
        command: true,
        ..PLAIN
    };
    const ALT: Modifiers = Modifiers { alt: true, ..PLAIN };

    #[test]
    fn enter_sends_or_breaks_the_line_as_it_is_set() {
        for (key, with, sends) in [
            (SendKey::Enter, PLAIN, true),
            (SendKey::Enter, SHIFT, false),
            (SendKey::Enter, COMMAND, true),
            (SendKey::Enter, ALT, false),
            (SendKey::CommandEnter, PLAIN, false),
            (SendKey::CommandEnter, SHIFT, false),
            (SendKey::CommandEnter, COMMAND, true),
            (SendKey::CommandEnter, ALT, false),
        ] {
            assert_eq!(key.is_sent_by(with), sends, "{key:?} {with:?}");
        }
    }

    #[test]
    fn enter_breaks_the_line_on_a_phone_unless_it_is_set_otherwise() {
        assert_eq!(SendKey::of(None, true), SendKey::CommandEnter);
        assert_eq!(SendKey::of(None, false), SendKey::Enter);
        assert_eq!(SendKey::of(Some("enter"), true), SendKey::Enter);
        assert_eq!(
            SendKey::of(Some("command-enter"), false),
            SendKey::CommandEnter
        );
        assert_eq!(SendKey::of(Some("?"), false), SendKey::Enter);
    }

    #[test]
    fn a_text_that_is_too_long_says_both_sizes() {
        assert_eq!(too_long(262_144, 262_144), None);
        let text = too_long(300_000, 262_144).unwrap();
        assert!(text.contains("293 kB") && text.contains("256 kB"), "{text}");
        assert_eq!(too_long(300_000, 0), None);
    }
}
