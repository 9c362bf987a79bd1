//! The first word of a session that was forked: from where, and what its agent knows of it.
use crate::id::SessionId;

/// Class of that word among the words of the console.
pub const CODE: &str = "forked";

/// Where a session was forked from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The session.
    pub id: SessionId,
    /// Its entry after which the new one goes on.
    pub seq: u64,
}

/// What the agent of the new session knows of the old one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Memory {
    /// The agent was not started yet.
    Open,
    /// The agent has made a copy of its conversation.
    Copy,
    /// The agent was told a recap.
    Recap,
    /// Nothing: there was nothing left to tell.
    Nothing,
}

/// Begins that word.
const BEGIN: &str = "forked from session ";
const MIDDLE: &str = " at entry ";

impl Origin {
    /// The word of the console.
    #[must_use]
    pub fn said(&self, memory: Memory) -> String {
        let known = match memory {
            Memory::Open => {
                "with the first message the agent gets a copy of the conversation if it can make \
                 one, else a short recap"
            }
            Memory::Copy => "the agent went on with a copy of the conversation",
            Memory::Recap => "the agent got a short recap with the first message",
            Memory::Nothing => "nothing of it was left that the agent could be told",
        };
        format!("{BEGIN}{}{MIDDLE}{}: {known}", self.id, self.seq)
    }

    /// The origin that such a word names.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let (id, rest) = text.strip_prefix(BEGIN)?.split_once(MIDDLE)?;
        let (seq, _) = rest.split_once(':')?;
        Some(Self {
            id: id.parse().ok()?,
            seq: seq.parse().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_names_its_origin() {
        let origin = Origin {
            id: "019ab7c2-53d1-7e8a-b1c4-000000000001".parse().unwrap(),
            seq: 12,
        };
        for memory in [Memory::Open, Memory::Copy, Memory::Recap, Memory::Nothing] {
            assert_eq!(Origin::of(&origin.said(memory)), Some(origin.clone()));
        }
        assert_eq!(Origin::of("the turn was stopped"), None);
    }
}
