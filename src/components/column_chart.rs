//! A chart of stacked columns, drawn where the page is rendered, with its numbers in words.
use super::ui::Disclosure;
use domain::chart::{Columns, HEIGHT, columns};
use domain::stats::Series;
use leptos::prelude::*;

/// What stands below the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Axis {
    /// The names of the first and the last one.
    #[default]
    Ends,
    /// The name of each.
    Each,
}

/// A chart of columns. What it shows can be read without seeing it: a sentence, and a table.
#[component]
pub fn ColumnChart(
    /// What is counted.
    #[prop(into)]
    title: String,
    /// One sentence about it.
    #[prop(into)]
    note: String,
    /// Names of the columns.
    names: Vec<String>,
    /// What is stacked, the first at the bottom.
    series: Vec<Series>,
    /// Words for a value.
    unit: fn(u64) -> String,
    /// What stands below.
    #[prop(optional)]
    axis: Axis,
) -> impl IntoView {
    let drawing = columns(&series);
    let is_empty = drawing.bars.is_empty();
    let top = unit(drawing.top);
    let legend = (series.len() > 1).then(|| legend(&series, unit));
    let below = match axis {
        Axis::Ends => [names.first(), names.last()]
            .into_iter()
            .flatten()
            .cloned()
            .collect(),
        Axis::Each => names.clone(),
    };
    let below: Vec<_> = below
        .into_iter()
        .map(|name| view! { <span>{name}</span> })
        .collect();
    let each = (axis == Axis::Each).then_some("each");
    let plot = if is_empty {
        view! { <p class="column-chart__empty">"Nothing was counted within the last hour."</p> }
            .into_any()
    } else {
        let label = format!("{title}. {note} The numbers are in the table below.");
        view! {
            <span class="column-chart__top" aria-hidden="true">{top}</span>
            {plot(drawing, label, &names, &series, unit)}
        }
        .into_any()
    };
    let table = (!is_empty).then(move || numbers(names, series, unit));
    view! {
        <figure class="column-chart">
            <figcaption class="column-chart__head">
                <h2 class="column-chart__title">{title}</h2>
                <p class="column-chart__note">{note}</p>
            </figcaption>
            {legend}
            <div class="column-chart__plot">{plot}</div>
            <div class="column-chart__axis" data-axis=each aria-hidden="true">{below}</div>
            {table}
        </figure>
    }
    .into_any()
}

fn plot(
    drawing: Columns,
    label: String,
    names: &[String],
    series: &[Series],
    unit: fn(u64) -> String,
) -> AnyView {
    let Columns { width, bars, .. } = drawing;
    let bars: Vec<_> = bars
        .into_iter()
        .map(|bar| {
            let series = &series[bar.series];
            let name = names.get(bar.column).map_or("", String::as_str);
            let value = series.values.get(bar.column).copied().unwrap_or(0);
            let hint = format!("{name}: {} {}", unit(value), series.name);
            view! {
                <rect data-series=bar.series x=bar.x y=bar.y width=bar.width height=bar.height>
                    <title>{hint}</title>
                </rect>
            }
        })
        .collect();
    let line = |y: u64| view! { <line x1="0" y1=y x2=width y2=y></line> };
    view! {
        <svg
            class="column-chart__drawing"
            viewBox=format!("0 0 {width} {HEIGHT}")
            preserveAspectRatio="none"
            role="img"
            aria-label=label
        >
            {[0, HEIGHT / 2, HEIGHT].map(line).into_iter().collect::<Vec<_>>()}
            {bars}
        </svg>
    }
    .into_any()
}

fn legend(series: &[Series], unit: fn(u64) -> String) -> AnyView {
    let entry = |(place, series): (usize, &Series)| {
        let sum = unit(series.values.iter().sum());
        view! {
            <li class="column-chart__series">
                <svg viewBox="0 0 10 10" aria-hidden="true">
                    <rect data-series=place x="0" y="0" width="10" height="10" rx="2"></rect>
                </svg>
                <span class="column-chart__name">{series.name.clone()}</span>
                <span class="column-chart__sum">{sum}</span>
            </li>
        }
    };
    let entries: Vec<_> = series.iter().enumerate().map(entry).collect();
    view! { <ul class="column-chart__legend">{entries}</ul> }.into_any()
}

fn numbers(names: Vec<String>, series: Vec<Series>, unit: fn(u64) -> String) -> AnyView {
    let value = |series: &Series, place: usize| series.values.get(place).copied().unwrap_or(0);
    let row = |(place, name): (usize, String)| {
        let values: Vec<_> = series.iter().map(|series| value(series, place)).collect();
        values.iter().any(|value| *value > 0).then(|| {
            let cells: Vec<_> = values
                .into_iter()
                .map(|value| view! { <td>{unit(value)}</td> })
                .collect();
            view! { <tr><th scope="row">{name}</th>{cells}</tr> }
        })
    };
    let rows: Vec<_> = names.into_iter().enumerate().filter_map(row).collect();
    let heads: Vec<_> = series
        .into_iter()
        .map(|series| view! { <th scope="col">{series.name}</th> })
        .collect();
    view! {
        <Disclosure summary="Numbers" note=Some("without rows of zeros".to_owned())>
            <div class="column-chart__scroll" tabindex="0" role="region" aria-label="Numbers">
                <table class="column-chart__numbers">
                    <thead>
                        <tr><td></td>{heads}</tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </Disclosure>
    }
    .into_any()
}
