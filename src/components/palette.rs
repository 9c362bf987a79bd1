//! The command palette: everything that can be done from here, by a few letters of its name.
use super::erased::Show;
use super::part::{Part, later};
use super::writing::key;
use crate::browser::places::{close_dialog, focus, open_dialog, reveal};
use domain::listing::holds;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::wasm_split::wasm_split;

/// Id of the palette's dialog.
pub const PALETTE: &str = "palette";
/// Commands shown at the most.
const MOST: usize = 50;

/// What a command does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Goes to a page.
    Path(String),
    /// Uses an element of this page, by its selector.
    Press(&'static str),
    /// Goes to the next session that waits for a person.
    NextWaiting,
    /// Shows the sheet of shortcuts.
    Help,
}

/// A command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Its name.
    pub label: String,
    /// What tells it from others of the same name.
    pub note: String,
    /// What it does.
    pub target: Target,
}

/// The palette; it opens and closes with `is_open`.
#[component]
pub fn Palette(
    /// Whether it is shown.
    is_open: RwSignal<bool>,
    /// All commands.
    commands: Signal<Vec<Command>>,
    /// Does what was chosen.
    on_choose: Callback<Target>,
) -> impl IntoView {
    Effect::new(move |was_open: Option<bool>| {
        let is_open = is_open.get();
        match (was_open.unwrap_or_default(), is_open) {
            (false, true) => open_dialog(PALETTE),
            (true, false) => close_dialog(PALETTE),
            _ => {}
        }
        is_open
    });
    view! {
        <dialog
            id=PALETTE
            class="palette"
            aria-label="Commands"
            on:close=move |_| is_open.set(false)
        >
            <Show when=move || is_open.get()>{later(open(is_open, commands, on_choose))}</Show>
        </dialog>
    }
    .into_any()
}

/// What is in the palette while it is open.
#[wasm_split(extras, wasm_split_path = leptos::wasm_split, fallible)]
fn open(
    is_open: RwSignal<bool>,
    commands: Signal<Vec<Command>>,
    on_choose: Callback<Target>,
) -> Part {
    let wish = RwSignal::new(String::new());
    let place = RwSignal::new(0_usize);
    Effect::new(|_| {
        request_animation_frame(|| {
            let _ = focus("#palette input");
        });
    });
    let found = Memo::new(move |_| {
        let fits =
            |command: &&Command| wish.with(|wish| holds(wish, &[&command.label, &command.note]));
        commands.with(|all| {
            all.iter()
                .filter(fits)
                .take(MOST)
                .cloned()
                .collect::<Vec<_>>()
        })
    });
    let choose = Callback::new(move |at: usize| {
        let chosen = found.with_untracked(|found| found.get(at).cloned());
        if let Some(command) = chosen {
            is_open.set(false);
            close_dialog(PALETTE);
            on_choose.run(command.target);
        }
    });
    let palette = view! {
        <Search wish place found choose/>
        <Found place found choose/>
    };
    Ok(palette.into_any())
}

/// Where the wish is written; arrows move the mark, Enter chooses.
#[component]
fn Search(
    /// What is written.
    wish: RwSignal<String>,
    /// The marked command.
    place: RwSignal<usize>,
    /// The commands that fit.
    found: Memo<Vec<Command>>,
    /// Chooses one.
    choose: Callback<usize>,
) -> impl IntoView {
    let on_key = move |event: KeyboardEvent| {
        let last = found.with_untracked(Vec::len).saturating_sub(1);
        let at = place.get_untracked();
        let Some(key) = key(&event) else { return };
        let next = match key.as_str() {
            "ArrowDown" if at >= last => 0,
            "ArrowDown" => at + 1,
            "ArrowUp" if at == 0 => last,
            "ArrowUp" => at - 1,
            "Enter" => {
                event.prevent_default();
                return choose.run(at);
            }
            _ => return,
        };
        event.prevent_default();
        place.set(next);
        request_animation_frame(|| reveal("#palette [aria-selected=true]"));
    };
    let marked = move || {
        let is_there = found.with(|found| place.get() < found.len());
        is_there.then(|| format!("palette-{}", place.get()))
    };
    view! {
        <input
            class="palette__wish"
            role="combobox"
            aria-label="Command or session"
            aria-expanded="true"
            aria-controls="palette-found"
            aria-activedescendant=marked
            autocomplete="off"
            autofocus
            dir="auto"
            enterkeyhint="go"
            placeholder="Command or session"
            prop:value=move || wish.get()
            on:input=move |event| {
                wish.set(event_target_value(&event));
                place.set(0);
            }
            on:keydown=on_key
        />
    }
    .into_any()
}

/// The commands that fit.
#[component]
fn Found(
    /// The marked command.
    place: RwSignal<usize>,
    /// The commands that fit.
    found: Memo<Vec<Command>>,
    /// Chooses one.
    choose: Callback<usize>,
) -> impl IntoView {
    let option = move |(at, command): (usize, Command)| {
        view! {
            <li
                id=format!("palette-{at}")
                class="palette__command"
                role="option"
                aria-selected=move || (place.get() == at).to_string()
                on:click=move |_| choose.run(at)
            >
                <span class="palette__label">{command.label}</span>
                <span class="palette__note">{command.note}</span>
            </li>
        }
    };
    let options = move || {
        found
            .get()
            .into_iter()
            .enumerate()
            .map(option)
            .collect_view()
    };
    view! {
        <ul id="palette-found" class="palette__found" role="listbox" aria-label="Commands">
            {options}
        </ul>
        <Show when=move || found.with(Vec::is_empty)>
            <p class="palette__none" role="status">"Nothing fits."</p>
        </Show>
    }
    .into_any()
}
