//! Pages of the gallery: the components in all their states, as the routes put them together.
use super::{samples, scripts, threads};
use domain::catalog::Readiness;
use domain::listing::Filter;
use domain::seen::Seen;
use domain::session::{Phase, SessionStatus};
use domain::stats::Stats;
use domain::sync::{ErrKind, Health, SyncView};
use domain::thread::Entry;
use heddle::components::agent_choice::{AgentChecks, AgentChoice};
use heddle::components::entry_tools::{ForkFrom, Pointed};
use heddle::components::question_card::QuestionEnv;
use heddle::components::ui::{CopyButton, Notice, Skeleton, Spinner, Tone};
use heddle::components::{
    Command, Composer, ComposerActions, ComposerData, Conflict, ConflictNotice, DeadEnd,
    DeadEndKind, Enclosing, FieldActions, GitActions, GitData, GitSection, HeaderActions,
    ListChoice, Loaded, LoginCard, LoginTrouble, NewSessionChoices, NewSessionFields,
    NewSessionForm, NotifyFields, NotifyForm, Page, Palette, PendingMessage, QueueActions, Quiet,
    SessionHeader, SessionLayout, SessionList, SessionLoading, SessionStarting, ShortcutSheet,
    StatsReport, StatusBadge, SupportCard, SyncNotices, Target, ThreadEnv, ThreadItem, ThreadMoves,
    ThreadSidebar, TopBar, Transcript, Width,
};
use leptos::prelude::*;

fn nothing<T: 'static>() -> Callback<T> {
    Callback::new(|_| ())
}

fn now() -> Signal<i64> {
    Signal::stored(samples::NOW_MS)
}

fn thread(entries: Vec<Entry>, pending: Vec<PendingMessage>, is_at_end: bool) -> impl IntoView {
    provide_context(QuestionEnv {
        answering: Signal::stored(None),
        refused: Signal::stored(Some((
            "77".to_owned(),
            "count: must be 9 at most".to_owned(),
        ))),
        on_reply: nothing(),
    });
    provide_context(ForkFrom {
        is_busy: Signal::stored(false),
        on_fork: nothing(),
    });
    let item = |entry: Entry| ThreadItem {
        seq: entry.seq,
        entry: RwSignal::new(entry),
        is_after_tool: false,
    };
    let items: Vec<ThreadItem> = entries.into_iter().map(item).collect();
    let is_error = |item: &&ThreadItem| {
        let kind = item.entry.with_untracked(|entry| entry.body.kind());
        kind == "error"
    };
    let last = items.last().filter(is_error).map(|item| item.seq);
    let env = ThreadEnv {
        is_loaded: Signal::stored(true),
        now_ms: now(),
        zone_min: Signal::stored(0),
        failed: Signal::stored(last),
        on_send_again: nothing(),
        armed: Signal::stored(true),
        answering: Signal::stored(None),
        on_answer: nothing(),
        on_show_all: nothing(),
        pointed: Pointed::nowhere(),
        on_raw: nothing(),
        on_copy: nothing(),
    };
    let loaded = Loaded {
        has_older: Signal::stored(!is_at_end),
        has_newer: Signal::stored(!is_at_end),
        at_end: Signal::stored(is_at_end),
        opened: RwSignal::default(),
        changes: Signal::stored(0),
    };
    let moves = ThreadMoves {
        on_load_older: nothing(),
        on_load_newer: nothing(),
        on_jump: nothing(),
        on_search: nothing(),
    };
    view! { <Transcript items=Signal::stored(items) pending=Signal::stored(pending) loaded env moves/> }
}

fn git(has_open_diff: bool) -> impl IntoView {
    let path = has_open_diff.then(|| "src/report/upload.rs".to_owned());
    let outcome = if has_open_diff {
        Ok("5d3c1ab79d0e4f6a8b2c".to_owned())
    } else {
        Err("Nothing was committed: src/report/mod.rs changed after it was shown.".to_owned())
    };
    let data = GitData {
        files: Signal::stored(Some(Ok(samples::changed_files()))),
        status: Signal::stored(Some(samples::git_status())),
        open_path: Signal::stored(path),
        diff: Signal::stored(Some(Ok(samples::open_diff()))),
        is_committing: Signal::stored(false),
        outcome: Signal::stored(Some(outcome)),
        message: RwSignal::new("Retry uploads while the collector is busy".to_owned()),
    };
    let actions = GitActions {
        on_open_diff: nothing(),
        on_commit: nothing(),
        on_choose: Callback::new(|_| ().into_any()),
        on_reload: nothing(),
    };
    let session = Signal::stored(samples::session(SessionStatus::Working));
    view! { <GitSection session data actions/> }
}

fn quiet() -> Quiet {
    Quiet {
        now_ms: now(),
        stderr: Signal::stored(Some(Ok(vec!["warning: slow".to_owned()]))),
        on_open: nothing(),
    }
}

