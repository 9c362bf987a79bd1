//! What goes along with a message that is being written: images and texts with their progress, named files.
use super::erased::{For, Show};
use super::href;
use super::ui::{Glyph, Icon};
use crate::browser::upload::{Picked, chosen, on_drops, pasted};
use domain::amount;
use domain::attachment::{IMAGE_KINDS, Upload, UploadState};
use leptos::ev::ClipboardEvent;
use leptos::prelude::*;

/// What goes along, and what can be done about it.
#[derive(Debug, Clone, Copy)]
pub struct Enclosing {
    /// Images and texts, in order.
    pub uploads: RwSignal<Vec<Upload>>,
    /// Files of the worktree.
    pub files: RwSignal<Vec<String>>,
    /// Why the last one was not taken.
    pub refusal: RwSignal<Option<String>>,
    /// Sends images to the console.
    pub on_add: Callback<Vec<Picked>>,
    /// Sends what is written to the console, as a file in place of a message.
    pub on_attach_text: Callback<RwSignal<String>>,
    /// Takes an image or a text out.
    pub on_remove: Callback<u32>,
}

impl Enclosing {
    /// Whether an image or a text is on its way.
    #[must_use]
    pub fn is_sending(self) -> bool {
        let is_open = |upload: &Upload| matches!(upload.state, UploadState::Sending(_));
        self.uploads.with(|all| all.iter().any(is_open))
    }

    /// Whether an image or a text goes along, or is on its way.
    #[must_use]
    pub fn has_attachment(self) -> bool {
        let counts = |upload: &Upload| !matches!(upload.state, UploadState::Refused(_));
        self.uploads.with(|all| all.iter().any(counts))
    }

    /// Takes images that are pasted; a text is left to the field.
    pub fn paste(self, event: &ClipboardEvent) {
        let files = pasted(event);
        if !files.is_empty() {
            event.prevent_default();
            self.on_add.run(files);
        }
    }

    /// Takes images that are dropped anywhere on the page. Call once, where they go along.
    pub fn follow_drops(self) {
        Effect::new(move |_| {
            // Lives as long as the effect, on the browser's thread.
            let _listener = StoredValue::new_local(on_drops(move |files| self.on_add.run(files)));
        });
    }
}

/// Why what is written cannot be sent as a message, and the button that makes it a file.
#[component]
pub fn AttachText(
    /// What is written.
    value: RwSignal<String>,
    /// Why it cannot be sent.
    why: String,
    /// What goes along.
    with: Enclosing,
) -> impl IntoView {
    let is_sending = move || with.is_sending();
    view! {
        <span class="enclosures__too-long">
            {why}
            <button type="button" data-testid="attach-text" disabled=is_sending on:click=move |_| with.on_attach_text.run(value)>
                <Icon glyph=Glyph::File/>
                "Attach as a file"
            </button>
        </span>
    }
    .into_any()
}

/// What goes along, each with its way out; nothing while there is nothing.
#[component]
pub fn Enclosures(
    /// What goes along.
    with: Enclosing,
) -> impl IntoView {
    let is_empty =
        Memo::new(move |_| with.uploads.with(Vec::is_empty) && with.files.with(Vec::is_empty));
    let keys = Memo::new(move |_| {
        let keys = |all: &Vec<Upload>| all.iter().map(|upload| upload.key).collect::<Vec<_>>();
        with.uploads.with(keys)
    });
    view! {
        <p class="enclosures__refusal" role="alert" hidden=move || with.refusal.with(Option::is_none)>
            {move || with.refusal.get()}
        </p>
        <Show when=move || !is_empty.get()>
            <ul class="enclosures" aria-label="Goes along with the message">
                <For each=move || keys.get() key=|key| *key children=move |key| view! { <Attached number=key with/> }/>
                <For each=move || with.files.get() key=Clone::clone children=move |path| view! { <Named path with/> }/>
            </ul>
        </Show>
    }
    .into_any()
}

/// An image or a text on its way, kept or refused.
#[component]
fn Attached(
    /// Its number.
    number: u32,
    /// What goes along.
    with: Enclosing,
) -> impl IntoView {
    let upload = Memo::new(move |_| {
        let mine = |upload: &&Upload| upload.key == number;
        with.uploads.with(|all| all.iter().find(mine).cloned())
    });
    let known = upload.get_untracked();
    let name = known
        .as_ref()
        .map(|known| known.name.clone())
        .unwrap_or_default();
    let size = amount::bytes(known.map_or(0, |known| known.bytes));
    let remove = format!("Remove {name}");
    let label = name.clone();
    let state = move || {
        match upload.get().map(|upload| upload.state) {
        Some(UploadState::Sending(percent)) => view! {
            <progress class="enclosures__progress" max="100" value=percent.to_string() aria-label=format!("Upload of {label}")></progress>
        }
        .into_any(),
        Some(UploadState::Kept(kept)) if !kept.is_image() => view! { <Icon glyph=Glyph::File/> }.into_any(),
        Some(UploadState::Kept(kept)) => view! {
            <img class="enclosures__preview" src=href(&format!("/api/attachment/get?id={}", kept.id)) alt=""/>
        }
        .into_any(),
        Some(UploadState::Refused(why)) => {
            view! { <span class="enclosures__refusal" role="alert">{why}</span> }.into_any()
        }
        None => ().into_any(),
    }
    };
    view! {
        <li class="enclosures__item">
            {state}
            <span class="enclosures__name">{name}</span>
            <span class="enclosures__size">{size}</span>
            <button type="button" data-tone="plain" aria-label=remove on:click=move |_| with.on_remove.run(number)>
                <Icon glyph=Glyph::Cross/>
            </button>
        </li>
    }
    .into_any()
}

/// A file that the message names.
#[component]
fn Named(
    /// Relative to the worktree.
    path: String,
    /// What goes along.
    with: Enclosing,
) -> impl IntoView {
    let (shown, label) = (path.clone(), format!("Remove {path}"));
    let remove = move |_| {
        with.files
            .update(|files| files.retain(|file| *file != path))
    };
    view! {
        <li class="enclosures__item">
            <Icon glyph=Glyph::File/>
            <span class="enclosures__name">{shown}</span>
            <button type="button" data-tone="plain" aria-label=label on:click=remove>
                <Icon glyph=Glyph::Cross/>
            </button>
        </li>
    }
    .into_any()
}

/// A button that picks images.
#[component]
pub fn AttachButton(
    /// What goes along.
    with: Enclosing,
) -> impl IntoView {
    view! {
        <label class="enclosures__attach" title="Attach images">
            <Icon glyph=Glyph::Plus/>
            <span data-only="reader">"Attach images"</span>
            <input
                type="file"
                class="enclosures__input"
                data-testid="attach"
                multiple
                accept=IMAGE_KINDS
                on:change=move |event| with.on_add.run(chosen(&event))
            />
        </label>
    }
    .into_any()
}
