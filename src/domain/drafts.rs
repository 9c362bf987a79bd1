//! Drafts of one field in several tabs of a browser: each tab keeps its own, and none is lost.
use serde::{Deserialize, Serialize};

/// Most drafts of other tabs that a browser keeps for one field; the oldest go first.
pub const OTHERS_MOST: usize = 5;

/// The owner of drafts that no tab shows any more; there may be several.
const OWN: &str = "+";

/// What a browser keeps of one field.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Drafts {
    /// The text that was written last, in whichever tab.
    pub latest: String,
    /// The rest, small: who wrote the latest, and what it took the place of.
    pub index: DraftIndex,
}

/// Whose the latest draft is, and the drafts of other tabs that it would have overwritten.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DraftIndex {
    /// The tab that wrote the latest draft.
    pub tab: String,
    /// Drafts of other tabs, oldest first.
    pub others: Vec<OtherDraft>,
}

/// A draft of another tab.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherDraft {
    /// The tab that wrote it.
    pub tab: String,
    /// What was written.
    pub text: String,
}

impl Drafts {
    /// Opens the field in a tab and gives its text. What was typed before the page was interactive
    /// comes first, then what this tab wrote before a reload, then what any tab wrote last.
    pub fn open(&mut self, tab: &str, own: Option<String>, typed: String) -> String {
        let had_own = own.is_some();
        let known = own.unwrap_or_else(|| self.latest.clone());
        if !had_own && !known.is_empty() {
            // The tab goes on with this draft.
            tab.clone_into(&mut self.index.tab);
        }
        let text = if typed.is_empty() {
            known.clone()
        } else {
            typed
        };
        // What was typed on from it has it already.
        if !text.starts_with(&known) {
            self.add_other(OWN, &known);
        }
        self.write(tab, &text);
        text
    }

    /// Takes what a tab wrote. A draft of another tab that stands in its place is kept beside it.
    pub fn write(&mut self, tab: &str, text: &str) {
        self.forget_of(tab);
        if self.index.tab != tab && self.latest != text {
            let (of, before) = (self.index.tab.clone(), std::mem::take(&mut self.latest));
            self.add_other(&of, &before);
        }
        text.clone_into(&mut self.latest);
        tab.clone_into(&mut self.index.tab);
        self.index.others.retain(|other| other.text != text);
        if text.is_empty()
            && let Some(other) = self.index.others.pop()
        {
            (self.latest, self.index.tab) = (other.text, other.tab);
        }
    }

    /// The drafts that a tab with this text does not show, newest first.
    #[must_use]
    pub fn others(&self, tab: &str, text: &str) -> Vec<String> {
        let latest = (self.index.tab != tab).then_some(&self.latest);
        let rest = self.index.others.iter().rev().map(|other| &other.text);
        let mut found: Vec<String> = Vec::new();
        for other in latest.into_iter().chain(rest) {
            if !other.is_empty() && other != text && !found.contains(other) {
                found.push(other.clone());
            }
        }
        found
    }

    /// Forgets a draft of another tab.
    pub fn forget(&mut self, text: &str) {
        self.index.others.retain(|other| other.text != text);
        if self.latest == text {
            self.latest.clear();
            if let Some(other) = self.index.others.pop() {
                (self.latest, self.index.tab) = (other.text, other.tab);
            }
        }
    }

    /// Adds a draft that no field shows, such as a message that was refused.
    pub fn add(&mut self, text: &str) {
        if self.latest.is_empty() {
            text.clone_into(&mut self.latest);
            OWN.clone_into(&mut self.index.tab);
        } else if self.latest != text {
            self.add_other(OWN, text);
        }
    }

    fn add_other(&mut self, tab: &str, text: &str) {
        if tab != OWN {
            self.forget_of(tab);
        }
        if text.is_empty() || self.index.others.iter().any(|other| other.text == text) {
            return;
        }
        self.index.others.push(OtherDraft {
            tab: tab.to_owned(),
            text: text.to_owned(),
        });
        if self.index.others.len() > OTHERS_MOST {
            self.index.others.remove(0);
        }
    }

