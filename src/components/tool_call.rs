//! A tool call: one line that tells what it is, and under it what went in and came out.
use super::drawn::drawn;
use super::entry::project;
use super::erased::{For, Show};
use super::lasting::Lasting;
use super::tool_content::ToolContent;
use super::transcript::ThreadEnv;
use super::ui::{CopyButton, Copying, Disclosure, Glyph, Icon};
use domain::amount;
use domain::thread::{self, Body, Entry, ToolStatus};
use domain::tool_brief::{brief, is_output, is_told, own_command, plain_title};
use domain::visible::reveal;
use leptos::prelude::*;

/// A tool call.
#[component]
pub fn ToolCall(
    /// The entry.
    entry: RwSignal<Entry>,
    /// What every entry needs.
    env: ThreadEnv,
) -> impl IntoView {
    let title = call(entry, |call| reveal(&plain_title(&call.title)).into_owned());
    let glyph = call(entry, |call| Some(glyph_of(&call.tool_kind)));
    let status = call(entry, |call| Some(call.status));
    let from = call(entry, |call| call.started_at);
    let until = call(entry, |call| call.ended_at);
    let is_running = move || status.get().is_some_and(ToolStatus::is_open);
    let beside = call(entry, |call| reveal(&brief(call)).into_owned());
    let is_telling = call(entry, tells_at_once);
    let is_failed = move || status.get() == Some(ToolStatus::Failed);
    let open = Memo::new(move |_| is_telling.get() || is_failed());
    view! {
        <details
            class="tool-call"
            open=move || open.get()
            data-status=move || status.get().map(ToolStatus::as_str)
            aria-busy=move || is_running().to_string()
        >
            <summary class="tool-call__line">
                {move || view! { <Icon glyph=glyph.get().unwrap_or(Glyph::Hexagon)/> }}
                <h3 class="tool-call__title">{drawn(move || title.get())}</h3>
                <Show when=move || beside.with(|words| !words.is_empty())>
                    <span class="tool-call__brief">{move || beside.get()}</span>
                </Show>
                <span class="tool-call__status">{drawn(move || status.get().map(word_of))}</span>
                // What never ended has no duration that could be told.
                <Show when=move || is_running() || until.get().is_some()>
                    <Lasting from until now_ms=env.now_ms/>
                </Show>
            </summary>
            <div class="tool-call__body">
                <Locations entry/>
                <CommandLine entry/>
                <Contents entry env/>
                <Raw entry on_copy=env.on_copy/>
            </div>
        </details>
    }
    .into_any()
}

/// The files that a call touches.
#[component]
fn Locations(
    /// The entry.
    entry: RwSignal<Entry>,
) -> impl IntoView {
    let places = call(entry, |call| call.locations.clone());
    let draw = |place: thread::Location| {
        let line = place
            .line
            .map(|line| format!(":{line}"))
            .unwrap_or_default();
        view! { <li>{reveal(&place.path).into_owned()}{line}</li> }
    };
    view! {
        <Show when=move || places.with(|places| !places.is_empty())>
            <ul class="tool-call__places" aria-label="Files">
                {move || places.get().into_iter().map(draw).collect_view()}
            </ul>
        </Show>
    }
    .into_any()
}

/// The command of a call whose title is another.
#[component]
fn CommandLine(
    /// The entry.
    entry: RwSignal<Entry>,
) -> impl IntoView {
    let command = call(entry, own_command);
    let shown = move || command.with(|command| reveal(command).into_owned());
    view! {
        <Show when=move || command.with(|command| !command.is_empty())>
            <code class="tool-call__command">{shown}</code>
        </Show>
    }
    .into_any()
}

/// What a call produced, piece by piece; a piece that grows is drawn in place.
#[component]
fn Contents(
    /// The entry.
    entry: RwSignal<Entry>,
    /// What every entry needs.
    env: ThreadEnv,
) -> impl IntoView {
    let count = call(entry, |call| call.content.len());
    let is_output = call(entry, |call| is_output(&call.tool_kind));
    let piece = move |index: usize| {
        let content = call(entry, move |call| call.content.get(index).cloned());
        view! { <ToolContent content is_output on_copy=env.on_copy/> }
    };
    view! { <For each=move || (0..count.get()).collect() key=|index| *index children=piece/> }
}

