//! The frame of a session's page: thread and composer, beside them what is known of the session.
use domain::sync::SyncView;
use leptos::prelude::*;

/// The frame of a session's page. From 1000 pixels on, facts and changes stand beside the thread.
#[component]
pub fn SessionLayout(
    /// What the page shows of its synchronisation.
    #[prop(into)]
    view: Signal<SyncView>,
    /// Revision of the session that is shown.
    #[prop(into)]
    revision: Signal<u64>,
    /// Head and notices.
    #[prop(into)]
    header: ViewFnOnce,
    /// The thread.
    #[prop(into)]
    thread: ViewFnOnce,
    /// Where a person writes.
    #[prop(into)]
    composer: ViewFnOnce,
    /// Facts of the session.
    #[prop(into)]
    facts: ViewFnOnce,
    /// Branch and changes.
    #[prop(into)]
    changes: ViewFnOnce,
) -> impl IntoView {
    let phase = Memo::new(move |_| view.get().phase.as_str());
    let interval = Memo::new(move |_| view.get().interval_ms.map(|ms| ms.to_string()));
    view! {
        <main
            class="session-layout"
            id="content"
            data-sync-phase=move || phase.get()
            data-sync-interval-ms=move || interval.get()
            data-revision=move || revision.get().to_string()
        >
            <div class="session-layout__head">{header.run()}</div>
            <div class="session-layout__thread">{thread.run()}</div>
            <div class="session-layout__composer">
                <p class="session-layout__note">
                    "Reading works without JavaScript; writing, answering and committing need it."
                </p>
                {composer.run()}
            </div>
            <div class="session-layout__side" role="region" aria-label="Session and changes" tabindex="0">
                <details class="session-layout__fold">
                    <summary class="session-layout__summary">"Session and changes"</summary>
                    <div class="session-layout__parts">
                        {changes.run()}
                        {facts.run()}
                    </div>
                </details>
            </div>
        </main>
    }
    .into_any()
}
