//! Two people changed the same thing: both values, and a choice.
use super::ui::{Notice, Tone, Urgency};
use leptos::prelude::*;

/// A value that was changed here and elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// What it is, such as "title".
    pub what: String,
    /// The value written here.
    pub mine: String,
    /// The value written elsewhere.
    pub theirs: String,
}

/// Shows both values of a conflict and lets the reader choose.
#[component]
pub fn ConflictNotice(
    /// The conflict; nothing is shown without one.
    #[prop(into)]
    conflict: Signal<Option<Conflict>>,
    /// Writes the own value again.
    on_keep_mine: Callback<()>,
    /// Takes the other value.
    on_take_theirs: Callback<()>,
) -> impl IntoView {
    let actions = move || {
        view! {
            <button type="button" data-tone="main" on:click=move |_| on_keep_mine.run(())>"Keep mine"</button>
            <button type="button" on:click=move |_| on_take_theirs.run(())>"Take theirs"</button>
        }
    };
    let draw = move |Conflict { what, mine, theirs }| {
        view! {
            <div class="conflict-notice">
                <Notice tone=Tone::Warn testid="conflict-notice" urgency=Urgency::Alert actions>
                    <p>{format!("Somebody else changed the {what} meanwhile.")}</p>
                    <dl class="conflict-notice__values">
                        <dt>"Yours"</dt>
                        <dd>{mine}</dd>
                        <dt>"Theirs"</dt>
                        <dd>{theirs}</dd>
                    </dl>
                </Notice>
            </div>
        }
    };
    move || conflict.get().map(draw)
}
