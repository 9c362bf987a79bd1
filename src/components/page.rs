//! The frame of a page with one column.
use leptos::prelude::*;

/// How wide a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Width {
    /// For reading and forms.
    #[default]
    Text,
    /// For lists.
    Wide,
}

/// A page with one column and its heading.
#[component]
pub fn Page(
    /// Its heading.
    #[prop(into)]
    title: String,
    /// How wide it is.
    #[prop(optional)]
    width: Width,
    /// What stands beside the heading.
    #[prop(into, optional)]
    aside: Option<ViewFnOnce>,
    /// Its content.
    children: Children,
) -> impl IntoView {
    let width = match width {
        Width::Text => "text",
        Width::Wide => "wide",
    };
    view! {
        <main class="page" id="content" data-width=width>
            <div class="page__head">
                <h1 class="page__title">{title}</h1>
                {aside.map(|aside| aside.run())}
            </div>
            {children()}
        </main>
    }
    .into_any()
}
