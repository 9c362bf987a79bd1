//! The form that starts a session.
use super::agent_choice::{AgentChecks, AgentChoice, AgentFields};
use super::enclosures::{AttachButton, AttachText, Enclosing, Enclosures};
use super::erased::Show;
use super::session_header::folder;
use super::ui::{Notice, Spinner, Tone, Urgency};
use super::writing::{Writing, is_sent, typed_early};
use domain::typing::SendKey;
use leptos::ev::{KeyboardEvent, SubmitEvent};
use leptos::prelude::*;

/// The id of the field of the prompt.
pub const PROMPT_FIELD: &str = "new-prompt";

/// The id of the field of the title.
const TITLE_FIELD: &str = "new-title";

/// What is written in the form; the page keeps it, the prompt as a draft.
#[derive(Debug, Clone, Copy)]
pub struct NewSessionFields {
    /// Path of the repository.
    pub repo: RwSignal<String>,
    /// Branch to start from; empty for the one checked out.
    pub base_branch: RwSignal<String>,
    /// Id of the agent.
    pub agent: RwSignal<String>,
    /// Model of the agent; empty for its own choice.
    pub model: RwSignal<String>,
    /// Title; empty for one made from the prompt.
    pub title: RwSignal<String>,
    /// What the agent is to do.
    pub prompt: RwSignal<String>,
    /// Images that go along.
    pub with: Enclosing,
}

/// What can be chosen in the form.
#[derive(Debug, Clone, Copy)]
pub struct NewSessionChoices {
    /// Paths of the repositories that the console knows.
    pub repos: Signal<Vec<String>>,
    /// Branches of the chosen repository.
    pub branches: Signal<Vec<String>>,
    /// The agents.
    pub agents: Signal<Vec<AgentChoice>>,
    /// Checks of the agents.
    pub checks: AgentChecks,
}

/// The form that starts a session.
#[component]
pub fn NewSessionForm(
    /// What is written.
    fields: NewSessionFields,
    /// What can be chosen.
    choices: NewSessionChoices,
    /// Why the session was not started.
    #[prop(into)]
    error: Signal<Option<String>>,
    /// Whether it is being started.
    #[prop(into)]
    is_busy: Signal<bool>,
    /// Starts the session.
    on_create: Callback<()>,
) -> impl IntoView {
    let too_long = Writing::of_app().too_long(fields.prompt);
    fields.with.follow_drops();
    typed_early(PROMPT_FIELD, move |text| fields.prompt.set(text));
    typed_early(TITLE_FIELD, move |text| fields.title.set(text));
    let is_off = move || {
        is_busy.get()
            || too_long.with(Option::is_some)
            || fields.with.is_sending()
            || fields.prompt.with(|prompt| prompt.trim().is_empty())
            || fields.repo.with(String::is_empty)
            || fields.agent.with(String::is_empty)
    };
    let create = move || {
        if !is_off() {
            on_create.run(());
        }
    };
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        create();
    };
    let on_key = move |event: KeyboardEvent| {
        if is_sent(SendKey::CommandEnter, &event) {
            event.prevent_default();
            create();
        }
    };
    view! {
        <form class="new-session-form" method="post" aria-label="New session" on:submit=on_submit on:keydown=on_key>
            {move || too_long.get().map(|why| view! {
                <Notice tone=Tone::Bad urgency=Urgency::Alert><AttachText value=fields.prompt why with=fields.with/></Notice>
            })}
            {move || error.get().map(|error| view! {
                <Notice tone=Tone::Bad urgency=Urgency::Alert>{error}</Notice>
            })}
            <Place fields choices/>
            <AgentFields agent=fields.agent model=fields.model agents=choices.agents checks=choices.checks/>
            <Words fields/>
            <Enclosures with=fields.with/>
            <div class="new-session-form__bar">
                <AttachButton with=fields.with/>
                <p class="new-session-form__hint" data-only="keyboard"><kbd>"Ctrl+Enter"</kbd> " starts"</p>
                <Show when=move || is_busy.get()><Spinner label="Starting"/></Show>
                <button type="submit" data-testid="create" data-tone="main" disabled=is_off>"Start session"</button>
            </div>
        </form>
    }
    .into_any()
}

/// Where the agent is to work.
#[component]
fn Place(
    /// What is written.
    fields: NewSessionFields,
    /// What can be chosen.
    choices: NewSessionChoices,
) -> impl IntoView {
    let repos = Memo::new(move |_| choices.repos.get());
    let branches = Memo::new(move |_| choices.branches.get());
    let repo_option = move |path: String| {
        let value = path.clone();
        let is_chosen = move || fields.repo.with(|repo| *repo == value);
        view! { <option value=path.clone() selected=is_chosen>{format!("{} ({path})", folder(&path))}</option> }
    };
    let branch_option = move |branch: String| {
        let value = branch.clone();
        let is_chosen = move || fields.base_branch.with(|base| *base == value);
        view! { <option value=branch.clone() selected=is_chosen>{branch.clone()}</option> }
    };
    let text_field = move || {
        view! {
            <input
                id="new-repo"
                name="repo"
                placeholder="/path/to/repository"
                dir="ltr"
                enterkeyhint="next"
                prop:value=move || fields.repo.get()
                on:input=move |event| fields.repo.set(event_target_value(&event))
            />
        }
    };
    view! {
        <div class="new-session-form__pair">
            <div class="new-session-form__field">
                <label for="new-repo">"Repository"</label>
                <Show when=move || repos.with(|repos| !repos.is_empty()) fallback=text_field>
                    <select id="new-repo" name="repo" on:change=move |event| fields.repo.set(event_target_value(&event))>
                        {move || repos.get().into_iter().map(repo_option).collect_view()}
                    </select>
                </Show>
            </div>
            <div class="new-session-form__field">
                <label for="new-branch">"Base branch"</label>
                <select
                    id="new-branch"
                    name="baseBranch"
                    on:change=move |event| fields.base_branch.set(event_target_value(&event))
                >
                    <option value="">"As checked out"</option>
                    {move || branches.get().into_iter().map(branch_option).collect_view()}
                </select>
            </div>
        </div>
    }
    .into_any()
}

/// What the agent is to do, and under which name.
#[component]
fn Words(
    /// What is written.
    fields: NewSessionFields,
) -> impl IntoView {
    view! {
        <div class="new-session-form__field">
            <label for=PROMPT_FIELD>"Prompt"</label>
            <textarea
                id=PROMPT_FIELD
                class="new-session-form__prompt"
                name="prompt"
                rows="9"
                required
                dir="auto"
                enterkeyhint="enter"
                placeholder="What should the agent do?"
                prop:value=move || fields.prompt.get()
                on:input=move |event| fields.prompt.set(event_target_value(&event))
                on:paste=move |event| fields.with.paste(&event)
            ></textarea>
        </div>
        <div class="new-session-form__field">
            <label for=TITLE_FIELD>"Title " <span class="new-session-form__hint">"optional"</span></label>
            <input
                id=TITLE_FIELD
                name="title"
                dir="auto"
                enterkeyhint="go"
                maxlength="200"
                placeholder="Taken from the prompt"
                prop:value=move || fields.title.get()
                on:input=move |event| fields.title.set(event_target_value(&event))
            />
        </div>
    }
    .into_any()
}
