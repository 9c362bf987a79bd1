//! Answers of people to questions of an agent.
use super::error::ApiError;
use domain::id::{ClientId, SessionId};
use domain::question::{QuestionAction, Values};
use domain::session::Session;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

/// Answers a question; the first answer wins.
///
/// # Errors
/// 409 if it is no longer open; 422 with the name of a field that is missing or wrong.
#[server(prefix = "/api", endpoint = "agent/answer", input = Json)]
pub async fn answer_question(
    #[server(rename = "clientId")] client_id: ClientId,
    id: SessionId,
    #[server(rename = "questionId")] question_id: String,
    action: QuestionAction,
    values: Option<Values>,
) -> Result<Session, ApiError> {
    let (console, caller) = super::half::authenticated()?;
    let (place, told) = ((&id, question_id), (action, values.unwrap_or_default()));
    super::half::parsed(&console.answer(&caller, &client_id, place, told).await?)
}
