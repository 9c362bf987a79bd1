//! The form that decides who gets which way of keeping the session page fresh.
use super::erased::Show;
use super::ui::{Notice, Spinner, Tone, Urgency};
use super::writing::typed_early;
use domain::flag::{Arm, Flag};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// The id of the field of the percentage.
const PERCENT_FIELD: &str = "rollout-percent";

/// The id of the field of the users.
const USERS_FIELD: &str = "rollout-users";

/// What is written in the form.
#[derive(Debug, Clone, Copy)]
pub struct RolloutFields {
    /// The arm to roll out.
    pub arm: RwSignal<Arm>,
    /// Share of users, in percent.
    pub percent: RwSignal<String>,
    /// User ids, one per line.
    pub allow: RwSignal<String>,
    /// Whether everybody gets the old way.
    pub killed: RwSignal<bool>,
}

/// How storing went: stored, or why not.
pub type Stored = Result<(), String>;

/// The rollout of the session page's synchronisation.
#[component]
pub fn RolloutForm(
    /// What holds now.
    flag: Signal<Flag>,
    /// The caller's user id and arm.
    you: Signal<(String, Arm)>,
    /// What is written.
    fields: RolloutFields,
    /// Whether it is being stored.
    #[prop(into)]
    is_busy: Signal<bool>,
    /// How that went.
    outcome: Signal<Option<Stored>>,
    /// Stores what is written.
    on_save: Callback<()>,
) -> impl IntoView {
    typed_early(PERCENT_FIELD, move |text| fields.percent.set(text));
    typed_early(USERS_FIELD, move |text| fields.allow.set(text));
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        on_save.run(());
    };
    view! {
        <form class="rollout-form" method="post" aria-label="Rollout" on:submit=on_submit>
            <h2 class="rollout-form__title">"How session pages keep fresh"</h2>
            <p>
                "With the arm " <code>"push"</code> " the server tells pages of changes, and they ask then. The arm "
                <code>"deduped"</code> " asks at intervals, once per page. The arm "
                <code>"legacy"</code> " polls twice, as consoles did before; it is kept for comparison."
            </p>
            <Holding flag you/>
            <Fields fields/>
            {move || outcome.get().map(word)}
            <div class="rollout-form__bar">
                <Show when=move || is_busy.get()><Spinner label="Storing"/></Show>
                <button type="submit" data-tone="main" disabled=move || is_busy.get()>"Store"</button>
            </div>
        </form>
    }
    .into_any()
}

fn word(outcome: Stored) -> AnyView {
    match outcome {
        Ok(()) => view! {
            <Notice tone=Tone::Good>"Stored. Open pages follow with their next request."</Notice>
        }
        .into_any(),
        Err(why) => {
            view! { <Notice tone=Tone::Bad urgency=Urgency::Alert>{why}</Notice> }.into_any()
        }
    }
}

/// What holds now, in words.
#[component]
fn Holding(
    /// The flag.
    flag: Signal<Flag>,
    /// The caller's user id and arm.
    you: Signal<(String, Arm)>,
) -> impl IntoView {
    let words = move || flag.with(in_words);
    let yours = move || you.with(|(user, arm)| format!("You are {user} and get {}.", arm.as_str()));
    view! {
        <p class="rollout-form__now">
            <code>{move || flag.with(|flag| flag.name.clone())}</code>
            ": "
            {words}
            " "
            {yours}
        </p>
    }
    .into_any()
}

fn in_words(flag: &Flag) -> String {
    if flag.killed {
        return "switched off, everybody gets legacy.".to_owned();
    }
    let arm = flag.arm.as_str();
    match (flag.percent, flag.allow.len()) {
        (100, _) => format!("everybody gets {arm}."),
        (percent, 0) => format!("{percent} % of the users get {arm}, the others legacy."),
        (percent, 1) => {
            format!("{percent} % of the users and one named user get {arm}, the others legacy.")
        }
        (percent, named) => format!(
            "{percent} % of the users and {named} named users get {arm}, the others legacy."
        ),
    }
}

/// The fields.
#[component]
fn Fields(
    /// What is written.
    fields: RolloutFields,
) -> impl IntoView {
    let option = move |arm: Arm| {
        view! {
            <option value=arm.as_str() selected=move || fields.arm.get() == arm>{arm.as_str()}</option>
        }
    };
    let choose = move |ev| {
        fields
            .arm
            .set(Arm::parse(&event_target_value(&ev)).unwrap_or(Arm::Push))
    };
    view! {
        <label class="rollout-form__switch">
            <input
                type="checkbox"
                prop:checked=move || fields.killed.get()
                checked=fields.killed.get_untracked()
                on:change=move |ev| fields.killed.set(event_target_checked(&ev))
            />
            <span>
                "Kill switch"
                <span class="rollout-form__hint">"Everybody gets legacy at once, whatever is set below."</span>
            </span>
        </label>
        <div class="rollout-form__pair">
            <label class="rollout-form__field">
                "Arm"
                <select on:change=choose>{Arm::ALL.into_iter().map(option).collect_view()}</select>
            </label>
            <label class="rollout-form__field">
                "Percent of users"
                <input
                    id=PERCENT_FIELD
                    type="number"
                    min="0"
                    max="100"
                    step="1"
                    required
                    inputmode="numeric"
                    dir="ltr"
                    enterkeyhint="done"
                    prop:value=move || fields.percent.get()
                    value=fields.percent.get_untracked()
                    on:input=move |ev| fields.percent.set(event_target_value(&ev))
                />
            </label>
        </div>
        <label class="rollout-form__field">
            "Users who get it in any case"
            <textarea
                id=USERS_FIELD
                rows="3"
                dir="ltr"
                enterkeyhint="enter"
                prop:value=move || fields.allow.get()
                on:input=move |ev| fields.allow.set(event_target_value(&ev))
            >{fields.allow.get_untracked()}</textarea>
            <span class="rollout-form__hint">"One user id per line."</span>
        </label>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_holds_is_said_in_one_sentence() {
        let flag = |percent, allow: &[&str], killed| Flag {
            percent,
            killed,
            allow: allow.iter().map(|user| (*user).to_owned()).collect(),
            ..Flag::untouched("session_sync")
        };
        for (flag, wanted) in [
            (flag(100, &[], false), "everybody gets push."),
            (flag(100, &[], true), "switched off, everybody gets legacy."),
            (
                flag(5, &[], false),
                "5 % of the users get push, the others legacy.",
            ),
            (
                flag(5, &["ann"], false),
                "5 % of the users and one named user get push, the others legacy.",
            ),
        ] {
            assert_eq!(in_words(&flag), wanted);
        }
    }
}
