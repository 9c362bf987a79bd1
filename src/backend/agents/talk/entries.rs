//! The entries of the thread, by key, in the order in which they began.
use super::call::Call;
use super::text::{self, TEXT_MAX};
use domain::thread::Body;
use domain::time::Timestamp;
use std::collections::HashMap;

/// Shortest chunk that counts as the same text begun again, in bytes.
const REPEAT_MIN: usize = 10;

/// An entry as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// The turn it belongs to, from 1; 0 before the first.
    pub turn: u64,
    /// When it began.
    pub at: Timestamp,
    /// What it is.
    pub body: Body,
}

/// What an entry is made of.
#[derive(Debug)]
pub(super) enum Matter {
    /// As shown.
    Plain(Body),
    /// Shown from what the agent said about the call.
    Call(Box<Call>),
}

#[derive(Debug)]
struct Kept {
    turn: u64,
    at: Timestamp,
    matter: Matter,
}

/// All entries.
#[derive(Debug, Default)]
pub(super) struct Thread {
    kept: HashMap<String, Kept>,
    order: Vec<String>,
}

impl Thread {
    /// Adds an entry, or replaces what it is made of; says whether it is new.
    pub(super) fn put(&mut self, key: &str, turn: u64, at: Timestamp, matter: Matter) -> bool {
        if let Some(kept) = self.kept.get_mut(key) {
            kept.matter = matter;
            return false;
        }
        self.order.push(key.to_owned());
        self.kept.insert(key.to_owned(), Kept { turn, at, matter });
        true
    }

    pub(super) fn said(&self, key: &str) -> Option<Said> {
        self.kept.get(key).map(|kept| Said {
            turn: kept.turn,
            at: kept.at,
            body: match &kept.matter {
                Matter::Plain(body) => body.clone(),
                Matter::Call(call) => Body::Tool(Box::new(call.shown())),
            },
        })
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.order.iter().map(String::as_str)
    }

    pub(super) fn body_mut(&mut self, key: &str) -> Option<&mut Body> {
        match &mut self.kept.get_mut(key)?.matter {
            Matter::Plain(body) => Some(body),
            Matter::Call(_) => None,
        }
    }

    pub(super) fn call(&self, key: &str) -> Option<&Call> {
        match &self.kept.get(key)?.matter {
            Matter::Call(call) => Some(call),
            Matter::Plain(_) => None,
        }
    }

    pub(super) fn call_mut(&mut self, key: &str) -> Option<&mut Call> {
        match &mut self.kept.get_mut(key)?.matter {
            Matter::Call(call) => Some(call),
            Matter::Plain(_) => None,
        }
    }

    /// Lets a text grow; nothing is copied but the new part.
    pub(super) fn grow(&mut self, key: &str, more: &str) {
        if let Some(
            Body::Agent { text, .. } | Body::Thought { text, .. } | Body::System { text, .. },
        ) = self.body_mut(key)
        {
            text::append(text, more, TEXT_MAX);
        }
    }

    /// Whether a text would begin again: an agent whose stream was cut tells it from the start.
    pub(super) fn starts_with(&self, key: &str, more: &str) -> bool {
        let matter = self.kept.get(key).map(|kept| &kept.matter);
        match matter {
            Some(Matter::Plain(Body::Agent { text, .. } | Body::Thought { text, .. })) => {
                more.len() >= REPEAT_MIN && text.starts_with(more)
            }
            _ => false,
        }
    }

    /// Marks a text as complete.
    pub(super) fn close(&mut self, key: &str) {
        if let Some(Body::Agent { open, .. } | Body::Thought { open, .. }) = self.body_mut(key) {
            *open = false;
        }
    }
}
