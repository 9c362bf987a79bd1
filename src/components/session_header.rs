//! The head of a session's page: title, status, where it works, what can be done with it.
use super::drawn::drawn;
use super::export_links::ExportLinks;
use super::href;
use super::quiet_badge::{Quiet, QuietBadge};
use super::session_actions::SessionActions;
use super::status_badge::StatusBadge;
use super::title_editor::TitleEditor;
use super::ui::{Glyph, Icon, LiveRegion};
use domain::session::Session;
use leptos::prelude::*;

/// What a person can do with a whole session.
#[derive(Clone, Copy)]
pub struct HeaderActions {
    /// Gives it another title.
    pub on_rename: Callback<String>,
    /// Declares it done.
    pub on_complete: Callback<()>,
    /// Deletes it; true drops unmerged work.
    pub on_delete: Callback<bool>,
}

/// The head of a session's page.
#[component]
pub fn SessionHeader(
    /// The session.
    session: Signal<Session>,
    /// Whether an action is under way.
    #[prop(into)]
    is_busy: Signal<bool>,
    /// Why the session was not deleted, if the server refused.
    #[prop(into)]
    delete_refusal: Signal<Option<String>>,
    /// What is needed to tell that the agent is quiet.
    quiet: Quiet,
    /// What can be done.
    actions: HeaderActions,
) -> impl IntoView {
    let id = session.with_untracked(|session| session.id.clone());
    let again = session.with_untracked(|session| href(&format!("/agents/new?from={}", session.id)));
    let title = Signal::derive(move || session.with(|session| session.title.clone()));
    let status = Signal::derive(move || session.with(|session| session.status));
    let announced = Signal::derive(move || format!("Status: {}", status.get().label()));
    let repo = Memo::new(move |_| session.with(|session| session.repo.clone()));
    let branch = Memo::new(move |_| session.with(|session| session.worktree.branch.clone()));
    let agent = Memo::new(move |_| session.with(|session| session.agent.clone()));
    view! {
        <header class="session-header">
            <div class="session-header__line">
                <TitleEditor title on_rename=actions.on_rename/>
                <ExportLinks id/>
                <SessionActions again status is_busy delete_refusal actions/>
            </div>
            <LiveRegion text=announced/>
            <div class="session-header__facts">
                <StatusBadge status testid="session-status"/>
                <QuietBadge session quiet/>
                <span title=move || repo.get()>{drawn(move || folder(&repo.get()).to_owned())}</span>
                <span class="session-header__branch">
                    <Icon glyph=Glyph::Branch/>
                    <code>{drawn(move || branch.get())}</code>
                </span>
                <span>{drawn(move || agent.get())}</span>
            </div>
        </header>
    }
    .into_any()
}

/// The last folder of a path: the name that people know a repository by.
#[must_use]
pub fn folder(path: &str) -> &str {
    let path = path.trim_end_matches('/');
    path.rsplit('/').next().unwrap_or(path)
}
