//! The bar on top of every page.
use super::erased::Show;
use super::href;
use leptos::prelude::*;

/// The bar on top of every page: home, where to go, how many wait for a person.
#[component]
pub fn TopBar(
    /// Path of the page without the base, for the mark of the current place.
    #[prop(into)]
    path: Signal<String>,
    /// Sessions that wait for a person.
    #[prop(into)]
    waiting: Signal<u64>,
    /// Logs out; no button without it.
    #[prop(optional, into)]
    on_logout: Option<Callback<()>>,
    /// Goes to the next session that waits; without it the count is only shown.
    #[prop(optional, into)]
    on_next: Option<Callback<()>>,
) -> impl IntoView {
    let current =
        move |place: &'static str| move || path.with(|path| path == place).then_some("page");
    let words = move || match waiting.get() {
        1 => "1 session waits for you".to_owned(),
        count => format!("{count} sessions wait for you"),
    };
    let logout = on_logout.map(|on_logout| {
        let submit = move |event: leptos::ev::SubmitEvent| {
            event.prevent_default();
            on_logout.run(());
        };
        view! {
            <form method="post" action=href("/logout") on:submit=submit>
                <button type="submit" data-tone="plain">"Log out"</button>
            </form>
        }
    });
    view! {
        <div class="top-bar">
            <a class="top-bar__skip" href="#content">"Skip to content"</a>
            <nav class="top-bar__inner" aria-label="Main">
                <a class="top-bar__brand" href=href("/") aria-label="Heddle, home">
                    <svg viewBox="0 0 32 32" aria-hidden="true">
                        <path d="M9 4v24M23 4v24M16 4v7.5M16 20.5V28"></path>
                        <ellipse cx="16" cy="16" rx="3" ry="4.5"></ellipse>
                        <path class="top-bar__weft" d="M3 16h10M19 16h10"></path>
                    </svg>
                    <span class="top-bar__name">"Heddle"</span>
                </a>
                <a class="top-bar__place" href=href("/") aria-current=current("/")>
                    "Sessions"
                </a>
                <Show when=move || { waiting.get() > 0 }>
                    <button
                        type="button"
                        class="top-bar__waiting"
                        data-testid="next-waiting"
                        title="Go to the next one ( w )"
                        on:click=move |_| { on_next.inspect(|on_next| on_next.run(())); }
                    >
                        <span aria-hidden="true">{move || waiting.get()}</span>
                        <span data-only="reader">{words}</span>
                    </button>
                </Show>
                <a
                    class="top-bar__place"
                    href=href("/agents/new")
                    data-testid="new-session"
                    aria-current=current("/agents/new")
                >
                    "New session"
                </a>
                <Sides path/>
                <span class="top-bar__end">{logout}</span>
            </nav>
        </div>
    }
    .into_any()
}

/// Places beside the work: what it costs, and how it is set.
#[component]
fn Sides(
    /// Path of the page without the base.
    path: Signal<String>,
) -> impl IntoView {
    let current =
        move |place: &'static str| move || path.with(|path| path == place).then_some("page");
    view! {
        <a
            class="top-bar__place"
            data-place="end"
            href=href("/stats")
            aria-label="Statistics"
            title="Statistics"
            aria-current=current("/stats")
        >
            <svg viewBox="0 0 16 16" aria-hidden="true">
                <path d="M2 14h12M4 11V8M8 11V3M12 11V6"></path>
            </svg>
        </a>
        <a
            class="top-bar__place"
            href=href("/settings")
            aria-label="Settings"
            title="Settings"
            aria-current=current("/settings")
        >
            <svg viewBox="0 0 16 16" aria-hidden="true">
                <path d="M2 4.5h6M11 4.5h3M2 11.5h3M8 11.5h6"></path>
                <circle cx="9.5" cy="4.5" r="1.6"></circle>
                <circle cx="6.5" cy="11.5" r="1.6"></circle>
            </svg>
        </a>
    }
    .into_any()
}
