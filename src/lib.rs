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

/// Makes the page that the server drew interactive.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(app::App);
}
