//! One changed file: how it differs, whether it is chosen, and its diff when opened.
use super::diff_view::DiffView;
use super::erased::Show;
use super::git_section::GitData;
use super::ui::{Glyph, Icon, Spinner};
use domain::git::{self, DiffOfFile};
use domain::syntax::Language;
use domain::visible::reveal;
use leptos::prelude::*;
use std::collections::BTreeSet;

/// A file that differs from the base, or is not committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRow {
    /// Whether it is not committed yet.
    pub is_open: bool,
    /// Whether it can be chosen for the next commit.
    pub is_choosable: bool,
    /// How it differs.
    pub change: Change,
}

/// What a row shows.
type RowKey = (
    (bool, bool),
    String,
    &'static str,
    Option<u64>,
    Option<u64>,
    String,
);

impl FileRow {
    /// Equal for rows that look equal.
    #[must_use]
    pub fn key(&self) -> RowKey {
        let change = &self.change;
        let letter = change.kind.letter();
        (
            (self.is_open, self.is_choosable),
            change.path.clone(),
            letter,
            change.added,
            change.removed,
            change.repository_words().unwrap_or_default(),
        )
    }
}

/// How a file differs.
pub type Change = git::ChangedFile;

/// One changed file.
#[component]
pub fn ChangedFile(
    /// The file.
    row: FileRow,
    /// What git says.
    data: GitData,
    /// The files chosen for the next commit.
    selected: RwSignal<BTreeSet<String>>,
    /// Opens a file's diff; none closes it.
    on_open_diff: Callback<Option<String>>,
) -> impl IntoView {
    let FileRow {
        is_open,
        is_choosable,
        change,
    } = row;
    let path = Signal::stored(change.path.clone());
    let is_shown = Memo::new(move |_| {
        data.open_path
            .with(|open| open.as_ref() == Some(&path.get()))
    });
    let toggle = move |_| on_open_diff.run((!is_shown.get()).then(|| path.get()));
    let label = change.kind.label();
    let moved = change
        .old_path
        .as_deref()
        .map(|old| format!("from {}", reveal(old)));
    view! {
        <li class="changed-file" data-testid="changed-file" data-path=change.path.clone() data-open=is_open.to_string()>
            <div class="changed-file__line">
                <Choice path is_open is_choosable selected/>
                <span class="changed-file__kind" data-kind=change.kind.letter() title=label>
                    <span aria-hidden="true">{change.kind.letter()}</span>
                    <span data-only="reader">{label}</span>
                </span>
                <button
                    type="button"
                    class="changed-file__name"
                    data-tone="plain"
                    aria-expanded=move || is_shown.get().to_string()
                    on:click=toggle
                >
                    <Icon glyph=Glyph::Chevron/>
                    <span class="changed-file__path">{reveal(&change.path).into_owned()}</span>
                </button>
                <Counts change=change.clone()/>
            </div>
            {moved.map(|moved| view! { <p class="changed-file__moved">{moved}</p> })}
            {change.repository_words().map(|words| view! { <p class="changed-file__repository">{words}</p> })}
            <Show when=move || is_shown.get()>
                {move || draw_diff(&path.get(), data.diff.get())}
            </Show>
        </li>
    }
    .into_any()
}

/// The box that chooses a file for the next commit. What is committed has a tick instead, and what
/// cannot be committed here has nothing.
#[component]
fn Choice(
    /// The file.
    path: Signal<String>,
    /// Whether it is not committed yet.
    is_open: bool,
    /// Whether a commit here can hold it.
    is_choosable: bool,
    /// The files chosen for the next commit.
    selected: RwSignal<BTreeSet<String>>,
) -> impl IntoView {
    if is_open && !is_choosable {
        return view! { <span class="changed-file__done"></span> }.into_any();
    }
    if !is_open {
        return view! {
            <span class="changed-file__done" title="committed">
                <Icon glyph=Glyph::Check/>
                <span data-only="reader">"committed"</span>
            </span>
        }
        .into_any();
    }
    let is_chosen = move || selected.with(|selected| selected.contains(&path.get()));
    let choose = move |event| {
        let is_chosen = event_target_checked(&event);
        selected.update(|selected| {
            if is_chosen {
                selected.insert(path.get_untracked());
            } else {
                selected.remove(&path.get_untracked());
            }
        });
    };
    view! {
        <input
            type="checkbox"
            aria-label=move || format!("Commit {}", path.get())
            prop:checked=is_chosen
            on:change=choose
        />
    }
    .into_any()
}

/// Lines added and removed.
#[component]
fn Counts(
    /// How the file differs.
    change: Change,
) -> impl IntoView {
    if change.binary {
        return view! { <span class="changed-file__binary">"binary"</span> }.into_any();
    }
    let added = change.added.filter(|added| *added > 0).map(|added| {
        view! { <span class="changed-file__added" aria-label=format!("{added} lines added")>{format!("+{added}")}</span> }
    });
    let removed = change.removed.filter(|removed| *removed > 0).map(|removed| {
        view! { <span class="changed-file__removed" aria-label=format!("{removed} lines removed")>{format!("−{removed}")}</span> }
    });
    view! { <span class="changed-file__counts">{added} {removed}</span> }.into_any()
}

fn draw_diff(path: &str, diff: Option<Result<DiffOfFile, String>>) -> AnyView {
    match diff {
        None => view! { <Spinner label="Reading the changes"/> }.into_any(),
        Some(Err(why)) => {
            view! { <p class="changed-file__failure" role="alert">{why}</p> }.into_any()
        }
        Some(Ok(diff)) if diff.change.own_repository => {
            view! { <p data-testid="diff">"A repository of its own; look at its changes in there."</p> }
                .into_any()
        }
        Some(Ok(diff)) if diff.change.submodule.is_some() && diff.hunks.is_empty() => {
            view! { <p data-testid="diff">"It points to the same commit; look at its changes in there."</p> }
                .into_any()
        }
        Some(Ok(diff)) if diff.change.binary => {
            view! { <p data-testid="diff">"A binary file; it has no lines to show."</p> }.into_any()
        }
        Some(Ok(diff)) => {
            let label = format!("Changes of {path}");
            let language = Language::of_path(path);
            view! { <DiffView label language hunks=diff.hunks truncated=diff.truncated testid="diff"/> }
                .into_any()
        }
    }
}
