//! Says that a working agent has been silent for a while, with what it complained about at hand.
use super::erased::Show;
use domain::quiet::quiet_s;
use domain::session::Session;
use domain::time::Timestamp;
use domain::visible::reveal;
use leptos::prelude::*;

/// What the badge needs of the page.
#[derive(Debug, Clone, Copy)]
pub struct Quiet {
    /// The page's clock, in milliseconds since 1970.
    pub now_ms: Signal<i64>,
    /// The last lines of standard error, once they were asked for.
    pub stderr: Signal<Option<Result<Vec<String>, String>>>,
    /// Asks for them.
    pub on_open: Callback<()>,
}

/// A badge while a turn is at work without a sign of activity.
#[component]
pub fn QuietBadge(
    /// The session.
    session: Signal<Session>,
    /// What it needs of the page.
    quiet: Quiet,
) -> impl IntoView {
    let seconds = Memo::new(move |_| {
        let now = Timestamp(quiet.now_ms.get());
        session.with(|session| quiet_s(session.status, session.last_activity_at, now))
    });
    let is_quiet = Memo::new(move |_| seconds.get().is_some());
    view! { <Show when=move || is_quiet.get()><Badge seconds quiet/></Show> }.into_any()
}

#[component]
fn Badge(
    /// How long it has been quiet.
    seconds: Memo<Option<u64>>,
    /// What it needs of the page.
    quiet: Quiet,
) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let toggle = move |_| {
        is_open.update(|is_open| *is_open = !*is_open);
        if is_open.get_untracked() {
            quiet.on_open.run(());
        }
    };
    let words = move || format!("no activity for {} s", seconds.get().unwrap_or_default());
    view! {
        <span class="quiet-badge" data-testid="quiet-badge">
            <button
                type="button"
                class="quiet-badge__button"
                aria-expanded=move || is_open.get().to_string()
                title="The last lines of standard error"
                on:click=toggle
            >
                <time data-live="">{words}</time>
            </button>
            <Show when=move || is_open.get()>
                <pre class="quiet-badge__lines" tabindex="0" role="group" aria-label="Standard error">
                    <code>{move || lines(quiet.stderr.get())}</code>
                </pre>
            </Show>
        </span>
    }
    .into_any()
}

fn lines(told: Option<Result<Vec<String>, String>>) -> String {
    match told {
        None => "Reading …".to_owned(),
        Some(Err(why)) => why,
        Some(Ok(lines)) if lines.is_empty() => "Nothing on standard error.".to_owned(),
        Some(Ok(lines)) => reveal(&lines.join("\n")).into_owned(),
    }
}
