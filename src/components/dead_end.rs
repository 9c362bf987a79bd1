//! Pages that lead nowhere: not found, deleted, not allowed, broken.
use super::href;
use leptos::prelude::*;

/// Why there is nothing here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeadEndKind {
    /// No such page or session.
    NotFound,
    /// It was deleted.
    Deleted,
    /// It belongs to somebody else.
    NotAllowed,
    /// The server failed; with the number of the incident.
    Broken(Option<String>),
}

impl DeadEndKind {
    /// What the page is called.
    #[must_use]
    pub const fn title(&self) -> &'static str {
        match self {
            Self::NotFound => "Not found",
            Self::Deleted => "This session was deleted",
            Self::NotAllowed => "Not yours to see",
            Self::Broken(_) => "Something broke",
        }
    }

    const fn words(&self) -> &'static str {
        match self {
            Self::NotFound => "There is nothing at this address. It may have been mistyped.",
            Self::Deleted => {
                "Its thread and worktree are gone. Branches that were merged are where they were."
            }
            Self::NotAllowed => "This session belongs to another user of this console.",
            Self::Broken(_) => "The console could not make this page. Trying again may help.",
        }
    }
}

/// Says why there is nothing here, and leads back.
#[component]
pub fn DeadEnd(
    /// Why there is nothing here.
    kind: DeadEndKind,
) -> impl IntoView {
    let (title, words) = (kind.title(), kind.words());
    let is_broken = matches!(kind, DeadEndKind::Broken(_));
    let number = match kind {
        DeadEndKind::Broken(incident) => incident,
        DeadEndKind::NotFound | DeadEndKind::Deleted | DeadEndKind::NotAllowed => None,
    };
    let support = is_broken.then(|| {
        view! { <a href=href("/support") data-testid="contact-support" data-tone="plain">"Contact support"</a> }
    });
    view! {
        <main class="dead-end" id="content">
            <h1 class="dead-end__title">{title}</h1>
            <p>{words}</p>
            {number.map(|number| view! { <p class="dead-end__number">"Incident " <code>{number}</code></p> })}
            <p class="dead-end__ways">
                <a href=href("/") data-tone="main">"To the sessions"</a>
                {support}
            </p>
        </main>
    }
    .into_any()
}
