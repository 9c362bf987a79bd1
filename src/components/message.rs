//! What a person or the agent said.
use super::entry::project;
use super::erased::Show;
use super::href;
use super::markdown::Markdown;
use super::time_ago::TimeAgo;
use super::ui::{Copying, Glyph, Icon};
use domain::amount;
use domain::attachment::Attachment;
use domain::thread::{Body, Entry};
use leptos::prelude::*;

/// A message of more lines is folded.
const FOLD_LINES: usize = 30;
/// About where a line is broken.
const LINE_BYTES: usize = 100;

/// A person's message.
#[component]
pub fn UserMessage(
    /// The entry.
    entry: RwSignal<Entry>,
    /// The page's clock, in milliseconds since 1970.
    now_ms: Signal<i64>,
    /// Puts a text on the clipboard.
    on_copy: Callback<Copying>,
) -> impl IntoView {
    let text = project(entry, |body| match body {
        Body::User { text, .. } => text.replace('\0', "\u{fffd}"),
        _ => String::new(),
    });
    let is_wanted = RwSignal::new(false);
    let is_folded =
        Memo::new(move |_| !is_wanted.get() && text.with(|text| lines_of(text) > FOLD_LINES));
    let by = project(entry, |body| match body {
        Body::User { by, .. } => by.clone(),
        _ => String::new(),
    });
    let at = Signal::derive(move || entry.with(|entry| entry.at));
    let along = project(entry, |body| match body {
        Body::User {
            attachments, files, ..
        } => (attachments.clone(), files.clone()),
        _ => Default::default(),
    });
    view! {
        <article class="message" data-from="user">
            <h3 class="message__from" title=move || by.get()>"You"</h3>
            <span class="message__at"><TimeAgo at now_ms/></span>
            <Show when=move || text.with(|text| !text.is_empty())>
                <div class="message__text" data-folded=move || is_folded.get().then_some("")>
                    <Markdown source=text on_copy/>
                </div>
            </Show>
            <Show when=move || is_folded.get()>
                <button type="button" class="message__all" data-tone="plain" on:click=move |_| is_wanted.set(true)>
                    {move || text.with(|text| format!("Show all ({})", amount::of(lines_of(text) as u64, "line")))}
                </button>
            </Show>
            {move || along_with(along.get())}
        </article>
    }
    .into_any()
}

/// Lines as they are seen: long ones are broken.
fn lines_of(text: &str) -> usize {
    text.lines().map(|line| 1 + line.len() / LINE_BYTES).sum()
}

/// Images, texts and files that went along; nothing if there are none.
fn along_with((attached, files): (Vec<Attachment>, Vec<String>)) -> Option<impl IntoView> {
    if attached.is_empty() && files.is_empty() {
        return None;
    }
    let shown = |it: Attachment| {
        let src = href(&format!("/api/attachment/get?id={}", it.id));
        let address = src.clone();
        let class = (!it.is_image()).then_some("message__file");
        let content = match it.is_image() {
            true => view! { <img class="message__image" src=src alt=it.name loading="lazy"/> }.into_any(),
            false => view! { <Icon glyph=Glyph::File/>{format!("{} ({})", it.name, amount::bytes(it.bytes))} }.into_any(),
        };
        view! { <li><a class=class href=address target="_blank" rel="noopener">{content}</a></li> }
    };
    let file =
        |path: String| view! { <li class="message__file"><Icon glyph=Glyph::File/>{path}</li> };
    Some(view! {
        <ul class="message__along" aria-label="Went along">
            {attached.into_iter().map(shown).collect_view()}
            {files.into_iter().map(file).collect_view()}
        </ul>
    })
}

/// The agent's answer; it grows in place.
#[component]
pub fn AgentMessage(
    /// The entry.
    entry: RwSignal<Entry>,
    /// Puts a text on the clipboard.
    on_copy: Callback<Copying>,
) -> impl IntoView {
    let source = project(entry, |body| match body {
        Body::Agent { text, .. } => text.clone(),
        _ => String::new(),
    });
    let open = project(entry, |body| matches!(body, Body::Agent { open: true, .. }));
    view! {
        <article class="message" data-from="agent" aria-busy=move || open.get().to_string()>
            <h3 data-only="reader">"Agent"</h3>
            <Markdown source open on_copy/>
        </article>
    }
    .into_any()
}
