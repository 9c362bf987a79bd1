//! A request for permission: what, where, the whole of it, and the agent's own options.
use super::entry::project;
use super::file_diff::FileDiff;
use super::time_ago::TimeAgo;
use super::transcript::{Answer, ThreadEnv, ThreadItem};
use super::ui::Copying;
use domain::thread::{Approval, ApprovalOption, ApprovalState, Body, Entry};
use domain::tool_brief::plain_title;
use domain::visible::{command_line, reveal};
use leptos::prelude::*;

/// A request for permission. Once nobody can answer any more it is a line, and the rest is folded.
#[component]
pub fn ApprovalCard(
    /// The entry.
    item: ThreadItem,
    /// What every entry needs.
    env: ThreadEnv,
) -> impl IntoView {
    let entry = item.entry;
    // What is asked is drawn anew only if the agent changes it.
    let asked = project(entry, |body| match body {
        Body::Approval(approval) => Some(Approval {
            state: ApprovalState::Open,
            answer: None,
            ..(**approval).clone()
        }),
        _ => None,
    });
    let state = project(entry, |body| match body {
        Body::Approval(approval) => Some(approval.state),
        _ => None,
    });
    let is_open = Memo::new(move |_| state.get() == Some(ApprovalState::Open));
    let draw = move |asked: Approval| match is_open.get() {
        true => open(asked, env),
        false => past(asked, item, env),
    };
    view! {
        <article class="approval-card" data-state=move || state.get().map(word_of)>
            {move || asked.get().map(draw)}
        </article>
    }
    .into_any()
}

fn title_of(asked: &Approval) -> String {
    reveal(&plain_title(&asked.title)).into_owned()
}

/// What waits for an answer.
fn open(asked: Approval, env: ThreadEnv) -> AnyView {
    view! {
        <h3 class="approval-card__title">
            <span class="approval-card__kind">"Permission needed"</span>
            <span>{title_of(&asked)}</span>
        </h3>
        {request(asked.clone(), env.on_copy)}
        <Options asked env/>
    }
    .into_any()
}

/// What came of it in a line; the tool call above says what it was about.
fn past(asked: Approval, item: ThreadItem, env: ThreadEnv) -> AnyView {
    let title = title_of(&asked);
    let about = (!item.is_after_tool).then(|| format!(" · {title}"));
    view! {
        <details>
            <summary class="approval-card__outcome">
                <h3 class="approval-card__word"><Outcome entry=item.entry env/></h3>
                {about}
            </summary>
            <p class="approval-card__title">{title}</p>
            {request(asked, env.on_copy)}
        </details>
    }
    .into_any()
}

/// What is asked, whole.
fn request(asked: Approval, on_copy: Callback<Copying>) -> AnyView {
    let is_root = asked.cwd.as_deref() == Some(".");
    let place = asked
        .cwd
        .as_deref()
        .filter(|_| !is_root)
        .map(|cwd| reveal(cwd).into_owned());
    let command = asked.argv.as_deref().map(command_line);
    let is_told = command.as_deref() == Some(asked.text.as_str()) || asked.text == asked.title;
    let is_silent = asked.tells_nothing();
    let is_text = !asked.text.is_empty() && !is_told && asked.diffs.is_empty();
    let text = is_text.then(|| reveal(&asked.text).into_owned());
    view! {
        {is_root.then(|| view! { <p class="approval-card__place">"in the worktree"</p> })}
        {place.map(|place| view! { <p class="approval-card__place">"in " <code>{place}</code></p> })}
        {is_silent.then(|| view! {
            <p class="approval-card__silent">"The agent did not say what it will run."</p>
        })}
        {command.map(|command| view! {
            <pre class="approval-card__command" tabindex="0" role="group" aria-label="Command"><code>{command}</code></pre>
        })}
        {text.map(|text| view! {
            <pre class="approval-card__command" tabindex="0" role="group" aria-label="Request"><code>{text}</code></pre>
        })}
        {asked.diffs.into_iter().map(|diff| view! { <FileDiff diff on_copy/> }).collect_view()}
    }
    .into_any()
}

