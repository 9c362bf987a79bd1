//! The page that says what to send to whoever runs the console.
use crate::components::{Page, SupportCard};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// The support page.
#[component]
pub fn SupportRoute() -> impl IntoView {
    let incident = use_query_map().with_untracked(|query| query.get("incident"));
    let is_number = |text: &String| {
        text.len() <= 32 && text.chars().all(|letter| letter.is_ascii_alphanumeric())
    };
    let incident = incident.filter(is_number);
    view! {
        <Title text="Support"/>
        <Page title="Support">
            <SupportCard incident version=env!("CARGO_PKG_VERSION") on_copy=super::on_copy()/>
        </Page>
    }
}
