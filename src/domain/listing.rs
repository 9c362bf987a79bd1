//! The list of sessions as a person narrows it: a pure choice among the rows that the page has.
use crate::id::SessionId;
use crate::session::{Row, Session, SessionStatus};

/// What the list is narrowed to; the address of the page holds it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Words that title, branch or last line must hold, all of them.
    pub text: String,
    /// The only status shown.
    pub status: Option<SessionStatus>,
    /// The only repository shown, by its path.
    pub repo: Option<String>,
    /// The only agent shown, by its id.
    pub agent: Option<String>,
    /// Whether the rows stand in groups by repository.
    pub by_repo: bool,
}

impl Filter {
    /// The filter of a page's query; what is unknown or empty narrows nothing.
    #[must_use]
    pub fn of_query(read: impl Fn(&str) -> Option<String>) -> Self {
        let some = |name: &str| read(name).filter(|value| !value.is_empty());
        Self {
            text: some("q").unwrap_or_default(),
            status: some("status").and_then(|word| SessionStatus::parse(&word)),
            repo: some("repo"),
            agent: some("agent"),
            by_repo: some("by").as_deref() == Some("repo"),
        }
    }

    /// The query that [`Filter::of_query`] reads, with its question mark; empty for everything.
    #[must_use]
    pub fn query(&self) -> String {
        let status = self.status.map(|status| status.as_str().to_owned());
        let text = (!self.text.is_empty()).then(|| self.text.clone());
        let by = self.by_repo.then(|| "repo".to_owned());
        let (repo, agent) = (self.repo.clone(), self.agent.clone());
        let parts = [
            ("q", text),
            ("status", status),
            ("repo", repo),
            ("agent", agent),
            ("by", by),
        ];
        let mut query = String::new();
        for (name, value) in parts {
            if let Some(value) = value {
                query.push(if query.is_empty() { '?' } else { '&' });
                query.push_str(name);
                query.push('=');
                escape(&value, &mut query);
            }
        }
        query
    }

    /// Whether anything is left out.
    #[must_use]
    pub fn narrows(&self) -> bool {
        let is_plain = self.status.is_none() && self.repo.is_none() && self.agent.is_none();
        !(is_plain && self.text.trim().is_empty())
    }

    /// Whether a row is shown.
    #[must_use]
    pub fn shows(&self, row: &Row) -> bool {
        self.status.is_none_or(|status| status == row.status) && self.shows_but_status(row)
    }

    fn shows_but_status(&self, row: &Row) -> bool {
        let is_repo = self.repo.as_ref().is_none_or(|repo| *repo == row.repo);
        let is_agent = self.agent.as_ref().is_none_or(|agent| *agent == row.agent);
        is_repo && is_agent && holds(&self.text, &[&row.title, &row.branch, &row.last_line])
    }

    /// How many rows each status would show, in the order of the contract; none without rows.
    #[must_use]
    pub fn counts(&self, rows: &[Row]) -> Vec<(SessionStatus, usize)> {
        let count = |status| {
            let is_it = |row: &&Row| row.status == status && self.shows_but_status(row);
            (status, rows.iter().filter(is_it).count())
        };
        let counts = SessionStatus::ALL.into_iter().map(count);
        counts
            .filter(|(status, count)| *count > 0 || self.status == Some(*status))
            .collect()
    }
}

/// Whether each word of a wish is in one of the texts, whatever the case.
#[must_use]
pub fn holds(wish: &str, texts: &[&str]) -> bool {
    let texts: Vec<String> = texts.iter().map(|text| text.to_lowercase()).collect();
    wish.to_lowercase()
        .split_whitespace()
        .all(|word| texts.iter().any(|text| text.contains(word)))
}

/// What differs between the rows, each once and in order: the repositories or the agents.
#[must_use]
pub fn kinds(rows: &[Row], read: impl Fn(&Row) -> &String) -> Vec<String> {
    let mut kinds: Vec<String> = rows.iter().map(|row| read(row).clone()).collect();
    kinds.sort();
    kinds.dedup();
    kinds
}

/// The session that waits for a person after the one that is shown, in the order of the rows.
#[must_use]
pub fn next_waiting(rows: &[Row], shown: Option<&SessionId>) -> Option<SessionId> {
    let waiting: Vec<&SessionId> = rows
        .iter()
        .filter(|row| row.waiting)
        .map(|row| &row.id)
        .collect();
    let place = shown.and_then(|shown| waiting.iter().position(|id| *id == shown));
    let next = place.map_or(0, |place| (place + 1) % waiting.len());
    waiting.get(next).map(|id| (*id).clone())
}

impl From<&Session> for Row {
    /// The row as far as the session tells it: without last line and changed files.
    fn from(session: &Session) -> Self {
        Self {
            id: session.id.clone(),
            title: session.title.clone(),
            repo: session.repo.clone(),
            branch: session.worktree.branch.clone(),
            agent: session.agent.clone(),
            model: session.model.clone(),
            status: session.status,
            status_reason: session.status_reason.clone(),
            waiting: session.status.waits_for_person(),
            last_line: String::new(),
            changed_files: 0,
            last_activity_at: session.last_activity_at,
            revision: session.revision,
        }
    }
}

