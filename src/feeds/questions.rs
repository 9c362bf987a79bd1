//! Answers to questions of the agent, and new sessions from entries: deeds that do not show at once.
use super::ops::new_client_id;
use super::request::Requests;
use super::session::SessionFeed;
use crate::api::error::ApiError;
use crate::api::forks::fork_session;
use crate::api::questions::answer_question;
use domain::id::{ClientId, SessionId};
use domain::question::{QuestionAction, Values};
use leptos::prelude::*;

/// The answer on its way, and why the last one was refused.
#[derive(Debug, Clone, Copy)]
pub struct QuestionFeed {
    feed: SessionFeed,
    requests: Requests,
    /// The question whose answer is on its way.
    pub answering: RwSignal<Option<String>>,
    /// The question whose answer was refused, and why.
    pub refused: RwSignal<Option<(String, String)>>,
}

impl QuestionFeed {
    /// The questions of a session.
    #[must_use]
    pub fn new(feed: SessionFeed) -> Self {
        Self {
            feed,
            requests: Requests::new(),
            answering: RwSignal::new(None),
            refused: RwSignal::new(None),
        }
    }

    /// Answers a question; then the page asks for what came of it.
    pub fn answer(self, question: String, action: QuestionAction, values: Values) {
        if self.answering.with_untracked(Option::is_some) {
            return;
        }
        self.answering.set(Some(question.clone()));
        self.refused.set(None);
        let id = self.feed.id.get_value();
        let request = answer_question(new_client_id(), id, question.clone(), action, Some(values));
        self.requests.run(request, move |answer| {
            self.answering.set(None);
            if let Err(error) = answer {
                self.refused.set(Some((question, error.message)));
            }
            self.feed.refresh();
        });
    }
}

/// A fork on its way.
#[derive(Debug, Clone, Copy)]
pub struct ForkFeed {
    id: StoredValue<SessionId>,
    requests: Requests,
    command: StoredValue<Option<(u64, ClientId)>>,
    /// Whether one is being made.
    pub is_busy: RwSignal<bool>,
    /// Why none was made.
    pub error: RwSignal<Option<ApiError>>,
}

impl ForkFeed {
    /// Forks of a session.
    #[must_use]
    pub fn new(id: SessionId) -> Self {
        Self {
            id: StoredValue::new(id),
            requests: Requests::new(),
            command: StoredValue::new(None),
            is_busy: RwSignal::new(false),
            error: RwSignal::new(None),
        }
    }

    /// Forks after an entry; `then` gets the new session.
    pub fn fork(self, seq: u64, then: impl FnOnce(SessionId) + 'static) {
        if self.is_busy.get_untracked() {
            return;
        }
        self.is_busy.set(true);
        self.error.set(None);
        // A second try after a lost answer makes no second session.
        let known = self.command.get_value().filter(|(place, _)| *place == seq);
        let command = known.map_or_else(new_client_id, |(_, command)| command);
        self.command.set_value(Some((seq, command.clone())));
        let id = self.id.get_value();
        self.requests
            .run(fork_session(command, id, seq), move |answer| {
                self.is_busy.set(false);
                match answer {
                    Ok(session) => {
                        self.command.set_value(None);
                        then(session.id);
                    }
                    Err(error) => self.error.set(Some(error)),
                }
            });
    }
}
