//! What tabs say to each other, what happens to a tab, and what it does about it.
use super::{SessionUpdated, StreamedChanges, Verdict, Wants};
use crate::sync::Mono;
use serde::{Deserialize, Serialize};

/// What tabs say to each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Message {
    /// What a tab wants; nothing if it leaves.
    Wants {
        /// The tab.
        tab: u64,
        /// What it wants.
        wants: Wants,
        /// Whether a person sees it.
        is_visible: bool,
        /// Whether it is told of all that it wants.
        is_told: bool,
    },
    /// A tab begins to lead: say what you want.
    Ask,
    /// The stream is open.
    Opened {
        /// Whether anything was missed.
        verdict: Verdict,
        /// What it tells of.
        wants: Wants,
        /// Where it is.
        at: String,
    },
    /// A session changed.
    Updated {
        /// Which, and how far.
        update: SessionUpdated,
        /// Where the stream is.
        at: String,
        /// The tab that asks for the session for all others; without one each asks for itself.
        #[serde(default)]
        asker: Option<u64>,
    },
    /// The stream is alive.
    Alive {
        /// Where it is.
        at: String,
    },
    /// The stream is lost.
    Lost,
}

/// What happens to a tab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Whether a person sees the tab, and whether it is to be told all the same.
    Watched {
        /// A person sees it.
        is_visible: bool,
        /// It is to be told.
        is_watched: bool,
    },
    /// What its page wants.
    Wants(Wants),
    /// The lock is this tab's.
    Granted,
    /// Another tab says this.
    Heard(Message),
    /// The stream is open.
    Resumed(Verdict, String),
    /// The stream tells of a change.
    Updated(SessionUpdated, String),
    /// The stream brings changes.
    Changes(StreamedChanges, String),
    /// The stream is alive.
    Beat(String),
    /// The server ends the stream.
    Bye,
    /// The stream broke, or could not be opened.
    Failed,
    /// The network is back.
    Online,
    /// The timer fired.
    Tick,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Wait for the lock.
    Lock,
    /// Give the lock back, or stop waiting.
    Unlock,
    /// Open a stream with this query, in place of the one that is open.
    Open(String),
    /// Close the stream.
    Close,
    /// Say this to the other tabs.
    Say(Message),
    /// Tell the page: the stream is open and tells of these.
    Opened(Verdict, Wants),
    /// Tell the page of a change.
    Updated {
        /// Which, and how far.
        update: SessionUpdated,
        /// Whether this tab asks; else another one does for it.
        is_asker: bool,
    },
    /// Give the page changes, and the other tabs if one of them shows the session.
    Changes {
        /// The changes.
        changes: StreamedChanges,
        /// Whether another tab shows it.
        is_shared: bool,
    },
    /// Tell the page that nothing more is told.
    Lost,
    /// Set the one timer, or switch it off.
    WakeAt(Option<Mono>),
}
