//! Where the page's program begins: makes what the server drew interactive.
use crate::{app, browser, routes};

/// How long a part of the program that did not arrive is waited for before it is asked for again.
const PART_RETRY_MS: u32 = 2_000;

/// Makes the page that the server drew interactive, once the part that draws it is there; until
/// then it can be read.
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
