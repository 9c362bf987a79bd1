//! A session that is there: feeds opened from the seed, components placed around them.
use super::asking::provide_asking;
use super::composing::composer;
use super::discard::discard_bar;
use super::thread::ThreadPane;
use super::told::told;
use super::use_go;
use crate::components::ui::LiveRegion;
use crate::components::{
    Accounted, COMMIT_FIELD, CommitRequest, Conflict, ConflictNotice, GitActions, GitData,
    GitSection, HeaderActions, Quiet, SessionHeader, SessionLayout, SessionStarting, SyncFacts,
    SyncNotices, ThreadSidebar, later,
};
use crate::feeds::{
    Board, Deed, DraftFeed, GitFeed, PageSeed, Refusal, SessionFeed, StderrFeed, ticking,
};
use domain::id::SessionId;
use domain::session::{Phase, Session, SessionStatus};
use domain::snapshot::Metadata;
use leptos::prelude::*;
use leptos_meta::Title;

/// The page of a session with its data.
#[component]
pub fn SessionPage(
    /// What the page opens with.
    seed: PageSeed,
) -> impl IntoView {
    let board = use_context::<Board>().unwrap_or_default();
    let id = seed.snapshot.session.id.clone();
    let server_now = seed.snapshot.server_now;
    let git = GitFeed::new(id.clone(), seed.files, seed.status);
    let feed = SessionFeed::new(seed.snapshot, seed.source);
    let is_busy = Signal::derive(move || {
        feed.session
            .with(|session| session.status.phase() == Phase::Active)
    });
    let now_ms = ticking(server_now, is_busy);
    let worktree_revision =
        Memo::new(move |_| feed.session.with(|session| session.worktree_revision));
    git.follow(worktree_revision);
    Effect::new(move |_| {
        feed.drive();
        board.follow(feed);
        on_cleanup(move || feed.leave(git));
    });
    let session: Signal<Session> = feed.session.into();
    // As in `App`: a title is not to read the page's arena.
    let title = ArcMemo::new(move |_| session.with(|session| session.title.clone()));
    let revision = Memo::new(move |_| feed.sync.with(|view| view.version.unwrap_or_default()));
    let drawings = feed.drawings;
    let asking = provide_asking(feed, id.clone());
    let header = {
        let id = id.clone();
        move || header(feed, &id, now_ms)
    };
    view! {
        <Title text=move || title.get()/>
        <SessionLayout
            view=feed.sync
            revision
            header=move || view! { <Accounted on="session_header" drawings>{header()}</Accounted> {asking} }
            thread=move || view! {
                <LiveRegion text=told(feed)/>
                <Accounted on="transcript" drawings><ThreadPane feed now_ms/></Accounted>
                {starting(session)}
            }
            composer=move || composer(feed, &id)
            facts=move || facts(feed, now_ms)
            changes=move || view! { <Accounted on="git_section" drawings>{changes(session, git)}</Accounted> }
        />
    }
}

/// Says that the agent is on its way, and what is waited for.
fn starting(session: Signal<Session>) -> impl IntoView {
    let is_starting = Memo::new(move |_| {
        let status = session.with(|session| session.status);
        matches!(status, SessionStatus::Pending | SessionStatus::Running)
    });
    let reason = Signal::derive(move || session.with(|session| session.status_reason.clone()));
    move || {
        is_starting
            .get()
            .then(|| view! { <SessionStarting reason/> })
    }
}

/// The facts of the session, and of the page itself.
fn facts(feed: SessionFeed, now_ms: Signal<i64>) -> impl IntoView {
    let session: Signal<Session> = feed.session.into();
    let metadata: Signal<Metadata> = feed.metadata.into();
    let on_save_log = Callback::new(move |()| feed.save_log());
    view! {
        <Accounted on="thread_sidebar" drawings=feed.drawings>
            <ThreadSidebar session metadata now_ms/>
        </Accounted>
        <SyncFacts view=feed.sync.into() settings=feed.settings.into() on_save_log/>
    }
}