fn header(status: SessionStatus) -> impl IntoView {
    let actions = HeaderActions {
        on_rename: nothing(),
        on_complete: nothing(),
        on_delete: nothing(),
    };
    let session = Signal::stored(samples::session(status));
    view! { <SessionHeader session is_busy=false delete_refusal=None quiet=quiet() actions/> }
}

fn composer(status: SessionStatus) -> impl IntoView {
    let actions = ComposerActions {
        field: FieldActions {
            on_send: nothing(),
            on_complete: nothing(),
            on_file: nothing(),
            earlier: Callback::new(|()| Vec::new()),
        },
        on_stop: nothing(),
        queue: QueueActions {
            on_edit: nothing(),
            on_remove: nothing(),
            on_move: nothing(),
            on_send_now: nothing(),
        },
        on_set: nothing(),
    };
    let queue = if status == SessionStatus::Idle {
        Vec::new()
    } else {
        samples::session(status).queue
    };
    let is_working = status != SessionStatus::Idle;
    let data = ComposerData {
        status: Signal::stored(status),
        is_sending: Signal::stored(false),
        queue: Signal::stored(queue),
        error: Signal::stored(None),
        with: enclosing(is_working),
        offers: Signal::stored(samples::offers()),
        is_live: Signal::stored(is_working),
        paths: Signal::stored(Vec::new()),
    };
    let value = RwSignal::new(String::new());
    view! { <Composer value data actions/> }
}

fn enclosing(has_some: bool) -> Enclosing {
    let (uploads, files) = if has_some {
        samples::enclosed()
    } else {
        (Vec::new(), Vec::new())
    };
    Enclosing {
        uploads: RwSignal::new(uploads),
        files: RwSignal::new(files),
        refusal: RwSignal::new(has_some.then(|| samples::REFUSED.to_owned())),
        on_add: nothing(),
        on_attach_text: nothing(),
        on_remove: nothing(),
    }
}

/// The whole page of a session in the midst of work.
pub(crate) fn session_page() -> AnyView {
    let status = SessionStatus::WaitingApproval;
    let view = SyncView {
        health: Health::Ready,
        phase: Phase::Active,
        interval_ms: Some(2000),
        version: Some(88),
        attempts: 0,
    };
    let facts = move || {
        let session = Signal::stored(samples::session(status));
        view! { <ThreadSidebar session metadata=Signal::stored(samples::metadata()) now_ms=now()/> }
    };
    view! {
        <TopBar path="/agents/x" waiting=2 on_logout=nothing()/>
        <SessionLayout
            view
            revision=88
            header=move || header(status)
            thread=|| thread(threads::working_thread(), Vec::new(), true)
            composer=move || composer(status)
            facts
            changes=|| git(true)
        />
    }
    .into_any()
}

fn choice(text: &str) -> ListChoice {
    let filter = Filter {
        text: text.to_owned(),
        ..Filter::default()
    };
    ListChoice {
        filter: Signal::stored(filter),
        on_change: nothing(),
    }
}

/// A browser that has shown nothing of the last hour.
fn seen() -> Signal<Option<Seen>> {
    Signal::stored(Some(Seen::new(samples::ago(3600))))
}

/// The switches of this browser, with a refusal of the browser.
fn notifying() -> NotifyFields {
    NotifyFields {
        sound: Signal::stored(true),
        system: Signal::stored(false),
        problem: Signal::stored(Some("This browser refuses notifications of this page.")),
        on_sound: nothing(),
        on_system: nothing(),
        on_test: nothing(),
    }
}

/// What lies over a page: the palette, the sheet of shortcuts; and the switches of this browser.
pub(crate) fn over_page() -> AnyView {
    let command = |label: &str| Command {
        label: label.to_owned(),
        note: "this page".to_owned(),
        target: Target::Help,
    };
    let commands = ["Write a message", "Retry the upload"]
        .map(command)
        .to_vec();
    view! {
        <Page title="Settings"><NotifyForm fields=notifying()/></Page>
        <Palette
            is_open=RwSignal::new(true)
            commands=Signal::stored(commands)
            on_choose=nothing()
        />
        <ShortcutSheet is_open=RwSignal::new(true)/>
    }
    .into_any()
}

/// A thread of many scripts and both directions.
pub(crate) fn scripts_page() -> AnyView {
    thread(scripts::thread(), Vec::new(), true).into_any()
}

/// The list of sessions, full and empty.
pub(crate) fn list_page() -> AnyView {
    view! {
        <TopBar path="/" waiting=2 on_logout=nothing()/>
        <Page title="Sessions" width=Width::Wide>
            <SessionList rows=samples::rows() now_ms=now() choice=choice("") seen=seen()/>
            <SessionList rows=samples::rows() now_ms=now() choice=choice("nobody")/>
            <SessionList rows=Vec::new() now_ms=now()/>
        </Page>
    }
    .into_any()
}

