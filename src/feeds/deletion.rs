//! Deleting the session of a page.
use super::ops::new_client_id;
use super::session::SessionFeed;
use super::{kept, push};
use crate::api::commands::delete_session;
use crate::api::error::ApiError;
use leptos::prelude::*;

impl SessionFeed {
    /// Deletes the session; `then` gets the answer unless the page was left.
    pub fn delete(self, discard_work: bool, then: impl FnOnce(Result<(), ApiError>) + 'static) {
        let id = self.id.get_value();
        let request = async move {
            push::mute(&id, true);
            let answer = delete_session(new_client_id(), id.clone(), discard_work).await;
            match &answer {
                Ok(_) => kept::bury(&id),
                Err(_) => push::mute(&id, false),
            }
            answer.map(|_| ())
        };
        self.requests.run(request, then);
    }
}
