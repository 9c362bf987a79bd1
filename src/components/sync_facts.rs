//! How this page keeps fresh, and what it saw and decided so far, for a report of a fault.
use super::drawn::drawn;
use super::fact::Fact;
use domain::snapshot::SyncSettings;
use domain::sync::SyncView;
use leptos::prelude::*;

/// How the page keeps fresh.
#[component]
pub fn SyncFacts(
    /// What the page shows of its synchronisation.
    view: Signal<SyncView>,
    /// How the page is to keep fresh.
    settings: Signal<SyncSettings>,
    /// Saves what the page saw and decided.
    on_save_log: Callback<()>,
) -> impl IntoView {
    let rhythm = Signal::derive(move || {
        let is_old = settings.with(|settings| settings.arm == "legacy");
        Some(if is_old {
            "two polls, every 1 and 2 s".to_owned()
        } else {
            view.with(|view| rhythm(view.interval_ms))
        })
    });
    let arm = Memo::new(move |_| settings.with(|settings| settings.arm.clone()));
    view! {
        <details class="sync-facts">
            <summary class="sync-facts__summary">"How this page keeps fresh"</summary>
            <dl class="sync-facts__list">
                <Fact label="Asks" value=rhythm/>
                <div class="sync-facts__pair">
                    <dt>"Arm"</dt>
                    <dd>{drawn(move || arm.get())}</dd>
                </div>
            </dl>
            <p class="sync-facts__hint">
                "The log holds what this page saw and decided, without anything of the session. It can be replayed."
            </p>
            <button type="button" on:click=move |_| on_save_log.run(())>"Save sync log"</button>
        </details>
    }
    .into_any()
}

fn rhythm(interval_ms: Option<u64>) -> String {
    match interval_ms {
        None => "never".to_owned(),
        Some(ms) if ms.is_multiple_of(1000) => format!("every {} s", ms / 1000),
        Some(ms) => format!("every {}.{} s", ms / 1000, ms % 1000 / 100),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rhythm_is_said_in_seconds() {
        assert_eq!(rhythm(None), "never");
        assert_eq!(rhythm(Some(4500)), "every 4.5 s");
        assert_eq!(rhythm(Some(2000)), "every 2 s");
    }
}
