//! A change of a file as the agent tells it: old and new text, compared here.
use super::diff_view::DiffView;
use super::ui::{CopyButton, Copying};
use domain::line_diff::line_diff;
use domain::syntax::Language;
use domain::thread;
use domain::visible::reveal;
use leptos::prelude::*;

/// Most lines of a change that are drawn in the thread.
const MAX_LINES: usize = 600;

/// A change of a file with its line counts.
#[component]
pub fn FileDiff(
    /// The change.
    diff: thread::FileDiff,
    /// Puts a text on the clipboard.
    on_copy: Callback<Copying>,
) -> impl IntoView {
    let thread::FileDiff {
        path,
        old_text,
        new_text,
    } = diff;
    let language = Language::of_path(&path);
    let path = reveal(&path).into_owned();
    let label = format!("Changes of {path}");
    let is_new = old_text.is_none();
    let lines = line_diff(&old_text.unwrap_or_default(), &new_text, MAX_LINES);
    let copied = Signal::stored(new_text);
    let what = format!("Copy the new text of {path}");
    view! {
        <figure class="file-diff">
            <figcaption class="file-diff__head">
                <span class="file-diff__path">{path}</span>
                {is_new.then(|| view! { <span>"new"</span> })}
                <span class="file-diff__added" aria-label=format!("{} added", lines.added)>{format!("+{}", lines.added)}</span>
                <span class="file-diff__removed" aria-label=format!("{} removed", lines.removed)>{format!("−{}", lines.removed)}</span>
                <CopyButton label=what text=copied on_copy/>
            </figcaption>
            <DiffView label language hunks=lines.hunks truncated=lines.is_truncated/>
        </figure>
    }
    .into_any()
}
