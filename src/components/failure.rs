//! A failure with its evidence, and the ways on from it.
use super::entry::project;
use super::erased::Show;
use super::time_until::TimeUntil;
use super::transcript::{Resend, ThreadEnv};
use super::ui::Disclosure;
use domain::amount;
use domain::session::meaning;
use domain::thread::{Body, Entry};
use leptos::prelude::*;

/// A failure of the agent: what happened, how it ended, what it said last.
#[component]
pub fn Failure(
    /// The entry.
    entry: RwSignal<Entry>,
    /// What every entry needs.
    env: ThreadEnv,
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
            <Again entry env/>
            <Show when=move || tail.with(|tail| !tail.is_empty())>
                <Disclosure summary="Last words on standard error" note=note>
                    <pre class="failure__tail" tabindex="0"><code>{move || tail.with(|tail| tail.join("\n"))}</code></pre>
                </Disclosure>
            </Show>
        </article>
    }
    .into_any()
}

/// When the provider may be asked again, and what sends the message again.
#[component]
fn Again(
    /// The entry.
    entry: RwSignal<Entry>,
    /// What every entry needs.
    env: ThreadEnv,
) -> impl IntoView {
    let seq = entry.with_untracked(|entry| entry.seq);
    let at = project(entry, |body| match body {
        Body::Error { retry_at, .. } => *retry_at,
        _ => None,
    });
    let is_last = move || env.failed.get() == Some(seq);
    let is_later = Memo::new(move |_| at.get().is_some_and(|at| at.0 > env.now_ms.get()));
    let send = move |at| env.on_send_again.run(Resend { failure: seq, at });
    view! {
        {move || at.get().map(|at| view! {
            <p class="failure__retry">"The limit resets " <TimeUntil at env/></p>
        })}
        <Show when=is_last>
            <p class="failure__again">
                <button type="button" data-testid="send-again" on:click=move |_| send(None)>"Send again"</button>
                <Show when=move || is_later.get()>
                    <button type="button" data-testid="send-at-reset" on:click=move |_| send(at.get_untracked())>
                        "Send when the limit resets"
                    </button>
                </Show>
            </p>
        </Show>
    }
    .into_any()
}

/// How it ended, in words: `exit code 1`.
fn evidence(code: &str, exit_code: Option<i32>, signal: Option<i32>) -> String {
    let exit = exit_code.map(|exit| format!("exit code {exit}"));
    let signal = signal.map(|signal| format!("signal {signal}"));
    let parts: Vec<String> = [exit, signal].into_iter().flatten().collect();
    match parts.is_empty() {
        true => meaning(code).to_owned(),
        false => parts.join(" · "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_an_agent_is_told_in_words() {
        assert_eq!(evidence("exit", Some(1), None), "exit code 1");
        assert_eq!(evidence("signal", None, Some(9)), "signal 9");
        assert_eq!(evidence("exit", None, None), "the agent's process ended");
        assert_eq!(evidence("other", None, None), "");
    }
}
