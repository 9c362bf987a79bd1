//! The changes of one file, line by line, in the colours of its language.
use super::code_runs::code_runs;
use domain::git::{DiffLine, Hunk, LineKind};
use domain::paint::{self, Run};
use domain::syntax::Language;
use leptos::prelude::*;

/// Hunks of one file. Numbers and signs are drawn, not text, so that a selection copies the code.
#[component]
pub fn DiffView(
    /// What it is, for those who cannot see it.
    #[prop(into)]
    label: String,
    /// The language of the file, by its name.
    #[prop(optional_no_strip)]
    language: Option<Language>,
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
    let hunks: Vec<AnyView> = hunks
        .into_iter()
        .map(|hunk| draw(hunk, is_one, language))
        .collect();
    view! {
        <div
            class="diff-view"
            data-testid=testid
            tabindex="0"
            role="group"
            aria-label=label
        >
            <pre class="diff-view__text">{hunks}</pre>
            {is_empty.then(|| view! { <p class="diff-view__note">"No lines to show."</p> })}
            {truncated.then(|| view! { <p class="diff-view__note">"More lines were left out."</p> })}
        </div>
    }
    .into_any()
}

fn draw(hunk: Hunk, is_only: bool, language: Option<Language>) -> AnyView {
    let header = (!is_only).then(|| view! { <span class="diff-view__hunk">{hunk.header}</span> });
    let painted = paint::hunk(&hunk.lines, language);
    let lines = hunk.lines.into_iter().zip(painted);
    let lines: Vec<AnyView> = lines.map(|(line, runs)| draw_line(&line, runs)).collect();
    (header, lines).into_any()
}

fn draw_line(line: &DiffLine, runs: Vec<Run>) -> AnyView {
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
            {code_runs(runs)}
            "\n"
        </span>
    }
    .into_any()
}
