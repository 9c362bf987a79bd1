//! When something will be: the time of day where the person is, and how long until then.
use super::transcript::ThreadEnv;
use domain::amount;
use domain::time::Timestamp;
use leptos::prelude::*;

/// A time to come; ticks with the page's clock, and says when it is past.
#[component]
pub fn TimeUntil(
    /// When it will be.
    at: Timestamp,
    /// The clock and the time zone of the page.
    env: ThreadEnv,
) -> impl IntoView {
    let wait = Memo::new(move |_| words(at, env.now_ms.get(), env.zone_min.get()));
    view! {
        <time class="time-until" data-live="" datetime=at.to_string() title=at.to_string()>
            {move || wait.get()}
        </time>
    }
    .into_any()
}

/// `at 12:03, in 4 min`; coarse, so that the page is not drawn every second.
fn words(at: Timestamp, now_ms: i64, zone_min: i64) -> String {
    let time = at.local_minute(zone_min);
    let left = at.since(Timestamp(now_ms));
    match left {
        0 => format!("at {time}, which is past"),
        1..60_000 => format!("at {time}, within a minute"),
        _ => format!("at {time}, in {}", amount::so_far(left)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_to_come_is_told_where_the_person_is() {
        let at = Timestamp(600_000);
        assert_eq!(words(at, 0, 0), "at 00:10, in 10 min");
        assert_eq!(words(at, 599_000, 60), "at 01:10, within a minute");
        assert_eq!(words(at, 600_000, -60), "at 23:10, which is past");
    }
}