/// Writes a value of a query so that every character survives.
fn escape(value: &str, query: &mut String) {
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            query.push(char::from(byte));
        } else {
            query.push('%');
            query.push_str(&crate::text::hex(&[byte]).to_uppercase());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;
    use SessionStatus::{Failed, Idle, WaitingApproval, WaitingInput, Working};

    fn row(n: u64, title: &str, status: SessionStatus) -> Row {
        Row {
            id: format!("019ab7c2-53d1-7e8a-b1c4-{n:012x}").parse().unwrap(),
            title: title.to_owned(),
            repo: format!("/src/{}", n % 2),
            branch: format!("heddle/b-{n}"),
            agent: ["runbook", "claude"][(n % 2) as usize].to_owned(),
            model: None,
            status,
            status_reason: None,
            waiting: status.waits_for_person(),
            last_line: "the Last line".to_owned(),
            changed_files: 0,
            last_activity_at: Timestamp(0),
            revision: 1,
        }
    }

    fn rows() -> Vec<Row> {
        vec![
            row(1, "Weave a cloth", WaitingApproval),
            row(2, "Mend the loom", WaitingInput),
            row(3, "Dye the yarn", Working),
            row(4, "Sell the cloth", Idle),
            row(5, "Count the yarn", Idle),
        ]
    }

    #[track_caller]
    fn check(filter: &Filter, titles: &[&str]) {
        let shown: Vec<String> = rows()
            .into_iter()
            .filter(|row| filter.shows(row))
            .map(|row| row.title)
            .collect();
        assert_eq!(shown, titles);
    }

    fn text(text: &str) -> Filter {
        Filter {
            text: text.to_owned(),
            ..Filter::default()
        }
    }

    #[test]
    fn words_are_looked_for_in_title_branch_and_last_line() {
        check(&text(" CLOTH "), &["Weave a cloth", "Sell the cloth"]);
        check(&text("cloth last"), &["Weave a cloth", "Sell the cloth"]);
        check(&text("b-3"), &["Dye the yarn"]);
        check(&text("nobody"), &[]);
    }

    #[test]
    fn parts_of_a_filter_hold_together() {
        let filter = Filter {
            status: Some(Idle),
            repo: Some("/src/1".to_owned()),
            agent: Some("claude".to_owned()),
            ..text("yarn")
        };
        check(&filter, &["Count the yarn"]);
    }

    #[test]
    fn a_count_is_what_its_status_would_show() {
        let idle = Filter {
            status: Some(Idle),
            ..text("yarn")
        };
        assert_eq!(idle.counts(&rows()), [(Working, 1), (Idle, 1)]);
        let failed = Filter {
            status: Some(Failed),
            ..Filter::default()
        };
        assert_eq!(failed.counts(&rows()).last(), Some(&(Failed, 0)));
    }

    #[test]
    fn a_filter_survives_the_address() {
        let filter = Filter {
            text: "a&b =ü%".to_owned(),
            status: Some(WaitingInput),
            repo: Some("/src/a b".to_owned()),
            agent: Some("claude".to_owned()),
            by_repo: true,
        };
        assert_eq!(
            filter.query(),
            "?q=a%26b%20%3D%C3%BC%25&status=waiting_input&repo=/src/a%20b&agent=claude&by=repo"
        );
        let read = |name: &str| match name {
            "q" => Some(filter.text.clone()),
            "status" => Some("waiting_input".to_owned()),
            "repo" => filter.repo.clone(),
            "agent" => filter.agent.clone(),
            "by" => Some("repo".to_owned()),
            _ => None,
        };
        assert_eq!(Filter::of_query(read), filter);
        assert_eq!(Filter::default().query(), "");
        let wild = Filter::of_query(|_| Some("\u{0}".to_owned()));
        assert_eq!((wild.status, wild.by_repo), (None, false));
    }

    #[test]
    fn the_next_waiting_one_is_after_the_one_that_is_shown() {
        let rows = rows();
        let next = |shown: Option<usize>| {
            let shown = shown.map(|at| &rows[at].id);
            next_waiting(&rows, shown).map(|id| rows.iter().position(|row| row.id == id).unwrap())
        };
        assert_eq!(next(None), Some(0));
        assert_eq!(next(Some(0)), Some(1));
        assert_eq!(next(Some(1)), Some(0));
        assert_eq!(next(Some(3)), Some(0));
        assert_eq!(next_waiting(&rows[2..], None), None);
    }

    #[test]
    fn each_repository_is_named_once() {
        assert_eq!(kinds(&rows(), |row| &row.repo), ["/src/0", "/src/1"]);
    }
}
