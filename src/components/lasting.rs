//! How long something took or is taking; ticks with the page's clock while it is open.
use domain::amount;
use domain::time::Timestamp;
use leptos::prelude::*;

/// How long something lasts: until its end, or until now.
#[component]
pub fn Lasting(
    /// When it began.
    #[prop(into)]
    from: Signal<Timestamp>,
    /// When it ended; it ticks without.
    #[prop(into)]
    until: Signal<Option<Timestamp>>,
    /// The page's clock, in milliseconds since 1970.
    now_ms: Signal<i64>,
) -> impl IntoView {
    let ms = Memo::new(move |_| match until.get() {
        Some(end) => end.since(from.get()),
        None => Timestamp(now_ms.get()).since(from.get()) / 1000 * 1000,
    });
    let text = Memo::new(move |_| match until.get() {
        Some(_) => amount::span(ms.get()),
        None => amount::so_far(ms.get()),
    });
    let exact = Memo::new(move |_| {
        let is_over = until.with(Option::is_some);
        is_over.then(|| format!("PT{}.{:03}S", ms.get() / 1000, ms.get() % 1000))
    });
    view! {
        <time class="lasting" data-live="" datetime=move || exact.get()>
            {move || text.get()}
        </time>
    }
    .into_any()
}
