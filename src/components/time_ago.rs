//! How long ago something was; ticks with the page's clock.
use domain::amount;
use domain::time::Timestamp;
use leptos::prelude::*;

/// How long ago something was, as of the clock that is given.
#[component]
pub fn TimeAgo(
    /// When it was.
    #[prop(into)]
    at: Signal<Timestamp>,
    /// The page's clock, in milliseconds since 1970.
    now_ms: Signal<i64>,
) -> impl IntoView {
    let text = Memo::new(move |_| amount::age(Timestamp(now_ms.get()).since(at.get())));
    let exact = Memo::new(move |_| at.get().to_string());
    view! {
        <time class="time-ago" data-live="" datetime=move || exact.get() title=move || exact.get()>
            {move || text.get()}
        </time>
    }
    .into_any()
}
