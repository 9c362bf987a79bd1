//! The page that a login link opens: nothing is spent until its button is pressed.
use crate::components::{LoginCard, LoginTrouble, Page, href};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// The login page.
#[component]
pub fn LoginRoute() -> impl IntoView {
    let query = use_query_map();
    let token = query
        .with_untracked(|query| query.get("t"))
        .filter(|token| !token.is_empty());
    let has_failed = query.with_untracked(|query| query.get("failed").is_some());
    let trouble = if has_failed {
        Some(LoginTrouble::BadToken)
    } else {
        token.is_none().then_some(LoginTrouble::NoToken)
    };
    view! {
        <Title text="Log in"/>
        <Page title="Log in"><LoginCard action=href("/login") token trouble/></Page>
    }
}
