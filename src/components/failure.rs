//! A failure with its evidence.
use super::entry::project;
use super::erased::Show;
use super::ui::Disclosure;
use domain::amount;
use domain::thread::{Body, Entry};
use leptos::prelude::*;

/// A failure of the agent: what happened, how it ended, what it said last.
#[component]
pub fn Failure(
    /// The entry.
    entry: RwSignal<Entry>,
) -> impl IntoView {
    let text = project(entry, |body| match body {
        Body::Error { text, .. } => text.clone(),
        _ => String::new(),
    });
    let end = project(entry, |body| match body {
        Body::Error {
            code,
            exit_code,
            signal,
            ..
        } => evidence(code, *exit_code, *signal),
        _ => String::new(),
    });
    let tail = project(entry, |body| match body {
        Body::Error { stderr_tail, .. } => stderr_tail.clone(),
        _ => Vec::new(),
    });
    let note =
        Signal::derive(move || Some(tail.with(|tail| amount::of(tail.len() as u64, "line"))));
    view! {
        <article class="failure">
            <h3 class="failure__text">{move || text.get()}</h3>
            <p class="failure__end">{move || end.get()}</p>
            <Show when=move || tail.with(|tail| !tail.is_empty())>
                <Disclosure summary="Last words on standard error" note=note>
                    <pre class="failure__tail" tabindex="0"><code>{move || tail.with(|tail| tail.join("\n"))}</code></pre>
                </Disclosure>
            </Show>
        </article>
    }
    .into_any()
}

/// How it ended, in words: `exit code 1 · exit`.
fn evidence(code: &str, exit_code: Option<i32>, signal: Option<i32>) -> String {
    let exit = exit_code.map(|exit| format!("exit code {exit}"));
    let signal = signal.map(|signal| format!("signal {signal}"));
    let class = Some(format!("class {code}"));
    let parts: Vec<String> = [exit, signal, class].into_iter().flatten().collect();
    parts.join(" · ")
}
