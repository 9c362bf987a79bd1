//! Counts by name as a table with a bar in each row.
use domain::chart::{HEIGHT, length};
use leptos::prelude::*;

/// Counts by name, most first or in an order of their own.
#[component]
pub fn BarList(
    /// What is counted.
    #[prop(into)]
    title: String,
    /// One sentence about it.
    #[prop(into)]
    note: String,
    /// Names and counts.
    rows: Vec<(String, u64)>,
    /// Words for a count.
    unit: fn(u64) -> String,
) -> impl IntoView {
    let most = rows.iter().map(|(_, count)| *count).max().unwrap_or(0);
    let row = |(name, count): (String, u64)| {
        view! {
            <tr>
                <th scope="row">{name}</th>
                <td class="bar-list__bar" aria-hidden="true">
                    <svg viewBox=format!("0 0 {HEIGHT} 10") preserveAspectRatio="none">
                        <rect x="0" y="0" width=length(count, most) height="10"></rect>
                    </svg>
                </td>
                <td class="bar-list__count">{unit(count)}</td>
            </tr>
        }
    };
    let body = if rows.is_empty() {
        view! { <p class="bar-list__empty">"No page has reported anything within the last hour."</p> }.into_any()
    } else {
        let rows: Vec<_> = rows.into_iter().map(row).collect();
        view! { <table class="bar-list__table" aria-label=title.clone()><tbody>{rows}</tbody></table> }.into_any()
    };
    view! {
        <section class="bar-list">
            <h2 class="bar-list__title">{title}</h2>
            <p class="bar-list__note">{note}</p>
            {body}
        </section>
    }
    .into_any()
}
