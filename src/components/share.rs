//! A part of a whole as a bar with words.
use super::drawn::drawn;
use domain::amount;
use leptos::prelude::*;

/// A part of a whole. The bar warns from 80 percent on where `label` is about a limit.
#[component]
pub fn Share(
    /// What it is a share of.
    label: &'static str,
    /// The share in words.
    words: Signal<String>,
    /// The part.
    part: Signal<u64>,
    /// The whole.
    whole: Signal<u64>,
) -> impl IntoView {
    let words = Memo::new(move |_| words.get());
    let level = Memo::new(move |_| match amount::percent(part.get(), whole.get()) {
        0..60 => "low",
        60..80 => "middle",
        _ => "high",
    });
    view! {
        <div class="share" data-level=move || level.get() data-of=label.to_lowercase()>
            <span class="share__label">{label}</span>
            <span class="share__words">{drawn(move || words.get())}</span>
            <progress
                class="share__bar"
                aria-label=label
                value=move || part.get().min(whole.get()).to_string()
                max=move || whole.get().max(1).to_string()
            ></progress>
        </div>
    }
    .into_any()
}
