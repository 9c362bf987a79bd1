//! Pieces of code with their colours and marks, as nodes.
use domain::paint::Run;
use domain::syntax::Token;
use leptos::prelude::*;

/// The pieces in order. What is plain is plain text; what changed is a `mark`.
#[must_use]
pub fn code_runs(runs: Vec<Run>) -> Vec<AnyView> {
    runs.into_iter().map(draw).collect()
}

fn draw(run: Run) -> AnyView {
    let syntax = run.token.map(Token::as_str);
    match (run.is_marked, syntax) {
        (false, None) => run.text.into_any(),
        (false, syntax) => view! { <span data-syntax=syntax>{run.text}</span> }.into_any(),
        (true, syntax) => view! { <mark data-syntax=syntax>{run.text}</mark> }.into_any(),
    }
}
