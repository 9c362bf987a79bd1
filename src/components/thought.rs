//! What the agent thought, folded.
use super::entry::project;
use super::markdown::Markdown;
use super::ui::{Copying, Disclosure};
use domain::thread::{Body, Entry};
use leptos::prelude::*;

/// The agent's thinking, folded under its first line.
#[component]
pub fn Thought(
    /// The entry.
    entry: RwSignal<Entry>,
    /// Puts a text on the clipboard.
    on_copy: Callback<Copying>,
) -> impl IntoView {
    let source = project(entry, |body| match body {
        Body::Thought { text, .. } => text.clone(),
        _ => String::new(),
    });
    let open = project(entry, |body| {
        matches!(body, Body::Thought { open: true, .. })
    });
    let summary = Memo::new(move |_| {
        let verb = if open.get() { "Thinking" } else { "Thought" };
        source.with(|text| match first_line(text) {
            "" => verb.to_owned(),
            line => format!("{verb}: {line}"),
        })
    });
    view! {
        <div class="thought" data-open=move || open.get().to_string()>
            <Disclosure summary=summary>
                <div class="thought__text"><Markdown source open on_copy/></div>
            </Disclosure>
        </div>
    }
    .into_any()
}

fn first_line(text: &str) -> &str {
    let line = text.lines().find(|line| !line.trim().is_empty());
    let line = line.unwrap_or_default();
    line.trim_matches(|letter: char| letter.is_whitespace() || "*#_>".contains(letter))
}
