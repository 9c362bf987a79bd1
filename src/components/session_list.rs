//! The sessions, those that wait for a person first.
use super::erased::{For, Show};
use super::href;
use super::list_filter::{ListChoice, ListFilter};
use super::session_header::folder;
use super::session_row::SessionRow;
use super::ui::{Glyph, Icon};
use crate::browser::places::is_there;
use domain::listing::{Filter, kinds};
use domain::placing::{PlacedRow, has_moved, in_place, placed};
use domain::seen::Seen;
use domain::session::Row;
use leptos::prelude::*;

/// A row that has the focus by the keyboard: a click leaves it there too, and means nothing then.
const FOCUSED: &str = ".session-list__groups :focus-visible";

/// The rows while the pointer is over them.
const POINTED_AT: &str = ".session-list__groups:hover";

/// What every row needs besides itself.
#[derive(Clone, Copy)]
struct RowEnv {
    now_ms: Signal<i64>,
    seen: Signal<Option<Seen>>,
}

/// The sessions in the order of the server, in groups by what they do or by repository.
#[component]
pub fn SessionList(
    /// The sessions, in the order to show.
    #[prop(into)]
    rows: Signal<Vec<Row>>,
    /// The page's clock, in milliseconds since 1970.
    now_ms: Signal<i64>,
    /// What narrows the list; without it everything is shown.
    #[prop(optional)]
    choice: Option<ListChoice>,
    /// What was shown of each session before, for the marks of what is new.
    #[prop(optional, into)]
    seen: Signal<Option<Seen>>,
) -> impl IntoView {
    let rows = Memo::new(move |_| rows.get());
    let filter = Memo::new(move |_| choice.map(|choice| choice.filter.get()).unwrap_or_default());
    let (shown, pinning) = pinned_rows(rows, filter);
    let by_repo = Memo::new(move |_| filter.with(|filter| filter.by_repo));
    let groups = Memo::new(move |_| match by_repo.get() {
        true => shown.with(|shown| {
            let rows: Vec<Row> = shown.iter().map(|placed| placed.row.clone()).collect();
            kinds(&rows, |row| &row.repo)
        }),
        false => ["0", "1", "2"].map(str::to_owned).to_vec(),
    });
    let env = RowEnv { now_ms, seen };
    let group = move |key: String| view! { <Group key shown env/> };
    let is_empty = move || shown.with(Vec::is_empty);
    view! {
        <div class="session-list">
            <Show when=move || rows.with(|rows| !rows.is_empty()) fallback=Empty>
                {choice.map(|choice| view! { <ListFilter rows choice/> })}
                <Show when=is_empty>
                    {choice.map(|choice| view! { <Nothing choice/> })}
                </Show>
                <div
                    class="session-list__groups"
                    on:pointerenter=move |_| pinning.is_pointed_at.set(true)
                    on:pointerleave=move |_| pinning.is_pointed_at.set(false)
                    on:focusin=move |_| pinning.has_focus.set(is_there(FOCUSED))
                    on:focusout=move |_| pinning.has_focus.set(false)
                >
                    <For each=move || groups.get() key=String::clone children=group/>
                </div>
            </Show>
            <p class="session-list__news" role="status">
                {move || pinning.has_news.get().then_some("The list has changed. It moves on when the pointer and the focus leave it.")}
            </p>
        </div>
    }
    .into_any()
}

/// Why rows stay where they are, and whether they would stand elsewhere.
#[derive(Clone, Copy)]
struct Pinning {
    is_pointed_at: RwSignal<bool>,
    has_focus: RwSignal<bool>,
    has_news: Memo<bool>,
}

