//! The page of an address that leads nowhere.
use crate::api::error::ApiError;
use crate::components::{DeadEnd, DeadEndKind};
use leptos::prelude::*;
use leptos_meta::Title;

/// Says that there is no such page, with its status.
#[component]
pub fn NotFoundRoute() -> impl IntoView {
    let _status = ApiError::not_found("there is no such page");
    view! {
        <Title text="Not found"/>
        <DeadEnd kind=DeadEndKind::NotFound/>
    }
}
