//! The journal lines behind an entry, as they were on the pipe, with indents.
use super::code_block::CodeBlock;
use super::erased::{For, Show};
use super::time_ago::TimeAgo;
use super::ui::{Copying, Glyph, Icon, Skeleton};
use super::writing::key;
use domain::journal::RawLine;
use domain::pretty::pretty;
use domain::visible::reveal;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

/// Id of the button that closes it, which gets the focus when it opens.
pub const RAW_CLOSE: &str = "raw-close";

/// What the raw view shows.
#[derive(Debug, Clone, Copy)]
pub struct RawData {
    /// The entry.
    pub seq: Signal<Option<u64>>,
    /// Its lines so far; none while the first are read.
    pub lines: Signal<Option<Vec<RawLine>>>,
    /// Whether there are more.
    pub has_more: Signal<bool>,
    /// Why they cannot be read.
    pub error: Signal<Option<String>>,
    /// The page's clock, in milliseconds since 1970.
    pub now_ms: Signal<i64>,
}

/// What the raw view can do.
#[derive(Debug, Clone, Copy)]
pub struct RawActions {
    /// Reads more lines.
    pub on_more: Callback<()>,
    /// Puts it away.
    pub on_close: Callback<()>,
    /// Puts a text on the clipboard.
    pub on_copy: Callback<Copying>,
}

/// The journal lines behind an entry.
#[component]
pub fn RawDrawer(
    /// What it shows.
    data: RawData,
    /// What it can do.
    actions: RawActions,
) -> impl IntoView {
    let heading = move || {
        format!(
            "Entry {}, as it was sent",
            data.seq.get().unwrap_or_default()
        )
    };
    let is_empty = move || {
        data.lines
            .with(|lines| lines.as_ref().is_some_and(Vec::is_empty))
    };
    let on_key = move |event: KeyboardEvent| {
        if key(&event).is_some_and(|key| key == "Escape") {
            actions.on_close.run(());
        }
    };
    view! {
        <aside
            class="raw-drawer"
            data-testid="raw"
            role="dialog"
            aria-label="Raw lines of an entry"
            on:keydown=on_key
        >
            <div class="raw-drawer__head">
                <h2 class="raw-drawer__title">{heading}</h2>
                <button id=RAW_CLOSE type="button" data-tone="plain" aria-label="Close the raw view" on:click=move |_| actions.on_close.run(())>
                    <Icon glyph=Glyph::Cross/>
                </button>
            </div>
            {move || data.error.get().map(|why| view! { <p class="raw-drawer__note" role="alert">{why}</p> })}
            <Show when=move || data.lines.with(Option::is_none) && data.error.with(Option::is_none)>
                <Skeleton lines=6/>
            </Show>
            <Show when=is_empty>
                <p class="raw-drawer__note">"No line of the journal is behind this entry: it is a word of the console."</p>
            </Show>
            <ol class="raw-drawer__lines">
                <For
                    each=move || data.lines.get().unwrap_or_default()
                    key=|line| line.n
                    children=move |line| draw(line, data.now_ms, actions.on_copy)
                />
            </ol>
            <Show when=move || data.has_more.get()>
                <button type="button" on:click=move |_| actions.on_more.run(())>"More lines"</button>
            </Show>
        </aside>
    }
    .into_any()
}

fn draw(line: RawLine, now_ms: Signal<i64>, on_copy: Callback<Copying>) -> AnyView {
    let way = line.way();
    let RawLine { n, at, dir, raw } = line;
    let at = Signal::stored(at);
    let text = reveal(&pretty(&raw)).into_owned();
    let is_json = raw.starts_with(['{', '[']);
    let language = if is_json { "json" } else { "" }.to_owned();
    view! {
        <li class="raw-drawer__line" data-n=n.to_string() data-dir=dir>
            <p class="raw-drawer__about">
                {format!("Line {n} · {way} · ")}
                <TimeAgo at now_ms/>
            </p>
            <CodeBlock language text on_copy/>
        </li>
    }
    .into_any()
}
