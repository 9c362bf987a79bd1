//! The whole of the statistics: figures, charts, sessions.
use super::{Axis, BarList, ColumnChart, StatTile, StatTiles, StatsSessions};
use domain::amount;
use domain::stats::{Stats, Tally};
use leptos::prelude::*;

/// The statistics of one session, or of all.
#[component]
pub fn StatsReport(
    /// What was counted.
    stats: Stats,
) -> impl IntoView {
    let hour = stats.hour();
    let tiles = tiles(&stats);
    let by_minute = by_minute(&stats).into_any();
    let sessions = stats
        .session
        .is_none()
        .then_some(stats.sessions)
        .map(|sessions| view! { <StatsSessions sessions/> });
    view! {
        <div class="stats-report">
            <StatTiles tiles/>
            <div class="stats-report__charts">
                {by_minute}
                {distributions(&hour)}
                {pages(&hour)}
                {sessions}
            </div>
        </div>
    }
    .into_any()
}

fn tiles(stats: &Stats) -> Vec<StatTile> {
    let (summary, total) = (stats.summary(), &stats.total);
    let tile = |label, value, note| StatTile { label, value, note };
    let since = format!("{} since the start", amount::count(total.count()));
    let sent = format!("{} since the start", amount::bytes(total.bytes()));
    let cached = summary.cached;
    vec![
        tile(
            "Calls in the last hour",
            amount::count(summary.calls),
            since,
        ),
        tile(
            "Answered 304",
            percent(summary.unchanged),
            "nothing sent, nothing drawn".to_owned(),
        ),
        tile("Sent in the last hour", amount::bytes(summary.bytes), sent),
        tile(
            "Opened from a copy",
            cached.map_or_else(|| "–".to_owned(), percent),
            "of the pages that were left and opened again".to_owned(),
        ),
        tile(
            "Stale pages",
            amount::count(summary.stale),
            format!("{} since the start", amount::count(total.stale_incidents)),
        ),
    ]
}

fn by_minute(stats: &Stats) -> impl IntoView + use<> {
    let names = Stats::minute_names;
    view! {
        <div class="stats-report__wide">
            <ColumnChart
                title="Calls per minute"
                note="Answers of the API in the last hour, by function and status."
                names=names()
                series=stats.calls_by_minute()
                unit=amount::count
            />
        </div>
        <ColumnChart
            title="Share of 304"
            note="Of each minute's calls, those that were answered without a body."
            names=names()
            series=stats.unchanged_by_minute()
            unit=percent
        />
        <ColumnChart
            title="Bytes per minute"
            note="Bodies as they were sent, compressed."
            names=names()
            series=stats.bytes_by_minute()
            unit=amount::bytes
        />
        <ColumnChart
            title="Stale pages"
            note="Pages that showed data without a validation for more than twice their interval."
            names=names()
            series=stats.stale_by_minute()
            unit=amount::count
        />
    }
}

fn distributions(hour: &Tally) -> impl IntoView {
    let (sizes, payloads) = hour.payload_buckets();
    let (waits, intervals) = hour.interval_buckets();
    view! {
        <ColumnChart
            title="Size of session answers"
            note="Answers that carried a session, by their size of at most so many bytes."
            names=sizes
            series=payloads
            unit=amount::count
            axis=Axis::Each
        />
        <ColumnChart
            title="Waits between polls"
            note="How long pages waited before they asked again, at most."
            names=waits
            series=intervals
            unit=amount::count
            axis=Axis::Each
        />
    }
}

fn pages(hour: &Tally) -> impl IntoView {
    view! {
        <BarList
            title="Renders by component"
            note="Runs of effects in the pages."
            rows=hour.renders()
            unit=amount::count
        />
        <BarList
            title="Requests by cause"
            note="Why pages asked."
            rows=hour.causes()
            unit=amount::count
        />
        <BarList
            title="Requests by outcome"
            note="How the requests of pages ended."
            rows=hour.outcomes()
            unit=amount::count
        />
        <BarList
            title="Openings of pages"
            note="With a copy in the browser that was valid, that had to be checked, or without one."
            rows=hour.openings()
            unit=amount::count
        />
    }
}

fn percent(value: u64) -> String {
    format!("{value} %")
}
