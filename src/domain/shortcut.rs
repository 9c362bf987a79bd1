//! The keys of the console: one table for what they do and for the sheet that explains them.

/// What a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shortcut {
    /// Show the sheet of shortcuts.
    Help,
    /// Open the palette.
    Palette,
    /// Go to the list of sessions.
    List,
    /// Start a session.
    New,
    /// Go to the next session that waits for a person.
    NextWaiting,
    /// Write into the filter of the list.
    Filter,
    /// The next row of the list.
    Down,
    /// The row before.
    Up,
}

/// Keys as they are shown, and what they do.
pub const SHEET: [(&str, &str); 11] = [
    ("Ctrl K", "Open the command palette"),
    ("?", "Show this sheet"),
    ("g l", "Go to the sessions"),
    ("n", "Start a new session"),
    ("w", "Go to the next session that waits for you"),
    ("/", "Filter the sessions"),
    ("f", "Search in the thread"),
    ("j", "Next session in the list"),
    ("k", "Session before in the list"),
    ("Enter", "Open the session, or send the message"),
    ("Esc", "Close what is open"),
];

/// How long the first key of a pair waits for the second, in milliseconds.
const PAIR_MS: u64 = 1000;

/// The first key of a pair, and when it was pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Keys {
    g_at: Option<u64>,
}

impl Keys {
    /// What a plain key asks for at this time, in milliseconds of the page's clock.
    pub fn press(&mut self, key: &str, now_ms: u64) -> Option<Shortcut> {
        let is_pair = self
            .g_at
            .take()
            .is_some_and(|at| now_ms.saturating_sub(at) <= PAIR_MS);
        if is_pair && key == "l" {
            return Some(Shortcut::List);
        }
        if key == "g" {
            self.g_at = Some(now_ms);
        }
        match key {
            "?" => Some(Shortcut::Help),
            "n" => Some(Shortcut::New),
            "w" => Some(Shortcut::NextWaiting),
            "/" => Some(Shortcut::Filter),
            "j" => Some(Shortcut::Down),
            "k" => Some(Shortcut::Up),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_keys_in_time_are_one_shortcut() {
        let mut keys = Keys::default();
        assert_eq!(keys.press("g", 0), None);
        assert_eq!(keys.press("l", 900), Some(Shortcut::List));
        assert_eq!(keys.press("l", 950), None, "the pair is spent");
        keys.press("g", 2000);
        assert_eq!(keys.press("l", 3001), None, "too late");
        keys.press("g", 4000);
        assert_eq!(keys.press("n", 4001), Some(Shortcut::New));
        assert_eq!(keys.press("l", 4002), None);
    }
}
