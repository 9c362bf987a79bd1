//! What a browser has shown of each session, so that what came later can be marked.
use crate::id::SessionId;
use crate::time::Timestamp;
use std::fmt::Write as _;

/// Sessions remembered at the most; about older ones the time of the last forgotten one holds.
pub const MOST: usize = 200;

/// When each session was shown last, by its last activity then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// What is older counts as shown.
    since: i64,
    shown: Vec<(String, i64)>,
}

impl Seen {
    /// A browser that begins now: nothing from before is new to it.
    #[must_use]
    pub const fn new(now: Timestamp) -> Self {
        Self {
            since: now.0,
            shown: Vec::new(),
        }
    }

    /// What was kept as text, a line for each session; none if it is something else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let since = lines.next()?.parse().ok()?;
        let pair = |line: &str| {
            let (id, at) = line.split_once(' ')?;
            Some((id.to_owned(), at.parse().ok()?))
        };
        let shown = lines.filter_map(pair).collect();
        Some(Self { since, shown })
    }

    /// The text that [`Seen::parse`] reads.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = self.since.to_string();
        for (id, at) in &self.shown {
            let _ = write!(text, "\n{id} {at}");
        }
        text
    }

    /// Notes that a session was shown as of its last activity; says whether that is news.
    pub fn note(&mut self, id: &SessionId, activity: Timestamp) -> bool {
        let known = self
            .shown
            .iter_mut()
            .find(|(known, _)| known == id.as_str());
        match known {
            Some((_, at)) if *at >= activity.0 => return false,
            Some((_, at)) => *at = activity.0,
            None => self.shown.push((id.to_string(), activity.0)),
        }
        if self.shown.len() > MOST {
            self.forget_oldest();
        }
        true
    }

    /// Takes over what another tab has shown.
    pub fn merge(&mut self, other: &Self) {
        self.since = self.since.max(other.since);
        for (id, at) in &other.shown {
            match self.shown.iter_mut().find(|(known, _)| known == id) {
                Some((_, known)) => *known = (*known).max(*at),
                None => self.shown.push((id.clone(), *at)),
            }
        }
        while self.shown.len() > MOST {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        let oldest = (0..self.shown.len()).min_by_key(|at| self.shown[*at].1);
        if let Some(oldest) = oldest {
            let (_, at) = self.shown.swap_remove(oldest);
            self.since = self.since.max(at);
        }
    }

    /// Whether something happened in a session that this browser has not shown.
    #[must_use]
    pub fn is_unread(&self, id: &SessionId, activity: Timestamp) -> bool {
        let known = self.shown.iter().find(|(known, _)| known == id.as_str());
        activity.0 > known.map_or(self.since, |(_, at)| *at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: usize) -> SessionId {
        format!("019ab7c2-53d1-7e8a-b1c4-{n:012x}").parse().unwrap()
    }

    #[test]
    fn what_happens_after_a_session_was_shown_is_unread() {
        let mut seen = Seen::new(Timestamp(10));
        assert!(!seen.is_unread(&id(1), Timestamp(9)), "from before");
        assert!(seen.is_unread(&id(1), Timestamp(11)), "never shown");
        assert!(seen.note(&id(1), Timestamp(11)));
        assert!(!seen.note(&id(1), Timestamp(11)));
        assert!(!seen.is_unread(&id(1), Timestamp(11)));
        assert!(seen.is_unread(&id(1), Timestamp(12)));
    }

    #[test]
    fn what_another_tab_has_shown_counts_as_shown() {
        let mut seen = Seen::new(Timestamp(10));
        seen.note(&id(1), Timestamp(20));
        let mut other = Seen::new(Timestamp(15));
        other.note(&id(1), Timestamp(30));
        other.note(&id(2), Timestamp(12));
        seen.merge(&other);
        assert!(!seen.is_unread(&id(1), Timestamp(30)));
        assert!(!seen.is_unread(&id(2), Timestamp(12)));
        assert!(!seen.is_unread(&id(3), Timestamp(15)));
        assert!(seen.is_unread(&id(3), Timestamp(16)));
    }

    #[test]
    fn it_is_kept_as_lines_and_what_is_no_such_text_is_dropped() {
        let mut seen = Seen::new(Timestamp(10));
        seen.note(&id(1), Timestamp(11));
        assert_eq!(Seen::parse(&seen.text()), Some(seen));
        assert_eq!(Seen::parse("{}"), None);
        assert_eq!(Seen::parse(""), None);
    }

    #[test]
    fn the_oldest_is_forgotten_and_does_not_become_unread() {
        let mut seen = Seen::new(Timestamp(0));
        for n in 0..=MOST {
            seen.note(&id(n), Timestamp(100 + i64::try_from(n).unwrap()));
        }
        assert_eq!(seen.text().lines().count(), MOST + 1);
        assert!(!seen.is_unread(&id(0), Timestamp(100)));
        assert!(seen.is_unread(&id(0), Timestamp(101)));
    }
}