/// The option that the main button takes: an answer for this once, before one that lasts.
fn narrowest(options: &[ApprovalOption], rejects: bool) -> Option<&str> {
    let fits = options.iter().filter(|option| option.rejects() == rejects);
    let found = fits.min_by_key(|option| !option.kind.ends_with("_once"))?;
    Some(&found.option_id)
}

/// The agent's own options, as buttons.
#[component]
fn Options(
    /// What is asked.
    asked: Approval,
    /// What every entry needs.
    env: ThreadEnv,
) -> impl IntoView {
    let narrowest = |rejects| narrowest(&asked.options, rejects).map(str::to_owned);
    let (approve, deny) = (narrowest(false), narrowest(true));
    let request = asked.request_id.clone();
    let is_busy = Memo::new(move |_| env.answering.with(|id| id.as_ref() == Some(&request)));
    let is_off = move || is_busy.get() || !env.armed.get();
    let button = |option: &ApprovalOption| {
        let id = Some(&option.option_id);
        let testid = match () {
            () if id == approve.as_ref() => Some("approve"),
            () if id == deny.as_ref() => Some("deny"),
            () => None,
        };
        let tone = if id == approve.as_ref() {
            "main"
        } else {
            "usual"
        };
        let answer = Answer {
            request_id: asked.request_id.clone(),
            option_id: option.option_id.clone(),
            args_hash: asked.args_hash.clone(),
        };
        view! {
            <button
                type="button"
                data-testid=testid
                data-tone=tone
                data-option-kind=option.kind.clone()
                disabled=is_off
                on:click=move |_| env.on_answer.run(answer.clone())
            >
                {reveal(&option.name).into_owned()}
            </button>
        }
    };
    view! {
        <div class="approval-card__options" role="group" aria-label="Answer" data-early="">
            {asked.options.iter().map(button).collect_view()}
        </div>
    }
    .into_any()
}

/// Who answered what and when, or why nobody can any more.
#[component]
fn Outcome(
    /// The entry.
    entry: RwSignal<Entry>,
    /// What every entry needs.
    env: ThreadEnv,
) -> impl IntoView {
    let words = project(entry, |body| match body {
        Body::Approval(approval) => outcome(approval),
        _ => String::new(),
    });
    let at = project(entry, |body| match body {
        Body::Approval(approval) => approval.answer.as_ref().map(|answer| answer.at),
        _ => None,
    });
    view! {
        {move || words.get()}
        {move || at.get().map(|at| view! { " · " <TimeAgo at=Signal::stored(at) now_ms=env.now_ms/> })}
    }
    .into_any()
}

fn outcome(approval: &Approval) -> String {
    let Some(answer) = &approval.answer else {
        return match approval.state {
            ApprovalState::Open => String::new(),
            ApprovalState::Answered => "Answered".to_owned(),
            ApprovalState::Withdrawn => "The agent took the request back".to_owned(),
            ApprovalState::Void => "The turn ended before anybody answered".to_owned(),
        };
    };
    let option = approval
        .options
        .iter()
        .find(|option| option.option_id == answer.option_id);
    let name = option.map_or(answer.kind.as_str(), |option| option.name.as_str());
    let verb = if answer.kind.starts_with("reject") {
        "Denied"
    } else {
        "Approved"
    };
    format!("{verb} by {}: {}", answer.by, reveal(name))
}

const fn word_of(state: ApprovalState) -> &'static str {
    match state {
        ApprovalState::Open => "open",
        ApprovalState::Answered => "answered",
        ApprovalState::Withdrawn => "withdrawn",
        ApprovalState::Void => "void",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_main_button_allows_once_however_the_agent_orders_its_options() {
        let option = |kind: &str| ApprovalOption {
            option_id: kind.to_owned(),
            name: kind.to_owned(),
            kind: kind.to_owned(),
        };
        let options = ["reject_always", "allow_always", "allow_once", "reject_once"].map(option);
        assert_eq!(narrowest(&options, false), Some("allow_once"));
        assert_eq!(narrowest(&options, true), Some("reject_once"));
        assert_eq!(narrowest(&options[..2], false), Some("allow_always"));
        assert_eq!(narrowest(&[], true), None);
    }
}