    fn forget_of(&mut self, tab: &str) {
        self.index.others.retain(|other| other.tab != tab);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(drafts: &mut Drafts, tab: &str, own: Option<&str>) -> String {
        drafts.open(tab, own.map(str::to_owned), String::new())
    }

    #[test]
    fn a_reload_gives_each_tab_its_own_draft_back() {
        let mut drafts = Drafts::default();
        drafts.write("a", "of a");
        drafts.write("b", "of b");
        assert_eq!(open(&mut drafts, "a", Some("of a")), "of a");
        assert_eq!(drafts.others("a", "of a"), ["of b"]);
        assert_eq!(open(&mut drafts, "b", Some("of b")), "of b");
        assert_eq!(drafts.others("b", "of b"), ["of a"]);
    }

    #[test]
    fn a_new_tab_goes_on_with_the_latest_draft_and_is_told_of_the_others() {
        let mut drafts = Drafts::default();
        drafts.write("a", "of a");
        drafts.write("b", "of b");
        assert_eq!(open(&mut drafts, "c", None), "of b");
        assert_eq!(drafts.others("c", "of b"), ["of a"]);
        drafts.write("c", "of b and c");
        assert_eq!(drafts.others("c", "of b and c"), ["of a"]);
    }

    #[test]
    fn what_was_typed_before_the_page_was_interactive_is_the_draft() {
        let mut drafts = Drafts::default();
        drafts.write("a", "before");
        let text = drafts.open("b", None, "typed early".to_owned());
        assert_eq!(text, "typed early");
        assert_eq!(drafts.others("b", &text), ["before"]);
    }

    #[test]
    fn a_draft_that_is_sent_makes_room_for_that_of_another_tab() {
        let mut drafts = Drafts::default();
        drafts.write("a", "of a");
        drafts.write("b", "of b");
        drafts.write("b", "");
        assert_eq!(drafts.latest, "of a");
        drafts.write("a", "");
        assert_eq!(
            drafts,
            Drafts {
                index: DraftIndex {
                    tab: "a".to_owned(),
                    others: Vec::new()
                },
                ..Drafts::default()
            }
        );
    }

    #[test]
    fn tabs_that_write_in_turn_leave_one_draft_each() {
        let mut drafts = Drafts::default();
        for n in 0..20 {
            drafts.write("a", &format!("a{n}"));
            drafts.write("b", &format!("b{n}"));
        }
        assert_eq!(drafts.others("b", "b19"), ["a19"]);
        drafts.forget("a19");
        assert_eq!(drafts.others("b", "b19"), Vec::<String>::new());
    }

    #[test]
    fn taking_one_draft_after_the_other_loses_none() {
        let mut drafts = Drafts::default();
        drafts.write("a", "of a");
        drafts.write("b", "of b");
        drafts.write("c", "mine");
        drafts.open("c", Some("mine".to_owned()), "of a".to_owned());
        drafts.open("c", Some("of a".to_owned()), "of b".to_owned());
        assert_eq!(drafts.others("c", "of b"), ["of a", "mine"]);
    }

    #[test]
    fn what_is_refused_stands_beside_what_is_written_meanwhile() {
        let mut drafts = Drafts::default();
        drafts.add("refused");
        assert_eq!(drafts.latest, "refused");
        drafts.write("a", "new");
        drafts.add("refused too");
        assert_eq!(drafts.others("a", "new"), ["refused too", "refused"]);
    }

    #[test]
    fn only_so_many_drafts_are_kept() {
        let mut drafts = Drafts::default();
        for n in 0..20 {
            drafts.write(&format!("tab {n}"), &format!("text {n}"));
        }
        assert_eq!(drafts.others("tab 19", "text 19").len(), OTHERS_MOST);
    }
}
