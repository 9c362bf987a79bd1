//! An image that the agent shows: from the console's own store, never from elsewhere.
use super::href;
use domain::thread::Image;
use leptos::prelude::*;

/// An image with a link to itself.
#[component]
pub fn ShownImage(
    /// The image.
    image: Image,
) -> impl IntoView {
    let words = image.words();
    let Image { id, .. } = image;
    let src = href(&format!("/api/attachment/get?id={id}"));
    let address = src.clone();
    view! {
        <a class="shown-image" href=address target="_blank" rel="noopener external">
            <img class="shown-image__picture" src=src alt=words loading="lazy"/>
        </a>
    }
    .into_any()
}
