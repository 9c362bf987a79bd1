//! The title of a session, changed in place.
use super::erased::Show;
use super::ui::{Glyph, Icon};
use super::writing::key;
use leptos::ev::KeyboardEvent;
use leptos::html::{H1, Input};
use leptos::prelude::*;

/// The title of a session. Double click or Enter on it changes it; Enter saves, Escape cancels.
#[component]
pub fn TitleEditor(
    /// The title.
    #[prop(into)]
    title: Signal<String>,
    /// Gives the session another title.
    on_rename: Callback<String>,
) -> impl IntoView {
    let title = Memo::new(move |_| title.get());
    let is_editing = RwSignal::new(false);
    let draft = RwSignal::new(String::new());
    let field = NodeRef::<Input>::new();
    field.on_load(|field| {
        let _ = field.focus();
        field.select();
    });
    let heading = NodeRef::<H1>::new();
    let leave = move || {
        heading.get_untracked().map(|heading| heading.focus());
    };
    let begin = move || {
        draft.set(title.get_untracked());
        is_editing.set(true);
    };
    // A field that is removed loses the focus when its signals are gone already.
    let save = move || {
        let text = draft.try_get_untracked().unwrap_or_default();
        let text = text.trim().to_owned();
        if !text.is_empty() && is_editing.get_untracked() && text != title.get_untracked() {
            on_rename.run(text);
        }
        let _ = is_editing.try_set(false);
    };
    let on_key = move |event: KeyboardEvent| {
        let Some(key) = key(&event) else { return };
        match (key.as_str(), is_editing.get_untracked()) {
            ("Enter", false) => begin(),
            ("Enter" | "Escape", true) => {
                if key == "Enter" {
                    save();
                }
                is_editing.set(false);
                leave();
            }
            _ => {}
        }
    };
    view! {
        <div class="title-editor" data-editing=move || is_editing.get().to_string()>
            <h1
                class="title-editor__title"
                data-testid="session-title"
                node_ref=heading
                title="Double click or Enter to rename"
                tabindex=move || if is_editing.get() { "-1" } else { "0" }
                on:dblclick=move |_| begin()
                on:keydown=on_key
            >
                <Show when=move || is_editing.get() fallback=move || title.get()>
                    <input
                        class="title-editor__field"
                        aria-label="Session title"
                        id="session-title-field"
                        maxlength="200"
                        dir="auto"
                        enterkeyhint="done"
                        node_ref=field
                        prop:value=move || draft.get()
                        on:input=move |event| draft.set(event_target_value(&event))
                        on:blur=move |_| save()
                        on:dblclick=|event| event.stop_propagation()
                    />
                </Show>
            </h1>
            <button type="button" data-tone="plain" aria-label="Rename session" on:click=move |_| begin()>
                <Icon glyph=Glyph::Pencil/>
            </button>
        </div>
    }
    .into_any()
}
