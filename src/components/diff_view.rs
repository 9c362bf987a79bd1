//! The changes of one file, line by line.
use domain::git::{DiffLine, Hunk, LineKind};
use leptos::prelude::*;

/// Hunks of one file. Numbers and signs are drawn, not text, so that a selection copies the code.
#[component]
pub fn DiffView(
    /// What it is, for those who cannot see it.
    #[prop(into)]
    label: String,
    /// Its hunks.
    hunks: Vec<Hunk>,
    /// Whether lines were left out because there are too many.
    #[prop(optional)]
    truncated: bool,
    /// Its name for tests.
    #[prop(optional)]
    testid: Option<&'static str>,
) -> impl IntoView {
    let is_empty = hunks.is_empty();
    let is_one = hunks.len() == 1;
    let hunks = hunks.into_iter().map(|hunk| draw(hunk, is_one));
    view! {
        <div
            class="diff-view"
            data-testid=testid
            tabindex="0"
            role="group"
            aria-label=label
        >
            <pre class="diff-view__text">{hunks.collect_view()}</pre>
            {is_empty.then(|| view! { <p class="diff-view__note">"No lines to show."</p> })}
            {truncated.then(|| view! { <p class="diff-view__note">"More lines were left out."</p> })}
        </div>
    }
    .into_any()
}

fn draw(hunk: Hunk, is_only: bool) -> impl IntoView {
    let header = (!is_only).then(|| view! { <span class="diff-view__hunk">{hunk.header}</span> });
    (header, hunk.lines.into_iter().map(draw_line).collect_view())
}

fn draw_line(line: DiffLine) -> impl IntoView {
    let kind = match line.kind {
        LineKind::Context => "context",
        LineKind::Added => "added",
        LineKind::Removed => "removed",
    };
    let number = |number: Option<u64>| number.map(|number| number.to_string());
    view! {
        <span
            class="diff-view__line"
            data-kind=kind
            data-old=number(line.old).unwrap_or_default()
            data-new=number(line.new).unwrap_or_default()
        >
            {line.text + "\n"}
        </span>
    }
}
