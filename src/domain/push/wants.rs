//! What pages want to be told of: sessions, and the list of all.
use crate::id::SessionId;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// What a tab, or a browser, wants to be told of.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Wants {
    /// Sessions.
    pub sessions: BTreeSet<SessionId>,
    /// Whether all sessions, for the list.
    pub is_list: bool,
    /// The revision that is there of the sessions whose changes are to come along.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub held: BTreeMap<SessionId, u64>,
}

impl Wants {
    /// Whether nothing is wanted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sessions.is_empty() && !self.is_list
    }

    /// Whether whoever is told of these is told of all of `other`.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        (self.is_list || !other.is_list) && other.sessions.is_subset(&self.sessions)
    }

    /// Adds those of another.
    pub fn add(&mut self, other: &Self) {
        self.is_list |= other.is_list;
        self.sessions.extend(other.sessions.iter().cloned());
        for (id, held) in &other.held {
            // Whoever is behind is to miss nothing.
            let known = self.held.entry(id.clone()).or_insert(*held);
            *known = (*known).min(*held);
        }
    }

    /// The same without what is there already.
    #[must_use]
    pub fn without_held(mut self) -> Self {
        self.held.clear();
        self
    }

    /// The query of a stream that tells of these, from a place on if one is known.
    #[must_use]
    pub fn query(&self, after: Option<&str>) -> String {
        let mut query = String::new();
        for id in &self.sessions {
            let _ = write!(query, "&session={id}");
            if let Some(held) = self.held.get(id) {
                let _ = write!(query, "&since={held}");
            }
        }
        if self.is_list {
            query.push_str("&list=1");
        }
        if let Some(after) = after {
            let _ = write!(query, "&after={after}");
        }
        query.split_off(query.len().min(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wants(sessions: &[u32], is_list: bool) -> Wants {
        let id = |n: &u32| format!("0199f0a0-1111-7222-8333-{n:012x}").parse().unwrap();
        Wants {
            sessions: sessions.iter().map(id).collect(),
            is_list,
            held: BTreeMap::new(),
        }
    }

    #[test]
    fn the_list_does_not_stand_for_a_session_nor_a_session_for_the_list() {
        assert!(wants(&[1, 2], true).covers(&wants(&[2], true)));
        assert!(wants(&[1], false).covers(&Wants::default()));
        assert!(!wants(&[], true).covers(&wants(&[1], false)));
        assert!(!wants(&[1], false).covers(&wants(&[], true)));
        let mut both = wants(&[1], false);
        both.add(&wants(&[2], true));
        assert_eq!(both, wants(&[1, 2], true));
    }

    #[test]
    fn a_query_names_everything_once() {
        let one = "session=0199f0a0-1111-7222-8333-000000000001";
        assert_eq!(wants(&[1], false).query(None), one);
        let all = wants(&[1], true).query(Some("a.b.1"));
        assert_eq!(all, format!("{one}&list=1&after=a.b.1"));
        assert_eq!(Wants::default().query(None), "");
        let mut held = wants(&[1], false);
        held.held.insert(held.sessions.first().unwrap().clone(), 7);
        let mut behind = held.clone();
        behind.held.values_mut().for_each(|held| *held = 5);
        held.add(&behind);
        assert_eq!(held.query(None), format!("{one}&since=5"));
    }
}
