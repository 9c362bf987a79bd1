//! What the server and a shim say to each other over the socket: one JSON object per line.
use super::journal::JournalLine;
use serde::{Deserialize, Serialize};

/// The version of the conversation; both sides name it first.
pub const VERSION: u32 = 1;

/// Longest line either side takes, in bytes: an 8 MiB line of an agent, escaped six-fold, fits, and
/// a message with five images of 10 MiB in Base64.
pub const MAX_LINE: usize = 96 * 1024 * 1024;

/// What the server says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "lowercase")]
pub enum ToShim {
    /// First line of a connection: lines above `after` are wanted.
    Attach {
        /// Version of the conversation.
        v: u32,
        /// The last line that the server has.
        after: u64,
        /// The server's fencing number; a higher one takes over.
        epoch: u64,
    },
    /// A line for the agent, once per key.
    Send {
        /// Names the line; a UUID by the server.
        key: String,
        /// The line without its newline.
        raw: String,
    },
    /// Ends the agent and all that it started.
    Stop,
    /// Asks for a `pong`.
    Ping,
}

/// What the shim says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "lowercase")]
pub enum FromShim {
    /// The attach was accepted.
    Hello {
        /// Version of the conversation.
        v: u32,
        /// The run that this shim holds.
        run: String,
        /// The journal's last line.
        last: u64,
    },
    /// A line of the journal.
    Line(JournalLine),
    /// The keyed line is in the journal.
    Ack {
        /// The key of the `send`.
        key: String,
        /// Its line in the journal.
        n: u64,
    },
    /// Answers a `ping`.
    Pong,
    /// Another server holds the agent.
    Refused {
        /// The epoch that is held.
        epoch: u64,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::journal::Dir;
    use domain::time::Timestamp;

    #[track_caller]
    fn check<T: Serialize + for<'a> Deserialize<'a> + PartialEq + std::fmt::Debug>(
        op: &T,
        text: &str,
    ) {
        assert_eq!(serde_json::to_string(op).unwrap(), text);
        assert_eq!(&serde_json::from_str::<T>(text).unwrap(), op);
    }

    #[test]
    fn operations_are_written_as_the_contract_says() {
        check(
            &ToShim::Attach {
                v: 1,
                after: 7,
                epoch: 2,
            },
            r#"{"op":"attach","v":1,"after":7,"epoch":2}"#,
        );
        check(&ToShim::Stop, r#"{"op":"stop"}"#);
        check(
            &FromShim::Ack {
                key: "k".into(),
                n: 3,
            },
            r#"{"op":"ack","key":"k","n":3}"#,
        );
        let line = JournalLine {
            n: 1,
            at: Timestamp(0),
            dir: Dir::A2c,
            key: None,
            raw: "{}".into(),
        };
        check(
            &FromShim::Line(line),
            r#"{"op":"line","n":1,"at":"1970-01-01T00:00:00.000Z","dir":"a2c","raw":"{}"}"#,
        );
    }
}
