//! Throws the changes of the chosen files away, and brings them back.
use super::erased::Show;
use domain::amount;
use leptos::prelude::*;

/// What became of it, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discarding {
    /// What happened, or why nothing did.
    pub text: String,
    /// Whether it went wrong.
    pub is_bad: bool,
    /// Whether it can be taken back.
    pub is_undoable: bool,
}

/// Throws changes away; says what became of it.
#[component]
pub fn DiscardBar(
    /// The files chosen that are not committed.
    #[prop(into)]
    paths: Signal<Vec<String>>,
    /// Whether something is under way.
    #[prop(into)]
    is_busy: Signal<bool>,
    /// What became of the last one.
    #[prop(into)]
    outcome: Signal<Option<Discarding>>,
    /// Throws the changes of these away.
    on_discard: Callback<Vec<String>>,
    /// Brings them back.
    on_undo: Callback<()>,
) -> impl IntoView {
    let label = move || {
        let count = paths.with(Vec::len) as u64;
        format!("Discard {}", amount::of(count, "file"))
    };
    view! {
        <div class="discard-bar">
            <Show when=move || paths.with(|paths| !paths.is_empty())>
                <button
                    type="button"
                    data-testid="discard"
                    disabled=is_busy
                    on:click=move |_| on_discard.run(paths.get_untracked())
                >
                    {label}
                </button>
            </Show>
            <p class="discard-bar__outcome" role="status">
                {move || outcome.get().map(|outcome| view! {
                    <span data-bad=outcome.is_bad.to_string()>{outcome.text}</span>
                    {outcome.is_undoable.then(|| view! {
                        <button type="button" disabled=is_busy on:click=move |_| on_undo.run(())>"Undo"</button>
                    })}
                })}
            </p>
        </div>
    }
    .into_any()
}
