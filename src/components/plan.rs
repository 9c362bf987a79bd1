//! The plan of a turn as a checklist.
use super::entry::project;
use super::erased::For;
use super::ui::{Glyph, Icon};
use domain::thread::{Body, Entry, PlanItem};
use leptos::prelude::*;

/// The plan of a turn, with how far it is.
#[component]
pub fn Plan(
    /// The entry.
    entry: RwSignal<Entry>,
) -> impl IntoView {
    let items = project(entry, |body| match body {
        Body::Plan { items } => items.clone(),
        _ => Vec::new(),
    });
    let total = Memo::new(move |_| items.with(Vec::len));
    let done = Memo::new(move |_| items.with(|items| items.iter().filter(is_done).count()));
    let numbered = move || items.get().into_iter().enumerate().collect::<Vec<_>>();
    view! {
        <article class="plan">
            <h3 class="plan__title">"Plan"</h3>
            <span class="plan__count">{move || format!("{} of {} done", done.get(), total.get())}</span>
            <progress
                class="plan__bar"
                aria-label="Plan progress"
                value=move || done.get().to_string()
                max=move || total.get().max(1).to_string()
            ></progress>
            <ol class="plan__items">
                <For
                    each=numbered
                    key=|(index, item)| (*index, item.text.clone(), item.status.clone())
                    children=|(_, item)| draw(item)
                />
            </ol>
        </article>
    }
    .into_any()
}

fn is_done(item: &&PlanItem) -> bool {
    item.status == "completed"
}

fn draw(item: PlanItem) -> impl IntoView {
    let word = match item.status.as_str() {
        "completed" => "done: ",
        "in_progress" => "under way: ",
        _ => "to do: ",
    };
    let mark = (item.status == "completed").then(|| view! { <Icon glyph=Glyph::Check/> });
    view! {
        <li class="plan__item" data-status=item.status data-priority=item.priority>
            <span class="plan__box">{mark}</span>
            <span><span data-only="reader">{word}</span>{item.text}</span>
        </li>
    }
}
