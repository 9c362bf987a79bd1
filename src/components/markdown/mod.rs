//! Text of agents as view nodes: no HTML string exists anywhere.
mod allowed;
mod emphasis;
mod tree;

use super::erased::For;
use crate::components::code_block::CodeBlock;
use crate::components::drawn::drawn;
use crate::components::ui::Copying;
use leptos::prelude::*;
use tree::{Block, Group, Node};

/// A markdown text. While it grows, only its last blocks are drawn again.
#[component]
pub fn Markdown(
    /// The text as the agent sent it.
    #[prop(into)]
    source: Signal<String>,
    /// Whether it still grows; shows a caret.
    #[prop(into, optional)]
    open: Signal<bool>,
    /// Puts a text on the clipboard.
    on_copy: Callback<Copying>,
) -> impl IntoView {
    let blocks = Memo::new(move |_| source.with(|source| tree::blocks(source)));
    view! {
        <div class="markdown" data-open=move || open.get().to_string()>
            <For
                each=drawn(move || blocks.get())
                key=|block: &Block| (block.index, block.hash)
                children=move |block| draw(block.node, on_copy)
            />
        </div>
    }
    .into_any()
}

fn draw(node: Node, on_copy: Callback<Copying>) -> AnyView {
    match node {
        Node::Text(text) => text.into_any(),
        Node::Code(text) => view! { <code class="markdown__code" dir="ltr">{text}</code> }.into_any(),
        Node::CodeBlock { language, text } => view! { <CodeBlock language text on_copy/> }.into_any(),
        Node::Break => view! { <br/> }.into_any(),
        Node::Rule => view! { <hr class="markdown__rule"/> }.into_any(),
        Node::Task(is_done) => view! {
            <input type="checkbox" disabled checked=is_done aria-label=if is_done { "done" } else { "to do" }/>
            " "
        }
        .into_any(),
        Node::Link(href, children) => view! {
            <a href=href target="_blank" rel="noopener noreferrer nofollow">{all(children, on_copy)}</a>
        }
        .into_any(),
        Node::Group(Group::Item, children) => {
            let is_task = matches!(children.first(), Some(Node::Task(_)));
            let task = is_task.then_some("");
            view! { <li dir="auto" data-task=task>{all(children, on_copy)}</li> }.into_any()
        }
        Node::Group(group, children) => draw_group(group, all(children, on_copy)),
    }
}

fn all(nodes: Vec<Node>, on_copy: Callback<Copying>) -> Vec<AnyView> {
    nodes.into_iter().map(|node| draw(node, on_copy)).collect()
}

fn draw_group(group: Group, inner: Vec<AnyView>) -> AnyView {
    match group {
        Group::Flat | Group::Item => inner.into_any(),
        Group::Paragraph => view! { <p dir="auto">{inner}</p> }.into_any(),
        // An entry's own heading is of level 3.
        Group::Heading(1) => view! { <h4 data-level="1" dir="auto">{inner}</h4> }.into_any(),
        Group::Heading(2) => view! { <h5 data-level="2" dir="auto">{inner}</h5> }.into_any(),
        Group::Heading(_) => view! { <h6 data-level="3" dir="auto">{inner}</h6> }.into_any(),
        Group::Quote => view! { <blockquote dir="auto">{inner}</blockquote> }.into_any(),
        Group::List(None) => view! { <ul dir="auto">{inner}</ul> }.into_any(),
        Group::List(Some(start)) => {
            view! { <ol start=start.to_string() dir="auto">{inner}</ol> }.into_any()
        }
        Group::Emphasis => view! { <em>{inner}</em> }.into_any(),
        Group::Strong => view! { <strong>{inner}</strong> }.into_any(),
        Group::Strike => view! { <s>{inner}</s> }.into_any(),
        Group::Table => view! {
            <div class="markdown__table" tabindex="0" role="group" aria-label="Table">
                <table><tbody>{inner}</tbody></table>
            </div>
        }
        .into_any(),
        Group::Head => view! { <tr data-head="">{inner}</tr> }.into_any(),
        Group::Row => view! { <tr>{inner}</tr> }.into_any(),
        Group::Cell(is_number) => {
            view! { <td data-number=is_number.to_string() dir="auto">{inner}</td> }.into_any()
        }
    }
}
