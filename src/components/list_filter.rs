//! What narrows the list of sessions: words, status, repository, agent, and how it is grouped.
use super::erased::{For, Show};
use super::session_header::folder;
use super::writing::{key, typed_early};
use domain::listing::{Filter, kinds};
use domain::session::{Row, SessionStatus};
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

/// The id of the field of the words.
const FILTER_FIELD: &str = "list-filter";

/// A filter and the way to change it.
#[derive(Clone, Copy)]
pub struct ListChoice {
    /// What narrows the list.
    pub filter: Signal<Filter>,
    /// Takes another filter.
    pub on_change: Callback<Filter>,
}

impl ListChoice {
    /// The filter that holds, with one thing changed.
    fn change(self, edit: impl FnOnce(&mut Filter)) {
        let mut filter = self.filter.get_untracked();
        edit(&mut filter);
        self.on_change.run(filter);
    }
}

/// Fields and chips that narrow the list.
#[component]
pub fn ListFilter(
    /// All sessions of the page.
    rows: Memo<Vec<Row>>,
    /// The filter.
    choice: ListChoice,
) -> impl IntoView {
    let on_key = move |event: KeyboardEvent| {
        if key(&event).is_some_and(|key| key == "Escape") {
            choice.change(|filter| filter.text.clear());
        }
    };
    typed_early(FILTER_FIELD, move |text| {
        choice.change(|filter| filter.text = text)
    });
    let by_repo = move || choice.filter.with(|filter| filter.by_repo);
    view! {
        <search class="list-filter" aria-label="Sessions">
            <div class="list-filter__fields">
                <input
                    id=FILTER_FIELD
                    dir="auto"
                    enterkeyhint="search"
                    class="list-filter__text"
                    type="search"
                    aria-label="Filter by title, branch or last line"
                    placeholder="Filter"
                    title="Filter ( / )"
                    prop:value=move || choice.filter.with(|filter| filter.text.clone())
                    on:input=move |event| {
                        let text = event_target_value(&event);
                        choice.change(|filter| filter.text = text);
                    }
                    on:keydown=on_key
                />
                <Kinds label="Repository" rows choice read=|row| &row.repo place=|filter| &mut filter.repo/>
                <Kinds label="Agent" rows choice read=|row| &row.agent place=|filter| &mut filter.agent/>
                <button
                    type="button"
                    aria-pressed=move || by_repo().to_string()
                    on:click=move |_| choice.change(|filter| filter.by_repo = !filter.by_repo)
                >
                    "By repository"
                </button>
            </div>
            <Chips rows choice/>
        </search>
    }
    .into_any()
}

/// A choice among the repositories or agents that there are; nothing while there is only one.
#[component]
fn Kinds(
    /// What is chosen.
    label: &'static str,
    /// All sessions of the page.
    rows: Memo<Vec<Row>>,
    /// The filter.
    choice: ListChoice,
    /// What it is of a row.
    read: fn(&Row) -> &String,
    /// Where the filter holds it.
    place: fn(&mut Filter) -> &mut Option<String>,
) -> impl IntoView {
    let chosen = move || place(&mut choice.filter.get()).clone().unwrap_or_default();
    let values = Memo::new(move |_| {
        let mut values = rows.with(|rows| kinds(rows, read));
        let chosen = chosen();
        if !chosen.is_empty() && !values.contains(&chosen) {
            values.push(chosen);
        }
        values
    });
    let option = move |value: String| {
        let is_chosen = chosen() == value;
        view! { <option value=value.clone() selected=is_chosen>{folder(&value).to_owned()}</option> }
    };
    let on_change = move |value: String| {
        choice.change(|filter| *place(filter) = (!value.is_empty()).then_some(value));
    };
    view! {
        <Show when=move || values.with(|values| values.len() > 1) || !chosen().is_empty()>
            <select
                class="list-filter__kind"
                aria-label=label
                on:change=move |event| on_change(event_target_value(&event))
            >
                <option value="">{format!("{label}: all")}</option>
                {move || values.get().into_iter().map(option).collect_view()}
            </select>
        </Show>
    }
    .into_any()
}

/// The statuses that there are, with their counts; each shows only its own.
#[component]
fn Chips(
    /// All sessions of the page.
    rows: Memo<Vec<Row>>,
    /// The filter.
    choice: ListChoice,
) -> impl IntoView {
    let counts = Memo::new(move |_| {
        choice
            .filter
            .with(|filter| rows.with(|rows| filter.counts(rows)))
    });
    let status = Memo::new(move |_| choice.filter.with(|filter| filter.status));
    let all = move || {
        let counts = counts.get();
        let sum: usize = counts.iter().map(|(_, count)| count).sum();
        let mut all: Vec<(Option<SessionStatus>, usize)> = vec![(None, sum)];
        all.extend(
            counts
                .into_iter()
                .map(|(status, count)| (Some(status), count)),
        );
        all
    };
    let chip = move |(of, count): (Option<SessionStatus>, usize)| {
        view! {
            <button
                type="button"
                class="list-filter__chip"
                data-status=of.map_or("all", SessionStatus::as_str)
                aria-pressed=move || (status.get() == of).to_string()
                on:click=move |_| {
                    let wanted = of.filter(|_| status.get_untracked() != of);
                    choice.change(|filter| filter.status = wanted);
                }
            >
                {of.map_or("All", SessionStatus::label)}
                " "
                <span class="list-filter__count">{count}</span>
            </button>
        }
    };
    view! {
        <div class="list-filter__chips" role="group" aria-label="Status">
            <For each=all key=|chip| *chip children=chip/>
        </div>
    }
    .into_any()
}
