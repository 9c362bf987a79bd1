//! Identities: of a session, of a command, of a node that is alone. Parsed once, trusted afterwards.
use serde::{Deserialize, Serialize};
use std::fmt;

/// The name of a node that is alone, unless it was given another one.
pub const ALONE: &str = "local";

/// Why a text is no identity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a UUID")]
pub struct BadId;

/// A session: a `UUIDv7` in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SessionId(String);

/// A command of a person: a UUID that the caller chose; repeating it repeats nothing.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClientId(String);

/// The canonical lower-case form of a UUID.
fn parse_uuid(text: &str) -> Result<String, BadId> {
    let dashes = [8, 13, 18, 23];
    let well_formed = text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| {
            if dashes.contains(&at) {
                byte == b'-'
            } else {
                byte.is_ascii_hexdigit()
            }
        });
    if well_formed {
        Ok(text.to_ascii_lowercase())
    } else {
        Err(BadId)
    }
}

impl SessionId {
    /// The whole id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last 8 hex digits: what people see and what branches and sockets are named by.
    #[must_use]
    pub fn short(&self) -> &str {
        &self.0[28..]
    }
}

impl ClientId {
    /// The whole id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for SessionId {
    type Error = BadId;
    fn try_from(text: String) -> Result<Self, BadId> {
        let text = parse_uuid(&text)?;
        if text.as_bytes()[14] == b'7' {
            Ok(Self(text))
        } else {
            Err(BadId)
        }
    }
}

impl TryFrom<String> for ClientId {
    type Error = BadId;
    fn try_from(text: String) -> Result<Self, BadId> {
        parse_uuid(&text).map(Self)
    }
}

impl std::str::FromStr for SessionId {
    type Err = BadId;
    fn from_str(text: &str) -> Result<Self, BadId> {
        Self::try_from(text.to_owned())
    }
}

impl From<SessionId> for String {
    fn from(id: SessionId) -> Self {
        id.0
    }
}

impl From<ClientId> for String {
    fn from(id: ClientId) -> Self {
        id.0
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_id_is_a_uuid_of_version_7() {
        let id: SessionId = "0199F0A0-1111-7222-8333-444455556666".parse().unwrap();
        assert_eq!(id.as_str(), "0199f0a0-1111-7222-8333-444455556666");
        assert_eq!(id.short(), "55556666");
        for bad in [
            "",
            "x",
            "0199f0a0-1111-4222-8333-444455556666",
            "0199f0a0111172228333444455556666",
        ] {
            assert_eq!(bad.parse::<SessionId>(), Err(BadId), "{bad}");
        }
    }
}
