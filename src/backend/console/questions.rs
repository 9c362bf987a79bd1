//! Answers of callers to questions of an agent.
use super::Console;
use super::commands::Done;
use super::input::{Caller, command};
use super::wish::Wish;
use crate::store::CommandAnswer;
use domain::id::{ClientId, SessionId};
use domain::question::{QuestionAction, Values};
use serde_json::json;

impl Console {
    /// Answers a question; `told` is what is done about it, and what was filled in.
    ///
    /// # Errors
    /// [`crate::error::Failed::Conflict`] if it is no longer open, `Refused` with the name of a
    /// field that is wrong.
    pub async fn answer(
        &self,
        caller: &Caller,
        client_id: &ClientId,
        place: (&SessionId, String),
        told: (QuestionAction, Values),
    ) -> Done {
        let ((id, question_id), (action, values)) = (place, told);
        let args = json!([id, question_id, action, values]);
        let command = command(client_id, "agent/answer", &args, CommandAnswer::Session);
        let wish = Wish::Answer {
            question_id,
            action,
            values,
        };
        self.hand_over(caller, id, command, wish).await
    }
}
