//! Parts of the program that are loaded when somebody needs them, so that a page begins small.
use super::ui::{Notice, Tone, Urgency};
use leptos::prelude::*;
use leptos::wasm_split::SplitLoaderError;
use std::future::Future;

/// A part of the program that did not arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Missing;

impl From<SplitLoaderError> for Missing {
    fn from(_: SplitLoaderError) -> Self {
        Self
    }
}

/// What a part draws.
pub type Part = Result<AnyView, Missing>;

/// What a part drew, or that it did not arrive.
#[must_use]
pub fn arrived(part: Part) -> AnyView {
    part.unwrap_or_else(|Missing| {
        view! {
            <Notice tone=Tone::Bad urgency=Urgency::Alert>
                "A part of the console could not be loaded. Check the connection, then reload the page."
            </Notice>
        }
        .into_any()
    })
}

/// Draws a part as soon as it is there.
#[must_use]
pub fn later(part: impl Future<Output = Part> + Send + 'static) -> AnyView {
    Suspend::new(async move { arrived(part.await) }).into_any()
}
