//! Branch and changes of one session, and committing them.
use super::changed_file_list::ChangedFileList;
use super::commit_form::CommitForm;
use super::drawn::drawn;
use super::ui::{Glyph, Icon, Skeleton};
use domain::amount;
use domain::git::{ChangedFiles, DiffOfFile, GitStatus};
use domain::session::Session;
use leptos::prelude::*;
use std::collections::BTreeSet;

/// What git says, as far as the page knows it.
#[derive(Clone, Copy)]
pub struct GitData {
    /// Changed files against the base, or why they could not be read.
    pub files: Signal<Option<Result<ChangedFiles, String>>>,
    /// What is not committed.
    pub status: Signal<Option<GitStatus>>,
    /// The file whose diff is open.
    pub open_path: Signal<Option<String>>,
    /// Its diff, or why it could not be read; none while it is on its way.
    pub diff: Signal<Option<Result<DiffOfFile, String>>>,
    /// Whether a commit is under way.
    pub is_committing: Signal<bool>,
    /// The new commit, or why there is none.
    pub outcome: Signal<Option<Result<String, String>>>,
    /// The commit message; the page keeps it as a draft.
    pub message: RwSignal<String>,
}

/// What a person can do with the changes.
#[derive(Clone, Copy)]
pub struct GitActions {
    /// Opens a file's diff; none closes it.
    pub on_open_diff: Callback<Option<String>>,
    /// Commits exactly these paths with the message.
    pub on_commit: Callback<CommitRequest>,
    /// Draws what else can be done with the chosen files, once some were chosen.
    pub on_choose: Callback<Signal<Vec<String>>, AnyView>,
    /// Reads everything again.
    pub on_reload: Callback<()>,
}

/// What is to be committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitRequest {
    /// The files, relative to the worktree.
    pub paths: Vec<String>,
    /// The message.
    pub message: String,
}

/// Branch and changes of a session. It never fetches: the page hands it what git says.
#[component]
pub fn GitSection(
    /// The session.
    session: Signal<Session>,
    /// What git says.
    data: GitData,
    /// What can be done.
    actions: GitActions,
) -> impl IntoView {
    let branch = Memo::new(move |_| {
        let of_git = data.status.with(|status| status.as_ref()?.branch.clone());
        of_git.unwrap_or_else(|| session.with(|session| session.worktree.branch.clone()))
    });
    let base = Memo::new(move |_| session.with(base_of));
    let ahead = Memo::new(move |_| {
        data.status
            .with(|status| status.as_ref().map(|status| status.ahead))
    });
    let selected = RwSignal::new(BTreeSet::<String>::new());
    let is_untouched = Memo::new(move |_| session.with(|session| session.worktree_revision == 0));
    let state = Memo::new(move |_| {
        data.files.with(|files| match files {
            None if is_untouched.get() => State::Untouched,
            None => State::Loading,
            Some(Err(why)) => State::Failed(why.clone()),
            Some(Ok(_)) => State::Ready,
        })
    });
    view! {
        <section class="git-section" data-testid="git-section" aria-label="Git">
            <h2 class="git-section__title">"Changes"</h2>
            <p class="git-section__branch">
                <Icon glyph=Glyph::Branch/>
                <code>{drawn(move || branch.get())}</code>
            </p>
            <p class="git-section__base">
                {drawn(move || base.get())}
                {drawn(move || ahead.get().map(|ahead| format!(" · {} since", amount::of(ahead, "commit"))))}
            </p>
            {move || match state.get() {
                State::Untouched => view! { <p class="git-section__base">"Nothing has changed yet."</p> }.into_any(),
                State::Loading => view! { <Skeleton lines=3/> }.into_any(),
                State::Failed(why) => view! { <Unreadable why on_reload=actions.on_reload/> }.into_any(),
                State::Ready => view! { <ChangedFileList data selected on_open_diff=actions.on_open_diff/> }.into_any(),
            }}
            <CommitForm data selected actions/>
        </section>
    }
    .into_any()
}

#[derive(Clone, PartialEq)]
enum State {
    Untouched,
    Loading,
    Failed(String),
    Ready,
}

fn base_of(session: &Session) -> String {
    let commit = session.worktree.base_commit.get(..8).unwrap_or_default();
    format!("from {} at {commit}", session.worktree.base_branch)
}

/// Says that git could not be read.
#[component]
fn Unreadable(
    /// Why it could not be read.
    why: String,
    /// Reads everything again.
    on_reload: Callback<()>,
) -> impl IntoView {
    view! {
        <div class="git-section__failure" role="alert">
            <p>{why}</p>
            <button type="button" on:click=move |_| on_reload.run(())>"Read again"</button>
        </div>
    }
    .into_any()
}
