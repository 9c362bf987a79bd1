//! Rollout flags: who gets the new way of doing a thing, and who the old one.
use serde::{Deserialize, Serialize};

/// The flag of the session page's synchronisation.
pub const SESSION_SYNC: &str = "session_sync";
/// Users on an allow list at most.
const ALLOWED: usize = 1000;

/// A way of keeping the session page fresh.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arm {
    /// Two polls that know nothing of each other, as it was once.
    Legacy,
    /// One conditional fetch per page.
    Deduped,
    /// The same, when the server says that something changed; polls only while it cannot.
    Push,
}

impl Arm {
    /// Every arm, the old way first.
    pub const ALL: [Self; 3] = [Self::Legacy, Self::Deduped, Self::Push];

    /// Its name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Legacy => "legacy",
            Self::Deduped => "deduped",
            Self::Push => "push",
        }
    }

    /// The arm of a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|arm| arm.as_str() == name)
    }
}

/// A rollout: an arm for some users, the old way for the rest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Flag {
    /// Its name.
    pub name: String,
    /// The arm that is rolled out.
    pub arm: Arm,
    /// Share of users who get it, 0 to 100; stable per user.
    pub percent: u8,
    /// Users who get it in any case.
    pub allow: Vec<String>,
    /// Whether everybody gets the old way at once.
    pub killed: bool,
    /// Grows with every change; a change names the one that it was made on.
    pub epoch: u64,
}

impl Flag {
    /// What holds while nobody has decided anything: the newest way for everybody.
    #[must_use]
    pub fn untouched(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            arm: Arm::Push,
            percent: 100,
            allow: Vec::new(),
            killed: false,
            epoch: 0,
        }
    }

    /// The arm of a user whose share of the hash is `bucket`, 0 to 99.
    #[must_use]
    pub fn arm_of(&self, user: &str, bucket: u8) -> Arm {
        if self.killed {
            return Arm::Legacy;
        }
        let is_in = self.allow.iter().any(|allowed| allowed == user) || bucket < self.percent;
        if is_in { self.arm } else { Arm::Legacy }
    }

    /// Why it cannot be stored, if it cannot.
    #[must_use]
    pub fn fault(&self) -> Option<&'static str> {
        let is_name = |user: &String| !user.trim().is_empty() && user.len() <= 200;
        if self.name != SESSION_SYNC {
            Some("there is no such flag")
        } else if self.percent > 100 {
            Some("percent is a number from 0 to 100")
        } else if self.allow.len() > ALLOWED || !self.allow.iter().all(is_name) {
            Some("the allow list holds up to 1000 user ids of up to 200 bytes")
        } else {
            None
        }
    }
}

/// The flags, and what they mean for the caller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Flags {
    /// Every flag.
    pub flags: Vec<Flag>,
    /// The caller's user id, as allow lists name it.
    pub user: String,
    /// The arm of the session page that the caller gets.
    pub arm: Arm,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flag(percent: u8, allow: &[&str], killed: bool) -> Flag {
        Flag {
            percent,
            allow: allow.iter().map(|user| (*user).to_owned()).collect(),
            killed,
            ..Flag::untouched(SESSION_SYNC)
        }
    }

    #[test]
    fn the_kill_switch_beats_the_allow_list_and_that_beats_the_share() {
        for (flag, bucket, wanted) in [
            (flag(100, &[], false), 99, Arm::Push),
            (flag(0, &[], false), 0, Arm::Legacy),
            (flag(50, &[], false), 49, Arm::Push),
            (flag(50, &[], false), 50, Arm::Legacy),
            (flag(0, &["ann"], false), 99, Arm::Push),
            (flag(0, &["bob"], false), 0, Arm::Legacy),
            (flag(100, &["ann"], true), 0, Arm::Legacy),
        ] {
            assert_eq!(flag.arm_of("ann", bucket), wanted, "{flag:?} {bucket}");
        }
    }

    #[test]
    fn a_flag_that_makes_no_sense_is_told() {
        assert_eq!(flag(100, &["ann"], false).fault(), None);
        assert!(flag(101, &[], false).fault().is_some());
        assert!(flag(1, &[" "], false).fault().is_some());
        let unknown = Flag::untouched("other");
        assert!(unknown.fault().is_some());
    }
}
