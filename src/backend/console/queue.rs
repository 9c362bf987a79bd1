//! Commands about messages that wait for the end of the turn.
use super::Console;
use super::commands::Done;
use super::input::{Caller, command};
use super::wish::Wish;
use crate::store::CommandAnswer;
use domain::id::{ClientId, SessionId};
use serde_json::json;

impl Console {
    /// Rewords a queued message.
    ///
    /// # Errors
    /// [`crate::error::Failed::Conflict`] if it is no longer queued.
    pub async fn update_queued(
        &self,
        caller: &Caller,
        client_id: &ClientId,
        place: (&SessionId, ClientId),
        text: String,
    ) -> Done {
        self.check_prompt(&text)?;
        let (id, item) = place;
        let args = json!([id, item, text]);
        let command = command(
            client_id,
            "agent/update_queued",
            &args,
            CommandAnswer::Session,
        );
        self.hand_over(caller, id, command, Wish::Reword { item, text })
            .await
    }

    /// Drops a queued message.
    ///
    /// # Errors
    /// [`crate::error::Failed::Conflict`] if it is no longer queued.
    pub async fn remove_queued(
        &self,
        caller: &Caller,
        client_id: &ClientId,
        id: &SessionId,
        item: ClientId,
    ) -> Done {
        let command = command(
            client_id,
            "agent/remove_queued",
            &json!([id, item]),
            CommandAnswer::Session,
        );
        self.hand_over(caller, id, command, Wish::Dequeue { item })
            .await
    }

    /// Puts a queued message at a place, from 0; beyond the last it is the last.
    ///
    /// # Errors
    /// [`crate::error::Failed::Conflict`] if it is no longer queued.
    pub async fn move_queued(
        &self,
        caller: &Caller,
        client_id: &ClientId,
        place: (&SessionId, ClientId),
        to: usize,
    ) -> Done {
        let (id, item) = place;
        let args = json!([id, item, to]);
        let command = command(
            client_id,
            "agent/move_queued",
            &args,
            CommandAnswer::Session,
        );
        self.hand_over(caller, id, command, Wish::Requeue { item, to })
            .await
    }

    /// Stops the turn, if one runs, and delivers a queued message next.
    ///
    /// # Errors
    /// [`crate::error::Failed::Conflict`] if it is no longer queued.
    pub async fn send_now(
        &self,
        caller: &Caller,
        client_id: &ClientId,
        id: &SessionId,
        item: ClientId,
    ) -> Done {
        let args = json!([id, item]);
        let command = command(client_id, "agent/send_now", &args, CommandAnswer::Session);
        self.hand_over(caller, id, command, Wish::SendNow { item })
            .await
    }
}
