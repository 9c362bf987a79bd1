//! What a person or the agent said.
use super::entry::project;
use super::erased::Show;
use super::href;
use super::markdown::Markdown;
use super::time_ago::TimeAgo;
use super::ui::{Copying, Glyph, Icon};
use domain::attachment::Attachment;
use domain::thread::{Body, Entry};
use leptos::prelude::*;

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
                <div class="message__text"><Markdown source=text on_copy/></div>
            </Show>
            {move || along_with(along.get())}
        </article>
    }
    .into_any()
}

/// Images and files that went along; nothing if there are none.
fn along_with((images, files): (Vec<Attachment>, Vec<String>)) -> Option<impl IntoView> {
    if images.is_empty() && files.is_empty() {
        return None;
    }
    let image = |image: Attachment| {
        let src = href(&format!("/api/attachment/get?id={}", image.id));
        let address = src.clone();
        view! {
            <li><a href=address target="_blank" rel="noopener"><img class="message__image" src=src alt=image.name loading="lazy"/></a></li>
        }
    };
    let file =
        |path: String| view! { <li class="message__file"><Icon glyph=Glyph::File/>{path}</li> };
    Some(view! {
        <ul class="message__along" aria-label="Went along">
            {images.into_iter().map(image).collect_view()}
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
