//! What a page says when its program ends or never begins: a sentence and "Reload", in plain DOM.
use leptos::nonce::use_nonce;
use leptos::prelude::*;

/// The script that watches over the page's program. It stands in the document's head, outside of
/// the program, and needs nothing of it: a trap ends the program without a word, and a page that
/// was altered, or whose program did not arrive, would look alive and be dead. What was typed stays
/// in its field, and is put back there after the reload. Each page reports its first fault.
const SCRIPT: &str = include_str!("page_fault.js");

/// The script that watches over the page's program.
#[component]
pub fn PageFault() -> impl IntoView {
    view! { <script nonce=use_nonce()>{SCRIPT}</script> }
}
