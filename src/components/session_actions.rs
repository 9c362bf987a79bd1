//! Completing and deleting a session; deleting asks first.
use super::erased::Show;
use super::session_header::HeaderActions;
use super::ui::{Glyph, Icon};
use domain::session::SessionStatus;
use leptos::prelude::*;

/// Buttons that complete and delete a session.
#[component]
pub fn SessionActions(
    /// Where the same is started again.
    again: String,
    /// What the session does.
    #[prop(into)]
    status: Signal<SessionStatus>,
    /// Whether an action is under way.
    #[prop(into)]
    is_busy: Signal<bool>,
    /// Why the session was not deleted, if the server refused.
    #[prop(into)]
    delete_refusal: Signal<Option<String>>,
    /// What can be done.
    actions: HeaderActions,
) -> impl IntoView {
    let is_asking = RwSignal::new(false);
    let is_done = Memo::new(move |_| status.get() == SessionStatus::Completed);
    view! {
        <div class="session-actions">
            <div class="session-actions__buttons">
                <Show when=move || !is_done.get()>
                    <button
                        type="button"
                        data-command="complete"
                        disabled=move || is_busy.get()
                        on:click=move |_| actions.on_complete.run(())
                    >
                        <Icon glyph=Glyph::Check/>
                        "Complete"
                    </button>
                </Show>
                <a href=again data-tone="plain" data-command="again">"Run again"</a>
                <button
                    type="button"
                    data-tone="plain"
                    data-command="delete"
                    aria-expanded=move || is_asking.get().to_string()
                    on:click=move |_| is_asking.update(|is_asking| *is_asking = !*is_asking)
                >
                    <Icon glyph=Glyph::Trash/>
                    "Delete"
                </button>
            </div>
            <Show when=move || is_asking.get()>
                <ConfirmDelete is_asking is_busy delete_refusal on_delete=actions.on_delete/>
            </Show>
        </div>
    }
    .into_any()
}

/// Asks before a session is deleted; dropping unmerged work is a choice of its own.
#[component]
fn ConfirmDelete(
    /// Whether the question is shown.
    is_asking: RwSignal<bool>,
    /// Whether an action is under way.
    is_busy: Signal<bool>,
    /// Why the session was not deleted, if the server refused.
    delete_refusal: Signal<Option<String>>,
    /// Deletes the session; true drops unmerged work.
    on_delete: Callback<bool>,
) -> impl IntoView {
    let discards = RwSignal::new(false);
    let refusal = move || {
        delete_refusal
            .get()
            .map(|text| view! { <p class="session-actions__refusal" role="alert">{text}</p> })
    };
    view! {
        <div class="session-actions__confirm" role="group" aria-label="Delete this session">
            <p>"Delete this session with its thread and worktree?"</p>
            {refusal}
            <label class="session-actions__choice">
                <input
                    type="checkbox"
                    prop:checked=move || discards.get()
                    on:change=move |event| discards.set(event_target_checked(&event))
                />
                "Discard unmerged work too"
            </label>
            <div class="session-actions__buttons">
                <button
                    type="button"
                    data-tone="bad"
                    disabled=move || is_busy.get()
                    on:click=move |_| on_delete.run(discards.get_untracked())
                >
                    {move || if discards.get() { "Delete and discard work" } else { "Delete session" }}
                </button>
                <button type="button" on:click=move |_| is_asking.set(false)>"Keep"</button>
            </div>
        </div>
    }
    .into_any()
}
