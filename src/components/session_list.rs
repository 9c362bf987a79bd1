//! The sessions, those that wait for a person first.
use super::erased::{For, Show};
use super::href;
use super::session_row::SessionRow;
use super::ui::{Glyph, Icon};
use domain::session::Row;
use leptos::prelude::*;

/// The sessions in the order of the server, in groups by what they do.
#[component]
pub fn SessionList(
    /// The sessions, in the order to show.
    #[prop(into)]
    rows: Signal<Vec<Row>>,
    /// The page's clock, in milliseconds since 1970.
    now_ms: Signal<i64>,
) -> impl IntoView {
    let rows = Memo::new(move |_| rows.get());
    let group = move |title, rank| view! { <Group title rank rows now_ms/> };
    view! {
        <div class="session-list">
            <Show when=move || rows.with(|rows| !rows.is_empty()) fallback=Empty>
                {group("Waiting for you", 0)}
                {group("Under way", 1)}
                {group("Quiet", 2)}
            </Show>
        </div>
    }
    .into_any()
}

/// Sessions of one rank under their heading.
#[component]
fn Group(
    /// Its heading.
    title: &'static str,
    /// The rank of its sessions.
    rank: u8,
    /// All sessions.
    rows: Memo<Vec<Row>>,
    /// The page's clock, in milliseconds since 1970.
    now_ms: Signal<i64>,
) -> impl IntoView {
    let of_rank = Memo::new(move |_| {
        let is_mine = |row: &&Row| row.status.rank() == rank;
        rows.with(|rows| rows.iter().filter(is_mine).cloned().collect::<Vec<_>>())
    });
    let row = move |row: Row| {
        let id = row.id.clone();
        // The row is looked up again on every change, so that only what differs is drawn.
        let current = Memo::new(move |before: Option<&Row>| {
            let found = of_rank.with(|rows| rows.iter().find(|row| row.id == id).cloned());
            found
                .or_else(|| before.cloned())
                .unwrap_or_else(|| row.clone())
        });
        view! { <SessionRow row=current now_ms/> }
    };
    view! {
        <Show when=move || of_rank.with(|rows| !rows.is_empty())>
            <section class="session-list__group" aria-label=title data-rank=rank.to_string()>
                <h2 class="session-list__title">
                    {title}
                    <span class="session-list__count">{move || of_rank.with(Vec::len)}</span>
                </h2>
                <ul class="session-list__rows">
                    <For each=move || of_rank.get() key=|row| row.id.clone() children=row/>
                </ul>
            </section>
        </Show>
    }
    .into_any()
}

/// Says that there is nothing yet, and what to do about it.
#[component]
fn Empty() -> impl IntoView {
    view! {
        <div class="session-list__empty">
            <h2>"No sessions yet"</h2>
            <p>"A session is one agent at work in a worktree of its own. Your checkout stays as it is."</p>
            <a href=href("/agents/new") data-tone="main">
                <Icon glyph=Glyph::Plus/>
                "Start the first session"
            </a>
        </div>
    }
    .into_any()
}