/// What a call got and gave as the agent wrote it, folded.
#[component]
fn Raw(
    /// The entry.
    entry: RwSignal<Entry>,
    /// Puts a text on the clipboard.
    on_copy: Callback<Copying>,
) -> impl IntoView {
    let part = |name: &'static str, text: Memo<Option<String>>| {
        let size = Signal::derive(move || {
            let bytes = text.with(|text| text.as_ref().map_or(0, String::len));
            Some(amount::bytes(bytes as u64))
        });
        let copied = Signal::derive(move || text.get().unwrap_or_default());
        // A page of hundreds of calls is not to carry twice what few readers unfold.
        let is_wanted = RwSignal::new(false);
        let shown = move || text.with(|text| reveal(text.as_deref().unwrap_or("")).into_owned());
        view! {
            <Show when=move || text.with(|text| text.as_ref().is_some_and(|text| !text.is_empty()))>
                <Disclosure summary=name note=size on_open=Callback::new(move |()| is_wanted.set(true))>
                    <Show when=move || is_wanted.get()>
                        <CopyButton label=format!("Copy {name}") text=copied on_copy/>
                        <pre class="tool-call__raw" tabindex="0"><code>{shown}</code></pre>
                    </Show>
                </Disclosure>
            </Show>
        }
    };
    let input = call(entry, |call| call.input.clone().filter(|_| !is_told(call)));
    // Output that is shown as content already is not told twice.
    let output = call(entry, |call| match call.content.is_empty() {
        true => call.output.clone(),
        false => None,
    });
    (part("Input", input), part("Output", output))
}

fn call<T>(
    entry: RwSignal<Entry>,
    read: impl Fn(&thread::ToolCall) -> T + Send + Sync + 'static,
) -> Memo<T>
where
    T: Default + PartialEq + Send + Sync + 'static,
{
    project(entry, move |body| match body {
        Body::Tool(call) => read(call),
        _ => T::default(),
    })
}

/// Whether a call is unfolded from the start: what it changed, printed or drew is what it is about.
/// Reads and searches stay one line.
fn tells_at_once(call: &thread::ToolCall) -> bool {
    let is_shown = |content: &thread::ToolContent| match content {
        thread::ToolContent::Terminal { .. } => !is_reading(&call.tool_kind),
        thread::ToolContent::Diff(_) | thread::ToolContent::Image(_) => true,
        thread::ToolContent::Text { .. } => false,
    };
    call.content.iter().any(is_shown)
}

fn is_reading(kind: &str) -> bool {
    matches!(kind, "read" | "search" | "fetch")
}

const fn word_of(status: ToolStatus) -> &'static str {
    match status {
        ToolStatus::Pending => "waiting",
        ToolStatus::InProgress => "running",
        ToolStatus::Completed => "done",
        ToolStatus::Failed => "failed",
        ToolStatus::Aborted => "aborted",
        ToolStatus::Unknown => "end unknown",
    }
}

/// The drawing of a kind of tool, by its word on the wire.
#[must_use]
pub fn glyph_of(kind: &str) -> Glyph {
    match kind {
        "read" => Glyph::File,
        "edit" => Glyph::Pencil,
        "delete" => Glyph::Trash,
        "move" => Glyph::Move,
        "search" => Glyph::Search,
        "execute" => Glyph::Prompt,
        "think" => Glyph::Lamp,
        "fetch" => Glyph::Globe,
        "switch_mode" => Glyph::Switch,
        _ => Glyph::Hexagon,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(kind: &str, input: &str, content: &str) -> thread::ToolCall {
        let json = format!(
            r#"{{"toolCallId":"a","title":"Run it","toolKind":"{kind}","status":"completed","input":{input:?},"content":[{content}],"startedAt":"1970-01-01T00:00:00.000Z"}}"#
        );
        serde_json::from_str(&json).unwrap()
    }

    #[test]
    fn reads_stay_one_line_and_changes_do_not() {
        let terminal = r#"{"type":"terminal","text":"x"}"#;
        let diff = r#"{"type":"diff","path":"a","newText":"x"}"#;
        assert!(tells_at_once(&read("execute", "", terminal)));
        assert!(!tells_at_once(&read("search", "", terminal)));
        assert!(tells_at_once(&read("edit", "", diff)));
    }
}
