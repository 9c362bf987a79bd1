//! The shell of every page, the router, the table of pages.
#![expect(
    clippy::must_use_candidate,
    reason = "the macro keeps attributes from the outer function"
)]
use crate::browser::page::{mark_hydrated, message_bytes};
use crate::browser::upload::on_drops;
use crate::components::{Base, MessageBytes, PageFault, Writing, href};
use crate::feeds::{Board, SendKeyFeed};
use crate::routes::{
    Around, Bar, LoginRoute, NewSessionRoute, NotFoundRoute, SessionListRoute, SessionRoute,
    SettingsRoute, StatsRoute, SupportRoute,
};
use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, MetaTags, Title, provide_meta_context};
use leptos_router::components::{Route, Router, Routes};
use leptos_router::{SsrMode, path};

/// The id of the element that the program makes interactive.
pub const ROOT: &str = "app";

/// The document around the app.
#[must_use]
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let Base(base) = Base::of_page();
    let most = use_context::<MessageBytes>().map(|MessageBytes(most)| most);
    view! {
        <!DOCTYPE html>
        <html lang="en" translate="no" data-base=(!base.is_empty()).then(|| base.clone()) data-message-bytes=most>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content"/>
                <meta name="color-scheme" content="light dark"/>
                <PageFault/>
                <AutoReload options=options.clone()/>
                <HydrationScripts options=options.clone() root=base.clone()/>
                <HashedStylesheet options id="heddle" root=base.clone()/>
                <link rel="icon" type="image/svg+xml" href=href("/favicon.svg")/>
                <MetaTags/>
            </head>
            <body>
                // Extensions put elements of their own into the body: the program looks only in here.
                <div id=ROOT>
                    <App/>
                </div>
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
    let send_key = SendKeyFeed::new();
    provide_context(send_key);
    provide_context(Writing {
        send_key: send_key.key.into(),
        most: StoredValue::new(message_bytes()),
    });
    let board = Board::new();
    provide_context(board);
    // The server draws titles outside of the page's arena: `Memo` is not to be read there, `ArcMemo` is.
    let waiting = ArcMemo::new(move |_| board.waiting.get());
    Effect::new(|_| {
        // A file that is dropped beside a field would take the place of the page.
        let _listeners = StoredValue::new_local(on_drops(|_| {}));
        mark_hydrated();
    });
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
