//! The shell of every page, the router, the table of pages.
use crate::browser::page::mark_hydrated;
use crate::components::{Base, TopBar};
use crate::feeds::log_out;
use crate::routes::{
    LoginRoute, NewSessionRoute, NotFoundRoute, SessionListRoute, SessionRoute, SupportRoute,
};
use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, MetaTags, Title, provide_meta_context};
use leptos_router::components::{Route, Router, Routes};
use leptos_router::hooks::use_location;
use leptos_router::{SsrMode, path};

/// The document around the app.
#[must_use]
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <AutoReload options=options.clone()/>
                <HydrationScripts options=options.clone()/>
                <HashedStylesheet options id="heddle"/>
                <link rel="icon" type="image/svg+xml" href="/favicon.svg"/>
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
    provide_context(Base::default());
    #[cfg(feature = "ssr")]
    crate::serve::protect_page();
    let waiting = RwSignal::new(0_u64);
    Effect::new(|_| mark_hydrated());
    view! {
        <Title formatter=|title: String| if title.is_empty() { "Heddle".to_owned() } else { format!("{title} · Heddle") }/>
        <Router>
            <Bar waiting/>
            <Routes fallback=NotFoundRoute>
                <Route path=path!("/") view=move || view! { <SessionListRoute waiting/> } ssr=SsrMode::Async/>
                <Route path=path!("/agents/new") view=NewSessionRoute ssr=SsrMode::Async/>
                <Route path=path!("/agents/:session_id") view=SessionRoute ssr=SsrMode::Async/>
                <Route path=path!("/login") view=LoginRoute ssr=SsrMode::Async/>
                <Route path=path!("/support") view=SupportRoute ssr=SsrMode::Async/>
            </Routes>
        </Router>
    }
}

/// The bar on top; the login page has none, since there is nowhere to go.
#[component]
fn Bar(waiting: RwSignal<u64>) -> impl IntoView {
    let path = Memo::new(move |_| use_location().pathname.get());
    let is_login = Memo::new(move |_| path.get() == "/login");
    let on_logout = Callback::new(|()| log_out());
    view! {
        <Show when=move || !is_login.get()>
            <TopBar path waiting on_logout=on_logout/>
        </Show>
    }
}