fn header(feed: SessionFeed, id: &SessionId, now_ms: Signal<i64>) -> impl IntoView + use<> {
    let quiet = quiet(id.clone(), now_ms);
    let refused = RwSignal::new(None::<String>);
    let is_deleting = RwSignal::new(false);
    let go = use_go();
    let on_delete = Callback::new(move |discard: bool| {
        let go = go.clone();
        is_deleting.set(true);
        refused.set(None);
        feed.delete(discard, move |answer| {
            is_deleting.set(false);
            match answer {
                Ok(()) => go("/", leptos_router::NavigateOptions::default()),
                Err(error) => refused.set(Some(error.message)),
            }
        });
    });
    let actions = HeaderActions {
        on_rename: Callback::new(move |title| feed.act(Deed::Rename(title))),
        on_complete: Callback::new(move |()| feed.act(Deed::Complete)),
        on_delete,
    };
    let is_busy = Signal::derive(move || is_deleting.get() || feed.is_acting());
    let health = Memo::new(move |_| feed.sync.with(|view| view.health));
    let incident = Signal::derive(move || feed.error.get().and_then(|error| error.incident));
    let keep_mine = Callback::new(move |()| {
        let mine = feed
            .refusal
            .with_untracked(|refusal| refusal.as_ref().and_then(mine));
        if let Some(deed) = mine {
            feed.act(deed);
        }
    });
    let take_theirs = Callback::new(move |()| {
        feed.refusal.set(None);
        feed.refresh();
    });
    view! {
        <SessionHeader session=feed.session.into() is_busy delete_refusal=refused quiet actions/>
        <SyncNotices health on_refresh=Callback::new(move |()| feed.refresh()) incident/>
        <ConflictNotice
            conflict=Signal::derive(move || conflict(feed))
            on_keep_mine=keep_mine
            on_take_theirs=take_theirs
        />
    }
}

fn quiet(id: SessionId, now_ms: Signal<i64>) -> Quiet {
    let stderr = StderrFeed::new(id);
    Quiet {
        now_ms,
        stderr: stderr.lines.into(),
        on_open: Callback::new(move |()| stderr.read()),
    }
}

/// The title of a rename, if the refused deed was one.
pub(super) const fn title_of(deed: &Deed) -> Option<&String> {
    match deed {
        Deed::Rename(title) | Deed::Overwrite(title, ..) => Some(title),
        _ => None,
    }
}

/// The own title once more, over the one that the person has just seen.
fn mine(refusal: &Refusal) -> Option<Deed> {
    let theirs = refusal.error.current.as_ref()?;
    let title = title_of(&refusal.deed)?.clone();
    Some(Deed::Overwrite(
        title,
        theirs.revision,
        theirs.title.clone(),
    ))
}

fn conflict(feed: SessionFeed) -> Option<Conflict> {
    feed.refusal.with(|refusal| {
        let refusal = refusal.as_ref()?;
        let current = refusal.error.current.as_ref()?;
        let mine = title_of(&refusal.deed)?;
        let theirs = current.title.clone();
        Some(Conflict {
            what: "title".to_owned(),
            mine: mine.clone(),
            theirs,
        })
    })
}

fn changes(session: Signal<Session>, git: GitFeed) -> impl IntoView {
    let id = session.with_untracked(|session| session.id.clone());
    let message = DraftFeed::new(&format!("commit.{id}"), COMMIT_FIELD).text;
    let text = |error: crate::api::error::ApiError| error.message;
    let data = GitData {
        files: Signal::derive(move || git.files.get().map(|files| files.map_err(text))),
        status: git.status.into(),
        open_path: git.open_path.into(),
        diff: Signal::derive(move || git.diff.get().map(|diff| diff.map_err(text))),
        is_committing: git.is_committing.into(),
        outcome: Signal::derive(move || git.committed.get().map(|commit| commit.map_err(text))),
        message,
    };
    let actions = GitActions {
        on_open_diff: Callback::new(move |path: Option<String>| match path {
            Some(path) => git.open(path),
            None => git.close(),
        }),
        on_commit: Callback::new(move |wanted: CommitRequest| {
            let sent = wanted.message.clone();
            git.commit(wanted.paths, wanted.message, move || {
                // What was written while the commit ran stays.
                if message.with_untracked(|now| *now == sent) {
                    message.set(String::new());
                }
            });
        }),
        on_choose: Callback::new(move |paths| later(discard_bar(git, paths))),
        on_reload: Callback::new(move |()| git.read()),
    };
    view! { <GitSection session data actions/> }
}
