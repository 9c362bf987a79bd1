//! A block of code with its language, its colours and a button to copy it.
use super::code_runs::code_runs;
use super::ui::{CopyButton, Copying};
use domain::paint;
use domain::syntax::Language;
use leptos::prelude::*;

/// A block of code.
#[component]
pub fn CodeBlock(
    /// Its language; may be empty.
    language: String,
    /// The code.
    text: String,
    /// Puts a text on the clipboard.
    on_copy: Callback<Copying>,
) -> impl IntoView {
    let label = if language.is_empty() {
        "Code".to_owned()
    } else {
        format!("Code, {language}")
    };
    let runs = paint::text(&text, Language::of_name(&language));
    let copied = Signal::stored(text);
    view! {
        <figure class="code-block">
            <figcaption class="code-block__bar">
                <span>{language}</span>
                <CopyButton label="Copy code" text=copied on_copy/>
            </figcaption>
            <pre class="code-block__text" tabindex="0" role="group" aria-label=label><code>{code_runs(runs)}</code></pre>
        </figure>
    }
    .into_any()
}
