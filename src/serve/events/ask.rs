//! What a page asks of a stream: sessions, the list, and where it was.
use crate::api::error::{ApiError, Code};
use axum::http::HeaderMap;
use domain::id::SessionId;
use domain::push::Position;
use std::collections::HashMap;

/// Sessions that a stream may name.
const SESSIONS: usize = 64;

/// What a stream is asked for.
#[derive(Debug)]
pub(super) struct Ask {
    pub(super) sessions: Vec<SessionId>,
    /// The revision from which on changes are to come along, for the sessions that have one.
    pub(super) since: HashMap<SessionId, u64>,
    pub(super) is_list: bool,
    /// What the page knows; none of another console, or if it knows nothing.
    pub(super) after: Option<Position>,
}

impl Ask {
    /// Reads query and headers. A browser that connects again by itself says where it was in
    /// `Last-Event-ID`, which is newer than what its address says.
    pub(super) fn of(query: &str, headers: &HeaderMap) -> Result<Self, ApiError> {
        let malformed =
            |what: &str| ApiError::new(Code::Malformed, &format!("{what} is malformed"));
        let mut ask = Self {
            sessions: Vec::new(),
            since: HashMap::new(),
            is_list: false,
            after: None,
        };
        for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            match name {
                "session" => {
                    let id: SessionId = value.parse().map_err(|_| malformed("session"))?;
                    if !ask.sessions.contains(&id) {
                        ask.sessions.push(id);
                    }
                }
                // It belongs to the session before it.
                "since" => {
                    let since = revision(value).ok_or_else(|| malformed("since"))?;
                    let session = ask.sessions.last().ok_or_else(|| malformed("since"))?;
                    ask.since.insert(session.clone(), since);
                }
                "list" => ask.is_list = is_yes(value).ok_or_else(|| malformed("list"))?,
                "after" => ask.after = Position::parse(value),
                _ => {}
            }
        }
        if let Some(last) = headers.get("last-event-id") {
            ask.after = last.to_str().ok().and_then(Position::parse);
        }
        if ask.sessions.is_empty() && !ask.is_list {
            let text = "name a session, or ask for the list";
            return Err(ApiError::new(Code::Malformed, text));
        }
        if ask.sessions.len() > SESSIONS {
            let text = format!("a stream names {SESSIONS} sessions at most");
            return Err(ApiError::new(Code::Refused, &text));
        }
        Ok(ask)
    }
}

fn revision(value: &str) -> Option<u64> {
    let since = value.parse::<u64>().ok()?;
    (since < 1 << 53 && !value.starts_with('+')).then_some(since)
}

fn is_yes(value: &str) -> Option<bool> {
    match value {
        "1" | "true" => Some(true),
        "0" | "false" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn id(n: u32) -> String {
        format!("0199f0a0-1111-7222-8333-{n:012x}")
    }

    fn ask(query: &str, last: Option<&'static str>) -> Result<Ask, Code> {
        let mut headers = HeaderMap::new();
        if let Some(last) = last {
            headers.insert("last-event-id", HeaderValue::from_static(last));
        }
        Ask::of(query, &headers).map_err(|error| error.error)
    }

    #[test]
    fn sessions_list_and_place_are_read() {
        let query = format!("session={}&session={}&session={}&x=y", id(1), id(2), id(1));
        let named = ask(&query, None).unwrap();
        assert_eq!((named.sessions.len(), named.is_list), (2, false));
        assert_eq!(named.after, None);
        let list = ask("list=1&after=a.b.7", None).unwrap();
        assert_eq!((list.is_list, list.after.unwrap().n), (true, 7));
        let again = ask("list=1&after=a.b.7", Some("a.b.9")).unwrap();
        assert_eq!(again.after.unwrap().n, 9);
        assert_eq!(ask("list=1&after=a.b.7", Some("?")).unwrap().after, None);
    }

    #[test]
    fn a_revision_belongs_to_the_session_before_it() {
        let query = format!("session={}&since=7&session={}&list=1", id(1), id(2));
        let asked = ask(&query, None).unwrap();
        let since: Vec<_> = asked
            .sessions
            .iter()
            .map(|id| asked.since.get(id))
            .collect();
        assert_eq!(since, [Some(&7), None]);
        for query in [
            "since=7".to_owned(),
            format!("since=7&session={}", id(1)),
            format!("session={}&since=", id(1)),
            format!("session={}&since=-1", id(1)),
            format!("session={}&since=+1", id(1)),
        ] {
            assert_eq!(ask(&query, None).unwrap_err(), Code::Malformed, "{query}");
        }
    }

    #[test]
    fn what_asks_for_nothing_or_too_much_is_refused() {
        for query in ["", "list=0", "list=x", "session=x", "session="] {
            assert_eq!(ask(query, None).unwrap_err(), Code::Malformed, "{query}");
        }
        let many: Vec<_> = (0..65).map(|n| format!("session={}", id(n))).collect();
        assert_eq!(ask(&many.join("&"), None).unwrap_err(), Code::Refused);
        assert!(ask(&many[1..].join("&"), None).is_ok());
    }
}
