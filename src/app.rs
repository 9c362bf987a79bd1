//! The shell of every page, the router, the table of pages.
#![expect(
    clippy::must_use_candidate,
    reason = "the macro keeps attributes from the outer function"
)]
use crate::browser::page::mark_hydrated;
use crate::components::{Base, href};
use crate::feeds::Board;
use crate::routes::{
    Around, Bar, LoginRoute, NewSessionRoute, NotFoundRoute, SessionListRoute, SessionRoute,
    SettingsRoute, StatsRoute, SupportRoute,
};
use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, MetaTags, Title, provide_meta_context};
use leptos_router::components::{Route, Router, Routes};
use leptos_router::{SsrMode, path};

/// The document around the app.
#[must_use]
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let Base(base) = Base::of_page();
    view! {
        <!DOCTYPE html>
        <html lang="en" data-base=(!base.is_empty()).then(|| base.clone())>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <AutoReload options=options.clone()/>
                <HydrationScripts options=options.clone() root=base.clone()/>
                <HashedStylesheet options id="heddle" root=base.clone()/>
                <link rel="icon" type="image/svg+xml" href=href("/favicon.svg")/>
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// The pages.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let base = Base::of_page();
    provide_context(base.clone());
    let board = Board::new();
    provide_context(board);
    // The server draws titles outside of the page's arena: `Memo` is not to be read there, `ArcMemo` is.
    let waiting = ArcMemo::new(move |_| board.waiting.get());
    Effect::new(|_| mark_hydrated());
    view! {
        <Title formatter=move |title: String| named(&title, waiting.get())/>
        <Router base=base.0>
            <Bar board/>
            <Around board/>
            <Routes fallback=NotFoundRoute>
                <Route path=path!("/") view=SessionListRoute ssr=SsrMode::Async/>
                <Route path=path!("/agents/new") view=NewSessionRoute ssr=SsrMode::Async/>
                <Route path=path!("/agents/:session_id") view=SessionRoute ssr=SsrMode::Async/>
                <Route path=path!("/login") view=LoginRoute ssr=SsrMode::Async/>
                <Route path=path!("/settings") view=SettingsRoute ssr=SsrMode::Async/>
                <Route path=path!("/stats") view=StatsRoute ssr=SsrMode::Async/>
                <Route path=path!("/support") view=SupportRoute ssr=SsrMode::Async/>
            </Routes>
        </Router>
    }
}

/// The title of the window: how many sessions wait for a person, then the page.
fn named(title: &str, waiting: u64) -> String {
    let count = if waiting > 0 {
        format!("({waiting}) ")
    } else {
        String::new()
    };
    if title.is_empty() {
        format!("{count}Heddle")
    } else {
        format!("{count}{title} · Heddle")
    }
}
