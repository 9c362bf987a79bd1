//! What is worth telling a person between two states of the sessions, once for all tabs.
use crate::id::SessionId;
use crate::session::{Phase, Row, SessionStatus};
use std::fmt::Write as _;

/// Told events remembered at the most.
const TOLD: usize = 100;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewsKind {
    /// It began to wait for a person.
    Waits,
    /// Its turn is over, or it was completed.
    Ended,
    /// It failed or was interrupted.
    Failed,
}

impl NewsKind {
    /// The word of the claim.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waits => "waits",
            Self::Ended => "ended",
            Self::Failed => "failed",
        }
    }

    /// What a person reads.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Waits => "waits for you",
            Self::Ended => "is done",
            Self::Failed => "failed",
        }
    }
}

/// An event that happened between two revisions of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// The session.
    pub id: SessionId,
    /// Its title.
    pub title: String,
    /// What happened.
    pub kind: NewsKind,
    /// The revision before it.
    pub since: u64,
    /// The revision at which it was seen.
    pub revision: u64,
}

/// What happened between two states of the sessions. A session that was not known before is news
/// only if `is_whole` says that all were.
#[must_use]
pub fn news(old: &[Row], new: &[Row], is_whole: bool) -> Vec<News> {
    let told = |row: &Row| {
        let before = old.iter().find(|before| before.id == row.id);
        let is_newer = before.is_none_or(|before| before.revision < row.revision);
        if !is_newer || (before.is_none() && !is_whole) {
            return None;
        }
        let kind = kind(before.map(|before| before.status), row.status)?;
        Some(News {
            id: row.id.clone(),
            title: row.title.clone(),
            kind,
            since: before.map_or(0, |before| before.revision),
            revision: row.revision,
        })
    };
    new.iter().filter_map(told).collect()
}

/// What the change of a status means. A stop is the person's own deed.
const fn kind(before: Option<SessionStatus>, now: SessionStatus) -> Option<NewsKind> {
    let was_active = match before {
        Some(before) => matches!(before.phase(), Phase::Active),
        None => true,
    };
    let did_wait = match before {
        Some(before) => before.waits_for_person(),
        None => false,
    };
    match now {
        SessionStatus::WaitingApproval | SessionStatus::WaitingInput if !did_wait => {
            Some(NewsKind::Waits)
        }
        SessionStatus::Idle | SessionStatus::Completed if was_active => Some(NewsKind::Ended),
        SessionStatus::Failed | SessionStatus::Interrupted if was_active => Some(NewsKind::Failed),
        _ => None,
    }
}

/// The list of told events with this one, if no tab told it yet. Tabs may see the same event at
/// different revisions; their spans then overlap.
#[must_use]
pub fn claim(told: &str, news: &News) -> Option<String> {
    let is_same = |line: &str| {
        let mut parts = line.split(' ');
        let is_it = parts.next() == Some(news.id.as_str());
        let is_it = is_it && parts.next() == Some(news.kind.as_str());
        let mut number = || parts.next().and_then(|part| part.parse::<u64>().ok());
        match (number(), number()) {
            (Some(since), Some(revision)) => {
                is_it && since < news.revision && news.since < revision
            }
            _ => false,
        }
    };
    if told.lines().any(is_same) {
        return None;
    }
    let lines: Vec<&str> = told.lines().collect();
    let mut text = String::new();
    for line in &lines[lines.len().saturating_sub(TOLD - 1)..] {
        text.push_str(line);
        text.push('\n');
    }
    let (id, kind) = (&news.id, news.kind.as_str());
    let _ = write!(text, "{id} {kind} {} {}", news.since, news.revision);
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;
    use SessionStatus::{
        Cancelled, Completed, Failed, Idle, Interrupted, Pending, WaitingApproval, WaitingInput,
        Working,
    };

    fn row(n: u64, status: SessionStatus, revision: u64) -> Row {
        Row {
            id: format!("019ab7c2-53d1-7e8a-b1c4-{n:012x}").parse().unwrap(),
            title: "Weave".to_owned(),
            repo: String::new(),
            branch: String::new(),
            agent: String::new(),
            model: None,
            status,
            status_reason: None,
            waiting: status.waits_for_person(),
            last_line: String::new(),
            changed_files: 0,
            last_activity_at: Timestamp(0),
            revision,
        }
    }

    #[track_caller]
    fn check(before: SessionStatus, now: SessionStatus, wanted: Option<NewsKind>) {
        let found = news(&[row(1, before, 3)], &[row(1, now, 5)], true);
        let found = found.first().map(|news| news.kind);
        assert_eq!(found, wanted, "{before:?} to {now:?}");
    }

    #[test]
    fn waiting_ending_and_failing_are_news_and_a_stop_is_not() {
        check(Working, WaitingApproval, Some(NewsKind::Waits));
        check(Idle, WaitingInput, Some(NewsKind::Waits));
        check(WaitingApproval, WaitingInput, None);
        check(Working, Idle, Some(NewsKind::Ended));
        check(WaitingApproval, Completed, Some(NewsKind::Ended));
        check(Idle, Completed, None);
        check(Pending, Failed, Some(NewsKind::Failed));
        check(Working, Interrupted, Some(NewsKind::Failed));
        check(Working, Cancelled, None);
        check(Idle, Working, None);
    }

    #[test]
    fn a_session_that_is_new_is_news_only_if_all_were_known() {
        let now = [row(1, WaitingInput, 4)];
        assert_eq!(news(&[], &now, true).len(), 1);
        assert_eq!(news(&[], &now, false), []);
    }

    #[test]
    fn an_older_state_is_no_news() {
        let (old, new) = ([row(1, Working, 5)], [row(1, Idle, 5)]);
        assert_eq!(news(&old, &new, true), []);
    }

    #[test]
    fn an_event_is_claimed_once_however_the_tabs_saw_it() {
        let seen = |since, revision| News {
            id: row(1, Idle, 1).id,
            title: String::new(),
            kind: NewsKind::Ended,
            since,
            revision,
        };
        let told = claim("", &seen(3, 5)).unwrap();
        assert_eq!(claim(&told, &seen(3, 5)), None);
        assert_eq!(claim(&told, &seen(2, 4)), None, "seen earlier");
        assert_eq!(claim(&told, &seen(4, 9)), None, "seen later");
        let told = claim(&told, &seen(5, 8)).unwrap();
        assert_eq!(told.lines().count(), 2);
        let other = News {
            kind: NewsKind::Waits,
            ..seen(3, 5)
        };
        assert!(claim(&told, &other).is_some());
    }

    #[test]
    fn old_claims_are_forgotten() {
        let mut told = String::new();
        for n in 0..300 {
            let event = News {
                id: row(n, Idle, 1).id,
                title: String::new(),
                kind: NewsKind::Ended,
                since: 1,
                revision: 2,
            };
            told = claim(&told, &event).unwrap();
        }
        assert_eq!(told.lines().count(), TOLD);
    }
}