/// The rows that are shown. They move only while nobody points at one, so that no click meets
/// another row than the one that was aimed at; another filter places them anew.
fn pinned_rows(rows: Memo<Vec<Row>>, filter: Memo<Filter>) -> (Memo<Vec<PlacedRow>>, Pinning) {
    let (is_pointed_at, has_focus) = (RwSignal::new(false), RwSignal::new(false));
    // A pointer that rests there when the page opens enters nothing.
    Effect::new(move |_| is_pointed_at.set(is_there(POINTED_AT)));
    let fresh = Memo::new(move |_| {
        let is_shown = |row: &&Row| filter.with(|filter| filter.shows(row));
        placed(rows.with(|rows| rows.iter().filter(is_shown).cloned().collect()))
    });
    let pinned = Memo::new(move |before: Option<&(Filter, Vec<PlacedRow>)>| {
        let (filter, fresh) = (filter.get(), fresh.get());
        let is_still = is_pointed_at.get() || has_focus.get();
        match before {
            Some((known, before)) if is_still && *known == filter && !rows.with(Vec::is_empty) => {
                let shown = rows.with(|rows| in_place(before, rows));
                (filter, shown)
            }
            _ => (filter, fresh),
        }
    });
    let shown = Memo::new(move |_| pinned.with(|(_, shown)| shown.clone()));
    let has_news =
        Memo::new(move |_| shown.with(|shown| fresh.with(|fresh| has_moved(shown, fresh))));
    let pinning = Pinning {
        is_pointed_at,
        has_focus,
        has_news,
    };
    (shown, pinning)
}

/// Rows of a group: those of a rank, or of a repository.
fn is_of(key: &str, placed: &PlacedRow) -> bool {
    match rank_of(key) {
        Some(rank) => placed.rank == rank,
        None => placed.row.repo == key,
    }
}

/// The rank that a group is of; none if it is of a repository.
fn rank_of(key: &str) -> Option<u8> {
    key.parse().ok()
}

fn title_of(key: &str) -> String {
    match key {
        "0" => "Waiting for you".to_owned(),
        "1" => "Under way".to_owned(),
        "2" => "Quiet".to_owned(),
        repo => folder(repo).to_owned(),
    }
}

/// Sessions of one group under their heading.
#[component]
fn Group(
    /// A rank, or the path of a repository.
    key: String,
    /// All sessions that are shown.
    shown: Memo<Vec<PlacedRow>>,
    /// What every row needs.
    env: RowEnv,
) -> impl IntoView {
    let title = title_of(&key);
    let has_repo = rank_of(&key).is_some();
    let group = key.clone();
    let of_group = Memo::new(move |_| {
        let is_mine = |placed: &&PlacedRow| is_of(&group, placed);
        let row = |placed: &PlacedRow| placed.row.clone();
        shown.with(|rows| rows.iter().filter(is_mine).map(row).collect::<Vec<_>>())
    });
    let row = move |row: Row| {
        let id = row.id.clone();
        // The row is looked up again on every change, so that only what differs is drawn.
        let current = Memo::new(move |before: Option<&Row>| {
            let found = of_group.with(|rows| rows.iter().find(|row| row.id == id).cloned());
            found
                .or_else(|| before.cloned())
                .unwrap_or_else(|| row.clone())
        });
        let is_unread = Memo::new(move |_| {
            let is_new =
                |seen: &Seen| current.with(|row| seen.is_unread(&row.id, row.last_activity_at));
            env.seen.with(|seen| seen.as_ref().is_some_and(is_new))
        });
        view! { <SessionRow row=current now_ms=env.now_ms is_unread has_repo/> }
    };
    view! {
        <Show when=move || of_group.with(|rows| !rows.is_empty())>
            <section class="session-list__group" aria-label=title.clone() data-rank=key.clone()>
                <h2 class="session-list__title">
                    {title.clone()}
                    <span class="session-list__count">{move || of_group.with(Vec::len)}</span>
                </h2>
                <ul class="session-list__rows">
                    <For each=move || of_group.get() key=|row| row.id.clone() children=row/>
                </ul>
            </section>
        </Show>
    }
    .into_any()
}

/// Says that no session fits the filter.
#[component]
fn Nothing(
    /// The filter.
    choice: ListChoice,
) -> impl IntoView {
    let clear = move |_| {
        let by_repo = choice.filter.with_untracked(|filter| filter.by_repo);
        choice.on_change.run(Filter {
            by_repo,
            ..Filter::default()
        });
    };
    view! {
        <div class="session-list__empty" role="status">
            <p>"No session fits."</p>
            <button type="button" on:click=clear>"Show all"</button>
        </div>
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
