//! Which tools the agent used, and how often.
use super::drawn::drawn;
use super::erased::{For, Show};
use super::tool_call::glyph_of;
use super::ui::Icon;
use domain::snapshot;
use leptos::prelude::*;

/// Tool calls by kind, and the most used.
#[component]
pub fn ToolCounts(
    /// The counts.
    tools: Signal<snapshot::ToolCounts>,
) -> impl IntoView {
    let tools = Memo::new(move |_| tools.get());
    let total = Memo::new(move |_| tools.with(|tools| tools.total));
    let kinds = move || tools.with(|tools| tools.by_kind.clone().into_iter().collect());
    let top = move || tools.with(|tools| tools.top.clone());
    let kind = |(kind, count): (String, u64)| {
        // A row whose count differs is another row; the others stay as they are.
        let count = drawn(move || count);
        view! {
            <li class="tool-counts__kind">
                <Icon glyph=glyph_of(&kind)/>
                {kind.replace('_', " ")}
                <span class="tool-counts__count">{count}</span>
            </li>
        }
    };
    let most = |tool: snapshot::TopTool| {
        let count = drawn(move || tool.count);
        view! {
            <li class="tool-counts__top">
                <code>{tool.title}</code>
                <span class="tool-counts__count">{count}</span>
            </li>
        }
    };
    view! {
        <Show when=move || { total.get() > 0 }>
            <section class="tool-counts">
                <h3 class="tool-counts__title">
                    "Tool calls"
                    <span class="tool-counts__total">{drawn(move || total.get())}</span>
                </h3>
                <ul class="tool-counts__kinds"><For each=kinds key=Clone::clone children=kind/></ul>
                <ul class="tool-counts__kinds" aria-label="Most used">
                    <For each=top key=|tool| (tool.title.clone(), tool.count) children=most/>
                </ul>
            </section>
        </Show>
    }
    .into_any()
}
