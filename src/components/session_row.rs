//! One session in the list.
use super::drawn::drawn;
use super::erased::Show;
use super::href;
use super::session_header::folder;
use super::status_badge::StatusBadge;
use super::time_ago::TimeAgo;
use super::ui::{Glyph, Icon};
use domain::amount;
use domain::session::Row;
use domain::visible::reveal;
use leptos::prelude::*;

/// One session in the list; the whole row leads to it.
#[component]
pub fn SessionRow(
    /// The session.
    row: Memo<Row>,
    /// The page's clock, in milliseconds since 1970.
    now_ms: Signal<i64>,
    /// Whether something happened since this browser showed it.
    #[prop(into)]
    is_unread: Signal<bool>,
    /// Whether it says of which repository it is; its group may say so already.
    has_repo: bool,
) -> impl IntoView {
    let id = row.with_untracked(|row| row.id.to_string());
    let part = move |read: fn(&Row) -> String| Memo::new(move |_| row.with(read));
    let title = part(|row| row.title.clone());
    let repo = part(|row| row.repo.clone());
    let branch = part(|row| row.branch.clone());
    let agent = part(agent_of);
    let line = part(|row| reveal(&row.last_line).into_owned());
    let files = Memo::new(move |_| row.with(|row| row.changed_files));
    let changed =
        move || (files.get() > 0).then(|| view! { <span>{amount::of(files.get(), "file")}</span> });
    let status = Signal::derive(move || row.with(|row| row.status));
    let reason = Memo::new(move |_| row.with(|row| row.status_reason.clone()));
    let at = Memo::new(move |_| row.with(|row| row.last_activity_at));
    view! {
        <li class="session-row" data-testid="session-row" data-session-id=id.clone()>
            <span class="session-row__status" title=move || reason.get()><StatusBadge status/></span>
            <h3 class="session-row__title">
                <Show when=move || is_unread.get()>
                    <span class="session-row__unread" title="New since you looked">
                        <span data-only="reader">"Unread: "</span>
                    </span>
                </Show>
                <a class="session-row__link" href=href(&format!("/agents/{id}"))>{drawn(move || title.get())}</a>
            </h3>
            <Show when=move || line.with(|line| !line.is_empty())>
                <p class="session-row__line">{drawn(move || line.get())}</p>
            </Show>
            <p class="session-row__facts">
                {has_repo.then(|| view! { <span title=move || repo.get()>{move || folder(&repo.get()).to_owned()}</span> })}
                <code class="session-row__branch">{move || branch.get()}</code>
                <span>{move || agent.get()}</span>
            </p>
            <div class="session-row__end">
                {changed}
                <TimeAgo at now_ms/>
                <Menu id=id.clone()/>
            </div>
        </li>
    }
    .into_any()
}

/// What can be done with the session from here.
#[component]
fn Menu(
    /// The session.
    id: String,
) -> impl IntoView {
    view! {
        <details class="session-row__menu" name="session-row-menu">
            <summary aria-label="More"><Icon glyph=Glyph::More/></summary>
            <span class="session-row__items">
                <a href=href(&format!("/agents/new?from={id}"))>"Run again"</a>
                <a href=href(&format!("/stats?session={id}"))>"Statistics"</a>
            </span>
        </details>
    }
    .into_any()
}

fn agent_of(row: &Row) -> String {
    match &row.model {
        Some(model) => format!("{} · {model}", row.agent),
        None => row.agent.clone(),
    }
}
