//! One piece of what a tool call produced: words, a change of a file, an image, terminal output.
use super::drawn::drawn;
use super::erased::Show;
use super::file_diff::FileDiff;
use super::markdown::Markdown;
use super::shown_image::ShownImage;
use super::terminal_output::TerminalOutput;
use super::ui::Copying;
use domain::thread;
use domain::tool_brief::unfenced;
use leptos::prelude::*;

/// One piece of what a tool call produced.
#[component]
pub fn ToolContent(
    /// The piece; nothing is drawn without one.
    content: Memo<Option<thread::ToolContent>>,
    /// Whether words are output of a program, line by line, and not prose.
    is_output: Memo<bool>,
    /// Puts a text on the clipboard.
    on_copy: Callback<Copying>,
) -> impl IntoView {
    let kind = Memo::new(move |_| content.with(|content| content.as_ref().map(Kind::of)));
    let text = Memo::new(move |_| content.with(text_of));
    let has_text = Memo::new(move |_| text.with(|text| !text.is_empty()));
    let end = Memo::new(move |_| content.with(end_of));
    let draw = move |kind| {
        match kind {
        Kind::Text => (move || match is_output.get() {
            true => {
                let text = Memo::new(move |_| text.with(|text| unfenced(text).to_owned()));
                let has_text = Memo::new(move |_| text.with(|text| !text.is_empty()));
                view! { <Show when=move || has_text.get()><TerminalOutput text label="Output"/></Show> }.into_any()
            }
            false => view! {
                <div class="tool-content__text"><Markdown source=text on_copy/></div>
            }
            .into_any(),
        })
        .into_any(),
        Kind::Terminal => view! {
            <Show when=move || has_text.get()>
                <TerminalOutput text label="Terminal output"/>
            </Show>
            <Show when=move || !end.get().is_empty()>
                <p class="tool-content__end">{drawn(move || end.get())}</p>
            </Show>
        }
        .into_any(),
        Kind::Whole => (move || match content.get() {
            Some(thread::ToolContent::Diff(diff)) => view! { <FileDiff diff on_copy/> }.into_any(),
            Some(thread::ToolContent::Image(image)) => view! { <ShownImage image/> }.into_any(),
            _ => ().into_any(),
        })
        .into_any(),
    }
    };
    move || kind.get().map(draw)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Terminal,
    /// Drawn anew when it changes.
    Whole,
}

impl Kind {
    const fn of(content: &thread::ToolContent) -> Self {
        match content {
            thread::ToolContent::Text { .. } => Self::Text,
            thread::ToolContent::Diff(_) | thread::ToolContent::Image(_) => Self::Whole,
            thread::ToolContent::Terminal { .. } => Self::Terminal,
        }
    }
}

fn text_of(content: &Option<thread::ToolContent>) -> String {
    match content {
        Some(thread::ToolContent::Text { text } | thread::ToolContent::Terminal { text, .. }) => {
            text.clone()
        }
        Some(thread::ToolContent::Diff(_) | thread::ToolContent::Image(_)) | None => String::new(),
    }
}

/// How a command ended, if not well.
fn end_of(content: &Option<thread::ToolContent>) -> String {
    match content {
        Some(thread::ToolContent::Terminal {
            signal: Some(signal),
            ..
        }) => {
            format!("ended by signal {signal}")
        }
        Some(thread::ToolContent::Terminal {
            exit_code: Some(code),
            ..
        }) if *code != 0 => {
            format!("exit code {code}")
        }
        _ => String::new(),
    }
}
