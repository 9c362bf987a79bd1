//! The session as a file, to be taken along.
use super::href;
use domain::id::SessionId;
use leptos::prelude::*;

/// Links that save a session; they work without JavaScript.
#[component]
pub fn ExportLinks(
    /// The session.
    id: SessionId,
) -> impl IntoView {
    let id = String::from(id);
    let link = |ending: &str, words: &'static str| {
        let address = href(&format!("/agents/{id}/export.{ending}"));
        view! { <li><a href=address rel="external" download="">{words}</a></li> }.into_any()
    };
    view! {
        <details class="export-links">
            <summary class="export-links__summary" data-testid="export">"Export"</summary>
            <ul class="export-links__list">
                {link("md", "As Markdown")}
                {link("json", "As JSON")}
            </ul>
        </details>
    }
    .into_any()
}
