//! What the server tells open pages by itself: that a session has a new revision, and no more.
mod hearing;
mod message;
mod peers;
mod position;
mod tab;
#[cfg(test)]
mod tab_tests;
mod wants;

pub use message::{Input, Message, Output};
pub use peers::{PATIENCE_MS, Peers, Reading, Turn};
pub use position::Position;
pub use tab::Tab;
pub use wants::Wants;

use crate::id::SessionId;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Version of the shape.
pub const VERSION: u32 = 1;
/// Name of the event that tells of a new revision.
pub const UPDATED: &str = "session.updated";
/// Name of the event that carries the changes of a session.
pub const CHANGES: &str = "session.changes";
/// Name of the event that says whether anything was missed.
pub const RESUME: &str = "resume";
/// Name of the event that says that the stream is alive.
pub const BEAT: &str = "beat";
/// Name of the event before the server ends the stream.
pub const BYE: &str = "bye";
/// A stream that says nothing for this long is dead, in milliseconds. Source: two beats of 15 s,
/// and something for the way.
pub const QUIET_MS: u64 = 35_000;

/// A session has a new revision, which is committed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionUpdated {
    /// Version of the shape.
    pub v: u32,
    /// The session.
    pub session_id: SessionId,
    /// When it changed, for people; orders nothing.
    pub updated_at: Timestamp,
    /// Its revision.
    pub revision: u64,
}

/// Changes of a session that came by the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamedChanges {
    /// The session, and the revision that they lead to.
    pub update: SessionUpdated,
    /// The revision after which they begin.
    pub since: u64,
    /// The answer of the API that they are, as JSON.
    pub body: Arc<str>,
}

/// Whether a stream goes on where the page was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing was missed, or it follows.
    Ok,
    /// Something may have been missed: fetch once.
    Gap,
}

/// The data of [`RESUME`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resume {
    /// Whether the stream goes on where the page was.
    pub verdict: Verdict,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_update_is_written_as_the_contract_says() {
        let update = SessionUpdated {
            v: VERSION,
            session_id: "0199f0a0-1111-7222-8333-444455556666".parse().unwrap(),
            updated_at: Timestamp(0),
            revision: 7,
        };
        let json = r#"{"v":1,"sessionId":"0199f0a0-1111-7222-8333-444455556666","updatedAt":"1970-01-01T00:00:00.000Z","revision":7}"#;
        assert_eq!(serde_json::to_string(&update).unwrap(), json);
        let gap = Resume {
            verdict: Verdict::Gap,
        };
        assert_eq!(serde_json::to_string(&gap).unwrap(), r#"{"verdict":"gap"}"#);
    }
}
