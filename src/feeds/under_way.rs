//! What own actions of a session show while they are on their way.
use super::ops::{Deed, Op, PendingMessage, chosen};
use super::session::SessionFeed;
use domain::snapshot::AgentState;
use domain::sync::OpId;
use leptos::prelude::*;

impl SessionFeed {
    /// Messages that are on their way, until the thread holds them.
    #[must_use]
    pub fn pending_messages(self) -> Vec<PendingMessage> {
        let known = |op: &Op| {
            self.thread.entries.with(|entries| {
                entries.iter().rev().take(20).any(|(_, entry)| {
                    entry.with(|entry| matches!(&entry.body, domain::thread::Body::User { client_id, .. } if *client_id == op.client_id))
                })
            })
        };
        let message = |(_, op): &(OpId, Op)| match &op.deed {
            Deed::Send(text, _) if !op.is_busy && !known(op) => Some(PendingMessage {
                client_id: op.client_id.clone(),
                text: text.clone(),
            }),
            _ => None,
        };
        self.ops
            .with(|ops| ops.iter().filter_map(message).collect())
    }

    /// The text of the last message whose answer is awaited.
    #[must_use]
    pub fn sending(self) -> Option<String> {
        let text = |(_, op): &(OpId, Op)| op.message().map(str::to_owned);
        self.ops.with(|ops| ops.iter().rev().find_map(text))
    }

    /// The approval whose answer is on its way.
    #[must_use]
    pub fn answering(self) -> Option<String> {
        let request = |(_, op): &(OpId, Op)| match &op.deed {
            Deed::Approve(request, ..) => Some(request.clone()),
            _ => None,
        };
        self.ops.with(|ops| ops.iter().find_map(request))
    }

    /// What the agent offers, with choices that are on their way.
    #[must_use]
    pub fn offers(self) -> AgentState {
        let mut state = self.agent_state.get();
        self.ops.with(|ops| {
            for (_, op) in ops {
                if let Deed::SetOption(option, value) = &op.deed {
                    chosen(&mut state, option, value);
                }
            }
        });
        state
    }

    /// Whether a deed of the header is on its way.
    #[must_use]
    pub fn is_acting(self) -> bool {
        let is_slow =
            |(_, op): &(OpId, Op)| matches!(op.deed, Deed::Complete | Deed::Cancel | Deed::Resume);
        self.ops.with(|ops| ops.iter().any(is_slow))
    }
}
