//! What entries of a session's thread may do: answer questions, begin a new session.
use super::{session_path, use_go};
use crate::components::entry_tools::ForkFrom;
use crate::components::question_card::{QuestionEnv, Reply};
use crate::components::ui::{Notice, Tone, Urgency};
use crate::feeds::{ForkFeed, QuestionFeed, SessionFeed};
use domain::id::SessionId;
use leptos::prelude::*;
use leptos_router::NavigateOptions;

/// Gives the entries of the thread what they need; the view says why a fork was not made.
pub fn provide_asking(feed: SessionFeed, id: SessionId) -> impl IntoView {
    let questions = QuestionFeed::new(feed);
    provide_context(QuestionEnv {
        answering: questions.answering.into(),
        refused: questions.refused.into(),
        on_reply: Callback::new(move |reply: Reply| {
            questions.answer(reply.question_id, reply.action, reply.values);
        }),
    });
    let forks = ForkFeed::new(id);
    let go = use_go();
    provide_context(ForkFrom {
        is_busy: forks.is_busy.into(),
        on_fork: Callback::new(move |seq| {
            let go = go.clone();
            forks.fork(seq, move |id| {
                go(&session_path(&id), NavigateOptions::default());
            });
        }),
    });
    move || {
        let error = forks.error.get();
        error.map(|error| {
            view! { <Notice tone=Tone::Bad urgency=Urgency::Alert>{error.message}</Notice> }
        })
    }
}
