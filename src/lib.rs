//! Heddle: a web console for coding-agent sessions. The rooms are listed in the README.
#![recursion_limit = "512"]
pub mod api;
pub mod app;
pub mod browser;
#[cfg(feature = "ssr")]
pub mod cli;
pub mod components;
pub mod feeds;
pub mod routes;
#[cfg(feature = "ssr")]
pub mod serve;

/// Makes the page that the server drew interactive, once the part that draws it is there; until
/// then it can be read.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub async fn hydrate() {
    // A release aborts without a word; its page says so by itself.
    if cfg!(debug_assertions) {
        console_error_panic_hook::set_once();
    }
    leptos::server_fn::client::set_server_url(browser::page::base().leak());
    while !routes::preload(&browser::page::path()).await {
        browser::timer::pause(PART_RETRY_MS).await;
    }
    browser::typed::remember();
    if let Some(root) = browser::page::element(app::ROOT) {
        leptos::mount::hydrate_from(root, app::App).forget();
    }
}

/// How long a part of the program that did not arrive is waited for before it is asked for again.
#[cfg(feature = "hydrate")]
const PART_RETRY_MS: u32 = 2_000;
