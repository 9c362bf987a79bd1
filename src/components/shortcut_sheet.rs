//! The sheet that explains the keys.
use super::erased::Show;
use super::part::{Part, later};
use crate::browser::places::{close_dialog, open_dialog};
use domain::shortcut::SHEET;
use leptos::prelude::*;
use leptos::wasm_split::wasm_split;

/// Id of the sheet's dialog.
const ID: &str = "shortcuts";

/// The sheet; it opens and closes with `is_open`.
#[component]
pub fn ShortcutSheet(
    /// Whether it is shown.
    is_open: RwSignal<bool>,
) -> impl IntoView {
    Effect::new(move |_| {
        if is_open.get() {
            open_dialog(ID);
        } else {
            close_dialog(ID);
        }
    });
    view! {
        <dialog id=ID class="shortcut-sheet" aria-label="Shortcuts" on:close=move |_| is_open.set(false)>
            <Show when=move || is_open.get()>
                {later(sheet(is_open))}
            </Show>
        </dialog>
    }
    .into_any()
}

/// What the sheet says.
#[wasm_split(extras, wasm_split_path = leptos::wasm_split, fallible)]
fn sheet(is_open: RwSignal<bool>) -> Part {
    let row = |(keys, what): (&'static str, &'static str)| {
        let key = |key: &'static str| view! { <kbd>{key}</kbd> " " };
        view! {
            <dt class="shortcut-sheet__keys">{keys.split(' ').map(key).collect_view()}</dt>
            <dd>{what}</dd>
        }
    };
    let sheet = view! {
        <h2 class="shortcut-sheet__title">"Shortcuts"</h2>
        <dl class="shortcut-sheet__list">{SHEET.map(row).collect_view()}</dl>
        <p class="shortcut-sheet__note">"Letters work while no field has the focus."</p>
        <button type="button" autofocus on:click=move |_| is_open.set(false)>"Close"</button>
    };
    Ok(sheet.into_any())
}
