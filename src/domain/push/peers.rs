//! One request for all tabs that show the same session: the others take what one of them read.
//!
//! Pure: the tab that holds the stream names who asks ([`super::Tab`]); here is what the others
//! make of it. Whoever waits in vain asks for itself.

/// How long a tab waits for what another one reads, in milliseconds. Source: the least distance
/// of two requests after pushes, and an answer.
pub const PATIENCE_MS: u64 = 400;

/// Changes that a tab read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// The revision after which they begin.
    pub since: u64,
    /// The revision that they lead to.
    pub revision: u64,
}

/// What a tab does that wants to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn<T> {
    /// It asks.
    Own,
    /// Another tab asks; what it reads is to come.
    Wait,
    /// What another tab read.
    Known(T),
}

/// What a tab knows of what others read of one session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peers<T> {
    /// The revision that another tab asks for.
    awaited: Option<u64>,
    heard: Option<(Reading, T)>,
}

impl<T> Default for Peers<T> {
    fn default() -> Self {
        Self {
            awaited: None,
            heard: None,
        }
    }
}

impl<T> Peers<T> {
    /// The session has this revision; `is_asker` if it is for this tab to ask.
    pub fn updated(&mut self, revision: u64, is_asker: bool) {
        self.awaited = (!is_asker).then_some(revision);
    }

    /// Nobody asks for this tab.
    pub fn ask_alone(&mut self) {
        self.awaited = None;
    }

    /// Another tab read this.
    pub fn hear(&mut self, reading: Reading, what: T) {
        let is_newer = |(known, _): &(Reading, T)| known.revision < reading.revision;
        if self.heard.as_ref().is_none_or(is_newer) {
            self.heard = Some((reading, what));
        }
    }

    /// What to do for a page that holds a revision.
    pub fn turn(&mut self, held: u64) -> Turn<T> {
        let Some(awaited) = self.awaited else {
            return Turn::Own;
        };
        match self.heard.take() {
            Some((reading, what)) if reading.revision >= awaited => {
                self.awaited = None;
                match reading.since <= held && held < reading.revision {
                    true => Turn::Known(what),
                    false => Turn::Own,
                }
            }
            heard => {
                self.heard = heard;
                Turn::Wait
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(since: u64, revision: u64) -> Reading {
        Reading { since, revision }
    }

    #[test]
    fn a_tab_that_is_to_ask_asks_and_the_others_take_what_it_read() {
        let mut asker = Peers::<&str>::default();
        asker.updated(7, true);
        assert_eq!(asker.turn(5), Turn::Own);
        let mut other = Peers::default();
        other.updated(7, false);
        assert_eq!(other.turn(5), Turn::Wait);
        other.hear(reading(5, 7), "five to seven");
        assert_eq!(other.turn(5), Turn::Known("five to seven"));
        assert_eq!(other.turn(7), Turn::Own, "once");
    }

    #[test]
    fn what_was_read_before_the_page_wanted_it_is_taken_as_well() {
        let mut other = Peers::default();
        other.hear(reading(5, 7), "five to seven");
        other.updated(7, false);
        assert_eq!(other.turn(6), Turn::Known("five to seven"));
    }

    #[test]
    fn what_is_too_old_is_not_waited_with_and_what_leaves_a_gap_is_not_taken() {
        let mut other = Peers::default();
        other.hear(reading(5, 7), "five to seven");
        other.updated(8, false);
        assert_eq!(other.turn(5), Turn::Wait);
        other.hear(reading(7, 8), "seven to eight");
        assert_eq!(other.turn(5), Turn::Own, "six and seven are missing");
        other.updated(9, false);
        other.hear(reading(8, 9), "eight to nine");
        assert_eq!(other.turn(9), Turn::Own, "nothing new in it");
    }

    #[test]
    fn a_tab_that_waited_in_vain_asks() {
        let mut other = Peers::<()>::default();
        other.updated(7, false);
        other.ask_alone();
        assert_eq!(other.turn(5), Turn::Own);
    }
}
