//! The sessions that were asked for most, each with the way to its own statistics.
use super::href;
use domain::amount;
use domain::stats::Counted;
use leptos::prelude::*;

/// Sessions by their calls.
#[component]
pub fn StatsSessions(
    /// Most calls first.
    sessions: Vec<Counted>,
) -> impl IntoView {
    let row = |session: Counted| {
        let to = href(&format!("/stats?session={}", session.id));
        view! {
            <tr>
                <th scope="row"><a href=to>{session.title}</a></th>
                <td>{amount::count(session.calls)}</td>
                <td>{amount::bytes(session.bytes)}</td>
            </tr>
        }
    };
    let body = if sessions.is_empty() {
        view! { <p class="stats-sessions__empty">"No session was asked for within the last hour."</p> }.into_any()
    } else {
        let rows: Vec<_> = sessions.into_iter().map(row).collect();
        view! {
            <table class="stats-sessions__table">
                <thead>
                    <tr><th scope="col">"Session"</th><th scope="col">"Calls"</th><th scope="col">"Bytes"</th></tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
    };
    view! {
        <section class="stats-sessions">
            <h2 class="stats-sessions__title">"By session"</h2>
            {body}
        </section>
    }
    .into_any()
}
