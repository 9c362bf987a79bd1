//! The way around: keys, the command palette and the sheet of shortcuts, on every page.
use super::{session_path, stats_path, use_go, use_path};
use crate::browser::places::{focus, is_there, press, step};
use crate::browser::{clock, keys};
use crate::components::ui::LiveRegion;
use crate::components::{Command, Palette, ShortcutSheet, Target, folder};
use crate::feeds::Board;
use domain::id::SessionId;
use domain::listing::next_waiting;
use domain::placing::in_known_order;
use domain::session::Row;
use domain::shortcut::{Keys, Shortcut};
use leptos::prelude::*;
use leptos_router::NavigateOptions;

/// Links of the rows of the list.
const ROWS: &str = ".session-row__link";
/// The field that filters the list.
const FILTER: &str = "#list-filter";
/// What a page offers: a name for people, and the element that does it.
const OFFERS: [(&str, &str); 9] = [
    ("Write a message", "[data-testid=composer]"),
    (
        "Answer the question",
        ".question-card[data-state=open] :is(input, select, textarea, a)",
    ),
    ("Approve what the agent asks", "[data-testid=approve]"),
    ("Stop the agent", "[data-testid=stop]"),
    ("Rename this session", ".title-editor > button"),
    ("Complete this session", "[data-command=complete]"),
    ("Run this session again", "[data-command=again]"),
    ("Delete this session", "[data-command=delete]"),
    ("Filter the sessions", FILTER),
];

/// Where to go from here, and what is open over the page.
#[derive(Clone, Copy)]
struct Way {
    board: Board,
    path: Memo<String>,
    go: Callback<String>,
    has_palette: RwSignal<bool>,
    has_sheet: RwSignal<bool>,
    commands: RwSignal<Vec<Command>>,
    said: RwSignal<String>,
}

/// Goes to the next session that waits for a person; for use within the router.
#[must_use]
pub fn to_next_waiting(board: Board) -> Callback<()> {
    let path = use_path();
    let go = use_go();
    Callback::new(move |()| {
        let shown = path.with_untracked(|path| session_of(path));
        let go = go.clone();
        board.with_rows(move |rows| {
            if let Some(id) = next_waiting(&rows, shown.as_ref()) {
                go(&session_path(&id), NavigateOptions::default());
            }
        });
    })
}

fn session_of(path: &str) -> Option<SessionId> {
    path.strip_prefix("/agents/")?.parse().ok()
}

/// Keys, palette and sheet.
#[component]
pub fn Around(
    /// What is known of all sessions.
    board: Board,
) -> impl IntoView {
    let go = use_go();
    let way = Way {
        board,
        path: use_path(),
        go: Callback::new(move |path: String| go(&path, NavigateOptions::default())),
        has_palette: RwSignal::new(false),
        has_sheet: RwSignal::new(false),
        commands: RwSignal::new(Vec::new()),
        said: RwSignal::new(String::new()),
    };
    Effect::new(move |_| {
        let mut held = Keys::default();
        let listener = keys::on_keys(move |press| way.press(&mut held, &press));
        // Lives as long as the effect, on the browser's thread.
        let _listener = StoredValue::new_local(listener);
    });
    let on_choose = Callback::new(move |target| way.follow(target));
    view! {
        <Palette is_open=way.has_palette commands=way.commands.into() on_choose/>
        <ShortcutSheet is_open=way.has_sheet/>
        <LiveRegion text=way.said/>
    }
}

impl Way {
    /// Does what a key asks for; says whether it was used.
    fn press(self, held: &mut Keys, press: &keys::Press) -> bool {
        if self.path.with_untracked(|path| path == "/login") {
            return false;
        }
        let has_dialog = self.has_palette.get_untracked() || self.has_sheet.get_untracked();
        if press.is_command && press.key.eq_ignore_ascii_case("k") && !has_dialog {
            self.open_palette();
            return true;
        }
        if !press.is_plain || press.is_taken {
            return false;
        }
        let wanted = held.press(&press.key, clock::mono_ms());
        wanted.is_some_and(|wanted| self.act(wanted))
    }

    fn act(self, wanted: Shortcut) -> bool {
        match wanted {
            Shortcut::Help => self.has_sheet.set(true),
            Shortcut::Palette => self.open_palette(),
            Shortcut::List => self.go.run("/".to_owned()),
            Shortcut::New => self.go.run("/agents/new".to_owned()),
            Shortcut::NextWaiting => self.next_waiting(),
            Shortcut::Filter => return focus(FILTER),
            Shortcut::Down | Shortcut::Up if !is_there(ROWS) => return false,
            Shortcut::Down => step(ROWS, true),
            Shortcut::Up => step(ROWS, false),
        }
        true
    }

    fn follow(self, target: Target) {
        match target {
            Target::Path(path) => self.go.run(path),
            // The dialog gives the focus back first.
            Target::Press(selector) => request_animation_frame(move || press(selector)),
            Target::NextWaiting => self.next_waiting(),
            Target::Help => self.has_sheet.set(true),
        }
    }

    fn next_waiting(self) {
        let shown = self.path.with_untracked(|path| session_of(path));
        self.said.set(String::new());
        self.board
            .with_rows(move |rows| match next_waiting(&rows, shown.as_ref()) {
                Some(id) => self.go.run(session_path(&id)),
                None => self.said.set("No session waits for you".to_owned()),
            });
    }

    /// Opens the palette with what is known; the sessions are asked for once.
    fn open_palette(self) {
        let own = self.own_commands();
        let rows = self.board.rows.get_untracked();
        self.commands.set(all(own.clone(), &rows));
        self.has_palette.set(true);
        self.board.with_rows(move |fresh| {
            // What somebody points at or has marked stays where it is.
            let rows = in_known_order(&rows, fresh);
            self.commands.set(all(own, &rows));
        });
    }

    /// What the page offers, and where one can always go.
    fn own_commands(self) -> Vec<Command> {
        let command = |label: &str, note: &str, target| Command {
            label: label.to_owned(),
            note: note.to_owned(),
            target,
        };
        let offers = OFFERS.iter().filter(|(_, selector)| is_there(selector));
        let mut own: Vec<Command> = offers
            .map(|(label, selector)| command(label, "this page", Target::Press(selector)))
            .collect();
        let path = |path: &str| Target::Path(path.to_owned());
        own.push(command(
            "Next session that waits for you",
            "w",
            Target::NextWaiting,
        ));
        own.push(command("New session", "n", path("/agents/new")));
        own.push(command("Sessions", "g l", path("/")));
        own.push(command("Settings", "", path("/settings")));
        own.push(command("Statistics", "", Target::Path(stats_path(None))));
        own.push(command("Shortcuts", "?", Target::Help));
        own
    }
}

/// All commands: the own ones, then each session by its name.
fn all(mut own: Vec<Command>, rows: &[Row]) -> Vec<Command> {
    own.extend(rows.iter().map(|row| Command {
        label: row.title.clone(),
        note: format!("{} · {}", row.status.label(), folder(&row.repo)),
        target: Target::Path(session_path(&row.id)),
    }));
    own
}
