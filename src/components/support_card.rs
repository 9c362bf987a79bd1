//! What to do when the console itself fails.
use super::ui::{CopyButton, Copying};
use leptos::prelude::*;

/// What to send to whoever runs this console.
#[component]
pub fn SupportCard(
    /// Number of the incident, if one led here.
    #[prop(into)]
    incident: Option<String>,
    /// Version of the console.
    #[prop(into)]
    version: String,
    /// Puts a text on the clipboard.
    on_copy: Callback<Copying>,
) -> impl IntoView {
    let number = incident.map(|incident| {
        let text = Signal::stored(incident.clone());
        view! {
            <dt>"Incident"</dt>
            <dd><code>{incident}</code> <CopyButton label="Copy incident number" text on_copy/></dd>
        }
    });
    view! {
        <section class="support-card" aria-label="Support">
            <p>
                "This console is run by you or by somebody near you. Its log holds the details of every failure, "
                "found by the number below. Send both to whoever runs it."
            </p>
            <dl class="support-card__facts">
                {number}
                <dt>"Version"</dt>
                <dd><code>{version}</code></dd>
                <dt>"Check"</dt>
                <dd>"Run " <code>"heddle doctor"</code> " on the machine of the console."</dd>
            </dl>
        </section>
    }
    .into_any()
}
