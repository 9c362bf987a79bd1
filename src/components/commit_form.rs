//! Commits exactly the chosen files with a message.
use super::erased::Show;
use super::git_section::{CommitRequest, GitActions, GitData};
use domain::amount;
use domain::author::NOBODY_SIGNS;
use domain::git::GitStatus;
use domain::visible::reveal;
use leptos::prelude::*;
use std::collections::BTreeSet;

/// The id of the field of the message.
pub const COMMIT_FIELD: &str = "commit-message";

/// Commits the chosen files; says what became of it.
#[component]
pub fn CommitForm(
    /// What git says.
    data: GitData,
    /// The files chosen.
    selected: RwSignal<BTreeSet<String>>,
    /// What can be done.
    actions: GitActions,
) -> impl IntoView {
    // A file that was committed meanwhile is no longer chosen.
    let paths = Memo::new(move |_| {
        data.status
            .with(|status| selected.with(|selected| still_open(selected, status.as_ref())))
    });
    let has_open = Memo::new(move |_| {
        data.status.with(|status| {
            status
                .as_ref()
                .is_some_and(|status| !status.files.is_empty())
        })
    });
    let was_chosen = Memo::new(move |before: Option<&bool>| {
        before == Some(&true) || paths.with(|paths| !paths.is_empty())
    });
    let is_off = move || {
        let is_blank = data.message.with(|message| message.trim().is_empty());
        is_blank || data.is_committing.get() || paths.with(Vec::is_empty)
    };
    let signer = Memo::new(move |_| data.status.with(|status| signer(status.as_ref())));
    let label = move || match paths.with(Vec::len) as u64 {
        _ if data.is_committing.get() => "Committing".to_owned(),
        0 => "Commit".to_owned(),
        count => format!("Commit {}", amount::of(count, "file")),
    };
    let on_submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !is_off() {
            let message = data.message.get_untracked();
            let paths = paths.get_untracked();
            actions.on_commit.run(CommitRequest { paths, message });
        }
    };
    view! {
        <Show when=move || has_open.get()>
            <form class="commit-form" aria-label="Commit" on:submit=on_submit>
                <label for=COMMIT_FIELD>"Commit message"</label>
                <textarea
                    id=COMMIT_FIELD
                    class="commit-form__message"
                    data-testid="commit-message"
                    rows="2"
                    dir="auto"
                    enterkeyhint="enter"
                    placeholder="What changes, and why"
                    prop:value=move || data.message.get()
                    on:input=move |event| data.message.set(event_target_value(&event))
                ></textarea>
                <p class="commit-form__hint" data-testid="commit-author">{move || signer.get()}</p>
                <div class="commit-form__bar">
                    <p class="commit-form__hint">
                        {move || paths.with(Vec::is_empty).then_some("Choose files above.")}
                    </p>
                    <button type="submit" data-testid="commit" data-tone="main" disabled=is_off>{label}</button>
                </div>
            </form>
        </Show>
        {move || was_chosen.get().then(|| actions.on_choose.run(paths.into()))}
        <p class="commit-form__outcome" role="status">
            {move || data.outcome.get().map(|outcome| match outcome {
                Ok(commit) => view! {
                    "Committed as " <code title=commit.clone()>{short(&commit)}</code>
                }.into_any(),
                Err(why) => view! { <span class="commit-form__failure">{why}</span> }.into_any(),
            })}
        </p>
    }
    .into_any()
}

fn short(commit: &str) -> String {
    commit.get(..8).unwrap_or(commit).to_owned()
}

/// Who signs, or what to run so that somebody does.
fn signer(status: Option<&GitStatus>) -> Option<String> {
    let author = &status?.author;
    Some(author.as_ref().map_or_else(
        || NOBODY_SIGNS.to_owned(),
        |author| {
            format!(
                "commits as {} <{}>",
                reveal(&author.name),
                reveal(&author.email)
            )
        },
    ))
}

fn still_open(selected: &BTreeSet<String>, status: Option<&GitStatus>) -> Vec<String> {
    let is_open = |path: &&String| {
        status.is_some_and(|status| {
            let mut files = status.files.iter();
            files.any(|file| &file.change.path == *path && file.change.is_committable())
        })
    };
    selected.iter().filter(is_open).cloned().collect()
}