/// The form that starts a session, with an agent that is missing and an error.
pub(crate) fn new_page() -> AnyView {
    let text = |text: &str| RwSignal::new(text.to_owned());
    let fields = NewSessionFields {
        repo: text("/home/ida/src/lantern"),
        base_branch: text("main"),
        agent: text("claude"),
        model: text("sonnet"),
        title: text(""),
        prompt: text(""),
        with: enclosing(false),
    };
    let agent = |id: &str, state: Readiness, models: &[&str]| AgentChoice {
        id: id.to_owned(),
        name: id.to_owned(),
        state,
        why: (state == Readiness::Missing)
            .then(|| "The command codex-acp is not on the path.".to_owned()),
        install: Some("npm install -g @openai/codex".to_owned()),
        login: Some("run `gemini` in a terminal and log in".to_owned()),
        untried: id == "goose",
        checked_at: (state == Readiness::Login).then_some(samples::ago(120)),
        models: models.iter().map(|model| (*model).to_owned()).collect(),
    };
    let agents = vec![
        agent("claude", Readiness::Unknown, &["sonnet", "opus"]),
        agent("codex", Readiness::Missing, &[]),
        agent("gemini", Readiness::Login, &[]),
        agent("goose", Readiness::Unknown, &[]),
        agent("runbook", Readiness::Ready, &[]),
    ];
    let checks = AgentChecks {
        under_way: Signal::stored(Some("goose".to_owned())),
        now_ms: now(),
        on_check: Callback::new(|_| ()),
    };
    let choices = NewSessionChoices {
        repos: Signal::stored(vec!["/home/ida/src/lantern".to_owned()]),
        branches: Signal::stored(vec!["main".to_owned(), "next".to_owned()]),
        agents: Signal::stored(agents),
        checks,
    };
    let error = Some("The repository has no commit yet: make one, then start again.".to_owned());
    view! {
        <TopBar path="/agents/new" waiting=0/>
        <Page title="New session">
            <NewSessionForm fields choices error is_busy=true on_create=nothing()/>
        </Page>
    }
    .into_any()
}

/// Everything else: rare entries, notices, loading, dead ends.
pub(crate) fn parts_page() -> AnyView {
    let conflict = Conflict {
        what: "title".to_owned(),
        mine: "Retry uploads".to_owned(),
        theirs: "Backoff for crash reports".to_owned(),
    };
    let pending = vec![PendingMessage {
        client_id: samples::client_id(9),
        text: "And keep the log short, please.".to_owned(),
    }];
    let healths = [
        Health::Degraded,
        Health::Stale,
        Health::Offline,
        Health::Failed(ErrKind::Timeout),
    ];
    let notices = healths.map(|health| view! { <SyncNotices health on_refresh=nothing() incident=Some("7f3a9c".to_owned())/> });
    let statuses = SessionStatus::ALL.map(|status| view! { <StatusBadge status/> " " });
    let session = Signal::stored(samples::session(SessionStatus::Failed));
    view! {
        <Page title="Parts">
            <p>{statuses}</p>
            {notices}
            <ConflictNotice conflict=Some(conflict) on_keep_mine=nothing() on_take_theirs=nothing()/>
            <Notice tone=Tone::Good>"Committed."</Notice>
            <p><Spinner label="Working"/> <CopyButton label="Copy" text="x" on_copy=nothing()/></p>
            <Skeleton lines=3/>
            {header(SessionStatus::Completed)}
            {thread(threads::rare_thread(), pending, false)}
            <SessionStarting reason=Some("waits for one of 4 agents to end".to_owned())/>
            {composer(SessionStatus::Idle)}
            {git(false)}
            <ThreadSidebar session metadata=Signal::stored(Default::default()) now_ms=now()/>
            <SupportCard incident=Some("7f3a9c".to_owned()) version="0.1.0" on_copy=nothing()/>
        </Page>
    }
    .into_any()
}

/// Pages of their own that are short.
pub(crate) fn dead_ends() -> AnyView {
    view! {
        <DeadEnd kind=DeadEndKind::NotFound/>
        <DeadEnd kind=DeadEndKind::Deleted/>
        <DeadEnd kind=DeadEndKind::NotAllowed/>
        <DeadEnd kind=DeadEndKind::Broken(Some("7f3a9c".to_owned()))/>
        <LoginCard action="/login" token=Some("abc".to_owned())/>
        <LoginCard action="/login" token=None trouble=Some(LoginTrouble::BadToken)/>
        <SessionLoading/>
    }
    .into_any()
}

/// The statistics of a busy hour.
pub(crate) fn stats_page() -> AnyView {
    view! {
        <TopBar path="/stats" waiting=2 on_logout=nothing()/>
        <Page title="Statistics" width=Width::Wide>
            <StatsReport stats=samples::stats()/>
        </Page>
    }
    .into_any()
}

/// The statistics of a console that was just started.
pub(crate) fn empty_stats_page() -> AnyView {
    let stats = Stats {
        minutes: Vec::new(),
        sessions: Vec::new(),
        total: Default::default(),
        ..samples::stats()
    };
    view! {
        <TopBar path="/stats" waiting=0/>
        <Page title="Statistics" width=Width::Wide>
            <StatsReport stats/>
        </Page>
    }
    .into_any()
}
